#include <gmock/gmock.h>

#include "evidence/not_a_row.h"
#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kLsofHeading = "COMMAND   PID     USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\n";

struct LsofCase {
  const char* name;
  std::string text;
  std::vector<std::string> rows;
  std::vector<std::string> unread;
};

const LsofCase kLsofRows[] = {
    {"TypeDecidesWhatTheWildcardIs",
     kLsofHeading + "sshd      812     root    3u  IPv4  16031      0t0  TCP *:22 (LISTEN)\n"
                    "sshd      812     root    4u  IPv6  16033      0t0  TCP *:22 (LISTEN)\n",
     {"tcp 0.0.0.0:22 listening 812 sshd", "tcp [::]:22 listening 812 sshd"},
     {}},
    {"Connections",
     kLsofHeading +
         "postgres 9 pg 5u IPv4 1 0t0 TCP 127.0.0.1:5432->127.0.0.1:40000 (ESTABLISHED)\n"
         "java 8 jo 5u IPv6 1 0t0 TCP 127.0.0.1:80->127.0.0.1:4000 (CLOSE_WAIT)\n"
         "ntpd 7 ntp 5u IPv4 1 0t0 UDP 10.0.0.3:5000->10.0.0.1:123\n"
         "ntpd 7 ntp 6u IPv4 1 0t0 UDP *:123\n",
     {"tcp 127.0.0.1:5432 -> 127.0.0.1:40000 established 9 postgres",
      "tcp [::ffff:127.0.0.1]:80 -> [::ffff:127.0.0.1]:4000 close_wait 8 java",
      "udp 0.0.0.0:123 bound 7 ntpd", "udp 10.0.0.3:5000 -> 10.0.0.1:123 established 7 ntpd"},
     {}},
    {"MacOs",
     "COMMAND     PID USER   FD   TYPE             DEVICE SIZE/OFF NODE NAME\n"
     "launchd       1 root    7u  IPv6 0xd2b9a0e1f2d4e3c1      0t0  TCP *:22 (LISTEN)\n"
     "Google\\x20C 501 jo    20u  IPv4 0xd2b9a0e1f2d4e3c2      0t0  UDP *:*\n"
     "Google\\x20C 501 jo    21u  IPv4 0xd2b9a0e1f2d4e3c2      0t0  UDP *:mdns\n",
     {"tcp [::]:22 listening 1 launchd", "udp 0.0.0.0:5353 bound 501 Google C"},
     {}},
    {"ThreadsAndParents",
     "COMMAND   PID  TID TASKCMD  PPID USER   FD   TYPE DEVICE SIZE/OFF NODE NAME\n"
     "java       66   67 worker      1 jo     5u  IPv4  1603      0t0  TCP *:8080 (LISTEN)\n",
     {"tcp 0.0.0.0:8080 listening 66 java"},
     {}},
    {"WithoutHeading",
     "sshd 812 root 3u IPv4 16031 0t0 TCP *:22 (LISTEN)\n",
     {"tcp 0.0.0.0:22 listening 812 sshd"},
     {}},
    {"OtherDescriptors",
     kLsofHeading +
         "sshd 8 root cwd DIR 254,0 4096 2 /\nsshd 8 root 3u IPv4 1 0t0 TCP *:22 (LISTEN)\n"
         "sshd 8 root 4u sock 0,9 0t0 5 protocol: TCP\n"
         "sshd 8 root 5u unix 0x00000000b5c5aad4 0t0 6 /run/x type=STREAM (LISTEN)\n"
         "sshd 8 root 6u IPv4 1 0t0 UDPLITE *:9000\n",
     {"tcp 0.0.0.0:22 listening 8 sshd"},
     {}},
    {"QueuesBesideTheState",
     kLsofHeading + "sshd 8 root 3u IPv4 1 0t0 TCP *:22 (LISTEN QR=0 QS=0)\n",
     {"tcp 0.0.0.0:22 listening 8 sshd"},
     {}},
    {"SeveralRowsOnOneLine",
     "sshd 8 root 3u IPv4 1 0t0 TCP *:22 (LISTEN) ntpd 7 ntp 6u IPv4 1 0t0 UDP *:123\n",
     {},
     {"1: several rows of lsof on one line; give one a line"}},
    {"BlankInACommand",
     kLsofHeading + "Plex Medi 467 root 3u IPv4 17000 0t0 UDP *:32412\n",
     {"udp 0.0.0.0:32412 bound 467 Plex Medi"},
     {}},
    {"CutInARow",
     kLsofHeading + "sshd 8 root 3u IPv4 1 0t0 TCP\nxinetd",
     {},
     {"2: the row of lsof is not complete", not_a_row(3)}},
    {"Damaged",
     kLsofHeading + "sshd 8 root 3u IPv4 1 0t0 TCP *:22\nsshd 8 root 3u IPv4 1 0t0 TCP\n"
                    "sshd root 4 3u IPv4 1 0t0 TCP *:23 (LISTEN)\n"
                    "sshd 8 root 3u IPv4 1 0t0 TCP *:99999 (LISTEN)\n",
     {},
     {"2: the state is missing; run lsof -nPi -Ts", "3: the row of lsof is not complete",
      "4: the process id is missing", "5: port 99999 is above 65535"}},
    {"CutOffBeforeTheType",
     kLsofHeading + "sshd 8 root 3u IPv4 1 0t0 TCP *:22 (LISTEN)\nntpd 7 ntp 6u I",
     {"tcp 0.0.0.0:22 listening 8 sshd"},
     {"3: the row of lsof is not complete"}},
    {"CutOffInTheState",
     kLsofHeading + "sshd 8 root 3u IPv4 1 0t0 TCP 10.0.0.4:22->10.0.0.5:4022 (CLOSE",
     {},
     {"2: the state is missing; run lsof -nPi -Ts"}},
    {"Fields",
     "p812\ncsshd\nu0\nf3\ntIPv4\nPTCP\nn*:22\nTST=LISTEN\nTQR=0\nTQS=0\nf4\ntIPv6\nPTCP\nn*:22\n"
     "TST=LISTEN\np9\ncntpd\nf1\ntIPv4\nPUDP\nn*:123\n",
     {"tcp 0.0.0.0:22 listening 812 sshd", "tcp [::]:22 listening 812 sshd",
      "udp 0.0.0.0:123 bound 9 ntpd"},
     {}},
    {"FieldsWithoutDescriptor",  // lsof -nPi -FpctPn, macOS
     "p24137\ncntpd\ntIPv4\nPUDP\nn*:123\ntIPv6\nPUDP\nn*:123\ntIPv6\nPUDP\nn[::1]:123\n",
     {"udp 0.0.0.0:123 bound 24137 ntpd", "udp [::]:123 bound 24137 ntpd",
      "udp [::1]:123 bound 24137 ntpd"},
     {}},
    {"FieldsWithoutType",
     "p812\ncsshd\nPTCP\nn*:22\nTST=LISTEN\nPTCP\nn127.0.0.1:80\nTST=LISTEN\n",
     {"tcp 127.0.0.1:80 listening 812 sshd"},
     {"4: whether '*:22' is IPv4 or IPv6 is not said; run lsof -F with the field t"}},
};

