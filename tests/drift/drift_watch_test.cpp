#include "drift/drift_watch.h"

#include <gmock/gmock.h>

#include "support/hosts.h"

namespace deadlight {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::IsEmpty;
using testing::SizeIs;

Exposure host_with(const std::vector<std::string>& listeners) {
  std::string text = "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n";
  for (const std::string& one : listeners) {
    text += "tcp   LISTEN 0      128  " + one + "  0.0.0.0:*  users:((\"app\",pid=700,fd=3))\n";
  }
  return test::expose_as(test::read_text(text, Os::linux), "closed");
}

constexpr const char* kSshListens = "0.0.0.0:22";
constexpr const char* kWeb = "0.0.0.0:8080";

class DriftWatchTest : public testing::Test {
 protected:
  std::vector<Drift> after(milliseconds passed, const std::vector<std::string>& listeners) {
    return watch_.see(host_with(listeners), start_ + passed);
  }

  DriftWatch::Clock::time_point start_ = DriftWatch::Clock::now();
  DriftWatch watch_{host_with({kSshListens})};
};

TEST_F(DriftWatchTest, ANewListenerIsToldAtOnceAndOnce) {
  const std::vector<Drift> told = after(milliseconds(20), {kSshListens, kWeb});
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told.front().kind, DriftKind::appeared);
  EXPECT_THAT(after(seconds(1), {kSshListens, kWeb}), IsEmpty());
}

TEST_F(DriftWatchTest, ARestartIsNoNews) {
  EXPECT_THAT(after(seconds(1), {}), IsEmpty());
  EXPECT_TRUE(watch_.waits());
  EXPECT_THAT(after(seconds(2), {kSshListens}), IsEmpty());
  EXPECT_FALSE(watch_.waits());
  EXPECT_THAT(after(seconds(9), {kSshListens}), IsEmpty());
}

TEST_F(DriftWatchTest, WhatStaysGoneIsToldOnce) {
  EXPECT_THAT(after(seconds(1), {}), IsEmpty());
  EXPECT_THAT(after(seconds(3), {}), IsEmpty());
  const std::vector<Drift> told = after(seconds(4), {});
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told.front().kind, DriftKind::gone);
  EXPECT_THAT(after(seconds(5), {}), IsEmpty());
  EXPECT_FALSE(watch_.waits());
}

}  // namespace
}  // namespace deadlight
