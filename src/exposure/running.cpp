#include "exposure/running.h"

#include <algorithm>

namespace deadlight {
namespace {

// It always runs, so a list without it was cut or filtered; so was a very short one.
constexpr std::string_view kAlwaysRunning = "RpcSs";
constexpr std::size_t kServicesMin = 8;

}  // namespace

RunningServices::RunningServices(const Snapshot& snapshot, const knowledge::Knowledge& kb)
    : kb_(&kb) {
  for (const Process& process : snapshot.processes) {
    for (const std::string& name : process.services) running_.insert(canonical(name));
  }
  for (const Service& service : snapshot.services) {
    if (service.state == ServiceState::running) running_.insert(canonical(service.name));
    if (service.state == ServiceState::stopped) stopped_.insert(canonical(service.name));
  }
  complete_ = running_.size() >= kServicesMin && running_.contains(kAlwaysRunning);
}

bool RunningServices::may_run(std::string_view service) const {
  const std::string name = canonical(service);
  if (running_.contains(name)) return true;
  const knowledge::ServiceFact* fact = kb_->service(name);
  if (fact != nullptr && (fact->kind == knowledge::ServiceKind::driver ||
                          fact->kind == knowledge::ServiceKind::process)) {
    return true;
  }
  return !complete_ && !stopped_.contains(name);
}

std::string RunningServices::canonical(std::string_view service) const {
  const knowledge::ServiceFact* fact = kb_->service(service);
  return std::string(fact != nullptr ? fact->id : service);
}

}  // namespace deadlight
