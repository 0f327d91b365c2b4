#include "execute/journal_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "base/file.h"
#include "execute/child.h"
#include "execute/executor.h"
#include "execute/fake_host.h"
#include "execute/sample_run.h"

namespace deadlight::execute::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

mode_t mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777;
}

std::string message_for(const std::string& path) {
  const auto file = open_journal_file(path);
  return file ? "" : file.error().message;
}

/// A run on a made-up host with the journal at `path`: the error, or how many things were set.
std::string carry_out(const std::string& path, std::size_t plan_bytes = 0) {
  Fuse fuse;
  FakeHost host(fuse);
  set_up(host);
  auto journal = Journal::open(path);
  if (!journal) return journal.error().message + " | " + std::to_string(host.sets);
  RunInfo info = sample_info();
  info.plan.append(plan_bytes, ' ');
  const auto report = Executor(host, *journal, {}).carry_out(info, sample_steps());
  const std::string error = report ? report->failure : report.error().message;
  const auto boundaries = boundaries_of(sample_steps(), set_up);
  const bool whole = std::find(boundaries.begin(), boundaries.end(), host.now) != boundaries.end();
  return error + " | " + std::to_string(host.sets) + (whole ? "" : " between steps");
}

/// The same in a process with a file system of `options` of its own at `folder`; "no mount" where
/// this machine lets nobody mount.
std::string carry_out_on(const std::string& folder, const std::string& options,
                         unsigned long flags) {
  return in_child([&]() -> std::string {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", folder.c_str(), "tmpfs", flags, options.c_str()) != 0) {
      return "no mount";
    }
    return carry_out(folder + "/journal", 7000);
  });
}

TEST(JournalFile, IsMadeForItsOwnerAlone) {
  const Folder folder;
  const std::string path = folder.path() + "/deadlight/journal";
  const mode_t before = ::umask(0);
  { ASSERT_TRUE(Journal::open(path)); }
  ::umask(before);
  EXPECT_EQ(mode_of(folder.path() + "/deadlight"), 0700u);
  EXPECT_EQ(mode_of(path), 0600u);
  EXPECT_EQ(mode_of(path + ".lock"), 0600u);
}

TEST(JournalFile, KeepsWhatWasWritten) {
  const Folder folder;
  const std::string path = folder.path() + "/journal";
  EXPECT_EQ(carry_out(path), " | 9");
  const auto history = look_at_journal(path);
  ASSERT_TRUE(history) << history.error().message;
  ASSERT_EQ(history->runs().size(), 1u);
  EXPECT_EQ(history->runs()[0].steps.size(), 3u);
  EXPECT_EQ(carry_out(path), " | 9") << "a second run is added";
  EXPECT_EQ(look_at_journal(path)->runs().size(), 2u);
}

TEST(JournalFile, LookingTakesNoLockAndMakesNothing) {
  const Folder folder;
  const std::string path = folder.path() + "/journal";
  const auto missing = look_at_journal(path);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_TRUE(fs::is_empty(folder.path()));
  const auto journal = Journal::open(path);
  ASSERT_TRUE(journal);
  EXPECT_TRUE(look_at_journal(path));
}

TEST(JournalFile, SecondProcessIsRefusedWithThePidOfTheFirst) {
  const Folder folder;
  const std::string path = folder.path() + "/journal";
  {
    const auto first = Journal::open(path);
    ASSERT_TRUE(first);
    const std::string refused = in_child([&] { return carry_out(path); });
    EXPECT_EQ(refused, path + ": another deadlight (PID " + std::to_string(::getpid()) +
                           ") is changing this host; wait until it has ended | 0");
    EXPECT_EQ(open_journal_file(path).error().code, Errc::conflict);
    fs::rename(path, path + ".old");
    EXPECT_THAT(message_for(path), HasSubstr("another deadlight")) << "also if it was moved away";
    fs::rename(path + ".old", path);
  }
  EXPECT_EQ(in_child([&] { return carry_out(path); }), " | 9") << "the lock ends with its holder";
}

TEST(JournalFile, LockOfAKilledProcessIsFree) {
  const Folder folder;
  const std::string path = folder.path() + "/journal";
  EXPECT_EQ(in_child([&]() -> std::string {
              const auto journal = Journal::open(path);
              ::raise(SIGKILL);
              return "";
            }),
            "killed");
  EXPECT_TRUE(Journal::open(path));
}

