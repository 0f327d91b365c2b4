#include "report/explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "exposure/remedies.h"
#include "exposure/role.h"
#include "plan/choice.h"
#include "plan/plan.h"
#include "report/closer_text.h"

namespace deadlight::report {
namespace {

using knowledge::ChangeKind;
using knowledge::CloserFact;
using knowledge::Effect;
using knowledge::Knowledge;

bool has_service(const Subject& subject, std::string_view name, const Knowledge& kb) {
  const knowledge::ServiceFact* fact = kb.service(name);
  return std::any_of(subject.services.begin(), subject.services.end(), [&](const auto& service) {
    return iequals(service, name) || (fact != nullptr && iequals(service, fact->id));
  });
}

bool concerns(const knowledge::TargetFact& target, const Subject& subject) {
  const bool feature =
      std::any_of(subject.features.begin(), subject.features.end(),
                  [&](const auto* fact) { return iequals(fact->id, target.feature); });
  if (!feature || target.all || subject.port == 0) return feature;
  const bool protocol = std::find(subject.protocols.begin(), subject.protocols.end(),
                                  target.protocol) != subject.protocols.end();
  return protocol && (target.port == 0 || target.port == subject.port);
}

bool concerns(const CloserFact& closer, const Subject& subject, const Knowledge& kb) {
  return std::any_of(closer.targets.begin(), closer.targets.end(),
                     [&](const auto& target) { return concerns(target, subject); }) ||
         std::any_of(closer.changes.begin(), closer.changes.end(), [&](const auto& change) {
           return (change.kind == ChangeKind::service || change.kind == ChangeKind::unit) &&
                  has_service(subject, change.target, kb);
         });
}

Way way_of(const CloserFact& closer) {
  Way way{std::string(closer.id),
          std::string(closer.title),
          effect_text(closer.effect),
          when_text(closer.when),
          {},
          {},
          std::string(closer.breaks),
          std::string(closer.limits),
          std::string(knowledge::certainty_id(closer.certainty))};
  for (const knowledge::ChangeFact& change : closer.changes) {
    way.changes.push_back(change_line(change));
    way.undo.emplace_back(change.reverse);
  }
  return way;
}

/// Disabling a service, where no closer of the knowledge base does that.
Way generic_way(const std::string& service, Os os, const Knowledge& kb) {
  const knowledge::ServiceFact* fact = kb.service(service);
  const PlannedChange change{
      os == Os::linux ? ChangeKind::unit : ChangeKind::service, service, "", "disabled", "", ""};
  Way way;
  way.id = "disable:" + service;
  way.title = "Stop and disable " +
              (fact == nullptr || fact->title.empty() ? service : std::string(fact->title));
  way.effect = effect_text(Effect::release);
  way.when = when_text(knowledge::When::now);
  way.changes = {change.text()};
  way.undo = {"the start type and state that it had before"};
  if (fact != nullptr) way.breaks = fact->breaks;
  return way;
}

bool is_protected(const std::string& service, Os os, const Knowledge& kb) {
  const knowledge::ServiceFact* fact = kb.service(service);
  return fact != nullptr && fact->protected_on(os);
}

/// What keeps the subject's sockets open; for one that is not open here, what would.
std::vector<knowledge::Holder> holders_of(const Subject& subject, Os os) {
  std::vector<knowledge::Holder> holders;
  const auto add = [&](const knowledge::Holder& holder) {
    if (std::find(holders.begin(), holders.end(), holder) == holders.end()) {
      holders.push_back(holder);
    }
  };
  for (const Exposed* row : subject.rows) {
    if (row->phantom) continue;
    for (const knowledge::Holder& holder : row->holders) add(holder);
  }
  if (!holders.empty()) return holders;
  for (const knowledge::FeatureFact* feature : subject.features) {
    for (const knowledge::OpensFact& opens : feature->opens) {
      const bool meant = subject.port == 0 || opens.matches_port(subject.port);
      if (meant && opens.os.contains(os)) {
        add({std::string(opens.holder), std::string(feature->id), &opens});
      }
    }
  }
  return holders;
}

bool disables(const CloserFact& closer, std::string_view service) {
  return std::any_of(closer.changes.begin(), closer.changes.end(), [&](const auto& change) {
    return (change.kind == ChangeKind::service || change.kind == ChangeKind::unit) &&
           iequals(change.target, service);
  });
}

// In the order in which a plan would prefer them.
std::vector<const CloserFact*> cheapest_first(const std::vector<knowledge::Holder>& holders, Os os,
                                              const Knowledge& kb) {
  std::vector<const CloserFact*> closers;
  for (const knowledge::Holder& holder : holders) {
    for (const CloserFact* closer : closers_for(holder, os, kb)) {
      if (std::find(closers.begin(), closers.end(), closer) == closers.end()) {
        closers.push_back(closer);
      }
    }
  }
  const Role nothing;
  const Remedies remedies(os, nothing, {}, kb);
  std::stable_sort(closers.begin(), closers.end(), [&](const CloserFact* a, const CloserFact* b) {
    return cost_of({a, {}}, remedies) < cost_of({b, {}}, remedies);
  });
  return closers;
}

void add_ways(Explanation& result, Os os, const Knowledge& kb) {
  const std::vector<knowledge::Holder> holders = holders_of(result.subject, os);
  const std::vector<const CloserFact*> used = cheapest_first(holders, os, kb);
  for (const CloserFact* closer : used) result.ways.push_back(way_of(*closer));
  std::set<std::string, ILess> services;
  for (const knowledge::Holder& holder : holders) {
    if (!holder.service.empty()) services.insert(holder.service);
  }
  if (holders.empty())
    services.insert(result.subject.services.begin(), result.subject.services.end());
  for (const std::string& service : services) {
    const bool covered = std::any_of(used.begin(), used.end(), [&](const CloserFact* closer) {
      return disables(*closer, service);
    });
    if (is_protected(service, os, kb)) {
      result.no_ways.push_back(
          {"disable:" + service, std::string(kb.service(service)->protected_because)});
    } else if (!covered) {
      result.ways.push_back(generic_way(service, os, kb));
    }
  }
}

std::string works_on(const OsRange& range) {
  if (range.from == range.to) return fmt::format("works on {} only", os_title(range.from));
  return fmt::format("works from {} to {} only", os_title(range.from), os_title(range.to));
}

void add_other_closers(Explanation& result, Os os, const Knowledge& kb) {
  for (const CloserFact& closer : kb.closers) {
    if (!concerns(closer, result.subject, kb)) continue;
    const std::string what = fmt::format("{} ({})", closer.title, closer.id);
    if (!closer.os.contains(os)) {
      result.no_ways.push_back({what, works_on(closer.os)});
    } else if (!closer.refused_because.empty()) {
      result.no_ways.push_back({what, std::string(closer.refused_because)});
    } else if (closer.effect == Effect::scope || closer.effect == Effect::move) {
      result.limits.push_back(way_of(closer));
    } else if (closer.effect == Effect::harden) {
      result.no_ways.push_back(
          {what, closer.limits.empty() ? "leaves the port open" : std::string(closer.limits)});
    }
  }
}

void add_needs(Explanation& result, const Exposure& exposure, const Knowledge& kb) {
  std::vector<knowledge::Text> ids;
  const auto add = [&](knowledge::List<knowledge::Text> provided) {
    for (const knowledge::Text id : provided) {
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
  };
  for (const knowledge::FeatureFact* feature : result.subject.features) add(feature->provides);
  for (const std::string& service : result.subject.services) {
    if (const knowledge::ServiceFact* fact = kb.service(service)) add(fact->provides);
  }
  for (const knowledge::Text id : ids) {
    NeededBy needed;
    needed.capability = kb.capability(id);
    if (needed.capability == nullptr) continue;
    needed.by_this_role = exposure.role.needs.count(std::string(id)) > 0;
    for (const knowledge::RoleFact& fact : kb.roles) {
      const auto role = resolve_role(fact.id, kb);
      if (role && role->needs.count(std::string(id)) > 0) needed.roles.push_back(role->id);
    }
    result.needed_by.push_back(std::move(needed));
  }
}

void add_sources(Explanation& result, const Knowledge& kb) {
  const auto add = [&](knowledge::List<knowledge::Text> ids) {
    for (const knowledge::Text id : ids) {
      const knowledge::SourceFact* source = kb.source(id);
      auto& all = result.sources;
      if (source != nullptr && std::find(all.begin(), all.end(), source) == all.end()) {
        all.push_back(source);
      }
    }
  };
  for (const knowledge::FeatureFact* feature : result.subject.features) add(feature->sources);
  for (const std::string& service : result.subject.services) {
    if (const knowledge::ServiceFact* fact = kb.service(service)) add(fact->sources);
  }
  for (const auto* ways : {&result.ways, &result.limits}) {
    for (const Way& way : *ways) {
      if (const CloserFact* closer = kb.closer(way.id)) add(closer->sources);
    }
  }
  for (const knowledge::PortFact* port : result.ports) add(port->sources);
}

}  // namespace

Result<Explanation> explain(std::string_view subject, const Exposure& exposure,
                            const Knowledge& kb) {
  Explanation result;
  result.subject = DEADLIGHT_TRY(find_subject(subject, exposure, kb));
  for (const Protocol protocol : result.subject.protocols) {
    const knowledge::PortFact* port = kb.port(protocol, result.subject.port);
    if (port != nullptr) result.ports.push_back(port);
  }
  add_ways(result, exposure.host.os, kb);
  add_other_closers(result, exposure.host.os, kb);
  add_needs(result, exposure, kb);
  add_sources(result, kb);
  return result;
}

}  // namespace deadlight::report
