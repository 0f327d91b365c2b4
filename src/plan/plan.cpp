#include "plan/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <unordered_set>

#include "base/text.h"
#include "exposure/remedies.h"
#include "plan/alternatives.h"
#include "plan/changes.h"
#include "plan/choice.h"
#include "plan/scope.h"
#include "plan/sessions.h"

namespace deadlight {
namespace {

using knowledge::CloserFact;
using knowledge::Phase;
using knowledge::When;
using simulated::SimulatedHost;

/// A step before it is carried out: what closes something, then what belongs with it.
using Bundle = std::vector<Remedy>;

constexpr std::string_view kBreaksUnknown =
    "it is not known what stops working with it; try it where that does no harm";

class Planner {
 public:
  Planner(const Exposure& exposure, const SystemFacts& system)
      : exposure_(&exposure),
        kb_(system.kb),
        remedies_(exposure, system),
        host_(simulate(exposure, remedies_.dependencies())) {
    std::size_t socket = 0;
    for (const Exposed& exposed : exposure.endpoints) {
      if (!is_listed(exposed)) continue;
      if (exposed.verdict == Verdict::needed) remedies_.keep(exposed.endpoint, exposed.holders);
      if (exposed.verdict == Verdict::unneeded) unneeded_.push_back(socket);
      ++socket;
    }
  }

  Result<Plan> run() {
    Plan plan;
    plan.host = exposure_->host;
    plan.role = exposure_->role;
    plan.open_before = host_.listing();
    plan.unread = exposure_->unread;
    const SimulatedHost untouched = host_;
    std::vector<Remedy> chosen = DEADLIGHT_TRY(choose_remedies(*exposure_, remedies_, host_));
    std::vector<Bundle> bundles = bundle(chosen);
    drop_superfluous(bundles);
    sort_by_phase(bundles);
    for (const Bundle& one : bundles) plan.steps.push_back(carry_out(one));
    add_wanted_off(plan);
    add_scope(plan);
    sort_out(plan);
    plan.stuck = stuck_endpoints(*exposure_, *kb_);
    plan.refused = refusals(*exposure_, remedies_);
    plan.not_taken = alternatives(*exposure_, taken_, remedies_, untouched);
    add_notes(plan);
    return plan;
  }

 private:
  static Phase phase_of(const Remedy& remedy) {
    return remedy.closer != nullptr ? remedy.closer->phase : Phase::services;
  }

  static bool needs_reboot(const Remedy& remedy) {
    return remedy.closer != nullptr && remedy.closer->when == When::reboot;
  }

  std::vector<Bundle> bundle(const std::vector<Remedy>& chosen) {
    taken_ = chosen;
    std::vector<Bundle> bundles;
    for (const Remedy& remedy : chosen) {
      Bundle one = {remedy};
      if (remedy.closer != nullptr) {
        for (const std::string_view id : remedy.closer->companions) {
          const Remedy companion{kb_->closer(id), {}};
          if (!may_join(companion)) continue;
          taken_.push_back(companion);
          one.push_back(companion);
        }
      }
      bundles.push_back(std::move(one));
    }
    return bundles;
  }

  bool may_join(const Remedy& companion) const {
    return companion.closer != nullptr && companion.closer->os.contains(exposure_->host.os) &&
           std::find(taken_.begin(), taken_.end(), companion) == taken_.end() &&
           remedies_.forbidden(companion).empty();
  }

