// Commands that change a host, as far as nothing is changed. What they change is tested in a guest.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "run_program.h"

namespace deadlight::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* kXpListing = DEADLIGHT_TEST_DATA "/walkthroughs/winxp/00-default.netstat.txt";

class LiveCommands : public testing::Test {
 protected:
  LiveCommands() {
    std::string pattern = testing::TempDir() + "deadlight-live-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~LiveCommands() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string plan_for_xp() const {
    run_program({"plan", "--from", kXpListing, "--os", "winxp", "-o", path("plan.json")});
    return path("plan.json");
  }

  std::filesystem::path folder_;
};

TEST_F(LiveCommands, APlanForAnotherSystemIsRefused) {
  const std::string plan = plan_for_xp();
  const Ran applied = run_program({"apply", plan, "--yes", "--state", path("state")});
  EXPECT_EQ(applied.exit_code, 3);
  EXPECT_THAT(applied.err, HasSubstr(geteuid() == 0 ? "a plan for Windows XP" : "run it as root"));
  const Ran verified = run_program({"verify", plan});
  EXPECT_EQ(verified.exit_code, 2);
  EXPECT_THAT(verified.err, HasSubstr("deadlight diff"));
}

TEST_F(LiveCommands, WhatIsNoPlanIsNamed) {
  std::ofstream(path("notes.json")) << "{\"schema\": \"notes/1\"}";
  for (const std::string& plan : {path("missing.json"), path("notes.json")}) {
    const Ran ran = run_program({"apply", plan, "--dry-run"});
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_THAT(ran.err, StartsWith("deadlight: " + plan));
    EXPECT_THAT(ran.out, IsEmpty());
  }
}

TEST_F(LiveCommands, AFreshHostHasNothingToTakeBack) {
  const Ran listed = run_program({"rollback", "--list", "--state", path("state")});
  EXPECT_EQ(listed.exit_code, 0);
  EXPECT_EQ(listed.out, "Nothing has been changed on this host.\n");
  EXPECT_FALSE(std::filesystem::exists(path("state")));
  const Ran verified = run_program({"verify", "--state", path("state")});
  EXPECT_EQ(verified.exit_code, 2);
  EXPECT_THAT(verified.err, HasSubstr("no run stands"));
}

TEST_F(LiveCommands, TimesToConfirmAreChecked) {
  for (const char* time : {"5", "9s", "soon", "30d"}) {
    const Ran ran = run_program({"apply", "plan.json", "--confirm-within", time});
    EXPECT_EQ(ran.exit_code, 2) << time;
    EXPECT_THAT(ran.err, HasSubstr("--confirm-within")) << time;
  }
}

}  // namespace
}  // namespace deadlight::test
