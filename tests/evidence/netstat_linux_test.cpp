#include <gmock/gmock.h>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kLinuxHeading =
    "Active Internet connections (only servers)\n"
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State       "
    "PID/Program name    \n";

struct LinuxRowCase {
  const char* name;
  std::string text;
  std::vector<std::string> rows;
  std::vector<std::string> unread;
};

const LinuxRowCase kLinuxRows[] = {
    {"Listeners",
     kLinuxHeading +
         "tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN      "
         "812/sshd\n"
         "tcp6       0      0 :::22                   :::*                    LISTEN      "
         "812/sshd\n"
         "udp        0      0 0.0.0.0:68              0.0.0.0:*                           -\n",
     {"tcp 0.0.0.0:22 listening 812 sshd", "tcp [::]:22 listening 812 sshd",
      "udp 0.0.0.0:68 bound"},
     {}},
    {"WithoutHeading",
     "tcp 0 0 127.0.0.1:631 0.0.0.0:* LISTEN 9/cupsd\n",
     {"tcp 127.0.0.1:631 listening 9 cupsd"},
     {}},
    {"UserAndInodeAreNoProcessIds",
     "Proto Recv-Q Send-Q Local Address Foreign Address State User Inode PID/Program name\n"
     "tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN 0 1603 812/sshd\n"
     "tcp 0 0 0.0.0.0:23 0.0.0.0:* LISTEN 0 1604 -\n"
     "udp 0 0 0.0.0.0:68 0.0.0.0:* systemd-network 1605 813/x\n",
     {"tcp 0.0.0.0:22 listening 812 sshd", "tcp 0.0.0.0:23 listening",
      "udp 0.0.0.0:68 bound 813 x"},
     {}},
    {"TimerIsNoPartOfTheName",
     "tcp 0 0 0.0.0.0:80 0.0.0.0:* LISTEN 7/nginx: master  off (0.00/0/0)\n"
     "tcp 0 0 10.0.0.3:22 10.0.0.9:5000 ESTABLISHED 8/sshd: jo [p keepalive (7198.00/0/0)\n",
     {"tcp 0.0.0.0:80 listening 7 nginx: master",
      "tcp 10.0.0.3:22 -> 10.0.0.9:5000 established 8 sshd: jo [p"},
     {}},
    {"OldRedHatPrintsTcpForV6",
     "tcp        0      0 ::ffff:10.0.0.3:8005        :::*                        LISTEN      "
     "5/java\n"
     "tcp        0      0 :::22                       :::*                        LISTEN      -\n",
     {"tcp [::]:22 listening", "tcp [::ffff:10.0.0.3]:8005 listening 5 java"},
     {}},
    {"MappedAddressOfAV6Socket",
     "tcp6 0 0 127.0.0.1:8081 127.0.0.1:41666 ESTABLISHED -\n",
     {"tcp [::ffff:127.0.0.1]:8081 -> [::ffff:127.0.0.1]:41666 established"},
     {}},
    {"German",
     "Aktive Internetverbindungen (Server und stehende Verbindungen)\n"
     "Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program "
     "name\n"
     "tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN 1/sshd\n"
     "tcp 0 0 10.0.0.3:22 10.0.0.9:5000 VERBUNDEN 2/sshd\n"
     "Aktive Sockets in der UNIX-Domäne (Server und stehende Verbindungen)\n"
     "Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Pfad\n"
     "unix  2      [ ACC ]     STREAM     HÖRT         485006   1/x  /run/x\n",
     {"tcp 0.0.0.0:22 listening 1 sshd", "tcp 10.0.0.3:22 -> 10.0.0.9:5000 established 2 sshd"},
     {}},
    {"CzechHeadingAndStates",
     "Aktivní Internetová spojení (w/o servery)\n"
     "Proto Přích-F Odch-F Místní Adresa          Vzdálená Adresa         Stav\n"
     "tcp 0 0 0.0.0.0:22 0.0.0.0:* NASLOUCHÁ\n",
     {"tcp 0.0.0.0:22 listening"},
     {}},
    {"StateOfAnUnknownLanguage",
     "tcp 0 0 0.0.0.0:22 0.0.0.0:* KUUNTELEE 1/sshd\n"
     "tcp 0 0 10.0.0.3:22 10.0.0.9:5000 YHDISTETTY 2/sshd\n",
     {"tcp 0.0.0.0:22 listening 1 sshd", "tcp 10.0.0.3:22 -> 10.0.0.9:5000 connected 2 sshd"},
     {}},
    {"WrappedBeforeTheOwner",
     kLinuxHeading + "tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN\n"
                     "812/sshd\n"
                     "tcp 0 0 0.0.0.0:23\n0.0.0.0:* LISTEN 5/x\n",
     {"tcp 0.0.0.0:22 listening 812 sshd", "tcp 0.0.0.0:23 listening 5 x"},
     {}},
    {"SeveralRowsOnOneLine",
     "tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN 812/sshd: x udp 0 0 0.0.0.0:68 0.0.0.0:* 5/dhclient raw "
     "0 "
     "0 0.0.0.0:1 0.0.0.0:* 7 5/x tcp 0 0 0.0.0.0:23 0.0.0.0:* LISTEN -\n",
     {"tcp 0.0.0.0:22 listening 812 sshd: x", "tcp 0.0.0.0:23 listening",
      "udp 0.0.0.0:68 bound 5 dhclient"},
     {}},
    {"RawAndUdpLiteAreNoPorts",
     kLinuxHeading +
         "raw 0 0 0.0.0.0:1 0.0.0.0:* 7 5/ping\nraw6 0 0 :::58 :::* 7 5/x\n"
         "udpl 0 0 0.0.0.0:9000 0.0.0.0:* 5/x\ntcp 0 0 0.0.0.0:7 0.0.0.0:* LISTEN 5/x\n",
     {"tcp 0.0.0.0:7 listening 5 x"},
     {}},
    {"BusyboxCutsThePort",
     "Proto Recv-Q Send-Q Local Address           Foreign Address         State       \n"
     "tcp        0      0 fe80::5054:ff:fe12:3456 :::*                    LISTEN      \n",
     {},
     {"2: the address in 'fe80::5054:ff:fe12:3456' may be cut off; run netstat -W too"}},
    {"WideShowsThatNothingIsCut",
     kLinuxHeading + "tcp6 0 0 fe80::5054:ff:fe12:3456:8443 :::* LISTEN 1/a\n"
                     "tcp6 0 0 fe80::5054:ff:fe12:8443 :::* LISTEN 1/a\n",
     {"tcp [fe80::5054:ff:fe12]:8443 listening 1 a",
      "tcp [fe80::5054:ff:fe12:3456]:8443 listening 1 a"},
     {}},
    {"Names",
     "tcp 0 0 localhost:ipp 0.0.0.0:* LISTEN\ntcp6 0 0 [::]:ssh [::]:* LISTEN\n"
     "udp 0 0 0.0.0.0:mdns 0.0.0.0:*\ntcp 0 0 0.0.0.0:wibble 0.0.0.0:* LISTEN\n",
     {"tcp 127.0.0.1:631 listening", "tcp [::]:22 listening", "udp 0.0.0.0:5353 bound"},
     {"4: 'wibble' is no known port name; run the tool with -n for numbers"}},
    {"FreeBsdAndMacOs",
     "Active Internet connections (including servers)\n"
     "Proto Recv-Q Send-Q Local Address          Foreign Address        (state)\n"
     "tcp4       0      0 *.22                   *.*                    LISTEN\n"
     "tcp46      0      0 *.80                   *.*                    LISTEN\n"
     "tcp6       0      0 ::1.631                *.*                    LISTEN\n"
     "tcp4       0      0 10.0.0.3.22            10.0.0.9.50000         ESTABLISHED\n"
     "udp4       0      0 *.5353                 *.*\n"
     "udp6       0      0 fe80::1%lo0.123        *.*\n"
     "udp4       0      0 *.*                    *.*\n"
     "tcp6       0      0 fe80::aede:48ff:.62078 *.*                    LISTEN\n",
     {"tcp 0.0.0.0:22 listening", "tcp [::]:80 listening", "tcp [::1]:631 listening",
      "tcp 10.0.0.3:22 -> 10.0.0.9:50000 established", "udp 0.0.0.0:5353 bound",
      "udp [fe80::1%lo0]:123 bound"},
     {"10: the address in 'fe80::aede:48ff:.62078' may be cut off; run netstat -W too"}},
    {"MacOsWithProcesses",
     "Active Internet connections (including servers)\n"
     "Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)     rhiwat shiwat "
     " "
     "  pid   epid\n"
     "tcp4       0      0  *.22                   *.*                    LISTEN      131072 131072 "
     " "
     "    1      0\n"
     "udp4       0      0  *.137                  *.*                                196724   9216 "
     " "
     "    2      0\n",
     {"tcp 0.0.0.0:22 listening 1", "udp 0.0.0.0:137 bound 2"},
     {}},
    {"DamagedRows",
     kLinuxHeading +
         "tcp 0 0 0.0.0.0:70000 0.0.0.0:* LISTEN 1/a\ntcp 0 0 0.0.0:22 0.0.0.0:* LISTEN 1/a\n"
         "tcp 0 0 0.0.0.0:22 0.0.0.0:* 1/a\ntcp 0 0 0.0.0.0:25 0.0.0.0:* LISTEN 99999999999/a\n",
     {"tcp 0.0.0.0:25 listening"},
     {"3: port 70000 is above 65535", "4: '0.0.0' is no address", "5: the state is missing"}},
};

