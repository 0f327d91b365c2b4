#include "drift/drift.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/hosts.h"

namespace deadlight {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Exposure linux_host(const std::string& rows) {
  const std::string heading =
      "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n";
  return test::expose_as(test::read_text(heading + rows, Os::linux), "closed");
}

constexpr const char* kSsh =
    "tcp   LISTEN 0      128          0.0.0.0:22        0.0.0.0:*    "
    "users:((\"sshd\",pid=700,fd=3))\n";

std::vector<std::string> texts(const DriftReport& report) {
  std::vector<std::string> result;
  for (const Drift& row : report.rows) {
    const Exposed& exposed = row.now ? *row.now : *row.before;
    result.push_back(
        fmt::format("{} {}", drift_kind_id(row.kind), endpoint_text(exposed.endpoint)));
  }
  return result;
}

TEST(Drift, AServiceStartedAgainIsNone) {
  const Exposure later = linux_host(
      "tcp   LISTEN 0      128          0.0.0.0:22        0.0.0.0:*    "
      "users:((\"sshd\",pid=9100,fd=4))\n");
  EXPECT_THAT(texts(compare(linux_host(kSsh), later)), IsEmpty());
}

TEST(Drift, NewAndGoneListeners) {
  const Exposure later = linux_host(
      "tcp   LISTEN 0      128          0.0.0.0:8080      0.0.0.0:*    "
      "users:((\"python3\",pid=812,fd=3))\n");
  EXPECT_THAT(texts(compare(linux_host(kSsh), later)),
              ElementsAre("gone tcp 0.0.0.0:22", "appeared tcp 0.0.0.0:8080"));
}

TEST(Drift, ATakenOverPortIsOneRow) {
  const Exposure later = linux_host(
      "tcp   LISTEN 0      128          0.0.0.0:22        0.0.0.0:*    "
      "users:((\"nc\",pid=812,fd=3))\n");
  const DriftReport report = compare(linux_host(kSsh), later);
  EXPECT_THAT(texts(report), ElementsAre("changed tcp 0.0.0.0:22"));
  EXPECT_EQ(report.rows.front().before->owner.process, "sshd");
  EXPECT_EQ(report.rows.front().now->owner.process, "nc");
}

TEST(Drift, AWiderReachIsChanged) {
  const std::string local =
      "tcp   LISTEN 0      128        127.0.0.1:5432      0.0.0.0:*    "
      "users:((\"postgres\",pid=800,fd=5))\n";
  const std::string wide =
      "tcp   LISTEN 0      128          0.0.0.0:5432      0.0.0.0:*    "
      "users:((\"postgres\",pid=800,fd=5))\n";
  const DriftReport report = compare(linux_host(local), linux_host(wide));
  EXPECT_THAT(texts(report), ElementsAre("changed tcp 0.0.0.0:5432"));
  EXPECT_EQ(report.rows.front().before->reach, Reach::loopback);
}

TEST(Drift, ADynamicPortThatMovedIsNone) {
  const std::string before =
      "tcp   LISTEN 0      64           0.0.0.0:38911     0.0.0.0:*    "
      "users:((\"rpc.statd\",pid=600,fd=9))\n";
  const std::string after =
      "tcp   LISTEN 0      64           0.0.0.0:51442     0.0.0.0:*    "
      "users:((\"rpc.statd\",pid=611,fd=9))\n";
  EXPECT_THAT(texts(compare(linux_host(before), linux_host(after))), IsEmpty());
}

TEST(Drift, AnyNewListenerOnADynamicPortIsOne) {
  const std::string other =
      "tcp   LISTEN 0      64           0.0.0.0:51442     0.0.0.0:*    "
      "users:((\"implant\",pid=611,fd=9))\n";
  EXPECT_THAT(texts(compare(linux_host(kSsh), linux_host(kSsh + other))),
              ElementsAre("appeared tcp 0.0.0.0:51442"));
}

// In the second listing of the walkthrough nothing names the process that holds UDP 1026 any more.
TEST(Drift, WhoIsNamedOnceOnlyIsNoOther) {
  const auto expose = [](const char* listing) {
    return test::expose_as(
        test::read_host({std::string("walkthroughs/winxp/") + listing}, Os::winxp), "closed");
  };
  const DriftReport report =
      compare(expose("00-default.netstat.txt"), expose("01-after-services.netstat.txt"));
  EXPECT_THAT(texts(report),
              ElementsAre("gone tcp 0.0.0.0:5000", "gone udp 0.0.0.0:500", "gone udp 0.0.0.0:1027",
                          "gone udp 127.0.0.1:123", "gone udp 127.0.0.1:1900",
                          "gone udp 192.70.106.143:123", "gone udp 192.70.106.143:1900"));
}

TEST(Drift, ClientsOfUdpAreCountedOnly) {
  const std::string client =
      "udp   UNCONN 0      0            0.0.0.0:43211     0.0.0.0:*    "
      "users:((\"dig\",pid=611,fd=9))\n";
  const DriftReport report = compare(linux_host(kSsh), linux_host(kSsh + client));
  EXPECT_THAT(report.rows, IsEmpty());
  EXPECT_EQ(report.passing, 1u);
}

}  // namespace
}  // namespace deadlight
