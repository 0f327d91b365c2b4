#include "exposure/shared_sockets.h"

#include <gmock/gmock.h>

#include "support/hosts.h"

namespace deadlight {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kSsHeading =
    "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n";

Exposure host_with(const std::string& row) {
  return test::expose_as(test::read_text(kSsHeading + row, Os::linux), "closed");
}

TEST(SharedSockets, WorkersOfAServerAreOneOpenPort) {
  const Exposure exposure = host_with(
      "tcp   LISTEN 0      511          0.0.0.0:80        0.0.0.0:*    users:"
      "((\"nginx\",pid=702,fd=6),(\"nginx\",pid=701,fd=6),(\"nginx\",pid=700,fd=6))\n");
  ASSERT_THAT(exposure.endpoints, SizeIs(1));
  EXPECT_EQ(exposure.endpoints[0].endpoint.pid, 700u);
  EXPECT_THAT(exposure.endpoints[0].owner.because, Contains("shared with PID 701, 702"));
}

TEST(SharedSockets, SystemdThatKeepsASocketIsNoOwner) {
  const Exposure exposure = host_with(
      "tcp   LISTEN 0      128          0.0.0.0:22        0.0.0.0:*    users:"
      "((\"sshd\",pid=810,fd=3),(\"systemd\",pid=1,fd=80))\n");
  ASSERT_THAT(exposure.endpoints, SizeIs(1));
  EXPECT_EQ(exposure.endpoints[0].owner.process, "sshd");
}

TEST(SharedSockets, OtherProgramsOnOnePortStay) {
  const Exposure exposure = host_with(
      "udp   UNCONN 0      0            0.0.0.0:5353      0.0.0.0:*    users:"
      "((\"avahi-daemon\",pid=500,fd=12),(\"chrome\",pid=900,fd=33))\n");
  EXPECT_THAT(exposure.endpoints, SizeIs(2));
}

// As two containers of one image, of which one has the host's network.
TEST(SharedSockets, ThePortsOfOtherNetworkNamespacesAreOthers) {
  Endpoint here;
  here.process = "nginx";
  here.pid = 500;
  here.live.ensure();
  Endpoint there = here;
  there.pid = 400;
  there.live.ensure().net_namespace = "container web";
  Endpoint init = here;
  init.process = "systemd";
  init.pid = 1;
  const std::vector<SharedSocket> shared = find_shared({init, there, here}, Os::linux);
  EXPECT_TRUE(shared[0].left_out) << "it handed the socket to the one of its own namespace";
  EXPECT_FALSE(shared[1].left_out);
  EXPECT_THAT(shared[1].others, IsEmpty());
  EXPECT_THAT(shared[2].others, ElementsAre(1u));
}

TEST(SharedSockets, OnWindowsEveryRowStays) {
  Endpoint one;
  one.process = "svchost.exe";
  one.pid = 4;
  Endpoint other = one;
  other.pid = 5;
  for (const SharedSocket& shared : find_shared({one, other}, Os::win10)) {
    EXPECT_FALSE(shared.left_out);
    EXPECT_THAT(shared.others, IsEmpty());
  }
  const std::vector<SharedSocket> on_linux = find_shared({one, other}, Os::linux);
  EXPECT_TRUE(on_linux[1].left_out);
  EXPECT_THAT(on_linux[0].others, ElementsAre(5u));
}

// A list without processes names a port, and a dozen services are known for it.
TEST(LinuxPort, ManyServicesForAPortAreNoCandidates) {
  const Exposure exposure =
      host_with("tcp   LISTEN 0      511          0.0.0.0:53          0.0.0.0:*\n");
  ASSERT_THAT(exposure.endpoints, SizeIs(1));
  EXPECT_EQ(exposure.endpoints[0].owner.confidence, Confidence::unknown);
  EXPECT_EQ(exposure.endpoints[0].verdict, Verdict::unknown);
}

}  // namespace
}  // namespace deadlight
