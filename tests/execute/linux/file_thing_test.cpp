#include "execute/linux/file_thing.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <fstream>

#include "execute/linux/made_up_root.h"

namespace deadlight::execute {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class FileThing : public testing::Test {
 protected:
  FileThing() : root_(std::move(*Root::open(host_.path()))) {}

  State file_with(std::string content, std::uint32_t mode = 0644) const {
    return {Form::file, std::move(content), mode, getuid(), getgid()};
  }

  State state(const std::string& path) {
    const auto state = file_state(root_, path);
    EXPECT_TRUE(state) << state.error().message;
    return state.value_or(State{});
  }

  void set(const std::string& path, const State& to) {
    const auto done = set_file(root_, path, to);
    EXPECT_TRUE(done) << done.error().message;
    EXPECT_EQ(state(path), to) << path;
  }

  Error error_of(const std::string& path, const State& to) {
    const auto done = set_file(root_, path, to);
    EXPECT_FALSE(done) << path << " was set";
    return done ? Error{Errc::io, ""} : done.error();
  }

  std::vector<std::string> names_in(const std::string& folder) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(host_.at(folder))) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  test::MadeUpRoot host_;
  Root root_;
};

TEST_F(FileThing, EveryFormComesBack) {
  host_.folder("/etc");
  const State all[] = {State{},
                       file_with("one\n"),
                       file_with(std::string("\0\xff\n", 3), 0600),
                       file_with("", 0755),
                       {Form::link, "/lib/systemd/system/a.service", 0, 0, 0},
                       {Form::link, "../elsewhere", 0, 0, 0}};
  for (const State& from : all) {
    for (const State& to : all) {
      set("/etc/thing", from);
      set("/etc/thing", to);
      set("/etc/thing", from);
    }
  }
  set("/etc/thing", State{});
  EXPECT_THAT(names_in("/etc"), ElementsAre());
}

TEST_F(FileThing, FoldersComeAndGoWithTheirRights) {
  host_.folder("/etc");
  set("/etc/a.d", {Form::folder, "", 0750, getuid(), getgid()});
  set("/etc/a.d", {Form::folder, "", 0755, getuid(), getgid()});
  set("/etc/a.d/one.conf", file_with("x"));
  const Error full = error_of("/etc/a.d", State{});
  EXPECT_EQ(full.code, Errc::conflict);
  EXPECT_THAT(full.message, HasSubstr("not empty"));
  EXPECT_EQ(error_of("/etc/a.d", file_with("x")).code, Errc::conflict);
  EXPECT_EQ(error_of("/etc/a.d/one.conf", {Form::folder, "", 0755, 0, 0}).code, Errc::conflict);
  set("/etc/a.d/one.conf", State{});
  set("/etc/a.d", State{});
  EXPECT_FALSE(std::filesystem::exists(host_.at("/etc/a.d")));
}

TEST_F(FileThing, NothingIsThereWithoutItsFolder) {
  EXPECT_EQ(state("/etc/none/thing").form, Form::absent);
  set("/etc/none/thing", State{});
  EXPECT_EQ(error_of("/etc/none/thing", file_with("x")).code, Errc::not_found);
}

TEST_F(FileThing, ALinkIsNeverFollowed) {
  host_.file("/etc/real", "real\n");
  host_.link("/etc/link", "real");
  EXPECT_EQ(state("/etc/link").form, Form::link);
  set("/etc/link", file_with("own\n"));
  EXPECT_EQ(host_.read("/etc/real"), "real\n");
}

TEST_F(FileThing, NothingLeadsOutOfTheRoot) {
  test::MadeUpRoot outside;
  outside.file("/secret", "secret");
  host_.folder("/etc");
  host_.link("/etc/up", "../../../../../../../..");
  host_.link("/etc/absolute", outside.path().string());
  EXPECT_EQ(state("/etc/absolute/secret").form, Form::absent);
  EXPECT_EQ(state("/etc/up" + outside.path().string() + "/secret").form, Form::absent);
  for (const char* path : {"etc/x", "/etc/../x", "/etc/./x", "/etc//x", "/", "/etc/"}) {
    const auto state = file_state(root_, path);
    ASSERT_FALSE(state) << path;
    EXPECT_EQ(state.error().code, Errc::malformed) << path;
  }
}

// A link of a folder on the way means the same below another root as it does on the host itself.
TEST_F(FileThing, AbsoluteLinksOnTheWayStartAtTheRoot) {
  host_.folder("/usr/lib");
  host_.link("/lib", "/usr/lib");
  set("/lib/thing", file_with("x"));
  EXPECT_EQ(host_.read("/usr/lib/thing"), "x");
}

