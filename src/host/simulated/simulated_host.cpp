#include "host/simulated/simulated_host.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace deadlight::simulated {
namespace {

using knowledge::ChangeFact;
using knowledge::ChangeKind;
using knowledge::CloserFact;
using knowledge::Effect;
using knowledge::Holder;
using knowledge::OpensFact;
using knowledge::Released;
using knowledge::TargetFact;
using knowledge::When;

bool stops_service(const ChangeFact& change) {
  return change.kind == ChangeKind::service || change.kind == ChangeKind::unit;
}

Address loopback_for(const Address& address) {
  return make_address(address.is_v6() ? "::1" : "127.0.0.1");
}

std::vector<std::string> listing_of(const std::vector<Endpoint>& endpoints) {
  std::vector<std::string> result;
  for (const Endpoint& endpoint : endpoints) {
    std::string text = endpoint_text(endpoint);
    if (result.empty() || result.back() != text) result.push_back(std::move(text));
  }
  return result;
}

}  // namespace

SimulatedHost::SimulatedHost(Os os, std::vector<Held> sockets, std::span<const Service> services,
                             const knowledge::Knowledge& kb)
    : SimulatedHost(os, std::move(sockets), services, knowledge::Dependencies(os, services, kb)) {}

SimulatedHost::SimulatedHost(Os os, std::vector<Held> sockets, std::span<const Service> services,
                             const knowledge::Dependencies& dependencies) {
  Fixed fixed{os, std::move(sockets), {}, {}, {}, {}, {}, {}, {}, services, dependencies};
  for (std::uint32_t i = 0; i < fixed.sockets.size(); ++i) {
    const Held& held = fixed.sockets[i];
    fixed.first_hold.push_back(static_cast<std::uint32_t>(fixed.socket_of.size()));
    fixed.order.push_back(i);
    fixed.texts.push_back(endpoint_text(held.endpoint));
    for (const Holder& holder : held.holders) {
      const auto hold = static_cast<std::uint32_t>(fixed.socket_of.size());
      fixed.socket_of.push_back(i);
      if (!holder.service.empty()) {
        fixed.by_service[dependencies.canonical(holder.service)].push_back(hold);
      }
      if (!holder.feature.empty()) fixed.by_feature[holder.feature].push_back(hold);
      if (holder.opens != nullptr && holder.opens->rpc) {
        fixed.rpc[held.endpoint.protocol == Protocol::udp].push_back(hold);
      }
    }
  }
  fixed.first_hold.push_back(static_cast<std::uint32_t>(fixed.socket_of.size()));
  std::stable_sort(fixed.order.begin(), fixed.order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return endpoint_before(fixed.sockets[a].endpoint, fixed.sockets[b].endpoint);
  });
  holds_.resize(fixed.socket_of.size());
  fixed_ = std::make_shared<const Fixed>(std::move(fixed));
}

const Holder& SimulatedHost::holder(std::uint32_t hold) const {
  const std::uint32_t socket = fixed_->socket_of[hold];
  return fixed_->sockets[socket].holders[hold - fixed_->first_hold[socket]];
}

Result<> SimulatedHost::refuse_protected(std::string_view service) const {
  for (const std::string& name : fixed_->dependencies.dependents(service)) {
    const knowledge::ServiceFact* fact = fixed_->dependencies.kb().service(name);
    if (fact == nullptr || !fact->protected_on(fixed_->os)) continue;
    if (iequals(name, fixed_->dependencies.canonical(service))) {
      return fail(Errc::refused,
                  fmt::format("{} is never switched off: {}", name, fact->protected_because));
    }
    return fail(Errc::refused, fmt::format("{} is not switched off: {} needs it, and {}", service,
                                           name, fact->protected_because));
  }
  return {};
}

Result<> SimulatedHost::stop(std::string_view service) {
  DEADLIGHT_TRY(refuse_protected(service));
  release_service(service, false);
  return {};
}

Result<> SimulatedHost::disable(std::string_view service) {
  DEADLIGHT_TRY(refuse_protected(service));
  release_service(service, true);
  return {};
}

Result<> SimulatedHost::apply(const CloserFact& closer) {
  if (!closer.os.contains(fixed_->os)) {
    return fail(Errc::unsupported, fmt::format("{} is for {}, not for {}", closer.id,
                                               closer.os.text(), os_title(fixed_->os)));
  }
  if (!closer.refused_because.empty()) {
    return fail(Errc::refused, fmt::format("{} is refused: {}", closer.id, closer.refused_because));
  }
  for (const ChangeFact& change : closer.changes) {
    if (stops_service(change)) DEADLIGHT_TRY(refuse_protected(change.target));
  }
  for (const ChangeFact& change : closer.changes) {
    if (stops_service(change)) release_service(change.target, true);
  }
  release_targets(closer);
  return {};
}

void SimulatedHost::release_service(std::string_view service, bool for_good) {
  for (const std::string& name : fixed_->dependencies.dependents(service)) {
    const auto held = fixed_->by_service.find(name);
    if (held == fixed_->by_service.end()) continue;
    for (const std::uint32_t hold : held->second) {
      const OpensFact* opens = holder(hold).opens;
      const bool at_once = opens == nullptr || opens->released == Released::stop;
      if (at_once) holds_[hold].now = Grip::released;
      if (for_good) holds_[hold].next_boot = Grip::released;
    }
  }
}

