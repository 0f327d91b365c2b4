#include "execute/linux/step_acts.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "execute/linux/config_acts.h"
#include "execute/linux/scope_acts.h"
#include "execute/linux/unit_acts.h"

namespace deadlight::execute {
namespace {

using knowledge::ChangeFact;
using knowledge::ChangeKind;

class Translator {
 public:
  Translator(const Step& step, const HostView& view, const knowledge::Knowledge& kb)
      : step_(step), view_(view), kb_(kb), config_(view) {}

  Result<Translation> run() {
    result_.step.title = step_.title;
    for (const PlannedChange& change : step_.changes) DEADLIGHT_TRY(add(change));
    if (!units_.empty()) DEADLIGHT_TRY(add_units_off(units_, view_, kb_, result_));
    if (!scopes_.empty()) DEADLIGHT_TRY(add_scope(scopes_, view_, result_));
    config_.finish(result_.step);
    put_reload_first();
    const bool nothing = result_.step.acts.empty() && result_.step.settles.empty();
    if (nothing && result_.by_hand.empty()) {
      return fail(Errc::not_found,
                  fmt::format("'{}' has nothing to do here ({}); make the plan again", step_.title,
                              result_.left_out.empty() ? "it is done already"
                                                       : join(result_.left_out, "; ")));
    }
    return std::move(result_);
  }

 private:
  Result<> add(const PlannedChange& change) {
    switch (change.kind) {
      case ChangeKind::unit:
        units_.push_back({change.target, change.type == "masked"});
        return {};
      case ChangeKind::dropin:
      case ChangeKind::config:
      case ChangeKind::sysctl:
        return add_known(change);
      case ChangeKind::firewall:
        if (change.name == kScopeRule) {
          scopes_.push_back(change);
        } else {
          result_.by_hand.push_back(change.text());
        }
        return {};
      case ChangeKind::manual:
        result_.by_hand.push_back(change.text());
        return {};
      case ChangeKind::service:
      case ChangeKind::registry:
      case ChangeKind::adapter:
      case ChangeKind::user_right:
        break;
    }
    return fail(Errc::unsupported,
                fmt::format("'{}' is a change for Windows; this is Linux", change.text()));
  }

  Result<> add_known(const PlannedChange& change) {
    const ChangeFact* fact = fact_of(change);
    if (fact == nullptr) {
      return fail(Errc::not_found,
                  fmt::format("'{}' is no change that the closers {} make; make the plan again",
                              change.text(), join(step_.closers, ", ")));
    }
    if (fact->by_hand()) {
      result_.by_hand.push_back(change.text());
      return {};
    }
    if (fact->kind != ChangeKind::sysctl) return config_.add(*fact, result_);
    return config_.add_sysctl(std::string(fact->target), std::string(fact->data), result_);
  }

  const ChangeFact* fact_of(const PlannedChange& change) const {
    for (const std::string& id : step_.closers) {
      const knowledge::CloserFact* closer = kb_.closer(id);
      if (closer == nullptr || !closer->refused_because.empty()) continue;
      for (const ChangeFact& fact : closer->changes) {
        const PlannedChange same = planned(fact);
        if (same.kind == change.kind && same.target == change.target && same.name == change.name &&
            same.data == change.data) {
          return &fact;
        }
      }
    }
    return nullptr;
  }

  // Units are read again before one of them is restarted.
  void put_reload_first() {
    std::stable_partition(
        result_.step.settles.begin(), result_.step.settles.end(),
        [](const Settle& settle) { return settle.kind == Settle::Kind::reload_manager; });
  }

  const Step& step_;
  const HostView& view_;
  const knowledge::Knowledge& kb_;
  ConfigActs config_;
  std::vector<UnitChange> units_;
  std::vector<PlannedChange> scopes_;
  Translation result_;
};

}  // namespace

Result<Translation> translate(const Step& step, const HostView& view,
                              const knowledge::Knowledge& kb) {
  return Translator(step, view, kb).run();
}

}  // namespace deadlight::execute