TEST_F(FileThing, WhatAKillLeftBesideItGoesAtTheNextSet) {
  host_.file("/etc/thing", "old\n");
  host_.file("/etc/.thing.deadlight-new", "half");
  set("/etc/thing", file_with("new\n"));
  EXPECT_THAT(names_in("/etc"), ElementsAre("thing"));
  host_.folder("/etc/.thing.deadlight-new");
  set("/etc/thing", file_with("new\n"));
  EXPECT_THAT(names_in("/etc"), ElementsAre("thing"));
}

TEST_F(FileThing, NewContentKeepsTheAttributesOfTheOld) {
  host_.file("/etc/thing", "old\n");
  const std::string path = host_.at("/etc/thing").string();
  if (setxattr(path.c_str(), "user.note", "kept", 4, 0) != 0) {
    GTEST_SKIP() << "the file system of " << path << " has no extended attributes";
  }
  set("/etc/thing", file_with("new\n", 0640));
  char value[16] = {};
  ASSERT_EQ(getxattr(path.c_str(), "user.note", value, sizeof value), 4);
  EXPECT_EQ(std::string(value, 4), "kept");
}

TEST_F(FileThing, AnAccessListSurvivesANewContent) {
  host_.file("/etc/thing", "old\n");
  const std::string path = host_.at("/etc/thing").string();
  // Version 2: user::rw-, user:1234:r--, group::r--, mask::r--, other::---, as acl(5) has them.
  const unsigned char list[] = {2,    0, 0, 0,                          //
                                1,    0, 6, 0, 0xff, 0xff, 0xff, 0xff,  //
                                2,    0, 4, 0, 0xd2, 4,    0,    0,     //
                                4,    0, 4, 0, 0xff, 0xff, 0xff, 0xff,  //
                                0x10, 0, 4, 0, 0xff, 0xff, 0xff, 0xff,  //
                                0x20, 0, 0, 0, 0xff, 0xff, 0xff, 0xff};
  if (setxattr(path.c_str(), "system.posix_acl_access", list, sizeof list, 0) != 0) {
    GTEST_SKIP() << "the file system of " << path << " has no access lists";
  }
  State to = state("/etc/thing");
  EXPECT_EQ(to.mode, 0640U);
  to.content = "new\n";
  set("/etc/thing", to);
  unsigned char after[sizeof list + 1] = {};
  ASSERT_EQ(getxattr(path.c_str(), "system.posix_acl_access", after, sizeof after),
            static_cast<ssize_t>(sizeof list));
  EXPECT_TRUE(std::equal(std::begin(list), std::end(list), after));
}

TEST_F(FileThing, OwnerComesBack) {
  if (getuid() != 0) GTEST_SKIP() << "only root gives files to others";
  host_.folder("/etc");
  State state = file_with("x", 04755);
  state.uid = 1234;
  state.gid = 4321;
  set("/etc/thing", state);
  struct stat info {};
  ASSERT_EQ(stat(host_.at("/etc/thing").c_str(), &info), 0);
  EXPECT_EQ(info.st_uid, 1234U);
  EXPECT_EQ(info.st_mode & 07777U, 04755U);
}

TEST_F(FileThing, LargeFilesAreLeftAlone) {
  host_.file("/etc/fits", std::string(kFileBytesMax, 'a'));
  host_.file("/etc/large", std::string(kFileBytesMax + 1, 'a'));
  EXPECT_EQ(state("/etc/fits").content.size(), kFileBytesMax);
  const auto large = file_state(root_, "/etc/large");
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, Errc::limit);
  EXPECT_EQ(error_of("/etc/x", file_with(std::string(kFileBytesMax + 1, 'a'))).code, Errc::limit);
  EXPECT_EQ(error_of("/etc/" + std::string(250, 'n'), file_with("x")).code, Errc::limit);
}

TEST_F(FileThing, PipesAndTheLikeAreLeftAlone) {
  host_.folder("/etc");
  ASSERT_EQ(mkfifo(host_.at("/etc/pipe").c_str(), 0600), 0);
  const auto pipe = file_state(root_, "/etc/pipe");
  ASSERT_FALSE(pipe);
  EXPECT_EQ(pipe.error().code, Errc::unsupported);
  EXPECT_EQ(error_of("/etc/pipe", State{}).code, Errc::unsupported);
}

TEST_F(FileThing, SaysThatAFileMayNotBeChanged) {
  host_.file("/etc/thing", "old\n");
  chmod(host_.path().c_str(), 0755);
  chmod(host_.at("/etc").c_str(), 0555);
  constexpr uid_t kNobody = 65534;
  const uid_t self = geteuid();
  ASSERT_TRUE(self != 0 || seteuid(kNobody) == 0);
  const Error denied = error_of("/etc/thing", file_with("new\n"));
  ASSERT_TRUE(self != 0 || seteuid(self) == 0);
  chmod(host_.at("/etc").c_str(), 0755);
  EXPECT_EQ(denied.code, Errc::denied);
  EXPECT_THAT(denied.message, HasSubstr("run as root"));
}

}  // namespace
}  // namespace deadlight::execute
