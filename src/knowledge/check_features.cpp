#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "base/text.h"
#include "knowledge/check.h"

namespace deadlight::knowledge {
namespace {

std::string port_text(const OpensFact& opens) {
  const std::string_view protocol = protocol_id(opens.protocol);
  if (opens.dynamic()) return fmt::format("{}/dynamic", protocol);
  if (opens.port_first == opens.port_last) return fmt::format("{}/{}", protocol, opens.port_first);
  return fmt::format("{}/{}-{}", protocol, opens.port_first, opens.port_last);
}

/// Checks one socket of a feature.
class OpensCheck {
 public:
  OpensCheck(Checker& checker, const FeatureFact& feature, std::size_t item)
      : checker_(checker),
        feature_(feature),
        opens_(feature.opens[item]),
        port_(port_text(opens_)),
        row_{"feature", feature.id, item} {}

  void run() {
    check_range();
    if (!opens_.holder.empty()) {
      check_holder();
    } else if (!opens_.held_by_rpc && !opens_.client) {
      problem("has no holder; name the service that keeps it open");
    }
  }

 private:
  void problem(const std::string& message) {
    checker_.problem(row_, "opens", fmt::format("{} {}", port_, message));
  }

  template <class Wrong>
  std::string systems(Wrong wrong) const {
    return systems_where(opens_.os, wrong);
  }

  void check_range() {
    const std::string outside = systems([this](Os os) { return !feature_.os.contains(os); });
    if (outside.empty()) return;
    problem(
        fmt::format("has an os beyond that of its feature ({}); narrow it or widen the "
                    "feature's",
                    outside));
  }

  void check_holder() {
    const ServiceFact* holder = checker_.service_ref(row_, "opens", opens_.holder);
    if (holder == nullptr) return;
    const std::string absent = systems([holder](Os os) { return !holder->os.contains(os); });
    if (!absent.empty()) {
      problem(fmt::format("is held by '{}', which is not there on {}; correct either os",
                          holder->id, absent));
    }
    if (holder->kind != ServiceKind::service) return;
    const Knowledge& kb = checker_.kb();
    const std::string homeless =
        systems([&](Os os) { return holder->os.contains(os) && kb.image_of(*holder, os).empty(); });
    if (!homeless.empty()) {
      problem(
          fmt::format("is held by '{}', which has no image on {}; add it to a [[group]] or "
                      "give a [[service.hosted]]",
                      holder->id, homeless));
    }
  }

  Checker& checker_;
  const FeatureFact& feature_;
  const OpensFact& opens_;
  std::string port_;
  Checker::Row row_;
};

}  // namespace

void check_features(Checker& checker) {
  for (const FeatureFact& feature : checker.kb().features) {
    const Checker::Row row{"feature", feature.id};
    checker.filled(row, "title", feature.title);
    checker.filled(row, "purpose", feature.purpose);
    checker.os_given(row, feature.os);
    checker.source_refs(row, feature.sources);
    checker.capability_refs(row, "provides", feature.provides);
    for (std::size_t i = 0; i < feature.opens.size(); ++i) OpensCheck(checker, feature, i).run();
  }
}

}  // namespace deadlight::knowledge