  // A companion may close what another step was chosen for: dearest first, whatever can go goes.
  void drop_superfluous(std::vector<Bundle>& bundles) {
    const auto has_companion = [](const Bundle& one) { return one.size() > 1; };
    if (std::none_of(bundles.begin(), bundles.end(), has_companion)) return;
    std::vector<Bundle> dearest_first = bundles;
    std::stable_sort(dearest_first.begin(), dearest_first.end(),
                     [this](const Bundle& a, const Bundle& b) {
                       return cost_of(a.front(), remedies_) > cost_of(b.front(), remedies_);
                     });
    for (const Bundle& candidate : dearest_first) {
      std::vector<Bundle> others;
      std::copy_if(bundles.begin(), bundles.end(), std::back_inserter(others),
                   [&candidate](const Bundle& one) { return one != candidate; });
      if (!reaches_role(others)) continue;
      bundles = std::move(others);
      std::erase_if(taken_, [&candidate](const Remedy& remedy) {
        return std::find(candidate.begin(), candidate.end(), remedy) != candidate.end();
      });
    }
  }

  bool reaches_role(const std::vector<Bundle>& bundles) const {
    SimulatedHost trial = host_;
    for (const Bundle& bundle : bundles) {
      for (const Remedy& remedy : bundle) {
        if (!apply(trial, remedy)) return false;
      }
    }
    trial.reboot();
    return std::none_of(unneeded_.begin(), unneeded_.end(),
                        [&trial](std::size_t socket) { return trial.is_held(socket); });
  }

  // What needs no reboot first; within a phase the step that closes most.
  void sort_by_phase(std::vector<Bundle>& bundles) const {
    const std::size_t open = host_.listing().size();
    const auto closes = [&](const Bundle& one) {
      SimulatedHost trial = host_;
      if (!apply(trial, one.front())) return std::size_t{0};
      trial.reboot();
      return open - trial.listing().size();
    };
    std::vector<std::pair<std::size_t, Bundle>> ranked;
    for (Bundle& one : bundles) {
      const std::size_t count = closes(one);
      ranked.emplace_back(count, std::move(one));
    }
    std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
      const Remedy& first = a.second.front();
      const Remedy& second = b.second.front();
      return std::tuple(phase_of(first), needs_reboot(first), b.first, first.id()) <
             std::tuple(phase_of(second), needs_reboot(second), a.first, second.id());
    });
    bundles.clear();
    for (auto& [count, one] : ranked) bundles.push_back(std::move(one));
  }

  Step carry_out(const Bundle& bundle) {
    Step step;
    step.title = title_of(bundle.front(), *kb_);
    step.phase = phase_of(bundle.front());
    const std::vector<std::string> before = host_.listing();
    for (const Remedy& remedy : bundle) add_remedy(step, remedy);
    step.also_stops = stopped_besides(step.changes, host_);
    step.reboot = needs_reboot(bundle.front()) || host_.reboot_pending();
    if (step.reboot) host_.reboot();
    step.open_after = host_.listing();
    step.closes = gone(before, step.open_after);
    warn_of_guesses(step);
    for (const std::string& text : ended_sessions(*exposure_, step.closes)) {
      add_once(step.warnings, text);
    }
    if (step.breaks.empty()) step.breaks.emplace_back(kBreaksUnknown);
    if (step.why.empty()) step.why = why(step, bundle.front());
    return step;
  }

  void add_remedy(Step& step, const Remedy& remedy) {
    step.closers.push_back(remedy.id());
    for (PlannedChange& change : changes_of(remedy, *exposure_, remedies_)) {
      add_once(step.undo, undo_text(change));
      step.changes.push_back(std::move(change));
    }
    for (const std::string& text : breaks_of(remedy, *kb_)) add_once(step.breaks, text);
    if (remedy.closer != nullptr) {
      step.restart |= remedy.closer->when == When::restart;
      add_once(step.warnings, remedy.closer->limits);
    }
    warn_of_manual(step, remedy);
    // Only allowed remedies come here: a failure is a defect, and the listing would show it.
    if (const Result<> done = apply(host_, remedy); !done) {
      add_once(step.warnings, done.error().message);
    }
  }

  static std::string undo_text(const PlannedChange& change) {
    const std::string what =
        change.name.empty() ? change.target : change.target + " " + change.name;
    return fmt::format("{}: {}", what, change.undo);
  }

