#include "plan/changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "base/text.h"

namespace deadlight {
namespace {

using knowledge::ChangeFact;
using knowledge::ChangeKind;
using knowledge::ServiceFact;

bool is_unit(std::string_view service) {
  return service.ends_with(".service") || service.ends_with(".socket") ||
         service.ends_with(".path") || service.ends_with(".timer");
}

PlannedChange disable_change(std::string_view service) {
  const ChangeKind kind = is_unit(service) ? ChangeKind::unit : ChangeKind::service;
  return {kind, std::string(service),
          {},   "disabled",
          {},   "give it back the start type that was recorded, and start it if it ran"};
}

// The lines of a file of its own that are no comments, in one.
std::string settings_in(std::string_view content) {
  std::vector<std::string> settings;
  for (const std::string_view line : split(content, '\n')) {
    const std::string_view text = trim(line);
    if (!text.empty() && text.front() != '#') settings.emplace_back(text);
  }
  return join(settings, "; ");
}

std::string firewall_text(const PlannedChange& change) {
  if (change.name != kScopeRule) return "firewall: " + change.target;
  return fmt::format("firewall: {} for {} only", change.target,
                     change.data.empty() ? "this host" : change.data);
}

std::vector<std::string> adapter_addresses(const Remedy& remedy, const Exposure& exposure,
                                           const Remedies& remedies) {
  std::vector<std::string> addresses;
  for (const Exposed& exposed : exposure.endpoints) {
    if (!is_listed(exposed) || exposed.scope != Reach::adapter) continue;
    const bool meant = std::any_of(
        exposed.holders.begin(), exposed.holders.end(), [&](const knowledge::Holder& holder) {
          return remedies.acts_on(*remedy.closer, holder, exposed.endpoint);
        });
    if (meant) add_once(addresses, exposed.endpoint.local.text());
  }
  if (addresses.empty()) addresses.emplace_back("every adapter");
  return addresses;
}

std::string_view without_type(std::string_view unit) { return unit.substr(0, unit.rfind('.')); }

// A socket, path or timer unit would start the service again: those that are known for it, and
// those of the same name that the host has.
std::vector<PlannedChange> disable_with_coupled(const Remedy& remedy, const Exposure& exposure,
                                                const knowledge::Knowledge& kb) {
  std::vector<std::string> units = {remedy.service};
  if (const ServiceFact* fact = kb.service(remedy.service)) {
    for (const std::string_view unit : fact->coupled) add_once(units, unit);
  }
  for (const Service& service : exposure.services) {
    if (is_unit(service.name) && without_type(service.name) == without_type(remedy.service)) {
      add_once(units, service.name);
    }
  }
  std::vector<PlannedChange> changes;
  for (const std::string& unit : units) {
    changes.push_back(disable_change(unit));
    if (unit != remedy.service) changes.back().data = "if the host has it";
  }
  return changes;
}

}  // namespace

std::string PlannedChange::text() const {
  switch (kind) {
    case ChangeKind::service:
      return fmt::format("service {}: start type {}, and stop it", target, type);
    case ChangeKind::unit:
      return fmt::format("unit {}: {}, and stop it{}", target, type,
                         data.empty() ? "" : " (" + data + ")");
    case ChangeKind::registry:
      return fmt::format("registry {} {} = {}{}", target, name, data.empty() ? "(none)" : data,
                         type.empty() ? "" : " (" + type + ")");
    case ChangeKind::adapter:
      return fmt::format("adapter {}: {} = {}", name, target, data);
    case ChangeKind::firewall:
      return firewall_text(*this);
    case ChangeKind::user_right:
      return fmt::format("user right {}: {}", target, data);
    case ChangeKind::config:
      return fmt::format("file {}: {} {}", target, name, data);
    case ChangeKind::dropin:
      return fmt::format("new file {}: {}", target, settings_in(data));
    case ChangeKind::sysctl:
      return fmt::format("sysctl {} = {}, now and at every start", target, data);
    case ChangeKind::manual:
      break;
  }
  return target;
}

PlannedChange planned(const ChangeFact& change) {
  const bool own_file = change.kind == ChangeKind::dropin;
  return {change.kind,
          std::string(change.target),
          std::string(change.name),
          std::string(change.type),
          std::string(own_file ? change.edit.content : change.data),
          std::string(change.reverse),
          {change.edit.restart.begin(), change.edit.restart.end()}};
}

simulated::SimulatedHost simulate(const Exposure& exposure,
                                  const knowledge::Dependencies& dependencies) {
  std::vector<simulated::Held> sockets;
  for (const Exposed& exposed : exposure.endpoints) {
    if (is_listed(exposed)) sockets.push_back({exposed.endpoint, exposed.holders});
  }
  return {exposure.host.os, std::move(sockets), exposure.services, dependencies};
}

Result<> apply(simulated::SimulatedHost& host, const Remedy& remedy) {
  return remedy.closer != nullptr ? host.apply(*remedy.closer) : host.disable(remedy.service);
}

std::vector<PlannedChange> changes_of(const Remedy& remedy, const Exposure& exposure,
                                      const Remedies& remedies) {
  if (remedy.closer == nullptr) return disable_with_coupled(remedy, exposure, remedies.kb());
  std::vector<PlannedChange> changes;
  for (const ChangeFact& change : remedy.closer->changes) {
    if (!change.each_adapter) {
      changes.push_back(planned(change));
      continue;
    }
    for (const std::string& address : adapter_addresses(remedy, exposure, remedies)) {
      changes.push_back(planned(change));
      if (change.kind == ChangeKind::adapter) changes.back().name = address;
    }
  }
  return changes;
}

std::string title_of(const Remedy& remedy, const knowledge::Knowledge& kb) {
  if (remedy.closer != nullptr) return std::string(remedy.closer->title);
  const ServiceFact* fact = kb.service(remedy.service);
  return fact != nullptr && !fact->title.empty()
             ? fmt::format("Disable {} ({})", fact->title, remedy.service)
             : fmt::format("Disable {}", remedy.service);
}

std::vector<std::string> breaks_of(const Remedy& remedy, const knowledge::Knowledge& kb) {
  std::vector<std::string> breaks;
  if (remedy.closer != nullptr) {
    add_once(breaks, remedy.closer->breaks);
  } else if (const ServiceFact* fact = kb.service(remedy.service)) {
    add_once(breaks, fact->breaks);
  }
  return breaks;
}

std::vector<std::string> stopped_besides(const std::vector<PlannedChange>& changes,
                                         const simulated::SimulatedHost& host) {
  std::vector<std::string> stopped;
  for (const PlannedChange& change : changes) {
    if (change.kind != ChangeKind::service && change.kind != ChangeKind::unit) continue;
    for (const std::string& name : host.stops_with(change.target)) {
      const bool named =
          std::any_of(changes.begin(), changes.end(),
                      [&name](const PlannedChange& other) { return iequals(other.target, name); });
      if (!named) add_once(stopped, name);
    }
    for (const std::string& name : host.may_stop_with(change.target)) {
      add_once(stopped, name + " (if running)");
    }
  }
  return stopped;
}

std::vector<std::string> gone(const std::vector<std::string>& before,
                              const std::vector<std::string>& after) {
  const std::unordered_set<std::string_view> left(after.begin(), after.end());
  std::vector<std::string> result;
  for (const std::string& text : before) {
    if (!left.contains(text)) result.push_back(text);
  }
  return result;
}

void add_once(std::vector<std::string>& texts, std::string_view text) {
  if (!text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end()) {
    texts.emplace_back(text);
  }
}

}  // namespace deadlight
