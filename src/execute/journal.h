#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "execute/history.h"
#include "execute/journal_file.h"
#include "execute/record.h"

namespace deadlight::execute {

inline constexpr const char* kJournalPath = "/var/lib/deadlight/journal";
inline constexpr std::size_t kJournalBytesMax = 256 * 1024 * 1024;  ///< no new step past it
inline constexpr std::size_t kJournalRecordsMax = 65'536;           ///< no new step past it

/// The durable record of every change made to this host and of what was there before, so that a
/// crash at any instant can be undone. One process, one thread.
class Journal {
 public:
  /// Opens `path` as open_journal_file() does. A record whose writing was cut off is dropped.
  /// Errors: as open_journal_file() and read_journal(). The host must not be changed then.
  static Result<Journal> open(const std::filesystem::path& path);
  /// The same for a file that is open; `name` is put before messages.
  static Result<Journal> open(std::unique_ptr<JournalFile> file, std::string name);

  /// Returns once the record has reached the disk. After `io` or `denied` the journal takes no
  /// more. Errors: `io`, `denied`; `limit` of a record, or for a new run or step in a full journal;
  /// `malformed` for a record that cannot follow what is there.
  Result<> append(Record record);

  /// False after an error of the file: what is on disk is not known.
  bool takes_records() const { return !broken_; }
  const History& history() const { return history_; }
  const std::string& name() const { return name_; }
  /// Bytes of a torn record that open() dropped.
  std::uint64_t torn_bytes() const { return torn_bytes_; }

 private:
  Journal(std::unique_ptr<JournalFile> file, std::string name);

  std::unique_ptr<JournalFile> file_;
  std::string name_;
  History history_;
  std::size_t records_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t torn_bytes_ = 0;
  bool broken_ = false;
};

/// What the journal at `path` says, without lock and without change: for commands that only look.
/// Errors: `not_found`; else as Journal::open().
Result<History> look_at_journal(const std::filesystem::path& path);

}  // namespace deadlight::execute
