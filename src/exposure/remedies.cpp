#include "exposure/remedies.h"

#include <fmt/format.h>

#include <algorithm>

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

Remedies::Remedies(Os os, const Role& role, std::span<const Service> services,
                   const knowledge::Knowledge& kb)
    : os_(os), role_(&role), kb_(&kb), dependencies_(os, services, kb) {
  for (const ServiceFact& service : kb.services) {
    if (!service.os.contains(os)) continue;
    for (const std::string_view capability : service.provides) {
      if (role.needs.contains(std::string(capability))) {
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

void Remedies::keep(const Endpoint& endpoint, const std::vector<Holder>& holders) {
  kept_.emplace_back(endpoint, holders);
  for (const Holder& holder : holders) {
    if (!holder.service.empty()) need(holder.service, endpoint_text(endpoint) + " is kept");
  }
}

bool Remedies::acts_on(const CloserFact& closer, const Holder& holder,
                       const Endpoint& endpoint) const {
  return acts_on(closer, holder, endpoint, service_of(holder));
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
  for (const CloserFact& closer : kb_->closers) {
    if (!closer.os.contains(os_) || !lets_go(closer) ||
        !acts_on(closer, holder, endpoint, service)) {
      continue;
    }
    switched |= std::any_of(closer.changes.begin(), closer.changes.end(), switches_service);
    if (closer.refused_because.empty()) result.push_back({&closer, {}});
  }
  if (!switched && !holder.service.empty()) result.push_back({nullptr, holder.service});
  return result;
}

std::vector<std::string> Remedies::switches_off(const Remedy& remedy) const {
  if (remedy.closer == nullptr) return dependencies_.dependents(remedy.service);
  std::vector<std::string> names;
  for (const ChangeFact& change : remedy.closer->changes) {
    if (!switches_service(change)) continue;
    for (std::string& name : dependencies_.dependents(change.target)) {
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(std::move(name));
      }
    }
  }
  return names;
}

std::set<std::string> Remedies::loses(const Remedy& remedy) const {
  std::set<std::string> lost;
  if (remedy.closer != nullptr) {
    for (const std::string_view capability : remedy.closer->loses) lost.emplace(capability);
  }
  for (const std::string& name : switches_off(remedy)) {
    const ServiceFact* fact = kb_->service(name);
    if (fact == nullptr) continue;
    for (const std::string_view capability : fact->provides) lost.emplace(capability);
  }
  return lost;
}

std::string Remedies::forbidden(const Remedy& remedy) const {
  if (remedy.closer != nullptr && !remedy.closer->refused_because.empty()) {
    return std::string(remedy.closer->refused_because);
  }
  for (const std::string& name : switches_off(remedy)) {
    const ServiceFact* fact = kb_->service(name);
    if (fact != nullptr && fact->protected_on(os_)) {
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
  if (remedy.closer == nullptr) return {};
  for (const auto& [endpoint, holders] : kept_) {
    for (const Holder& holder : holders) {
      if (acts_on(*remedy.closer, holder, endpoint)) {
        return fmt::format("it closes {}, which is kept", endpoint_text(endpoint));
      }
    }
  }
  return {};
}

}  // namespace deadlight