  bool is_known_running(std::string_view name) const {
    return std::any_of(exposure_->services.begin(), exposure_->services.end(),
                       [&](const Service& service) {
                         return service.state == ServiceState::running &&
                                iequals(remedies_.dependencies().canonical(service.name), name);
                       });
  }

  void warn_of_manual(Step& step, const Remedy& remedy) const {
    for (const Service& service : exposure_->services) {
      if (service.start != StartType::manual) continue;
      const std::vector<std::string> off = remedies_.switches_off(remedy);
      if (!off.empty() && iequals(remedies_.dependencies().canonical(service.name), off.front())) {
        add_once(step.warnings, fmt::format("{} starts manually now; manual is not off: whatever "
                                            "needs it starts it again, so it is disabled",
                                            service.name));
      }
    }
  }

  void warn_of_guesses(Step& step) const {
    const std::unordered_set<std::string_view> closes(step.closes.begin(), step.closes.end());
    for (const Exposed& exposed : exposure_->endpoints) {
      const Owner& owner = exposed.owner;
      if (!is_listed(exposed) || (owner.candidates.size() < 2 && !owner.others_possible)) continue;
      const std::string text = endpoint_text(exposed.endpoint);
      if (!closes.contains(text)) continue;
      add_once(step.warnings, fmt::format("the holder of {} is not certain ({}): a task list may "
                                          "make some of these steps needless",
                                          text, candidates_text(owner)));
    }
  }

  static std::string why(const Step& step, const Remedy& remedy) {
    if (!step.closes.empty()) {
      return fmt::format(
          "closes {} that the role does not need",
          step.closes.size() == 1 ? "a socket" : fmt::format("{} sockets", step.closes.size()));
    }
    return fmt::format("{} may hold a socket that only goes when its last holder lets go",
                       remedy.id());
  }

  // What a role wants off whatever it holds, in a last step of its own.
  void add_wanted_off(Plan& plan) {
    Bundle wanted;
    std::vector<std::string> unseen;
    for (const std::string& name : exposure_->role.disable) {
      const CloserFact* closer = kb_->closer(name);
      const Remedy remedy{closer,
                          closer == nullptr ? remedies_.dependencies().canonical(name) : ""};
      if (is_off(remedy) || !remedies_.forbidden(remedy).empty()) continue;
      if (closer != nullptr ? !closer->os.contains(exposure_->host.os)
                            : !is_known_running(remedy.service)) {
        if (closer == nullptr) unseen.push_back(remedy.service);
        continue;
      }
      wanted.push_back(remedy);
    }
    if (!wanted.empty()) {
      Step step = carry_out(wanted);
      step.title = fmt::format("Switch off what the role '{}' wants off besides", plan.role.id);
      step.phase = Phase::leftovers;
      step.why = fmt::format("the role '{}' asks for it", plan.role.id);
      plan.steps.push_back(std::move(step));
    }
    if (!unseen.empty()) {
      plan.notes.push_back(
          fmt::format("the role '{}' also wants these off, which this evidence does "
                      "not show running: {}",
                      plan.role.id, join(unseen, ", ")));
    }
  }

  // Last, so that a connection that a step needs is still there.
  void add_scope(Plan& plan) const {
    const CloserFact* closer = scope_closer(exposure_->host.os, *kb_);
    if (closer == nullptr) return;
    Step step;
    step.changes = scope_changes(*exposure_, *closer);
    if (step.changes.empty()) return;
    step.title = closer->title;
    step.phase = closer->phase;
    step.closers.emplace_back(closer->id);
    step.breaks.emplace_back(closer->breaks);
    add_once(step.warnings, closer->limits);
    step.why = "what stays open is for the networks that the role names, and for nobody else";
    step.undo.emplace_back(step.changes.front().undo);
    step.open_after = host_.listing();
    plan.steps.push_back(std::move(step));
  }

