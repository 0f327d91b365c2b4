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

}  // namespace

SimulatedHost::SimulatedHost(Os os, std::vector<Held> sockets, std::span<const Service> services,
                             const knowledge::Knowledge& kb)
    : os_(os), services_(services), kb_(&kb), dependencies_(os, services, kb) {
  for (Held& held : sockets) {
    Socket socket;
    socket.holds.resize(held.holders.size());
    for (const Holder& holder : held.holders) {
      socket.services.push_back(holder.service.empty() ? std::string()
                                                       : dependencies_.canonical(holder.service));
    }
    socket.held = std::move(held);
    sockets_.push_back(std::move(socket));
  }
}

Result<> SimulatedHost::refuse_protected(std::string_view service) const {
  for (const std::string& name : dependencies_.dependents(service)) {
    const knowledge::ServiceFact* fact = kb_->service(name);
    if (fact == nullptr || !fact->protected_on(os_)) continue;
    if (iequals(name, dependencies_.canonical(service))) {
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
  if (!closer.os.contains(os_)) {
    return fail(Errc::unsupported, fmt::format("{} is for {}, not for {}", closer.id,
                                               closer.os.text(), os_title(os_)));
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
  const std::vector<std::string> names = dependencies_.dependents(service);
  for (Socket& socket : sockets_) {
    for (std::size_t i = 0; i < socket.holds.size(); ++i) {
      const Holder& holder = socket.held.holders[i];
      const bool stops = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return iequals(name, socket.services[i]);
      });
      if (!stops) continue;
      const bool at_once = holder.opens == nullptr || holder.opens->released == Released::stop;
      if (at_once) socket.holds[i].now = Grip::released;
      if (for_good) socket.holds[i].next_boot = Grip::released;
    }
  }
}

void SimulatedHost::release_targets(const CloserFact& closer) {
  if (closer.effect != Effect::release && closer.effect != Effect::narrow) return;
  const Grip grip = closer.effect == Effect::release ? Grip::released : Grip::narrowed;
  for (Socket& socket : sockets_) {
    for (std::size_t i = 0; i < socket.holds.size(); ++i) {
      const Holder& holder = socket.held.holders[i];
      const bool meant =
          std::any_of(closer.targets.begin(), closer.targets.end(), [&](const TargetFact& target) {
            return knowledge::aims_at(target, holder, socket.held.endpoint);
          });
      if (!meant) continue;
      Hold& hold = socket.holds[i];
      hold.next_boot = std::max(hold.next_boot, grip);
      if (closer.when != When::reboot) hold.now = std::max(hold.now, grip);
    }
  }
}

Grip SimulatedHost::grip_of(const Socket& socket, std::size_t holder, Grip Hold::*time) const {
  const Grip own = socket.holds[holder].*time;
  const OpensFact* opens = socket.held.holders[holder].opens;
  if (own == Grip::held && opens != nullptr && opens->held_by_rpc &&
      !rpc_socket_open(socket.held.endpoint.protocol, time)) {
    return Grip::released;
  }
  return own;
}

Grip SimulatedHost::state(const Socket& socket, Grip Hold::*time) const {
  if (socket.holds.empty()) return Grip::held;
  Grip strongest = Grip::released;
  for (std::size_t i = 0; i < socket.holds.size(); ++i) {
    strongest = std::min(strongest, grip_of(socket, i, time));
  }
  return strongest;
}

bool SimulatedHost::rpc_socket_open(Protocol protocol, Grip Hold::*time) const {
  return std::any_of(sockets_.begin(), sockets_.end(), [&](const Socket& socket) {
    if (socket.held.endpoint.protocol != protocol) return false;
    for (std::size_t i = 0; i < socket.holds.size(); ++i) {
      const OpensFact* opens = socket.held.holders[i].opens;
      if (opens != nullptr && opens->rpc && socket.holds[i].*time != Grip::released) return true;
    }
    return false;
  });
}

bool SimulatedHost::reboot_pending() const {
  return std::any_of(sockets_.begin(), sockets_.end(), [this](const Socket& socket) {
    return state(socket, &Hold::next_boot) > state(socket, &Hold::now);
  });
}

void SimulatedHost::reboot() {
  for (Socket& socket : sockets_) {
    for (Hold& hold : socket.holds) hold.now = hold.next_boot;
  }
}

std::vector<Endpoint> SimulatedHost::open() const {
  std::vector<Endpoint> result;
  for (const Socket& socket : sockets_) {
    const Grip grip = state(socket, &Hold::now);
    if (grip == Grip::released) continue;
    result.push_back(socket.held.endpoint);
    if (grip == Grip::narrowed) result.back().local = loopback_for(socket.held.endpoint.local);
  }
  std::sort(result.begin(), result.end(), endpoint_before);
  return result;
}

std::vector<std::string> SimulatedHost::listing() const {
  std::vector<std::string> result;
  for (const Endpoint& endpoint : open()) {
    std::string text = endpoint_text(endpoint);
    if (result.empty() || result.back() != text) result.push_back(std::move(text));
  }
  return result;
}

std::vector<std::string> SimulatedHost::stops_with(std::string_view service) const {
  std::vector<std::string> result;
  for (const std::string& name : dependencies_.dependents(service)) {
    const bool holds = std::any_of(sockets_.begin(), sockets_.end(), [&](const Socket& socket) {
      return std::any_of(socket.services.begin(), socket.services.end(),
                         [&name](const std::string& holder) { return iequals(holder, name); });
    });
    const bool runs = std::any_of(services_.begin(), services_.end(), [&](const Service& running) {
      return running.state != ServiceState::stopped && iequals(running.name, name);
    });
    if (result.empty() || holds || runs) result.push_back(name);
  }
  return result;
}

Grip SimulatedHost::grip(std::size_t socket, std::size_t holder) const {
  return grip_of(sockets_[socket], holder, &Hold::now);
}

}  // namespace deadlight::simulated