TEST(Lsof, Rows) {
  for (const LsofCase& row : kLsofRows) {
    SCOPED_TRACE(row.name);
    auto snapshot = read(std::vector<Input>{{"host.txt", row.text}}, Os::unknown, {});
    ASSERT_TRUE(snapshot.has_value()) << snapshot.error().message;
    EXPECT_EQ(rows(*snapshot), row.rows);
    EXPECT_EQ(unread(*snapshot), row.unread);
    EXPECT_THAT(skipped(*snapshot), IsEmpty());
  }
}

TEST(Lsof, ANameOfNineLettersMayBeCut) {
  const Snapshot snapshot = read_text(kLsofHeading +
                                      "systemd-r 5 x 3u IPv4 1 0t0 UDP 127.0.0.53:53\n"
                                      "sshd 7 x 3u IPv4 1 0t0 TCP *:22 (LISTEN)\n");
  EXPECT_EQ(snapshot.process(5), nullptr);
  ASSERT_NE(snapshot.process(7), nullptr);
  EXPECT_EQ(snapshot.process(7)->image, "sshd");
}

TEST(Lsof, APortOfAnotherProtocolIsNamed) {
  const Snapshot snapshot = read_text(kLsofHeading +
                                      "sshd 7 x 3u IPv4 1 0t0 TCP *:22 (LISTEN)\n"
                                      "foo 900 x 3u IPv4 1 0t0 SCTP *:9001 (LISTEN)\n");
  EXPECT_EQ(rows(snapshot), std::vector<std::string>{"tcp 0.0.0.0:22 listening 7 sshd"});
  EXPECT_EQ(snapshot.unread.size(), 1U);
}

TEST(Lsof, TextThatLooksLikeFieldsIsNone) {
  const auto refused = read(std::vector<Input>{{"x.txt", "p1\ncount\nnothing\n"}}, Os::unknown, {});
  EXPECT_FALSE(refused.has_value());
}

TEST(Lsof, APortThatIsBrokenAndRowsBehindTheHeadingAreNamed) {
  const std::string row = "python3   677 root 3u IPv4 1 0t0 UDP 192.168.160.167:4424\n";
  const Snapshot broken =
      read_text("COMMAND PID USER FD TYPE DEVICE SIZE/OFF NODE NAME\n" + row + "1\n");
  EXPECT_EQ(rows(broken), std::vector<std::string>{});
  constexpr const char* kWrapped =
      ": the port may go on in the next line; copy the text again without breaking lines";
  EXPECT_EQ(unread(broken),
            (std::vector<std::string>{std::string("2") + kWrapped, std::string("3") + kWrapped}));
  std::string all = "COMMAND PID USER FD TYPE DEVICE SIZE/OFF NODE NAME";
  for (int i = 0; i < 4; ++i) all += " sshd 356 root 3u IPv4 17000 0t0 TCP *:22 (LISTEN)";
  EXPECT_EQ(unread(read_text(all + "\n")),
            (std::vector<std::string>{
                "1: rows stand on the line of the heading: give each on a line of its own"}));
}

}  // namespace
}  // namespace deadlight::evidence::test
