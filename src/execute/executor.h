#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "execute/act.h"
#include "execute/history.h"
#include "execute/journal.h"

namespace deadlight::execute {

enum class Moment { begun, done, undo_begun, undone };

/// What the caller adds; empty functions are not called.
struct Watch {
  /// For a line of progress. `undone` comes also after an undoing that left something.
  std::function<void(Moment, const StepBegun&)> on_step;
  /// Whether the step did what it is for ("its sockets are gone"), after its settles. An error
  /// fails the step.
  std::function<Result<>(const StepBegun&)> check;
  std::string boot_id;  ///< of this boot; recorded with each step done
};

/// What became of one step. All texts are for a person, a line each.
struct StepOutcome {
  std::uint32_t run = 0;
  std::uint32_t step = 0;
  std::string title;
  Stage stage = Stage::begun;     ///< of the host; `undoing`: it could not be undone, see problems
  std::string failure;            ///< why it was not carried out; empty where it was
  std::vector<std::string> left;  ///< what was left as it is when the step was undone, and why
  /// What else went wrong: a thing that could not be restored, a unit that does not restart, a
  /// journal that cannot be written.
  std::vector<std::string> problems;
};

struct RunReport {
  std::uint32_t run = 0;  ///< 0: of several runs
  std::vector<StepOutcome> steps;
  std::string failure;  ///< why the rest was not done; empty if all was
  /// True: all was done, and no step has anything left or any problem.
  bool clean() const;
};

/// A run, or one step of it.
struct RollbackTarget {
  std::uint32_t run = 0;
  std::optional<std::uint32_t> step;
};

/// Carries steps out and takes them back. Killed at any instant, the host is brought to the state
/// before or after a step by the next recover(). `host` and `journal` must outlive it. One thread.
class Executor {
 public:
  Executor(ActHost& host, Journal& journal, Watch watch);

  /// Carries out `steps` in order, each as a whole: recorded, set, read back, settled, checked.
  /// Stops at the first failure and undoes the step that failed; the report says so.
  /// Errors, with the host unchanged: `conflict` after an interruption that recover() has not
  /// dealt with; as Journal::append().
  Result<RunReport> carry_out(const RunInfo& info, const std::vector<PlannedStep>& steps);

  /// Finishes or undoes what an earlier process was stopped in, and ends its run. Does nothing
  /// where nothing was interrupted: call it before every other change.
  RunReport recover();

  /// Takes targets back, newest first, to what was recorded. What somebody changed in between is
  /// left alone unless `force`. With `force` a step is also closed where something cannot be
  /// restored: it stays named in the journal. Steps undone already are no error.
  /// Errors, with the host unchanged: `not_found` for a run or step that is not there; as
  /// Journal::append().
  Result<RunReport> rollback(const std::vector<RollbackTarget>& targets, bool force);

 private:
  StepOutcome carry_out_step(StepBegun step);
  Result<> begin(StepBegun& step);
  void undo_in_any_case(const StepBegun& step, StepOutcome& outcome);

  ActHost& host_;
  Journal& journal_;
  Watch watch_;
};

}  // namespace deadlight::execute
