#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "execute/act.h"

/// What the journal records, and the bytes of each record (docs/journal-format.md). Values; no I/O.
namespace deadlight::execute {

/// What a run is for and who asked for it.
struct RunInfo {
  std::string host;
  std::string role;
  std::string plan;               ///< the plan's JSON, whole
  std::uint32_t uid = 0;          ///< of whoever started it
  std::string tty;                ///< empty without a terminal
  std::uint64_t confirm_by = 0;   ///< seconds since 1970 UTC; 0: stands without confirmation
  std::vector<std::string> kept;  ///< endpoints that must stay, as the plan writes them
};

/// A step to carry out, with what must be true afterwards.
struct PlannedStep {
  StepActs what;
  std::vector<std::string> closes;  ///< endpoints that must be gone, as the plan writes them
  bool reboot = false;              ///< they are gone only after a reboot
};

/// Runs count from 1, each one more than the last; steps from 1; acts from 0.
struct RunBegun {
  std::uint32_t run = 0;
  std::uint32_t steps = 0;  ///< how many the run has to do
  RunInfo info;
};

/// The intent: all acts of a step, and the state of each one's thing before the first act. Nothing
/// of the step is done before this record is on disk.
struct StepBegun {
  std::uint32_t run = 0;
  std::uint32_t step = 0;
  PlannedStep planned;
  std::vector<State> before;  ///< one for each act
};

/// `after`: as it was read back. The same as before: nothing was to be done.
struct ActDone {
  std::uint32_t run = 0;
  std::uint32_t step = 0;
  std::uint32_t act = 0;
  State after;
};

struct StepDone {
  std::uint32_t run = 0;
  std::uint32_t step = 0;
  std::string boot_id;  ///< of the boot in which it was done; tells whether a reboot is pending
};

/// `failure`: why not all of its steps are done; empty if they are.
struct RunDone {
  std::uint32_t run = 0;
  std::string failure;
};

struct UndoBegun {
  std::uint32_t run = 0;
  std::uint32_t step = 0;
  bool force = false;  ///< also what somebody changed in between
};

struct ActUndone {
  std::uint32_t run = 0;
  std::uint32_t step = 0;
  std::uint32_t act = 0;
};

struct UndoDone {
  std::uint32_t run = 0;
  std::uint32_t step = 0;
  std::vector<std::uint32_t> left;  ///< acts that were left as they are
};

struct RunConfirmed {
  std::uint32_t run = 0;
};

/// The place of each is its type in the file, from 1: add at the end.
using Record = std::variant<RunBegun, StepBegun, ActDone, StepDone, RunDone, UndoBegun, ActUndone,
                            UndoDone, RunConfirmed>;

struct Entry {
  std::uint64_t time_ms = 0;  ///< since 1970 UTC
  Record record;
};

/// The first bytes of every journal.
inline constexpr std::string_view kJournalMagic = "deadlight journal 1\n";
inline constexpr std::size_t kFrameBytes = 12;  ///< length and two checksums before each body
inline constexpr std::size_t kBodyBytesMax = 64 * 1024 * 1024;

/// The bytes of `entry` as they stand at `offset` of the file. Errors: `limit`, which names it.
Result<std::string> encode(const Entry& entry, std::uint64_t offset);

inline constexpr std::size_t kFailureBytesMax = 64 * 1024;  ///< of RunDone::failure

/// What stands before a body.
struct Frame {
  std::uint32_t body_bytes = 0;
  std::uint32_t body_checksum = 0;
};

/// A body with its frame, as encode() makes it.
std::string framed(std::string_view body, std::uint64_t offset);

/// The frame that `bytes` starts with, standing at `offset`; nullopt if there is no whole one.
std::optional<Frame> decode_frame(std::string_view bytes, std::uint64_t offset);

/// Whether `body` is the one that `frame` stands before, unchanged.
bool belongs_to(std::string_view body, const Frame& frame);

/// Errors: `malformed`, in words for a person.
Result<Entry> decode_body(std::string_view body);

}  // namespace deadlight::execute