TEST(JournalFile, WhatOthersCanWriteIsRefused) {
  const Folder folder;
  const std::string path = folder.path() + "/journal";
  { ASSERT_TRUE(Journal::open(path)); }
  ::chmod(path.c_str(), 0666);
  EXPECT_THAT(message_for(path), StartsWith(path + ": others than its owner can write to it, or it "
                                                   "is not yours (uid "));
  EXPECT_EQ(open_journal_file(path).error().code, Errc::refused);
  ::chmod(path.c_str(), 0600);
  ::chmod(folder.path().c_str(), 0770);
  EXPECT_THAT(message_for(path), StartsWith(folder.path() + ": others than its owner can write"));
}

TEST(JournalFile, LinksAndFoldersAreRefused) {
  const Folder folder;
  const std::string target = folder.path() + "/target";
  ASSERT_TRUE(write_file(target, "precious"));
  fs::create_symlink(target, folder.path() + "/journal");
  EXPECT_EQ(message_for(folder.path() + "/journal"),
            folder.path() + "/journal: is a link; put a file there");
  fs::create_directory(folder.path() + "/folder");
  EXPECT_THAT(message_for(folder.path() + "/folder"), HasSubstr("/folder: cannot open: Is a "));
  EXPECT_EQ(*read_file(target, 100), "precious");
}

TEST(JournalFile, MissingFolderAboveIsNamed) {
  const Folder folder;
  const std::string above = folder.path() + "/none/deadlight";
  EXPECT_EQ(message_for(above + "/journal"),
            above +
                ": cannot create: No such file or directory; check "
                "the spelling of the path");
}

TEST(JournalFile, ReadOnlyDiskChangesNothing) {
  const Folder folder;
  const std::string said = carry_out_on(folder.path(), "mode=700", MS_RDONLY);
  if (said == "no mount") GTEST_SKIP() << "this machine lets nobody mount a file system";
  EXPECT_EQ(said, folder.path() +
                      "/journal.lock: cannot open: Read-only file system; check the "
                      "rights, or choose another path | 0");
}

// File systems of one page and more: full at the lock, at the run, in the middle of a step.
TEST(JournalFile, FullDiskEndsAtABoundary) {
  const Folder folder;
  std::vector<std::string> said;
  for (const char* size : {"4k", "8k", "12k", "16k"}) {
    said.push_back(carry_out_on(folder.path(), std::string("mode=700,size=") + size, 0));
    if (said[0] == "no mount") GTEST_SKIP() << "this machine lets nobody mount a file system";
    EXPECT_THAT(said.back(), testing::Not(HasSubstr("between")));
  }
  const std::string full = folder.path() +
                           "/journal: cannot write: No space left on device; free "
                           "some space, or choose another disk";
  EXPECT_EQ(said[0], full + " | 0");
  EXPECT_EQ(said[1], full + " | 0");
  EXPECT_THAT(said[2],
              testing::MatchesRegex("step 2 of 3 \\(Disable rpcbind\\): .*No space left on "
                                    "device.* \\| [0-9]+"));
  EXPECT_EQ(said[3], " | 9");
}

// RLIMIT_FSIZE makes the kernel write a part and then none: short writes.
TEST(JournalFile, ShortWritesEndAtABoundary) {
  const Folder folder;
  const std::string path = folder.path() + "/journal";
  int failed = 0;
  for (rlim_t bytes = 1; bytes < 1500; bytes += 29) {
    const std::string said = in_child([&] {
      ::signal(SIGXFSZ, SIG_IGN);
      const rlimit limit{bytes, bytes};
      ::setrlimit(RLIMIT_FSIZE, &limit);
      return carry_out(path);
    });
    EXPECT_THAT(said, testing::Not(HasSubstr("between"))) << bytes;
    if (said.find("File too large") != std::string::npos) ++failed;
    EXPECT_TRUE(Journal::open(path)) << "what is left is a journal with a torn end";
    fs::remove(path);
  }
  EXPECT_GT(failed, 40);
}

}  // namespace
}  // namespace deadlight::execute::test
