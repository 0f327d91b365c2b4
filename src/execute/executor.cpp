#include "execute/executor.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "execute/undo.h"

namespace deadlight::execute {
namespace {

using StepNumber = std::pair<std::uint32_t, std::uint32_t>;  // of run and step

StepOutcome outcome_of(const StepBegun& step) {
  StepOutcome outcome;
  outcome.run = step.run;
  outcome.step = step.step;
  outcome.title = step.planned.what.title;
  return outcome;
}

/// Two acts that want the same thing in different states have no state that the step leads to.
Result<> check_acts(const StepActs& what) {
  for (std::size_t i = 0; i < what.acts.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      const Act& one = what.acts[k];
      const Act& other = what.acts[i];
      if (one.thing != other.thing || one.target != other.target || one.wanted == other.wanted) {
        continue;
      }
      return fail(Errc::refused, fmt::format("{}: the step wants it in two states; split the step",
                                             name_of(other)));
    }
  }
  return {};
}

Result<std::vector<State>> states_of(ActHost& host, const StepActs& what) {
  std::vector<State> states;
  for (const Act& act : what.acts) {
    states.push_back(DEADLIGHT_TRY(host.state(act.thing, act.target)));
  }
  return states;
}

/// Sets what is not so yet; what it was comes from `step`.
Result<> do_act(ActHost& host, Journal& journal, const StepBegun& step, std::uint32_t index) {
  const Act& act = step.planned.what.acts[index];
  State now = DEADLIGHT_TRY(host.state(act.thing, act.target));
  if (now != act.wanted) {
    if (now != step.before[index]) {
      return fail(Errc::conflict,
                  fmt::format("{}: somebody else changed it just now; try again", name_of(act)));
    }
    DEADLIGHT_TRY(host.set(act.thing, act.target, act.wanted));
    now = DEADLIGHT_TRY(host.state(act.thing, act.target));
  }
  const bool right = now == act.wanted;
  DEADLIGHT_TRY(journal.append(ActDone{step.run, step.step, index, std::move(now)}));
  if (right) return {};
  return fail(Errc::refused,
              fmt::format("{}: was set, but is not so when read back; find out what sets it back",
                          name_of(act)));
}

Result<> do_acts(ActHost& host, Journal& journal, const StepBegun& step) {
  for (std::uint32_t i = 0; i < step.planned.what.acts.size(); ++i) {
    DEADLIGHT_TRY(do_act(host, journal, step, i));
  }
  return {};
}

/// What follows the acts, up to the record that the step is done.
Result<> finish(ActHost& host, Journal& journal, const Watch& watch, const StepBegun& step) {
  for (const Settle& settle : step.planned.what.settles) DEADLIGHT_TRY(host.settle(settle));
  if (watch.check) DEADLIGHT_TRY(watch.check(step));
  return journal.append(StepDone{step.run, step.step, watch.boot_id});
}

void tell(const Watch& watch, Moment moment, const StepBegun& step) {
  if (watch.on_step) watch.on_step(moment, step);
}

/// True if all acts are recorded as done and everything is still as they left it.
bool lacks_only_its_end(ActHost& host, const StepLog& log) {
  const std::vector<Act>& acts = log.begun.planned.what.acts;
  if (log.stage != Stage::begun || log.acts.size() != acts.size()) return false;
  return std::all_of(log.acts.begin(), log.acts.end(), [&](const ActDone& done) {
    const Act& act = acts[done.act];
    const Result<State> now = host.state(act.thing, act.target);
    return now && *now == act.wanted;
  });
}

/// Ends the run of an interruption, so that the next one can begin.
void end_run(Journal& journal, RunReport& report) {
  if (journal.history().runs().empty()) return;
  const RunLog& run = journal.history().runs().back();
  const bool unfinished = !run.steps.empty() && run.steps.back().unfinished();
  if (run.done || unfinished || !journal.takes_records()) return;
  const auto done = static_cast<std::size_t>(
      std::count_if(run.steps.begin(), run.steps.end(),
                    [](const StepLog& step) { return step.stage == Stage::done; }));
  report.run = run.begun.run;
  std::string failure;
  if (done < run.begun.steps) {
    failure = fmt::format(
        "run {} was interrupted: {} of its {} steps are done; make a new plan for "
        "the rest",
        run.begun.run, done, run.begun.steps);
  }
  const Result<> ended = journal.append(RunDone{run.begun.run, failure});
  report.failure = ended ? failure : ended.error().message;
}

/// The steps that `targets` name and that are not undone yet, newest first.
Result<std::set<StepNumber, std::greater<>>> steps_of(const History& history,
                                                      const std::vector<RollbackTarget>& targets) {
  std::set<StepNumber, std::greater<>> steps;
  for (const RollbackTarget& target : targets) {
    const RunLog* run = history.run(target.run);
    if (run == nullptr) {
      return fail(
          Errc::not_found,
          fmt::format("there is no run {}; the journal has {}", target.run,
                      history.runs().empty() ? "none"
                                             : fmt::format("runs 1 to {}", history.runs().size())));
    }
    if (target.step && history.step(target.run, *target.step) == nullptr) {
      return fail(Errc::not_found, fmt::format("run {} has no step {} that began; it has {}",
                                               target.run, *target.step, run->steps.size()));
    }
    for (const StepLog& step : run->steps) {
      if (target.step && *target.step != step.begun.step) continue;
      if (step.stage != Stage::undone) steps.insert({target.run, step.begun.step});
    }
  }
  return steps;
}

}  // namespace

