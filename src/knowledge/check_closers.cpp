#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.h"
#include "knowledge/check.h"

namespace deadlight::knowledge {
namespace {

bool overlap(OsRange a, OsRange b) {
  return std::any_of(all_os().begin(), all_os().end(),
                     [a, b](Os os) { return a.contains(os) && b.contains(os); });
}

bool matches(const TargetFact& target, const OpensFact& opens) {
  if (target.all) return true;
  return target.protocol == opens.protocol &&
         (target.port == 0 || opens.matches_port(target.port)) && (!target.rpc || opens.rpc);
}

std::string target_text(const TargetFact& target) {
  if (target.all) return std::string(target.feature);
  const std::string_view protocol = protocol_id(target.protocol);
  if (target.rpc) return fmt::format("{}:{}/rpc", target.feature, protocol);
  if (target.port == 0) return fmt::format("{}:{}", target.feature, protocol);
  return fmt::format("{}:{}/{}", target.feature, protocol, target.port);
}

bool holds_a_socket(const Knowledge& kb, std::string_view service, Os os) {
  return std::any_of(kb.features.begin(), kb.features.end(), [&](const FeatureFact& feature) {
    return std::any_of(feature.opens.begin(), feature.opens.end(), [&](const OpensFact& opens) {
      return opens.os.contains(os) && iequals(opens.holder, service);
    });
  });
}

bool is_service_change(const ChangeFact& change) {
  return change.kind == ChangeKind::service || change.kind == ChangeKind::unit;
}

bool is_registry_key(Text target) {
  constexpr std::string_view kRoots[] = {"HKLM\\", "HKCU\\", "HKU\\", "HKCR\\"};
  return std::any_of(std::begin(kRoots), std::end(kRoots),
                     [target](std::string_view root) { return istarts_with(target, root); });
}

class CloserCheck {
 public:
  CloserCheck(Checker& checker, const std::vector<Dependencies>& dependencies,
              const CloserFact& closer)
      : checker_(checker),
        dependencies_(dependencies),
        closer_(closer),
        row_{"closer", closer.id} {}

  void run() {
    checker_.filled(row_, "title", closer_.title);
    checker_.os_given(row_, closer_.os);
    checker_.source_refs(row_, closer_.sources);
    checker_.capability_refs(row_, "loses", closer_.loses);
    for (const TargetFact& target : closer_.targets) check_target(target);
    checker_.capability_refs(row_, "never_with", closer_.never_with);
    for (std::size_t i = 0; i < closer_.changes.size(); ++i) {
      row_.item = i;
      check_change(closer_.changes[i]);
    }
    row_.item = Checker::kNoItem;
    check_companions();
    if (!closer_.refused_because.empty()) return;  // never carried out
    if (closer_.changes.empty()) {
      checker_.problem(row_, "change", "is missing; say what is changed in a [[closer.change]]");
    }
    check_effect();
  }

 private:
  void check_companions() {
    for (const Text id : closer_.companions) {
      const CloserFact* companion = checker_.kb().closer(id);
      if (companion == nullptr) {
        checker_.problem(row_, "companions",
                         fmt::format("names '{}', which is no [[closer]]; correct the name", id));
      } else if (iequals(id, closer_.id)) {
        checker_.problem(row_, "companions", "names itself; take it out");
      }
    }
  }

  void check_target(const TargetFact& target) {
    const FeatureFact* feature = checker_.kb().feature(target.feature);
    if (feature == nullptr) {
      checker_.problem(
          row_, "targets",
          fmt::format("names '{}', which is no [[feature]]; correct the name", target.feature));
      return;
    }
    const bool opened =
        std::any_of(feature->opens.begin(), feature->opens.end(), [&](const OpensFact& opens) {
          return matches(target, opens) && overlap(opens.os, closer_.os);
        });
    if (opened) return;
    checker_.problem(row_, "targets",
                     fmt::format("names '{}', but that feature opens no such socket on {}; correct "
                                 "the target or the os",
                                 target_text(target), closer_.os.text()));
  }

