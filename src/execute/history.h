#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "execute/record.h"

namespace deadlight::execute {

/// Where a step stands. `begun` and `undoing`: whoever did it was stopped half-way.
/// `partly_undone`: undone but for acts that were left alone.
enum class Stage { begun, done, undoing, undone, partly_undone };

struct StepLog {
  StepBegun begun;
  std::vector<ActDone> acts;  ///< in order; fewer than begun.planned.what.acts until all are done
  Stage stage = Stage::begun;
  std::string boot_id;              ///< of StepDone
  std::vector<bool> undone;         ///< for each act: recorded as undone
  std::vector<std::uint32_t> left;  ///< acts left alone when it was undone
  bool force = false;               ///< of the last UndoBegun

  bool unfinished() const { return stage == Stage::begun || stage == Stage::undoing; }
};

struct RunLog {
  RunBegun begun;
  std::uint64_t time_ms = 0;  ///< when it began, since 1970 UTC
  std::vector<StepLog> steps;
  std::optional<RunDone> done;
  bool confirmed = false;

  /// True for a run that takes itself back unless somebody confirms it, as long as nobody did.
  bool awaits_confirmation() const;
};

/// What must be true after a run: of its steps that are done and not undone.
struct Expectations {
  std::vector<std::string> gone;  ///< endpoints, as the plan writes them
  std::vector<std::string> kept;
  bool reboot_pending = false;  ///< some of `gone` go only with a reboot that has not been yet
};

/// `boot_id`: of the boot that runs now (/proc/sys/kernel/random/boot_id).
Expectations expectations_of(const RunLog& run, std::string_view boot_id);

/// All that a journal says, put together. A plain value.
class History {
 public:
  const std::vector<RunLog>& runs() const { return runs_; }
  const RunLog* run(std::uint32_t number) const;                       ///< nullptr: no such
  const StepLog* step(std::uint32_t run, std::uint32_t number) const;  ///< nullptr: no such
  /// Steps that somebody was stopped in, newest first.
  std::vector<const StepLog*> unfinished() const;
  /// What somebody was stopped in: "step 2 of run 1 (Switch Avahi off)", or "run 1" between two
  /// steps. Empty if nothing is open.
  std::string interrupted() const;

  /// Whether `record` may follow what is there. Errors: `malformed`, in words for a person.
  Result<> check(const Record& record) const;
  /// Errors: as check(); nothing is changed then.
  Result<> add(const Entry& entry);

 private:
  std::vector<RunLog> runs_;
};

/// A journal's bytes, understood.
struct ReadJournal {
  History history;
  std::size_t records = 0;
  std::uint64_t whole_bytes = 0;  ///< up to where records are whole; 0 for a new file
  std::uint64_t torn_bytes = 0;   ///< after that: the part of a record whose writing was cut off
};

/// Reads the bytes of a journal; `name` is put before messages. Only the last record may be torn.
/// Errors: `malformed` with the offset and what to do; `unsupported` for another version; `limit`.
Result<ReadJournal> read_journal(std::string_view bytes, std::string_view name);

}  // namespace deadlight::execute