  bool is_off(const Remedy& remedy) const {
    return std::any_of(taken_.begin(), taken_.end(), [&](const Remedy& taken) {
      if (taken == remedy) return true;
      const std::vector<std::string> off = remedies_.switches_off(taken);
      return !remedy.service.empty() &&
             std::any_of(off.begin(), off.end(), [&remedy](const std::string& name) {
               return iequals(name, remedy.service);
             });
    });
  }

  // Who may reach it, where the role says so: a firewall has to see to that.
  std::string scope_of(const Exposed& exposed) const {
    for (const Keep& keep : exposure_->role.keep) {
      if (keep.from.empty() || keep.protocol != exposed.endpoint.protocol ||
          !exposed.endpoint.has_port(keep.port)) {
        continue;
      }
      if (keep.from.size() == 1 && keep.from.front() == "any") return "; from anywhere";
      const std::string networks = join(keep.from, ", ");
      return are_networks(keep.from) && scope_closer(exposure_->host.os, *kb_) != nullptr
                 ? fmt::format("; from {} only", networks)
                 : fmt::format("; let the firewall allow it from {} only", networks);
    }
    return {};
  }

  void sort_out(Plan& plan) const {
    const std::unordered_set<std::string_view> open(plan.open_after().begin(),
                                                    plan.open_after().end());
    for (const Exposed& exposed : exposure_->endpoints) {
      if (!is_listed(exposed)) continue;
      const std::string text =
          fmt::format("{}: {}", endpoint_text(exposed.endpoint), exposed.verdict_reason);
      if (exposed.verdict == Verdict::needed) plan.kept.push_back(text + scope_of(exposed));
      const bool stays = open.contains(endpoint_text(exposed.endpoint));
      if (exposed.verdict == Verdict::local && stays) plan.local.push_back(text);
      if (exposed.verdict == Verdict::unknown) plan.unexplained.push_back(text);
    }
  }

  void add_notes(Plan& plan) const {
    if (!plan.unread.empty()) {
      plan.notes.push_back(fmt::format(
          "{} of the evidence could not be read, and may be open "
          "ports: 'deadlight scan' names them",
          plan.unread.size() == 1 ? "a line" : fmt::format("{} lines", plan.unread.size())));
    }
    const auto reboots = std::count_if(plan.steps.begin(), plan.steps.end(),
                                       [](const Step& step) { return step.reboot; });
    if (reboots > 1) {
      plan.notes.push_back(
          fmt::format("{} steps need a reboot; one at the end is enough, the "
                      "listings between assume one after each",
                      reboots));
    }
    if (!plan.steps.empty() && is_windows(plan.host.os)) {
      plan.notes.emplace_back(
          "services are disabled, not set to manual: Windows starts manual services again when "
          "something asks for them");
    }
    for (const Keep& keep : plan.role.keep) {
      const bool open = std::any_of(exposure_->endpoints.begin(), exposure_->endpoints.end(),
                                    [&keep](const Exposed& exposed) {
                                      return is_listed(exposed) &&
                                             exposed.endpoint.has_port(keep.port) &&
                                             exposed.endpoint.protocol == keep.protocol;
                                    });
      if (!open) {
        plan.notes.push_back(fmt::format("{} {} is to be kept, but it is not open here",
                                         protocol_id(keep.protocol), keep.port));
      }
    }
  }

  const Exposure* exposure_;
  const knowledge::Knowledge* kb_;
  Remedies remedies_;
  SimulatedHost host_;
  std::vector<std::size_t> unneeded_;  ///< sockets of `host_`
  std::vector<Remedy> taken_;
};

}  // namespace

Result<Plan> make_plan(const Exposure& exposure, const knowledge::Knowledge& kb) {
  return make_plan(exposure, SystemFacts(exposure.host.os, kb));
}

Result<Plan> make_plan(const Exposure& exposure, const SystemFacts& system) {
  return Planner(exposure, system).run();
}

}  // namespace deadlight