void SimulatedHost::release_targets(const CloserFact& closer) {
  if (closer.effect != Effect::release && closer.effect != Effect::narrow) return;
  const Grip grip = closer.effect == Effect::release ? Grip::released : Grip::narrowed;
  for (const TargetFact& target : closer.targets) {
    const auto held = fixed_->by_feature.find(target.feature);
    if (held == fixed_->by_feature.end()) continue;
    for (const std::uint32_t index : held->second) {
      const Endpoint& endpoint = fixed_->sockets[fixed_->socket_of[index]].endpoint;
      if (!knowledge::aims_at(target, holder(index), endpoint)) continue;
      Hold& hold = holds_[index];
      hold.next_boot = std::max(hold.next_boot, grip);
      if (closer.when != When::reboot) hold.now = std::max(hold.now, grip);
    }
  }
}

Grip SimulatedHost::grip_of(std::uint32_t hold, Grip Hold::*time) const {
  const Grip own = holds_[hold].*time;
  const OpensFact* opens = holder(hold).opens;
  if (own == Grip::held && opens != nullptr && opens->held_by_rpc &&
      !rpc_socket_open(fixed_->sockets[fixed_->socket_of[hold]].endpoint.protocol, time)) {
    return Grip::released;
  }
  return own;
}

Grip SimulatedHost::state(std::size_t socket, Grip Hold::*time) const {
  const std::uint32_t end = fixed_->first_hold[socket + 1];
  if (fixed_->first_hold[socket] == end) return Grip::held;
  Grip strongest = Grip::released;
  for (std::uint32_t hold = fixed_->first_hold[socket]; hold < end; ++hold) {
    strongest = std::min(strongest, grip_of(hold, time));
  }
  return strongest;
}

bool SimulatedHost::rpc_socket_open(Protocol protocol, Grip Hold::*time) const {
  const HoldIndices& servers = fixed_->rpc[protocol == Protocol::udp];
  return std::any_of(servers.begin(), servers.end(),
                     [&](std::uint32_t hold) { return holds_[hold].*time != Grip::released; });
}

bool SimulatedHost::reboot_pending() const {
  for (std::size_t socket = 0; socket < fixed_->sockets.size(); ++socket) {
    if (state(socket, &Hold::next_boot) > state(socket, &Hold::now)) return true;
  }
  return false;
}

void SimulatedHost::reboot() {
  for (Hold& hold : holds_) hold.now = hold.next_boot;
}

std::vector<Endpoint> SimulatedHost::open() const {
  std::vector<Endpoint> result;
  for (const std::uint32_t socket : fixed_->order) {
    const Grip grip = state(socket, &Hold::now);
    if (grip == Grip::released) continue;
    result.push_back(fixed_->sockets[socket].endpoint);
    if (grip == Grip::narrowed) result.back().local = loopback_for(result.back().local);
  }
  if (!std::is_sorted(result.begin(), result.end(), endpoint_before)) {
    std::sort(result.begin(), result.end(), endpoint_before);
  }
  return result;
}

std::vector<std::string> SimulatedHost::listing() const {
  std::vector<std::string> result;
  for (const std::uint32_t socket : fixed_->order) {
    const Grip grip = state(socket, &Hold::now);
    if (grip == Grip::narrowed) return listing_of(open());
    const std::string& text = fixed_->texts[socket];
    if (grip == Grip::held && (result.empty() || result.back() != text)) result.push_back(text);
  }
  return result;
}

bool SimulatedHost::is_held(std::size_t socket) const {
  return state(socket, &Hold::now) == Grip::held;
}

std::vector<std::string> SimulatedHost::stops_with(std::string_view service) const {
  std::vector<std::string> result;
  for (const std::string& name : fixed_->dependencies.dependents(service)) {
    const Service* shown = shown_service(name);
    const bool runs = shown != nullptr && shown->state != ServiceState::stopped;
    if (result.empty() || fixed_->by_service.contains(name) || runs) result.push_back(name);
  }
  return result;
}

std::vector<std::string> SimulatedHost::may_stop_with(std::string_view service) const {
  std::vector<std::string> result = fixed_->dependencies.dependents(service);
  result.erase(result.begin());  // itself
  std::erase_if(result, [this](const std::string& name) {
    return fixed_->by_service.contains(name) || shown_service(name) != nullptr;
  });
  return result;
}

const Service* SimulatedHost::shown_service(std::string_view name) const {
  const auto shown =
      std::find_if(fixed_->services.begin(), fixed_->services.end(),
                   [name](const Service& service) { return iequals(service.name, name); });
  return shown != fixed_->services.end() ? &*shown : nullptr;
}

Grip SimulatedHost::grip(std::size_t socket, std::size_t holder) const {
  return grip_of(fixed_->first_hold[socket] + static_cast<std::uint32_t>(holder), &Hold::now);
}

}  // namespace deadlight::simulated
