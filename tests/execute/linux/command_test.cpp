#include "execute/linux/command.h"

#include <gmock/gmock.h>

namespace deadlight::execute {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Command, SucceedsInSilence) {
  const auto done = run_command("/bin/true");
  EXPECT_TRUE(done) << done.error().message;
}

TEST(Command, FailureHasWhatTheProgramSaid) {
  const auto failed = run_command("/bin/ls /nowhere-at-all");
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Errc::refused);
  EXPECT_THAT(failed.error().message, HasSubstr("/nowhere-at-all"));
  EXPECT_THAT(failed.error().message, HasSubstr("No such file"));
}

TEST(Command, OfMuchOutputTheEndIsShown) {
  const auto failed = run_command("/usr/bin/find / -maxdepth 3 -name * -o -bad");
  ASSERT_FALSE(failed);
  EXPECT_LT(failed.error().message.size(), 600U);
  EXPECT_THAT(failed.error().message, Not(HasSubstr("\n")));
}

// No shell: what would be a second command is an argument.
TEST(Command, RunsNoShell) {
  const auto failed = run_command("/bin/ls /;/bin/true");
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("/;/bin/true"));
}

TEST(Command, NeedsTheProgramsPath) {
  for (const char* command : {"true", "", "/nowhere/program -t"}) {
    const auto failed = run_command(command);
    ASSERT_FALSE(failed) << command;
    EXPECT_EQ(failed.error().code, Errc::unsupported) << command;
  }
}

}  // namespace
}  // namespace deadlight::execute
