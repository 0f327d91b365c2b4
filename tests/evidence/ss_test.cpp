#include <gmock/gmock.h>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kHeading =
    "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n";

struct SsCase {
  const char* name;
  std::string text;
  std::vector<std::string> rows;
  std::vector<std::string> unread;
};

const SsCase kRows[] = {
    {"NumbersAndOwner",
     kHeading + "tcp   LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:((\"sshd\",pid=731,fd=3))\n",
     {"tcp 0.0.0.0:22 listening 731 sshd"},
     {}},
    {"SeveralOwners",
     kHeading + "tcp LISTEN 0 511 0.0.0.0:80 0.0.0.0:* "
                "users:((\"nginx\",pid=9,fd=6),(\"nginx\",pid=8,fd=6),(\"nginx\",pid=9,fd=7))\n",
     {"tcp 0.0.0.0:80 listening 8 nginx", "tcp 0.0.0.0:80 listening 9 nginx"},
     {}},
    {"OldFormOfOwners",
     "State      Recv-Q Send-Q        Local Address:Port          Peer Address:Port\n"
     "LISTEN     0      128                      :::22                      :::*      "
     "users:((\"sshd\",731,4))\n"
     "LISTEN     0      128                       *:22                       *:*      "
     "users:((\"sshd\",731,3))\n",
     {"tcp 0.0.0.0:22 listening 731 sshd", "tcp [::]:22 listening 731 sshd"},
     {}},
    {"DualStackIsV6",
     kHeading + "tcp LISTEN 0 50 *:8080 *:* users:((\"java\",pid=5,fd=6))\n",
     {"tcp [::]:8080 listening 5 java"},
     {}},
    {"WildcardOfUnknownAge",
     "LISTEN 0 128 *:22 *:*\n",
     {"tcp 0.0.0.0:22 listening"},
     {"1: whether * is IPv4 alone or IPv6 too depends on the version of ss, which nothing here "
      "tells: taken as IPv4; give the whole listing"}},
    {"DeviceAndZone",
     kHeading + "udp UNCONN 0 0 127.0.0.53%lo:53 0.0.0.0:*\n"
                "udp UNCONN 0 0 [fe80::1]%eth0:546 [::]:*\n",
     {"udp 127.0.0.53%lo:53 bound", "udp [fe80::1%eth0]:546 bound"},
     {}},
    {"NamesOfPorts",
     kHeading +
         "tcp LISTEN 0 128 *:ssh *:*\nudp UNCONN 0 0 0.0.0.0:bootpc 0.0.0.0:*\n"
         "tcp LISTEN 0 128 [::1]:postgresql [::]:*\ntcp LISTEN 0 1 0.0.0.0:wibble 0.0.0.0:*\n",
     {"tcp [::]:22 listening", "tcp [::1]:5432 listening", "udp 0.0.0.0:68 bound"},
     {"5: 'wibble' is no known port name; run the tool with -n for numbers"}},
    {"OtherKindsAreNoPorts",
     kHeading + "u_str LISTEN 0 128 /run/a b.sock 485006 * 0 users:((\"x\",pid=1,fd=2))\n"
                "nl UNCONN 0 0 0:0 *\nraw UNCONN 0 0 0.0.0.0:1 0.0.0.0:*\n"
                "p_raw UNCONN 0 0 *:eth0 *\nv_str LISTEN 0 0 *:1024 *:*\n"
                "tcp LISTEN 0 1 0.0.0.0:7 0.0.0.0:*\n",
     {"tcp 0.0.0.0:7 listening"},
     {}},
    {"WithoutNetidUdp",
     "State Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n"
     "UNCONN 0 0 0.0.0.0:5353 0.0.0.0:*\nUNCONN 0 0 0.0.0.0:123 0.0.0.0:*\n",
     {"udp 0.0.0.0:123 bound", "udp 0.0.0.0:5353 bound"},
     {}},
    {"WithoutNetidPromptTells",
     "$ sudo ss -tnp\nState Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
     "ESTAB 0 0 10.0.0.3:22 10.0.0.9:50000\n",
     {"tcp 10.0.0.3:22 -> 10.0.0.9:50000 established"},
     {}},
    {"WithoutNetidNothingTells",
     "State Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
     "ESTAB 0 0 10.0.0.3:22 10.0.0.9:50000\n",
     {},
     {"2: TCP, UDP or another protocol is not said; run ss -tulpn, which prints the column "
      "Netid"}},
    {"WithoutQueues", "tcp LISTEN 0.0.0.0:22 0.0.0.0:*\n", {"tcp 0.0.0.0:22 listening"}, {}},
    {"OwnersWrappedOnTheirOwnLine",
     kHeading + "tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*\n     users:((\"sshd\",pid=731,fd=3))\n",
     {"tcp 0.0.0.0:22 listening 731 sshd"},
     {}},
    {"OwnersWrappedInANumber",
     kHeading + "tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:((\"sshd\",pid=7\n31,fd=3))\n"
                "tcp LISTEN 0 128 0.0.0.0:23 0.0.0.0:*\n",
     {"tcp 0.0.0.0:22 listening 731 sshd", "tcp 0.0.0.0:23 listening"},
     {}},
    {"OwnersCutOff",
     kHeading + "tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:((\"sshd\",pid=73\n",
     {"tcp 0.0.0.0:22 listening"},
     {"2: 'users:((\"sshd\",pid=73' is cut off: who holds the socket is not known"}},
    {"OwnersGluedToThePeer",
     kHeading + "tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*users:((\"sshd\",pid=731,fd=3))\n",
     {"tcp 0.0.0.0:22 listening 731 sshd"},
     {}},
    {"ANameThatLooksLikeAnOwner",
     kHeading + "tcp LISTEN 0 1 0.0.0.0:9 0.0.0.0:* users:((\"\",pid=1,fd=2)\",pid=66,fd=3))\n",
     {"tcp 0.0.0.0:9 listening"},
     {"2: 'users:((\"\",pid=1,fd=2)\",pid=66,fd=3))' is cut off: who holds the socket is not "
      "known"}},
    {"ANameWithBlanks",
     kHeading + "tcp LISTEN 0 1 0.0.0.0:9 0.0.0.0:* users:((\"my (odd) cgroup:\",pid=66,fd=3))\n",
     {"tcp 0.0.0.0:9 listening 66 my (odd) cgroup:"},
     {}},
    {"SeveralRowsOnOneLine",
     "tcp LISTEN 0 1 0.0.0.0:22 0.0.0.0:* users:((\"sshd\",pid=7,fd=3)) udp UNCONN 0 0 0.0.0.0:68 "
     "0.0.0.0:* raw UNCONN 0 0 0.0.0.0:1 0.0.0.0:* tcp LISTEN 0 1 0.0.0.0:23 0.0.0.0:*\n",
     {"tcp 0.0.0.0:22 listening 7 sshd", "tcp 0.0.0.0:23 listening", "udp 0.0.0.0:68 bound"},
     {}},
    {"PortTooLarge",
     kHeading + "tcp LISTEN 0 1 0.0.0.0:70000 0.0.0.0:*\n",
     {},
     {"2: port 70000 is above 65535"}},
    {"CutOffRow",
     kHeading + "tcp LISTEN 0 128 0.0.0.0:22\n",
     {},
     {"2: the peer's address is missing"}},
    {"BoundButNotListening",
     kHeading + "tcp UNCONN 0 0 127.0.0.1:7777 0.0.0.0:*\n",
     {"tcp 127.0.0.1:7777 closed"},
     {}},
};