TEST(NetstatUnix, UdpOfNobodyIsBound) {
  const Snapshot snapshot = read_text(
      "Proto Recv-Q Send-Q Local Address Foreign Address State World ID World Name\n"
      "udp 0 0 192.168.1.10:123 0.0.0.0:0 2099111 ntpd\n");
  ASSERT_EQ(snapshot.endpoints.size(), 1U);
  EXPECT_EQ(snapshot.endpoints[0].state, State::bound);
}

TEST(NetstatLinux, Rows) {
  for (const LinuxRowCase& row : kLinuxRows) {
    SCOPED_TRACE(row.name);
    auto snapshot = read(std::vector<Input>{{"host.txt", row.text}}, Os::unknown, {});
    ASSERT_TRUE(snapshot.has_value()) << snapshot.error().message;
    std::vector<std::string> wanted = row.unread;
    std::vector<std::string> got = unread(*snapshot);
    std::sort(wanted.begin(), wanted.end());
    std::sort(got.begin(), got.end());
    EXPECT_EQ(rows(*snapshot), row.rows);
    EXPECT_EQ(got, wanted);
    EXPECT_THAT(skipped(*snapshot), IsEmpty());
  }
}

TEST(NetstatLinux, IsRecognisedAsLinux) {
  const Snapshot snapshot = read_text(data("evidence/netstat-tulpn.linux.txt"));
  EXPECT_EQ(snapshot.host.os, Os::linux);
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 0.0.0.0:22 listening 812 sshd", "tcp [::]:22 listening 812 sshd",
                          "udp 127.0.0.53:53 bound 501 systemd-resolve"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(snapshot.processes, IsEmpty()) << "names are of the command line, and cut";
}

