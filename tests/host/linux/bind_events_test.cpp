#include "host/linux/bind_events.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>

#include "host/linux/bpf_holders.h"
#include "host/linux/cgroup_tree.h"
#include "host/linux/net_sandbox.h"

namespace deadlight::linux_host {
namespace {

using namespace std::chrono_literals;

constexpr auto kLong = 5s;  // far more than it takes; a wake ends it

/// Runs on this host: whatever else happens on it wakes as well, so that only wakes are asserted.
class Binds : public testing::Test {
 protected:
  void SetUp() override {
    Result<BindEvents> opened = BindEvents::open();
    if (!opened) {
      // Where the kernel takes the other program and has the cgroups, it takes this one.
      const bool possible = bpf_holders({}, {}) && CgroupTree::open();
      ASSERT_FALSE(possible) << opened.error().message;
      GTEST_SKIP() << opened.error().message;
    }
    events_.emplace(std::move(*opened));
  }
  /// Until nothing has happened for a moment, 5 s at most.
  void settle() {
    for (int looks = 0; looks < 50 && events_->wait(100ms); ++looks) continue;
  }
  bool wakes() { return events_->wait(kLong); }

  std::optional<BindEvents> events_;
};

TEST_F(Binds, AListenerWakesAndSoDoesItsEnd) {
  const std::string why = run_in_own_network([this] {
    settle();
    {
      const TestSocket listener = bind_socket({SOCK_STREAM, "127.0.0.1"});
      ASSERT_TRUE(listener);
      EXPECT_TRUE(wakes());
      settle();
    }
    EXPECT_TRUE(wakes());
  });
  if (!why.empty()) GTEST_SKIP() << why;
}

TEST_F(Binds, ADatagramSocketWakesInBothFamilies) {
  const std::string why = run_in_own_network([this] {
    for (const char* address : {"127.0.0.1", "::1"}) {
      settle();
      {
        const TestSocket bound = bind_socket({SOCK_DGRAM, address});
        ASSERT_TRUE(bound) << address;
        EXPECT_TRUE(wakes()) << address;
        settle();
      }
      EXPECT_TRUE(wakes()) << address;
    }
  });
  if (!why.empty()) GTEST_SKIP() << why;
}

TEST_F(Binds, ManyAtOnceAreOneWakeAndNoneIsLostAfterThem) {
  const std::string why = run_in_own_network([this] {
    settle();
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(bind_socket({SOCK_DGRAM, "127.0.0.1"}));
    EXPECT_TRUE(wakes());
    settle();
    const TestSocket listener = bind_socket({SOCK_STREAM, "127.0.0.1"});
    ASSERT_TRUE(listener);
    EXPECT_TRUE(wakes());
  });
  if (!why.empty()) GTEST_SKIP() << why;
}

TEST(BindsDenied, WithoutRightsItIsSaid) {
  Result<BindEvents> opened = fail(Errc::unsupported, "not run");
  const TestProcess child([&opened] {
    if (setuid(65534) != 0) return false;
    opened = BindEvents::open();
    return !opened &&
           (opened.error().code == Errc::denied || opened.error().code == Errc::unsupported);
  });
  EXPECT_TRUE(child.ready());
}

}  // namespace
}  // namespace deadlight::linux_host
