#include "exposure/running.h"

#include <algorithm>
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
  complete_ = lists_a_whole_host();
  const bool all_known = read_titles(snapshot);
  complete_ = complete_ || (snapshot.started_known && all_known && lists_a_whole_host());
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

bool RunningServices::lists_a_whole_host() const {
  return running_.size() >= kServicesMin && running_.contains(kAlwaysRunning);
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
