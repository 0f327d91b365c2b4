#include <gmock/gmock.h>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;

const std::string kTcp =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n";
const std::string kUdp =
    "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode ref pointer drops\n";
const std::string kV6 =
    "  sl  local_address                         remote_address                        st tx_queue "
    "rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n";
const std::string kNobody = "00000000000000000000000000000000";

std::string row(const std::string& local, const std::string& remote, const std::string& state) {
  return "   0: " + local + ' ' + remote + ' ' + state +
         " 00000000:00000000 00:00000000 00000000     0        0 1603 1 0000000047e93cb1 100\n";
}

TEST(ProcNet, TheHeadingTellsTcpFromUdp) {
  const Snapshot snapshot = read_text(kTcp + row("0100007F:0016", "00000000:0000", "0A") + "\n" +
                                      kUdp + row("00000000:14E9", "00000000:0000", "07"));
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 127.0.0.1:22 listening", "udp 0.0.0.0:5353 bound"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_EQ(snapshot.host.os, Os::linux);
}

TEST(ProcNet, TheNameAboveTells) {
  const Snapshot snapshot = read_text(
      "==> /proc/net/raw6 <==\n" + kV6 + row(kNobody + ":003A", kNobody + ":0000", "07") +
      "\n==> /proc/net/udp6 <==\n" + kV6 + row(kNobody + ":007B", kNobody + ":0000", "07") +
      "\nroot@web01:~# cat /proc/net/udplite\n" + kUdp +
      row("00000000:2328", "00000000:0000", "07"));
  EXPECT_THAT(rows(snapshot), ElementsAre("udp [::]:123 bound"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_EQ(snapshot.host.name, "web01");
}

TEST(ProcNet, WhatMayBeRawIsNotTakenForUdp) {
  const Snapshot v6 = read_text(kTcp + kV6 + row(kNobody + ":003A", kNobody + ":0000", "07"));
  EXPECT_THAT(rows(v6), IsEmpty());
  EXPECT_THAT(unread(v6), Each(EndsWith("which names each")));
  EXPECT_EQ(v6.unread.size(), 1U);
}

TEST(ProcNet, BytesOfABigMachineAreTurned) {
  const Snapshot snapshot = read_text(kTcp + row("7F000001:0016", "00000000:0000", "0A") +
                                      row("C0A80102:0050", "00000000:0000", "0A"));
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 127.0.0.1:22 listening", "tcp 192.168.1.2:80 listening"));
}

TEST(ProcNet, DamagedRowsAreNamed) {
  const Snapshot snapshot = read_text(kTcp + row("0100007F:0016", "00000000:0000", "FF") +
                                      row("0100007F:10016", "00000000:0000", "0A") +
                                      "   0: 0100007F:0016 00000000:0000 0A 00000000:00000000\n" +
                                      row("0100007F:0017", "00000000:0000", "0A"));
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 127.0.0.1:23 listening"));
  EXPECT_THAT(unread(snapshot),
              ElementsAre("2: is no row of a socket table", "3: is no row of a socket table",
                          "4: is no row of a socket table"));
}

TEST(ProcNet, RowsWithoutHeadingAreNamed) {
  const auto refused = read(
      std::vector<Input>{{"x.txt", row("0100007F:0016", "00000000:0000", "0A")}}, Os::unknown, {});
  ASSERT_TRUE(refused.has_value());
  EXPECT_THAT(refused->endpoints, IsEmpty());
  EXPECT_EQ(refused->unread.size(), 1U);
}

}  // namespace
}  // namespace deadlight::evidence::test