bool RunReport::clean() const {
  return failure.empty() && std::all_of(steps.begin(), steps.end(), [](const StepOutcome& step) {
           const bool whole = step.stage == Stage::done || step.stage == Stage::undone;
           return whole && step.failure.empty() && step.problems.empty();
         });
}

Executor::Executor(ActHost& host, Journal& journal, Watch watch)
    : host_(host), journal_(journal), watch_(std::move(watch)) {}

Result<RunReport> Executor::carry_out(const RunInfo& info, const std::vector<PlannedStep>& steps) {
  if (const std::string what = journal_.history().interrupted(); !what.empty()) {
    return fail(Errc::conflict,
                fmt::format("{}: {} was interrupted and is not at its end; recover it first",
                            journal_.name(), what));
  }
  RunReport report;
  report.run = static_cast<std::uint32_t>(journal_.history().runs().size() + 1);
  const auto count = static_cast<std::uint32_t>(steps.size());
  DEADLIGHT_TRY(journal_.append(RunBegun{report.run, count, info}));
  for (std::uint32_t i = 0; i < count && report.failure.empty(); ++i) {
    const StepOutcome& outcome =
        report.steps.emplace_back(carry_out_step({report.run, i + 1, steps[i], {}}));
    if (!outcome.failure.empty()) {
      report.failure =
          fmt::format("step {} of {} ({}): {}", i + 1, count, outcome.title, outcome.failure);
    }
  }
  const bool at_an_end = report.steps.empty() || report.steps.back().stage != Stage::undoing;
  if (at_an_end && journal_.takes_records()) {
    const Result<> ended =
        journal_.append(RunDone{report.run, report.failure.substr(0, kFailureBytesMax)});
    if (!ended && report.failure.empty()) report.failure = ended.error().message;
  }
  return report;
}

StepOutcome Executor::carry_out_step(StepBegun step) {
  StepOutcome outcome = outcome_of(step);
  Result<> done = begin(step);
  if (!done) {
    outcome.stage = Stage::undone;
    outcome.failure = done.error().message;
    return outcome;
  }
  tell(watch_, Moment::begun, step);
  done = do_acts(host_, journal_, step);
  if (done) done = finish(host_, journal_, watch_, step);
  if (done) {
    outcome.stage = Stage::done;
    tell(watch_, Moment::done, step);
    return outcome;
  }
  outcome.failure = done.error().message;
  undo_in_any_case(step, outcome);
  return outcome;
}

Result<> Executor::begin(StepBegun& step) {
  DEADLIGHT_TRY(check_acts(step.planned.what));
  step.before = DEADLIGHT_TRY(states_of(host_, step.planned.what));
  return journal_.append(step);
}

void Executor::undo_in_any_case(const StepBegun& step, StepOutcome& outcome) {
  const StepLog& log = *journal_.history().step(step.run, step.step);
  const UndoOrder order{log.stage == Stage::undoing && log.force, false};
  tell(watch_, Moment::undo_begun, step);
  if (log.stage == Stage::begun) {
    note(journal_, UndoBegun{step.run, step.step, order.force}, outcome);
  }
  undo_step(host_, journal_, order, outcome);
  tell(watch_, Moment::undone, step);
}

RunReport Executor::recover() {
  RunReport report;
  for (const StepLog* log : journal_.history().unfinished()) {
    const StepBegun step = log->begun;
    StepOutcome& outcome = report.steps.emplace_back(outcome_of(step));
    report.run = step.run;
    if (lacks_only_its_end(host_, *log)) {
      const Result<> done = finish(host_, journal_, watch_, step);
      if (done) {
        outcome.stage = Stage::done;
        tell(watch_, Moment::done, step);
        continue;
      }
      outcome.failure = done.error().message;
    } else {
      outcome.failure =
          log->stage == Stage::begun ? "it was interrupted" : "its undoing was interrupted";
    }
    undo_in_any_case(step, outcome);
  }
  end_run(journal_, report);
  return report;
}

Result<RunReport> Executor::rollback(const std::vector<RollbackTarget>& targets, bool force) {
  const auto steps = DEADLIGHT_TRY(steps_of(journal_.history(), targets));
  RunReport report;
  if (targets.size() == 1) report.run = targets.front().run;
  for (const auto& [run, number] : steps) {
    const StepBegun step = journal_.history().step(run, number)->begun;
    const Result<> begun = journal_.append(UndoBegun{run, number, force});
    if (!begun && report.steps.empty()) return tl::make_unexpected(begun.error());
    if (!begun) {
      report.failure = begun.error().message;
      break;
    }
    tell(watch_, Moment::undo_begun, step);
    StepOutcome& outcome = report.steps.emplace_back(outcome_of(step));
    undo_step(host_, journal_, {force, force}, outcome);
    tell(watch_, Moment::undone, step);
    if (outcome.stage == Stage::undoing) {
      report.failure = fmt::format("step {} of run {} ({}) could not be undone: {}", number, run,
                                   outcome.title, outcome.problems.front());
      break;
    }
  }
  return report;
}

}  // namespace deadlight::execute
