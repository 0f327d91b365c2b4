// What guest_acts does inside of a guest: each closer for a daemon, carried out and undone.
#include <gmock/gmock.h>

#include "started_guest.h"

namespace deadlight::test {
namespace {

using testing::HasSubstr;

class ClosersInAGuest : public WithGuest {
 protected:
  void prepare(Guest& guest) override { guest.install(DEADLIGHT_ACTS); }

  void expect_passes(const std::string& name) {
    const Said said =
        guest().run("guest_acts --gtest_filter=GuestActs." + name, std::chrono::minutes(5));
    EXPECT_EQ(said.exit_code, 0) << said.out << said.err;
    EXPECT_THAT(said.out, HasSubstr("[  PASSED  ] 1 test."));
  }
};

TEST_F(ClosersInAGuest, EveryCloserIsCarriedOutAndUndone) {
  expect_passes("EveryCloserIsCarriedOutAndUndone");
}

TEST_F(ClosersInAGuest, TheRestIsDoneToo) {
  expect_passes("ScopeIsSetAndUndone");
  expect_passes("FailuresSayWhatSystemdSays");
  expect_passes("UnitsCanBeChangedWithoutAMessageBus");
}

}  // namespace
}  // namespace deadlight::test