TEST(Ss, Rows) {
  for (const SsCase& row : kRows) {
    SCOPED_TRACE(row.name);
    auto read_one = read(std::vector<Input>{{"host.txt", row.text}}, Os::unknown, {});
    ASSERT_TRUE(read_one.has_value()) << read_one.error().message;
    EXPECT_EQ(rows(*read_one), row.rows);
    EXPECT_EQ(unread(*read_one), row.unread);
    EXPECT_THAT(skipped(*read_one), IsEmpty());
  }
}

// A window of 67 columns cut the port, and the name of the program below has blanks.
TEST(Ss, APortThatAWindowCutIsNoPort) {
  const Snapshot snapshot =
      read_text(kHeading +
                "tcp   FIN-WAIT-2 0      128      192.168.142.124:49657     47.62.92.180:338\n"
                "9 users:((\"Plex Media Serv\",pid=542,fd=20))\n");
  EXPECT_THAT(rows(snapshot), IsEmpty());
  EXPECT_THAT(unread(snapshot), SizeIs(2));
}

TEST(Ss, CgroupNamesTheUnit) {
  const Snapshot snapshot =
      read_text(kHeading +
                "tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:((\"sshd\",pid=7,fd=3)) ino:1 sk:2 "
                "cgroup:/system.slice/ssh.service <->\n"
                "\t skmem:(r0,rb131072,t0,tb16384,f0,w0,o0,bl0,d0) cubic cwnd:10\n"
                "tcp LISTEN 0 128 0.0.0.0:23 0.0.0.0:* cgroup:/\n");
  ASSERT_EQ(snapshot.endpoints.size(), 2U);
  EXPECT_EQ(snapshot.endpoints[0].unit, "ssh.service");
  EXPECT_TRUE(snapshot.endpoints[1].unit.empty());
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Ss, SaysWhatItMadeOfTheWildcard) {
  const Snapshot snapshot = read_text(kHeading + "tcp LISTEN 0 50 *:80 *:*\n");
  EXPECT_THAT(snapshot.notes,
              ElementsAre("host.txt:2: ss prints * for an IPv6 socket that takes IPv4 too; it "
                          "stands here as [::]"));
  EXPECT_EQ(snapshot.host.os, Os::linux);
}

