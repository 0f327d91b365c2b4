#include "exposure/running.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

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

/// Lines of each file, the first and the last of its rows.
class Spans {
 public:
  void add(const Sources& sources) {
    for (const SourceRef& source : sources) {
      const auto [span, fresh] = spans_.try_emplace(source.evidence, source.line, source.line);
      span->second.first = std::min(span->second.first, source.line);
      span->second.second = std::max(span->second.second, source.line);
    }
  }

  /// True if a line among the rows, or next to them, could not be read.
  bool has_unread(const Snapshot& snapshot) const {
    const auto is_in = [&](const Unread& unread, const auto& span) {
      return span.first < snapshot.evidence.size() &&
             snapshot.evidence[span.first].name == unread.file &&
             unread.line + 1 >= span.second.first && unread.line <= span.second.second + 1;
    };
    return std::any_of(snapshot.unread.begin(), snapshot.unread.end(), [&](const Unread& unread) {
      return std::any_of(spans_.begin(), spans_.end(),
                         [&](const auto& span) { return is_in(unread, span); });
    });
  }

  bool empty() const { return spans_.empty(); }

 private:
  std::map<std::uint32_t, std::pair<std::uint32_t, std::uint32_t>> spans_;  ///< by evidence
};

/// True if a list of services is not whole: a task list has no row of the kernel, as one of
/// svchost.exe alone has none, or a line of a list could not be read ("<SNIP>", a name cut off).
bool has_part_of_list(const Snapshot& snapshot) {
  Spans tasks;
  bool has_kernel = false;
  for (const Process& process : snapshot.processes) {
    has_kernel = has_kernel || iequals(process.image, "System");
    if (!process.image.empty() && !process.services.empty()) tasks.add(process.sources);
  }
  if (!tasks.empty() && !has_kernel) return true;
  Spans services;
  for (const Service& service : snapshot.services) {
    if (service.state != ServiceState::unknown) services.add(service.sources);
  }
  return tasks.has_unread(snapshot) || services.has_unread(snapshot);
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
         !has_part_of_list(snapshot);
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
