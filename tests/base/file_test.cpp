#include "base/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace deadlight {
namespace {

namespace fs = std::filesystem;

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("deadlight_file_" + std::to_string(getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::size_t files_in_folder() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), {}));
  }

  fs::path folder_;
};

TEST_F(FileTest, WhatIsWrittenIsReadBack) {
  const std::string content = std::string("a\0b\r\n", 5) + std::string(200'000, 'x');
  ASSERT_TRUE(write_file(folder_ / "a.json", content));
  EXPECT_EQ(read_file(folder_ / "a.json", 1U << 20).value(), content);
}

TEST_F(FileTest, WritingReplacesAndLeavesNoTemporaryFile) {
  ASSERT_TRUE(write_file(folder_ / "a", "old, and longer"));
  ASSERT_TRUE(write_file(folder_ / "a", "new"));
  EXPECT_EQ(read_file(folder_ / "a", 100).value(), "new");
  EXPECT_EQ(files_in_folder(), 1U);
}

TEST_F(FileTest, WritingKeepsTheRightsAndTheLink) {
  ASSERT_TRUE(write_file(folder_ / "real", "old"));
  fs::permissions(folder_ / "real", fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("real", folder_ / "link");
  ASSERT_TRUE(write_file(folder_ / "link", "new"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_EQ(read_file(folder_ / "real", 100).value(), "new");
  EXPECT_EQ(fs::status(folder_ / "real").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(FileTest, ADeviceIsWrittenToAndNotReplaced) {
  ASSERT_TRUE(write_file("/dev/null", "gone"));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(FileTest, AFailedWriteLeavesTheOldContentAndNoTemporaryFile) {
  ASSERT_TRUE(write_file(folder_ / "kept", "old"));
  const Result<> full = write_file("/dev/full", "does not fit");
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Errc::io);
  EXPECT_EQ(full.error().message,
            "/dev/full: cannot write: No space left on device; free some space, or choose another "
            "disk");
  EXPECT_EQ(read_file(folder_ / "kept", 100).value(), "old");
  EXPECT_EQ(files_in_folder(), 1U);
}

TEST_F(FileTest, WritingIntoNoFolderSaysSo) {
  const fs::path path = folder_ / "none" / "a";
  const Result<> written = write_file(path, "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, Errc::not_found);
  EXPECT_EQ(written.error().message,
            path.string() +
                ": cannot write: No such file or directory; check the spelling of the "
                "path");
}

TEST_F(FileTest, WritingOverAFolderSaysSo) {
  const Result<> written = write_file(folder_, "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, folder_.string() + ": is a folder; give the name of a file");
}

TEST_F(FileTest, ReadingSaysWhatIsWrong) {
  const auto none = read_file(folder_ / "none", 10);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::not_found);
  EXPECT_EQ(none.error().message, (folder_ / "none").string() +
                                      ": cannot open: No such file or directory; check the "
                                      "spelling of the path");
  const auto folder = read_file(folder_, 10);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, Errc::unsupported);
  EXPECT_EQ(folder.error().message, folder_.string() + ": is a folder; give a file");
}

TEST_F(FileTest, ReadingWithoutTheRightSaysSo) {
  constexpr uid_t kNobody = 65534;
  ASSERT_TRUE(write_file(folder_ / "secret", "x"));
  fs::permissions(folder_ / "secret", fs::perms::none);
  const uid_t self = geteuid();
  // Root may read everything, so for once it is not root.
  if (self == 0) {
    ASSERT_EQ(seteuid(kNobody), 0);
  }
  const auto read = read_file(folder_ / "secret", 10);
  ASSERT_EQ(seteuid(self), 0);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Errc::denied);
}

TEST_F(FileTest, APipeIsReadFromItsWriterHoweverSlow) {
  const fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&pipe] {
    // Opened and then silent for longer than a writer is waited for.
    std::ofstream file(pipe);
    std::this_thread::sleep_for(std::chrono::milliseconds(3500));
    file << "late";
  });
  EXPECT_EQ(read_file(pipe, 100).value(), "late");
  writer.join();
}

TEST_F(FileTest, APipeThatNobodyWritesToSaysSo) {
  const fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const auto read = read_file(pipe, 100);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message,
            pipe.string() +
                ": is a pipe that nobody writes to; start the program that writes to "
                "it, or give a file");
}

TEST_F(FileTest, ReadingStopsAtTheLimit) {
  ASSERT_TRUE(write_file(folder_ / "ten", "0123456789"));
  EXPECT_EQ(read_file(folder_ / "ten", 10).value(), "0123456789");
  const auto nine = read_file(folder_ / "ten", 9);
  ASSERT_FALSE(nine);
  EXPECT_EQ(nine.error().code, Errc::limit);
  EXPECT_EQ(nine.error().message,
            (folder_ / "ten").string() + ": larger than 9 bytes; give a smaller file");
  EXPECT_EQ(read_file("/dev/zero", 1000).error().code, Errc::limit);
}

}  // namespace
}  // namespace deadlight
