#pragma once

#include <memory>
#include <optional>
#include <string>

#include "execute/fuse.h"
#include "execute/journal.h"
#include "execute/journal_file.h"

namespace deadlight::execute::test {

/// How what was written and not synced survives the end of a process: all of it (SIGKILL), nothing,
/// half of it, or as zeros (what a power cut leaves on some file systems).
enum class Crash { process, power, torn, zeros };
inline constexpr Crash kCrashes[] = {Crash::process, Crash::power, Crash::torn, Crash::zeros};

/// What a file has, apart from the process that writes it.
struct Disk {
  std::string bytes;
  std::size_t synced = 0;
  std::optional<std::size_t> capacity;  ///< a disk that is full after so many bytes
  std::optional<long> sync_fails_at;    ///< number of the sync that fails with EIO, from 0
  bool read_only = false;
  long syncs = 0;
  long appends = 0;

  void crash(Crash how);
};

/// A journal's file in memory that fails as `disk` and `fuse` say. Both must outlive it.
std::unique_ptr<JournalFile> fake_file(Disk& disk, Fuse& fuse);

/// A journal on it; ends the test program if it cannot be opened.
Journal open_on(Disk& disk, Fuse& fuse);

}  // namespace deadlight::execute::test