TEST(NetstatLinux, AWindowsListingBesideItIsRead) {
  const Snapshot both = read_text(netstat("TCP 0.0.0.0:1 0.0.0.0:0 LISTENING 4\n\n") +
                                  kLinuxHeading + "tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN 1/sshd\n");
  EXPECT_THAT(rows(both),
              ElementsAre("tcp 0.0.0.0:1 listening 4", "tcp 0.0.0.0:22 listening 1 sshd"));
  EXPECT_THAT(unread(both), IsEmpty());
}

TEST(NetstatLinux, ARowInWhichTheTextEndsIsNamed) {
  const std::string heading =
      "Proto Recv-Q Send-Q Local Address           Foreign Address         State       "
      "PID/Program name\n";
  const std::string row = "tcp        0      0 10.0.0.1:41072     65.13.207.38:6667       CLOSE";
  const Snapshot state = read_text(heading + row);
  EXPECT_THAT(rows(state), IsEmpty());
  EXPECT_THAT(unread(state),
              ElementsAre("2: the text ends in this row: its state may be CLOSE_WAIT"));
  const Snapshot owner = read_text(heading + row + "_WAIT  ");
  EXPECT_THAT(rows(owner), ElementsAre("tcp 10.0.0.1:41072 -> 65.13.207.38:6667 close_wait"));
  EXPECT_THAT(unread(owner), ElementsAre("2: the process is missing: was the text cut off?"));
}

TEST(NetstatLinux, AStateThatIsBrokenIsPutTogether) {
  const Snapshot snapshot = read_text(
      "Proto Recv-Q Send-Q Local Address           Foreign Address         State       "
      "PID/Program name\n"
      "tcp        0      0 10.0.0.1:41072     65.13.207.38:6667       CLOSE\n"
      "_WAIT  301/asterisk\n");
  EXPECT_EQ(rows(snapshot),
            (std::vector<std::string>{
                "tcp 10.0.0.1:41072 -> 65.13.207.38:6667 close_wait 301 asterisk"}));
}

TEST(NetstatLinux, AddressesBeforeTheRowsAreNamed) {
  const Snapshot aix = read_text(
      "Active Internet connections (including servers)\n"
      "PCB/ADDR         Proto Recv-Q Send-Q  Local Address      Foreign Address    (state)\n"
      "f10002000008abb0 tcp4       0      0  *.13               *.*                LISTEN\n");
  EXPECT_THAT(rows(aix), IsEmpty());
  EXPECT_THAT(unread(aix),
              ElementsAre("2: netstat -A puts an address before each row, and such rows are not "
                          "read; give the output of netstat -an"));
  EXPECT_EQ(aix.host.os, Os::unknown);
}

}  // namespace
}  // namespace deadlight::evidence::test