  void change_problem(const ChangeFact& change, std::string_view message) {
    checker_.problem(
        row_, "change",
        fmt::format("of {} '{}' {}", change_kind_id(change.kind), change.target, message));
  }

  void check_change(const ChangeFact& change) {
    if (change.target.empty()) change_problem(change, "has no target; say what is changed");
    if (change.reverse.empty() && closer_.refused_because.empty()) {
      change_problem(change, "has no reverse; say how it is undone");
    }
    if (is_service_change(change)) check_service_change(change);
    if (change.kind == ChangeKind::registry && !is_registry_key(change.target)) {
      change_problem(change, "is no registry key; begin it with HKLM\\");
    }
    if (change.kind == ChangeKind::registry && !change.type.starts_with("REG_")) {
      change_problem(change, "has no registry type; give type = \"REG_DWORD\" or the like");
    }
    if (change.kind == ChangeKind::adapter && change.data.empty()) {
      change_problem(change, "has no data; give the adapter option's new value");
    }
    check_edit(checker_, row_, change);
  }

  void check_service_change(const ChangeFact& change) {
    const bool unit = change.kind == ChangeKind::unit;
    if (change.type != "disabled" && !(unit && change.type == "masked")) {
      change_problem(change, unit ? "needs type = \"disabled\" or \"masked\""
                                  : "needs type = \"disabled\"; manual is not off");
    }
    const ServiceFact* service = checker_.service_ref(row_, "change", change.target);
    if (service == nullptr) return;
    if (unit != (service->kind == ServiceKind::unit)) {
      change_problem(change, unit ? "is no unit; write kind = \"service\""
                                  : "is a unit; write kind = \"unit\"");
    }
    const bool meets_protection = std::any_of(all_os().begin(), all_os().end(), [&](Os os) {
      return closer_.os.contains(os) && service->protected_on(os);
    });
    if (meets_protection && closer_.refused_because.empty()) {
      change_problem(change, "is protected; say in refused_because why it is never done");
    }
  }

  // The services that the changes stop, and all that cannot run without them.
  bool stops_a_holder() const {
    for (std::size_t i = 0; i < all_os().size(); ++i) {
      const Os os = all_os()[i];
      if (!closer_.os.contains(os)) continue;
      for (const ChangeFact& change : closer_.changes) {
        if (!is_service_change(change)) continue;
        for (const std::string& service : dependencies_[i].dependents(change.target)) {
          if (holds_a_socket(checker_.kb(), service, os)) return true;
        }
      }
    }
    return false;
  }

  // Told already; what it would have stopped is not known.
  bool names_an_unknown_service() const {
    return std::any_of(
        closer_.changes.begin(), closer_.changes.end(), [this](const ChangeFact& change) {
          return is_service_change(change) && checker_.kb().service(change.target) == nullptr;
        });
  }

  void check_effect() {
    if (closer_.effect != Effect::release && closer_.effect != Effect::narrow) return;
    if (!closer_.targets.empty() || names_an_unknown_service() || stops_a_holder()) return;
    checker_.problem(row_, "effect",
                     fmt::format("is '{}', but it lets no socket go; give targets, or write "
                                 "effect = \"harden\" and say so in limits",
                                 effect_id(closer_.effect)));
  }

  Checker& checker_;
  const std::vector<Dependencies>& dependencies_;
  const CloserFact& closer_;
  Checker::Row row_;
};

}  // namespace

void check_closers(Checker& checker) {
  std::vector<Dependencies> dependencies;
  dependencies.reserve(all_os().size());
  for (const Os os : all_os())
    dependencies.emplace_back(os, std::span<const Service>(), checker.kb());
  for (const CloserFact& closer : checker.kb().closers) {
    CloserCheck(checker, dependencies, closer).run();
  }
}

}  // namespace deadlight::knowledge
