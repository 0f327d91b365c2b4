#include "execute/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

namespace deadlight::execute {
namespace {

tl::unexpected<Error> misplaced(std::string message) {
  return fail(Errc::malformed, std::move(message));
}

/// Whether a record may follow what a run and a step have so far.
struct Check {
  const History& history;

  Result<> operator()(const RunBegun& record) const {
    if (record.run == history.runs().size() + 1) return {};
    return misplaced(fmt::format("run {} follows run {}", record.run, history.runs().size()));
  }

  Result<> operator()(const StepBegun& record) const {
    const RunLog* run = history.run(record.run);
    if (run == nullptr || run->done || run != &history.runs().back()) {
      return misplaced(fmt::format("a step of run {}, which is not the one that runs", record.run));
    }
    if (record.step != run->steps.size() + 1 || record.step > run->begun.steps) {
      return misplaced(fmt::format("step {} of run {} is out of order", record.step, record.run));
    }
    if (!run->steps.empty() && run->steps.back().stage != Stage::done) {
      return misplaced(fmt::format("step {} follows one that is not done", record.step));
    }
    if (record.before.size() == record.planned.what.acts.size()) return {};
    return misplaced(fmt::format("step {} has {} acts and {} states", record.step,
                                 record.planned.what.acts.size(), record.before.size()));
  }

  Result<> operator()(const ActDone& record) const {
    const StepLog* step = history.step(record.run, record.step);
    if (step != nullptr && step->stage == Stage::begun && record.act == step->acts.size() &&
        record.act < step->begun.before.size()) {
      return {};
    }
    return misplaced(
        fmt::format("an act of step {} of run {} that is not due", record.step, record.run));
  }

  Result<> operator()(const StepDone& record) const {
    const StepLog* step = history.step(record.run, record.step);
    if (step != nullptr && step->stage == Stage::begun &&
        step->acts.size() == step->begun.before.size()) {
      return {};
    }
    return misplaced(
        fmt::format("step {} of run {} is done before its acts", record.step, record.run));
  }

  Result<> operator()(const RunDone& record) const {
    const RunLog* run = history.run(record.run);
    if (run != nullptr && !run->done && (run->steps.empty() || !run->steps.back().unfinished())) {
      return {};
    }
    return misplaced(fmt::format("run {} ends, which it cannot yet", record.run));
  }

  Result<> operator()(const UndoBegun& record) const {
    const StepLog* step = history.step(record.run, record.step);
    if (step != nullptr && step->stage != Stage::undone) return {};
    return misplaced(fmt::format("step {} of run {} has nothing to undo", record.step, record.run));
  }

  Result<> operator()(const ActUndone& record) const {
    const StepLog* step = history.step(record.run, record.step);
    if (step != nullptr && step->stage == Stage::undoing && record.act < step->undone.size() &&
        !step->undone[record.act]) {
      return {};
    }
    return misplaced(fmt::format("an act of step {} of run {} that is not to be undone",
                                 record.step, record.run));
  }

  Result<> operator()(const UndoDone& record) const {
    const StepLog* step = history.step(record.run, record.step);
    const bool known = step != nullptr && step->stage == Stage::undoing &&
                       std::all_of(record.left.begin(), record.left.end(),
                                   [step](auto act) { return act < step->undone.size(); });
    if (known) return {};
    return misplaced(
        fmt::format("step {} of run {} is undone without having begun", record.step, record.run));
  }

  Result<> operator()(const RunConfirmed& record) const {
    const RunLog* run = history.run(record.run);
    if (run != nullptr && !run->confirmed) return {};
    return misplaced(fmt::format("there is no run {} to confirm", record.run));
  }
};

/// What a record changes; it has been checked.
struct Add {
  std::vector<RunLog>& runs;
  std::uint64_t time_ms;

  RunLog& run(std::uint32_t number) const { return runs[number - 1]; }
  StepLog& step(std::uint32_t in_run, std::uint32_t number) const {
    return run(in_run).steps[number - 1];
  }

  void operator()(const RunBegun& record) const {
    RunLog& log = runs.emplace_back();
    log.begun = record;
    log.time_ms = time_ms;
  }
  void operator()(const StepBegun& record) const {
    StepLog& log = run(record.run).steps.emplace_back();
    log.begun = record;
    log.undone.assign(record.before.size(), false);
  }
  void operator()(const ActDone& record) const {
    step(record.run, record.step).acts.push_back(record);
  }
  void operator()(const StepDone& record) const {
    StepLog& log = step(record.run, record.step);
    log.stage = Stage::done;
    log.boot_id = record.boot_id;
  }
  void operator()(const RunDone& record) const { run(record.run).done = record; }
  void operator()(const UndoBegun& record) const {
    StepLog& log = step(record.run, record.step);
    log.stage = Stage::undoing;
    log.force = record.force;
  }
  void operator()(const ActUndone& record) const {
    step(record.run, record.step).undone[record.act] = true;
  }
  void operator()(const UndoDone& record) const {
    StepLog& log = step(record.run, record.step);
    log.stage = record.left.empty() ? Stage::undone : Stage::partly_undone;
    log.left = record.left;
  }
  void operator()(const RunConfirmed& record) const { run(record.run).confirmed = true; }
};

}  // namespace

bool RunLog::awaits_confirmation() const {
  return begun.info.confirm_by != 0 && !confirmed &&
         std::any_of(steps.begin(), steps.end(),
                     [](const StepLog& step) { return step.stage != Stage::undone; });
}

Expectations expectations_of(const RunLog& run, std::string_view boot_id) {
  Expectations result;
  result.kept = run.begun.info.kept;
  for (const StepLog& step : run.steps) {
    if (step.stage != Stage::done) continue;
    const PlannedStep& planned = step.begun.planned;
    result.gone.insert(result.gone.end(), planned.closes.begin(), planned.closes.end());
    if (planned.reboot && step.boot_id == boot_id) result.reboot_pending = true;
  }
  return result;
}

const RunLog* History::run(std::uint32_t number) const {
  return number >= 1 && number <= runs_.size() ? &runs_[number - 1] : nullptr;
}

const StepLog* History::step(std::uint32_t run_number, std::uint32_t number) const {
  const RunLog* found = run(run_number);
  if (found == nullptr || number < 1 || number > found->steps.size()) return nullptr;
  return &found->steps[number - 1];
}

std::vector<const StepLog*> History::unfinished() const {
  std::vector<const StepLog*> found;
  for (auto log = runs_.rbegin(); log != runs_.rend(); ++log) {
    for (auto one = log->steps.rbegin(); one != log->steps.rend(); ++one) {
      if (one->unfinished()) found.push_back(&*one);
    }
  }
  return found;
}

std::string History::interrupted() const {
  const auto steps = unfinished();
  if (!steps.empty()) {
    const StepBegun& step = steps.front()->begun;
    return fmt::format("step {} of run {} ({})", step.step, step.run, step.planned.what.title);
  }
  if (runs_.empty() || runs_.back().done) return {};
  return fmt::format("run {}", runs_.back().begun.run);
}

Result<> History::check(const Record& record) const { return std::visit(Check{*this}, record); }

Result<> History::add(const Entry& entry) {
  DEADLIGHT_TRY(check(entry.record));
  std::visit(Add{runs_, entry.time_ms}, entry.record);
  return {};
}

}  // namespace deadlight::execute
