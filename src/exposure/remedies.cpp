#include "exposure/remedies.h"

#include <fmt/format.h>

#include <algorithm>

#include "knowledge/never_with.h"

namespace deadlight {
namespace {

using knowledge::ChangeFact;
using knowledge::ChangeKind;
using knowledge::CloserFact;
using knowledge::Effect;
using knowledge::Holder;
using knowledge::ServiceFact;
using knowledge::TargetFact;

bool lets_go(const CloserFact& closer) {
  return closer.effect == Effect::release || closer.effect == Effect::narrow;
}

bool switches_service(const ChangeFact& change) {
  return change.kind == ChangeKind::service || change.kind == ChangeKind::unit;
}

}  // namespace

std::string Remedy::id() const {
  return closer != nullptr ? std::string(closer->id) : "disable:" + service;
}

HoldKey hold_key(const Holder& holder, const Endpoint& endpoint) {
  const bool any_port = holder.opens == nullptr || holder.opens->dynamic();
  return {holder.service, holder.feature, holder.opens, endpoint.protocol,
          any_port ? std::uint16_t{0} : endpoint.port};
}

Remedies::Remedies(Os os, const Role& role, std::span<const Service> services,
                   const knowledge::Knowledge& kb)
    : own_system_(std::make_unique<const SystemFacts>(os, kb)),
      system_(own_system_.get()),
      role_(&role),
      dependencies_(system_->dependencies, services) {
  need_capabilities();
}

Remedies::Remedies(const Exposure& exposure, const SystemFacts& system)
    : system_(&system),
      role_(&exposure.role),
      dependencies_(system.dependencies, exposure.services),
      evident_(exposure.evident) {
  need_capabilities();
}

void Remedies::need_capabilities() {
  capabilities_ = role_->needs;
  for (const auto& [capability, because] : evident_) capabilities_.insert(capability);
  if (role_->needs.empty()) return;
  for (const ServiceFact& service : kb().services) {
    if (!service.os.contains(system_->os)) continue;
    for (const std::string_view capability : service.provides) {
      if (role_->needs.contains(std::string(capability))) {
        need(service.id, fmt::format("the role needs {}", capability));
      }
    }
  }
}

void Remedies::need(std::string_view service, const std::string& because) {
  for (const std::string& name : dependencies_.requirements(service)) {
    needed_services_.try_emplace(name, iequals(name, service)
                                           ? because
                                           : fmt::format("{} needs it, and {}", service, because));
  }
}

bool Remedies::shares_image(std::string_view a, std::string_view b) const {
  const ServiceFact* first = kb().service(a);
  const ServiceFact* second = kb().service(b);
  return first != nullptr && second != nullptr &&
         iequals(kb().image_of(*first, system_->os), kb().image_of(*second, system_->os));
}

void Remedies::keep(const Endpoint& endpoint, const std::vector<Holder>& holders) {
  for (const Holder& holder : holders) {
    if (!kept_keys_.insert(hold_key(holder, endpoint)).second) continue;
    kept_.emplace_back(endpoint, holder);
    if (holder.service.empty()) continue;
    const std::string because = endpoint_text(endpoint) + " is kept";
    need(holder.service, because);
    if (holder.opens == nullptr || holder.opens->port_first == holder.opens->port_last) continue;
    // A site on a port of a range is served by any service of the process.
    for (const std::string& name : dependencies_.dependents(holder.service)) {
      if (shares_image(name, holder.service)) need(name, because);
    }
  }
}

bool Remedies::acts_on(const CloserFact& closer, const Holder& holder,
                       const Endpoint& endpoint) const {
  // Looking a name up costs more than all the rest, and few closers switch services.
  const bool by_name = std::any_of(closer.changes.begin(), closer.changes.end(), switches_service);
  return acts_on(closer, holder, endpoint, by_name ? service_of(holder) : std::string());
}

std::string Remedies::service_of(const Holder& holder) const {
  return holder.service.empty() ? std::string() : dependencies_.canonical(holder.service);
}

bool Remedies::acts_on(const CloserFact& closer, const Holder& holder, const Endpoint& endpoint,
                       std::string_view service) const {
  const bool aimed = std::any_of(
      closer.targets.begin(), closer.targets.end(),
      [&](const TargetFact& target) { return knowledge::aims_at(target, holder, endpoint); });
  return aimed || std::any_of(closer.changes.begin(), closer.changes.end(),
                              [service](const ChangeFact& change) {
                                return switches_service(change) && iequals(change.target, service);
                              });
}

std::vector<Remedy> Remedies::ways(const Holder& holder, const Endpoint& endpoint) const {
  std::vector<Remedy> result;
  const std::string service = service_of(holder);
  bool switched = false;
  for (const CloserFact* closer : system_->closers) {
    if (!lets_go(*closer) || !acts_on(*closer, holder, endpoint, service)) continue;
    switched |= std::any_of(closer->changes.begin(), closer->changes.end(), switches_service);
    if (closer->refused_because.empty()) result.push_back({closer, {}});
  }
  if (!switched && !holder.service.empty()) result.push_back({nullptr, holder.service});
  return result;
}

const std::vector<std::string>& Remedies::switches_off(const Remedy& remedy) const {
  return effects(remedy).switches_off;
}

const std::set<std::string>& Remedies::loses(const Remedy& remedy) const {
  return effects(remedy).loses;
}

const Remedies::Effects& Remedies::effects(const Remedy& remedy) const {
  const auto [known, fresh] = effects_.try_emplace({remedy.closer, remedy.service});
  if (!fresh) return known->second;
  auto& [off, lost] = known->second;
  if (remedy.closer == nullptr) {
    off = dependencies_.dependents(remedy.service);
  } else {
    for (const ChangeFact& change : remedy.closer->changes) {
      if (!switches_service(change)) continue;
      for (std::string& name : dependencies_.dependents(change.target)) {
        if (std::find(off.begin(), off.end(), name) == off.end()) off.push_back(std::move(name));
      }
    }
    for (const std::string_view capability : remedy.closer->loses) lost.emplace(capability);
  }
  for (const std::string& name : off) {
    const ServiceFact* fact = kb().service(name);
    if (fact == nullptr) continue;
    for (const std::string_view capability : fact->provides) lost.emplace(capability);
  }
  return known->second;
}

std::string Remedies::forbidden(const Remedy& remedy) const {
  if (remedy.closer != nullptr && !remedy.closer->refused_because.empty()) {
    return std::string(remedy.closer->refused_because);
  }
  for (const std::string& name : switches_off(remedy)) {
    const ServiceFact* fact = kb().service(name);
    if (fact != nullptr && fact->protected_on(system_->os)) {
      return fmt::format("{} is protected: {}", name, fact->protected_because);
    }
    if (const auto needed = needed_services_.find(name); needed != needed_services_.end()) {
      return fmt::format("it ends {}: {}", name, needed->second);
    }
  }
  for (const std::string& capability : loses(remedy)) {
    if (role_->needs.contains(capability)) {
      return fmt::format("it ends {}, which the role needs", capability);
    }
  }
  if (std::string never = never_here(remedy); !never.empty()) return never;
  return remedy.closer != nullptr ? closes_kept(*remedy.closer) : std::string();
}

// What a host of its kind needs whatever its role file says: a domain controller without SMB is
// none.
std::string Remedies::never_here(const Remedy& remedy) const {
  std::string_view capability;
  if (remedy.closer != nullptr) {
    capability = knowledge::forbidding(*remedy.closer, capabilities_, kb());
  }
  for (const std::string& name : switches_off(remedy)) {
    const ServiceFact* fact = kb().service(name);
    if (capability.empty() && fact != nullptr) {
      capability = knowledge::forbidding(*fact, capabilities_);
    }
  }
  if (capability.empty()) return {};
  const auto evident = evident_.find(std::string(capability));
  return fmt::format("it is never done on a host that is a {} ({})", capability,
                     evident != evident_.end() ? evident->second : "the role says so");
}

std::string Remedies::closes_kept(const CloserFact& closer) const {
  for (const auto& [endpoint, holder] : kept_) {
    if (acts_on(closer, holder, endpoint)) {
      return fmt::format("it closes {}, which is kept", endpoint_text(endpoint));
    }
  }
  return {};
}

}  // namespace deadlight
