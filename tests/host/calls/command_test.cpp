#include "host/calls/command.h"

#include <gmock/gmock.h>

namespace deadlight::linux_host {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Command, GivesWhatTheProgramWrote) {
  const auto done = run_command({"/bin/echo", "a  b"});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(*done, "a  b\n");
}

TEST(Command, FailureHasWhatTheProgramSaid) {
  const auto failed = run_command({"/bin/ls", "/nowhere-at-all"});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::refused);
  EXPECT_THAT(failed.error().message, HasSubstr("/nowhere-at-all"));
  EXPECT_THAT(failed.error().message, HasSubstr("No such file"));
}

TEST(Command, OfMuchOutputTheEndIsShown) {
  const auto failed =
      run_command({"/usr/bin/find", "/", "-maxdepth", "3", "-name", "*", "-o", "-bad"});
  ASSERT_FALSE(failed);
  EXPECT_LT(failed.error().message.size(), 600U);
  EXPECT_THAT(failed.error().message, Not(HasSubstr("\n")));
}

// No shell: what would be a second command is an argument.
TEST(Command, RunsNoShell) {
  const auto failed = run_command({"/bin/ls", "/;/bin/true"});
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("/;/bin/true"));
}

TEST(Command, NeedsTheProgramsPath) {
  for (const char* program : {"true", "", "/nowhere/program"}) {
    const auto failed = run_command({program});
    ASSERT_FALSE(failed) << program;
    EXPECT_EQ(failed.error().code, Errc::unsupported) << program;
  }
}

}  // namespace
}  // namespace deadlight::linux_host
