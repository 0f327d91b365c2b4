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

void append_os(std::string& list, Os os) {
  if (!list.empty()) list += ' ';
  list += os_id(os);
}

/// Checks one socket of a feature.
class OpensCheck {
 public:
  OpensCheck(Checker& checker, const FeatureFact& feature, const OpensFact& opens)
      : checker_(checker), feature_(feature), opens_(opens), port_(port_text(opens)) {}

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
    checker_.problem({"feature", feature_.id}, "opens", fmt::format("{} {}", port_, message));
  }

  // `message` has one {} for the systems of the socket for which `wrong` is true.
  template <class Wrong>
  std::string systems(Wrong wrong) const {
    std::string list;
    for (const Os os : all_os()) {
      if (opens_.os.contains(os) && wrong(os)) append_os(list, os);
    }
    return list;
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
    const ServiceFact* holder =
        checker_.service_ref({"feature", feature_.id}, "opens", opens_.holder);
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
    for (const OpensFact& opens : feature.opens) OpensCheck(checker, feature, opens).run();
  }
}

}  // namespace deadlight::knowledge
