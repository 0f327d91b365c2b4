#include "execute/journal.h"

#include <gmock/gmock.h>

#include "execute/fake_file.h"
#include "execute/sample_entries.h"
#include "execute/sample_run.h"

namespace deadlight::execute::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

Disk disk_with(std::string bytes) {
  Disk disk;
  disk.bytes = std::move(bytes);
  disk.synced = disk.bytes.size();
  return disk;
}

std::string message_for_bytes(const std::string& bytes) {
  Disk disk = disk_with(bytes);
  Fuse fuse;
  const auto journal = Journal::open(fake_file(disk, fuse), "j");
  EXPECT_EQ(disk.bytes, bytes) << "a journal that is refused is left as it is";
  return journal ? "" : journal.error().message;
}

TEST(Journal, IsBornWithItsMagicOnDisk) {
  Disk disk;
  Fuse fuse;
  const Journal journal = open_on(disk, fuse);
  EXPECT_EQ(disk.bytes, kJournalMagic);
  EXPECT_EQ(disk.synced, kJournalMagic.size());
  EXPECT_TRUE(journal.history().runs().empty());
}

TEST(Journal, EachRecordIsOneWriteAndOneSync) {
  Disk disk;
  Fuse fuse;
  Journal journal = open_on(disk, fuse);
  for (const Entry& entry : sample_entries()) {
    const long appends = disk.appends;
    const long syncs = disk.syncs;
    ASSERT_TRUE(journal.append(entry.record));
    EXPECT_EQ(disk.appends, appends + 1);
    EXPECT_EQ(disk.syncs, syncs + 1);
    EXPECT_EQ(disk.synced, disk.bytes.size());
  }
  const Journal again = open_on(disk, fuse);
  ASSERT_THAT(again.history().runs(), SizeIs(1));
  EXPECT_EQ(again.history().runs()[0].steps[0].stage, Stage::partly_undone);
  EXPECT_TRUE(again.history().runs()[0].confirmed);
  EXPECT_GT(again.history().runs()[0].time_ms, 1'700'000'000'000u);
}

TEST(Journal, LastRecordTornAtAnyByteIsDropped) {
  std::vector<Entry> entries = sample_entries();
  for (; entries.size() > 1; entries.pop_back()) {
    const std::string whole = journal_of(entries);
    const std::string rest = journal_of({entries.begin(), entries.end() - 1});
    for (std::size_t size = rest.size(); size < whole.size(); ++size) {
      Disk disk = disk_with(whole.substr(0, size));
      Fuse fuse;
      const Journal journal = open_on(disk, fuse);
      EXPECT_EQ(disk.bytes, rest) << size;
      EXPECT_EQ(disk.synced, rest.size()) << size;
      EXPECT_EQ(journal.torn_bytes(), size - rest.size());
    }
  }
}

TEST(Journal, LastRecordWithUnwrittenPagesIsDropped) {
  const std::vector<Entry> entries = sample_entries();
  const std::string whole = journal_of(entries);
  const std::string rest = journal_of({entries.begin(), entries.end() - 1});
  for (std::size_t from = rest.size(); from < whole.size(); ++from) {
    std::string bytes = whole;
    bytes.replace(from, 1, 1, static_cast<char>(~bytes[from]));
    Disk disk = disk_with(bytes);
    Fuse fuse;
    const Journal journal = open_on(disk, fuse);
    EXPECT_EQ(disk.bytes, rest) << from;
  }
}

TEST(Journal, EarlierRecordDamagedAtAnyByteIsRefused) {
  const std::vector<Entry> entries = sample_entries();
  const std::string whole = journal_of(entries);
  const std::size_t last = journal_of({entries.begin(), entries.end() - 1}).size();
  for (std::size_t at = kJournalMagic.size(); at < last; ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x10);
    EXPECT_THAT(message_for_bytes(bytes), StartsWith("j: the record at byte ")) << at;
  }
}

