#include "exposure/running.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "base/text.h"

namespace deadlight {
namespace {

// It always runs, so a list without it was cut or filtered; so was a very short one.
constexpr std::string_view kAlwaysRunning = "RpcSs";
constexpr std::size_t kServicesMin = 8;

/// True if a task list names the services of some processes, but not all of another one.
bool has_cut_list(const Snapshot& snapshot) {
  const std::vector<Process>& processes = snapshot.processes;
  const auto is_cut = [](const Process& process) {
    return !process.services_known &&
           (!process.services.empty() || iequals(process.image, "svchost.exe"));
  };
  return std::any_of(processes.begin(), processes.end(),
                     [](const Process& process) { return process.services_known; }) &&
         std::any_of(processes.begin(), processes.end(), is_cut);
}

/// The lines of one task list.
struct Lines {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

/// True if a task list has no row of the kernel, as one of svchost.exe alone has none, or has a
/// line that could not be read: "<SNIP>".
bool is_a_part_of_tasks(const Snapshot& snapshot) {
  std::map<std::uint32_t, Lines> tasks;  // by evidence
  bool has_kernel = false;
  for (const Process& process : snapshot.processes) {
    has_kernel = has_kernel || iequals(process.image, "System");
    if (process.image.empty() || process.services.empty()) continue;
    for (const SourceRef& source : process.sources) {
      Lines& lines =
          tasks.try_emplace(source.evidence, Lines{source.line, source.line}).first->second;
      lines.first = std::min(lines.first, source.line);
      lines.last = std::max(lines.last, source.line);
    }
  }
  if (tasks.empty()) return false;
  return !has_kernel ||
         std::any_of(snapshot.unread.begin(), snapshot.unread.end(), [&](const Unread& unread) {
           return std::any_of(tasks.begin(), tasks.end(), [&](const auto& task) {
             return task.first < snapshot.evidence.size() &&
                    snapshot.evidence[task.first].name == unread.file &&
                    unread.line + 1 >= task.second.first && unread.line <= task.second.last + 1;
           });
         });
}

}  // namespace

RunningServices::RunningServices(const Snapshot& snapshot, const knowledge::Knowledge& kb)
    : kb_(&kb) {
  for (const Process& process : snapshot.processes) {
    for (const std::string& name : process.services) running_.insert(kb.service_id(name));
  }
  for (const Service& service : snapshot.services) {
    if (service.state == ServiceState::running) running_.insert(kb.service_id(service.name));
    if (service.state == ServiceState::stopped) stopped_.insert(kb.service_id(service.name));
  }
  complete_ = lists_a_whole_host(snapshot);
  const bool all_known = read_titles(snapshot);
  complete_ = complete_ || (snapshot.started_known && all_known && lists_a_whole_host(snapshot));
  complete_ = complete_ && !has_cut_list(snapshot);
}

// Display names differ between versions: one that is not known may be any service's.
bool RunningServices::read_titles(const Snapshot& snapshot) {
  if (snapshot.started.empty()) return false;
  std::map<std::string_view, std::string_view, ILess> by_title;
  for (const knowledge::ServiceFact& service : kb_->services) {
    if (service.os.contains(snapshot.host.os)) by_title.try_emplace(service.title, service.id);
  }
  bool all_known = true;
  for (const StartedTitle& started : snapshot.started) {
    const knowledge::ServiceFact* fact = kb_->service(started.title);
    const auto title = by_title.find(started.title);
    if (title != by_title.end()) {
      running_.emplace(title->second);
    } else if (fact != nullptr) {
      running_.emplace(fact->id);
    } else {
      all_known = false;
    }
  }
  return all_known;
}

bool RunningServices::lists_a_whole_host(const Snapshot& snapshot) const {
  return running_.size() >= kServicesMin && running_.contains(kAlwaysRunning) &&
         !is_a_part_of_tasks(snapshot);
}

bool RunningServices::may_run(std::string_view service) const {
  const std::string name = kb_->service_id(service);
  if (running_.contains(name)) return true;
  const knowledge::ServiceFact* fact = kb_->service(name);
  if (fact != nullptr && (fact->kind == knowledge::ServiceKind::driver ||
                          fact->kind == knowledge::ServiceKind::process)) {
    return true;
  }
  return !complete_ && !stopped_.contains(name);
}

bool RunningServices::does_run(std::string_view service) const {
  return running_.contains(kb_->service_id(service));
}

}  // namespace deadlight
