#include "execute/journal.h"

#include <fmt/format.h>

#include <chrono>

#include "base/assert.h"
#include "base/file.h"

namespace deadlight::execute {
namespace {

// A step that has begun can always be ended: its results may go past the limit for new ones.
constexpr std::size_t kReadBytesMax = 2 * kJournalBytesMax;

std::uint64_t now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

bool begins_something(const Record& record) {
  return std::holds_alternative<RunBegun>(record) || std::holds_alternative<StepBegun>(record);
}

}  // namespace

Journal::Journal(std::unique_ptr<JournalFile> file, std::string name)
    : file_(std::move(file)), name_(std::move(name)) {}

Result<Journal> Journal::open(const std::filesystem::path& path) {
  return open(DEADLIGHT_TRY(open_journal_file(path)), path.string());
}

Result<Journal> Journal::open(std::unique_ptr<JournalFile> file, std::string name) {
  Journal journal(std::move(file), std::move(name));
  const std::string bytes = DEADLIGHT_TRY(journal.file_->read(kReadBytesMax));
  ReadJournal read = DEADLIGHT_TRY(read_journal(bytes, journal.name_));
  journal.history_ = std::move(read.history);
  journal.records_ = read.records;
  journal.bytes_ = read.whole_bytes;
  journal.torn_bytes_ = read.torn_bytes;
  if (read.torn_bytes > 0) DEADLIGHT_TRY(journal.file_->truncate(read.whole_bytes));
  if (read.whole_bytes == 0) {
    DEADLIGHT_TRY(journal.file_->append(kJournalMagic));
    journal.bytes_ = kJournalMagic.size();
  }
  // Also what an earlier process wrote and was killed before syncing: from now on it counts.
  DEADLIGHT_TRY(journal.file_->sync());
  return journal;
}

Result<> Journal::append(Record record) {
  if (broken_) {
    return fail(
        Errc::io,
        fmt::format("{}: takes no more records after an error; open it again once that is repaired",
                    name_));
  }
  if (begins_something(record) && (records_ >= kJournalRecordsMax || bytes_ >= kJournalBytesMax)) {
    return fail(
        Errc::limit,
        fmt::format("{}: is full ({} records, {} bytes); move it away once nothing in it is "
                    "to be rolled back",
                    name_, records_, bytes_));
  }
  const Entry entry{now_ms(), std::move(record)};
  if (const Result<> possible = history_.check(entry.record); !possible) {
    return fail(possible.error().code, fmt::format("{}: {}", name_, possible.error().message));
  }
  const Result<std::string> bytes = encode(entry, bytes_);
  if (!bytes) {
    return fail(bytes.error().code, fmt::format("{}: {}", name_, bytes.error().message));
  }
  broken_ = true;  // until all of it has reached the disk
  DEADLIGHT_TRY(file_->append(*bytes));
  DEADLIGHT_TRY(file_->sync());
  broken_ = false;
  bytes_ += bytes->size();
  ++records_;
  const Result<> added = history_.add(entry);
  DEADLIGHT_ASSERT(added.has_value());
  return {};
}

Result<History> look_at_journal(const std::filesystem::path& path) {
  const std::string bytes = DEADLIGHT_TRY(read_file(path, kReadBytesMax));
  return DEADLIGHT_TRY(read_journal(bytes, path.string())).history;
}

}  // namespace deadlight::execute