TEST(Journal, DamageSaysWhereAndWhatToDo) {
  std::string bytes = journal_of(sample_entries());
  bytes[40] ^= 1;
  EXPECT_EQ(
      message_for_bytes(bytes),
      "j: the record at byte 20 is damaged: it does not match its checksum, and others follow "
      "it; nothing is changed: restore the file from a copy, or move it away and lose what it "
      "could undo");
}

// A record may hold any bytes, also those of a journal: only at its own place is a record one.
TEST(Journal, TornRecordThatHoldsAJournalIsStillTorn) {
  std::vector<Entry> entries = {sample_entries()[0]};
  auto& info = std::get<RunBegun>(entries[0].record).info;
  info.plan = journal_of(sample_entries());
  std::string bytes = journal_of(entries);
  bytes[kJournalMagic.size()] ^= 1;
  Disk disk = disk_with(bytes);
  Fuse fuse;
  open_on(disk, fuse);
  EXPECT_EQ(disk.bytes, kJournalMagic);
}

TEST(Journal, OtherFilesAreRefused) {
  const char* message =
      "j: is no journal of this version of Deadlight; nothing is changed: use the version that "
      "wrote "
      "it, or move it away";
  EXPECT_EQ(message_for_bytes("deadlight journal 2\n"), message);
  EXPECT_EQ(message_for_bytes("a file\n"), message);
  EXPECT_EQ(message_for_bytes("deadlight journal 1"
                              "x"),
            message);
}

TEST(Journal, RecordsThatCannotFollowAreRefusedAndNotWritten) {
  Disk disk;
  Fuse fuse;
  Journal journal = open_on(disk, fuse);
  const auto refused = journal.append(StepDone{1, 1, ""});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "j: step 1 of run 1 is done before its acts");
  EXPECT_EQ(disk.bytes, kJournalMagic);
  EXPECT_TRUE(journal.append(RunBegun{1, 0, {}})) << "it still takes others";
  std::vector<Entry> entries = sample_entries();
  std::swap(entries[2], entries[3]);
  EXPECT_THAT(
      message_for_bytes(journal_of(entries)),
      HasSubstr("is damaged: an act of step 1 of run 1 that is not due; nothing is changed"));
}

TEST(Journal, RecordPastALimitIsRefusedAndNotWritten) {
  Disk disk;
  Fuse fuse;
  Journal journal = open_on(disk, fuse);
  RunInfo info;
  info.host = std::string(5000, 'x');
  EXPECT_EQ(journal.append(RunBegun{1, 0, info}).error().message,
            "j: host: 5000 are more than the 4096 that a record holds");
  EXPECT_EQ(disk.bytes, kJournalMagic);
  EXPECT_TRUE(journal.takes_records());
}

TEST(Journal, FullJournalTakesNoNewRunButEndsWhatHasBegun) {
  // Runs of two records each, up to one record before the limit.
  std::string bytes(kJournalMagic);
  std::uint32_t run = 1;
  for (std::size_t records = 0; records < kJournalRecordsMax - 2; records += 2, ++run) {
    bytes += *encode({1, RunBegun{run, 0, {}}}, bytes.size());
    bytes += *encode({1, RunDone{run, ""}}, bytes.size());
  }
  Disk disk = disk_with(std::move(bytes));
  Fuse fuse;
  Journal journal = open_on(disk, fuse);
  ASSERT_TRUE(journal.append(RunBegun{run, 1, {}}));
  ASSERT_TRUE(journal.append(StepBegun{run, 1, {}, {}}));
  EXPECT_TRUE(journal.append(StepDone{run, 1, ""}));
  EXPECT_TRUE(journal.append(RunDone{run, ""}));
  const auto full = journal.append(RunBegun{run + 1, 0, {}});
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Errc::limit);
  EXPECT_THAT(full.error().message, StartsWith("j: is full (65538 records, "));
  EXPECT_TRUE(journal.append(UndoBegun{run, 1, false}));
  const Journal again = open_on(disk, fuse);
  EXPECT_THAT(again.history().unfinished(), SizeIs(1));
}

}  // namespace
}  // namespace deadlight::execute::test