TEST(Ss, OnlyWholeNamesAreProcesses) {
  const Snapshot snapshot =
      read_text(kHeading +
                "udp UNCONN 0 0 127.0.0.53:53 0.0.0.0:* users:((\"systemd-resolve\",pid=5,fd=3))\n"
                "tcp LISTEN 0 1 0.0.0.0:22 0.0.0.0:* users:((\"sshd\",pid=7,fd=3))\n");
  EXPECT_EQ(snapshot.process(5), nullptr) << "the kernel cuts names at 15 letters";
  ASSERT_NE(snapshot.process(7), nullptr);
  EXPECT_EQ(snapshot.process(7)->image, "sshd");
}

TEST(Ss, AnotherListingThatDiffersIsNamed) {
  const std::string first = "$ ss -tln\nLISTEN 0 1 0.0.0.0:22 0.0.0.0:*\n";
  const Snapshot same = read_text(first + "$ ss -tln\nLISTEN 0 1 0.0.0.0:22 0.0.0.0:*\n");
  EXPECT_THAT(rows(same), ElementsAre("tcp 0.0.0.0:22 listening"));
  EXPECT_THAT(unread(same), IsEmpty());
  const Snapshot other = read_text(first + "$ ss -tln\nLISTEN 0 1 0.0.0.0:80 0.0.0.0:*\n");
  EXPECT_THAT(rows(other), ElementsAre("tcp 0.0.0.0:22 listening"));
  EXPECT_THAT(unread(other),
              Contains(HasSubstr("another listing, whose open ports or process ids differ")));
}

TEST(Ss, HostileInputIsTaken) {
  std::string wide = "tcp LISTEN 0 1 0.0.0.0:1 0.0.0.0:*";
  for (int i = 0; i < 200'000; ++i) wide += " x";
  EXPECT_EQ(read_text(wide + "\n").endpoints.size(), 1U);
  std::string users = "tcp LISTEN 0 1 0.0.0.0:1 0.0.0.0:* users:((\"a\",pid=1,fd=1)";
  for (int i = 0; i < 2000; ++i) users += ",(\"a\",pid=1,fd=1)";
  EXPECT_EQ(read_text(users + ")\n").endpoints.size(), 1U);
  const std::string number =
      "tcp LISTEN 0 1 0.0.0.0:1 0.0.0.0:* users:((\"a\",pid=99999999999,fd=1))";
  EXPECT_FALSE(read_text(number).endpoints[0].pid);
}

}  // namespace
}  // namespace deadlight::evidence::test
