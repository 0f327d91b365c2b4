#include <gmock/gmock.h>

#include "evidence/not_a_row.h"
#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct LineCase {
  const char* name;
  const char* line;
  const char* row;  ///< as rows() writes it
};

const LineCase kGoodRows[] = {
    {"TcpV4", "  TCP    0.0.0.0:135   0.0.0.0:0   LISTENING   1044",
     "tcp 0.0.0.0:135 listening 1044"},
    {"WithoutPid", "  TCP    0.0.0.0:135   0.0.0.0:0   LISTENING", "tcp 0.0.0.0:135 listening"},
    {"CollapsedBlanks", "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 4", "tcp 0.0.0.0:135 listening 4"},
    {"Tabs", "\tTCP\t0.0.0.0:135\t0.0.0.0:0\tLISTENING\t4\t", "tcp 0.0.0.0:135 listening 4"},
    {"NoBreakSpaces",
     "TCP\xC2\xA0"
     "0.0.0.0:135\xC2\xA0 0.0.0.0:0 LISTENING 4",
     "tcp 0.0.0.0:135 listening 4"},
    {"LowerCase", "tcp 0.0.0.0:135 0.0.0.0:0 listening 4", "tcp 0.0.0.0:135 listening 4"},
    {"Listen", "TCP 0.0.0.0:135 0.0.0.0:0 LISTEN 4", "tcp 0.0.0.0:135 listening 4"},
    {"UdpHasNoState", "  UDP    0.0.0.0:500   *:*   3120", "udp 0.0.0.0:500 bound 3120"},
    {"UdpWithoutPid", "  UDP    0.0.0.0:500   *:*", "udp 0.0.0.0:500 bound"},
    {"TcpV6", "TCP [::]:135 [::]:0 LISTENING 748", "tcp [::]:135 listening 748"},
    {"UdpV6WithZone", "UDP [fe80::1%12]:5353 *:* 9", "udp [fe80::1%12]:5353 bound 9"},
    {"ProtocolWithFamily", "TCPv6 [::1]:80 [::]:0 LISTENING 4", "tcp [::1]:80 listening 4"},
    {"Names", "TCP gargan:1125 microsoft.com:http ESTABLISHED 1332",
     "tcp gargan:1125 -> microsoft.com:80 established 1332"},
    {"NamedListener", "TCP gargan:epmap gargan:0 LISTENING 4", "tcp gargan:135 listening 4"},
    {"NamedUdp", "UDP gargan:netbios-ns *:*", "udp gargan:137 bound"},
    {"TimeWait", "TCP 10.0.0.3:139 10.0.0.9:1026 TIME_WAIT 0",
     "tcp 10.0.0.3:139 -> 10.0.0.9:1026 time_wait 0"},
    {"SynSent", "TCP 10.0.0.3:1 10.0.0.9:2 SYN_SENT 1", "tcp 10.0.0.3:1 -> 10.0.0.9:2 syn_sent 1"},
    {"SynReceived", "TCP 10.0.0.3:1 10.0.0.9:2 SYN_RCVD 1",
     "tcp 10.0.0.3:1 -> 10.0.0.9:2 syn_received 1"},
    {"FinWait1", "TCP 10.0.0.3:1 10.0.0.9:2 FIN_WAIT_1 1",
     "tcp 10.0.0.3:1 -> 10.0.0.9:2 fin_wait_1 1"},
    {"FinWait2", "TCP 10.0.0.3:1 10.0.0.9:2 FIN_WAIT2 1",
     "tcp 10.0.0.3:1 -> 10.0.0.9:2 fin_wait_2 1"},
    {"CloseWait", "TCP 10.0.0.3:1 10.0.0.9:2 CLOSE_WAIT 1",
     "tcp 10.0.0.3:1 -> 10.0.0.9:2 close_wait 1"},
    {"Closing", "TCP 10.0.0.3:1 10.0.0.9:2 CLOSING 1", "tcp 10.0.0.3:1 -> 10.0.0.9:2 closing 1"},
    {"LastAck", "TCP 10.0.0.3:1 10.0.0.9:2 LAST_ACK 1", "tcp 10.0.0.3:1 -> 10.0.0.9:2 last_ack 1"},
    {"DeleteTcb", "TCP 10.0.0.3:1 10.0.0.9:2 DELETE_TCB 1",
     "tcp 10.0.0.3:1 -> 10.0.0.9:2 closed 1"},
    {"BoundIsNotOpen", "TCP 0.0.0.0:49700 0.0.0.0:0 BOUND 1", "tcp 0.0.0.0:49700 closed 1"},
    {"OffloadColumn", "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 748 InHost",
     "tcp 0.0.0.0:135 listening 748"},
    {"LargestNumbers", "TCP 255.255.255.255:65535 0.0.0.0:0 LISTENING 4294967295",
     "tcp 255.255.255.255:65535 listening 4294967295"},
};

TEST(NetstatRow, IsRead) {
  for (const LineCase& row : kGoodRows) {
    const Snapshot snapshot = read_text(netstat(row.line));
    EXPECT_THAT(rows(snapshot), ElementsAre(row.row)) << row.name;
    EXPECT_THAT(unread(snapshot), IsEmpty()) << row.name;
    EXPECT_THAT(skipped(snapshot), IsEmpty()) << row.name;
  }
}

const LineCase kBadRows[] = {
    {"PortAbove65535", "TCP 0.0.0.0:70000 0.0.0.0:0 LISTENING 4", "port 70000 is above 65535"},
    {"ForeignPortAbove65535", "TCP 10.0.0.3:1 10.0.0.9:65536 ESTABLISHED 4",
     "port 65536 is above 65535"},
    {"HugePort", "TCP 0.0.0.0:99999999999999999999999 0.0.0.0:0 LISTENING",
     "port 99999999999999999999999 is above 65535"},
    {"UnknownState", "TCP 0.0.0.0:135 0.0.0.0:0 SLEEPING 4",
     "unknown state 'SLEEPING'; it may be an open port: give the listing of an English netstat"},
    {"NoState", "TCP 0.0.0.0:135 0.0.0.0:0 884", "the state is missing"},
    {"NothingAfterForeign", "TCP 0.0.0.0:135 0.0.0.0:0", "the state is missing"},
    {"NoForeign", "TCP 0.0.0.0:135 LISTENING 884", "the foreign address is missing"},
    {"UdpWithoutForeign", "UDP 0.0.0.0:135 884", "'884' has no port"},
    {"OnlyLocal", "UDP 0.0.0.0:135", "the foreign address is missing"},
    {"NoLocal", "TCP LISTENING", "the local address is missing"},
    {"LocalWithoutPort", "TCP 0.0.0.0 0.0.0.0:0 LISTENING", "'0.0.0.0' has no port"},
    {"EmptyPort", "TCP 0.0.0.0: 0.0.0.0:0 LISTENING", "a port is missing"},
    {"BrokenAddress", "TCP 0.0.0:135 0.0.0.0:0 LISTENING", "'0.0.0' is no address"},
    {"BrokenV6", "TCP [::1:135 [::]:0 LISTENING", "'[::1' is no address"},
    {"UnknownPortName", "TCP 10.0.0.3:1 10.0.0.9:wibble ESTABLISHED",
     "'wibble' is no known port name; netstat -n prints numbers"},
    {"NoProtocol", "0.0.0.0:135 0.0.0.0:0 LISTENING",
     "looks like a row of netstat without a protocol"},
    {"TwoNumbersAtItsEnd",  // Metasploit's netstat: user, inode, then the process
     "TCP 10.0.0.3:56424 10.0.0.9:4 ESTABLISHED 0 0 6280/a.exe",
     "two numbers at its end: it is not clear which names a process"},
    {"OtherText", "wibble wobble", kNotARow},
};

TEST(NetstatRow, ThatIsDamagedIsNamed) {
  const std::string before = "TCP 0.0.0.0:1 0.0.0.0:0 LISTENING 4\n";
  const std::string after = "\nUDP 0.0.0.0:2 *:* 4\n";
  for (const LineCase& row : kBadRows) {
    const Snapshot snapshot = read_text(netstat(before + row.line + after));
    EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:1 listening 4", "udp 0.0.0.0:2 bound 4"))
        << row.name;
    EXPECT_THAT(unread(snapshot), ElementsAre("5: " + std::string(row.row))) << row.name;
  }
}

TEST(NetstatRow, WithTextBehindItIsReadAndTheTextIsNamed) {
  const Snapshot snapshot = read_text(netstat("TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 88x4"));
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:135 listening"));
  EXPECT_THAT(unread(snapshot), ElementsAre("4: '88x4' on this line is not a part of a row"));
}

TEST(NetstatRow, MayBeWrapped) {
  const Snapshot snapshot =
      read_text(netstat("  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING\n884\n"
                        "  TCP    0.0.0.0:445\n0.0.0.0:0              LISTENING       4\n"
                        "  UDP    0.0.0.0:445            *:*\n4\n"));
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 0.0.0.0:135 listening 884", "tcp 0.0.0.0:445 listening 4",
                          "udp 0.0.0.0:445 bound 4"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Netstat, AListingOfOneLineMayBeWrappedAnywhere) {
  const std::string words =
      "Proto Local Address Foreign Address State PID TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 944 "
      "UDP 0.0.0.0:445 *:* 4 TCP 10.0.0.3:139 0.0.0.0:0 LISTENING 4";
  std::vector<std::size_t> blanks;
  for (std::size_t i = words.find("TCP"); i < words.size(); ++i) {
    if (words[i] == ' ') blanks.push_back(i);
  }
  for (const std::size_t blank : blanks) {
    std::string text = words;
    text[blank] = '\n';
    // Cut behind the protocol, neither half can be told from other text.
    if (text[blank - 1] == 'P') continue;
    EXPECT_THAT(rows(read_text(text)),
                ElementsAre("tcp 0.0.0.0:135 listening 944", "tcp 10.0.0.3:139 listening 4",
                            "udp 0.0.0.0:445 bound 4"))
        << text;
  }
}

TEST(Netstat, OfWindowsXpWithComponents) {
  const Snapshot snapshot = read_text(data("evidence/netstat-anb.winxp.txt"));
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:135 listening 988 svchost.exe",
                                          "tcp 0.0.0.0:445 listening 4 System",
                                          "tcp 127.0.0.1:1027 listening 1244 alg.exe",
                                          "udp 0.0.0.0:500 bound 696 lsass.exe",
                                          "udp 0.0.0.0:1025 bound 1120 svchost.exe"));
  EXPECT_THAT(snapshot.endpoints[4].components, ElementsAre("c:\\windows\\system32\\dnsrslvr.dll",
                                                            "C:\\WINDOWS\\system32\\mswsock.dll"));
  EXPECT_EQ(snapshot.process(1244)->image, "alg.exe");
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(Netstat, OfWindows10WithServices) {
  const Snapshot snapshot = read_text(data("evidence/netstat-anob.win10.txt"));
  EXPECT_THAT(
      rows(snapshot),
      ElementsAre("tcp 0.0.0.0:135 listening 748 svchost.exe", "tcp 0.0.0.0:445 listening 4",
                  "tcp 0.0.0.0:5040 listening 4456 svchost.exe",
                  "tcp 0.0.0.0:49664 listening 584 lsass.exe",
                  "tcp [::]:135 listening 748 svchost.exe", "tcp [::]:445 listening 4",
                  "tcp 10.20.30.130:49702 -> 93.184.216.34:443 established 7012 "
                  "Contoso Agent.exe",
                  "tcp 10.20.30.130:49733 -> 93.184.216.34:443 time_wait 0",
                  "udp 0.0.0.0:5353 bound 1916 svchost.exe",
                  "udp 0.0.0.0:5353 bound 7012 Contoso Agent.exe",
                  "udp [fe80::1c2d:3e4f:5061:7283%12]:1900 bound 5120 svchost.exe"));
  EXPECT_THAT(snapshot.endpoints[0].components, ElementsAre("RpcSs"));
  EXPECT_THAT(snapshot.endpoints[1].components, IsEmpty());
  EXPECT_THAT(snapshot.notes, IsEmpty());
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(Netstat, WithOwnersOnOneLine) {
  const Snapshot snapshot = read_text(
      "Active Connections Proto Local Address Foreign Address State PID "
      "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 748 RpcSs [svchost.exe] "
      "TCP 0.0.0.0:445 0.0.0.0:0 LISTENING 4 Can not obtain ownership information "
      "UDP 0.0.0.0:500 *:* 584 [lsass.exe]");
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 0.0.0.0:135 listening 748 svchost.exe",
                          "tcp 0.0.0.0:445 listening 4", "udp 0.0.0.0:500 bound 584 lsass.exe"));
  EXPECT_THAT(snapshot.endpoints[0].components, ElementsAre("RpcSs"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Netstat, AClosedConnectionHasNoOwner) {
  const Snapshot snapshot = read_text(
      "  Proto  Local Address          Foreign Address        State           PID\n"
      "  TCP    10.0.0.4:135           10.0.0.9:30524         TIME_WAIT       0\n"
      " [spoolsv.exe]\n");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 10.0.0.4:135 -> 10.0.0.9:30524 time_wait 0"));
  EXPECT_THAT(unread(snapshot),
              ElementsAre("3: no process holds the row above: the row of this one is lost"));
}

TEST(Netstat, PathsOnTheRowsLineNameNoService) {
  const Snapshot snapshot = read_text(
      "  TCP    0.0.0.0:12345  0.0.0.0:0  LISTENING  1900  C:\\Program Files\\My Server\\a.exe "
      "[a.exe]  TCP  0.0.0.0:135  0.0.0.0:0  LISTENING  716  RpcSs [svchost.exe]\n");
  ASSERT_EQ(snapshot.endpoints.size(), 2U);
  EXPECT_THAT(snapshot.endpoints[0].components, ElementsAre("RpcSs"));
  EXPECT_THAT(snapshot.endpoints[1].components, IsEmpty());
}

TEST(Netstat, WithNamesInsteadOfNumbers) {
  const Snapshot snapshot = read_text(data("evidence/netstat-a.win2000.txt"));
  EXPECT_EQ(snapshot.host.name, "gargan");
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp gargan:135 listening", "tcp gargan:139 listening",
                          "tcp gargan:445 listening", "tcp gargan:1025 listening",
                          "tcp gargan:1125 -> www.example.com:80 established",
                          "udp gargan:135 bound", "udp gargan:137 bound", "udp gargan:500 bound"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Netstat, WithNothingOpenIsAListing) {
  const Snapshot snapshot = read_text(netstat(""));
  EXPECT_THAT(snapshot.endpoints, IsEmpty());
  EXPECT_THAT(unread(snapshot), IsEmpty());
  ASSERT_EQ(snapshot.evidence.size(), 1U);
  EXPECT_EQ(snapshot.evidence[0].kind, "netstat");
}

TEST(Netstat, SecondListingOfTheSameSocketsIsMerged) {
  const Snapshot snapshot = read_text(
      "C:\\>netstat -an\nTCP 0.0.0.0:135 0.0.0.0:0 LISTENING\n"
      "C:\\>netstat -ano\nTCP 0.0.0.0:135 0.0.0.0:0 LISTENING 884\n"
      "C:\\>netstat -anp udp\nUDP 0.0.0.0:500 *:*\n");
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 0.0.0.0:135 listening 884", "udp 0.0.0.0:500 bound"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Netstat, FilteredListingsAreMerged) {
  const Snapshot snapshot = read_text(
      "C:\\>netstat -ano | findstr :135\n  TCP    0.0.0.0:135    0.0.0.0:0    LISTENING    972\n"
      "C:\\>netstat -ano | find \"3389\"\n  TCP    0.0.0.0:3389    0.0.0.0:0    LISTENING    "
      "1100\n");
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 0.0.0.0:135 listening 972", "tcp 0.0.0.0:3389 listening 1100"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Netstat, OwnerThatTheSystemKeepsBehindAServiceIsThatService) {
  const Snapshot snapshot = read_text(
      "  Proto  Local Address          Foreign Address        State           PID\n"
      "  TCP    0.0.0.0:5040           0.0.0.0:0              LISTENING       6424\n  CDPSvc\n"
      " Can not obtain ownership information\n");
  ASSERT_EQ(snapshot.endpoints.size(), 1U);
  EXPECT_THAT(snapshot.endpoints[0].components, ElementsAre("CDPSvc"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Netstat, UdpHasNoOffloadState) {
  const Snapshot snapshot = read_text(
      "C:\\>netstat -anot | findstr 3389\n"
      "  TCP    0.0.0.0:3389           0.0.0.0:0              LISTENING       1100     InHost      "
      "\n"
      "  UDP    0.0.0.0:3389           *:*                                    1100                "
      " ");
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 0.0.0.0:3389 listening 1100", "udp 0.0.0.0:3389 bound 1100"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Netstat, SecondListingThatDiffersIsNamed) {
  const std::string reason =
      "another listing, whose open ports or process ids differ: not merged; put it into a file of "
      "its own";
  const std::string first = "C:\\>netstat -ano\nTCP 0.0.0.0:135 0.0.0.0:0 LISTENING 884\n";
  for (const char* second :
       {"TCP 0.0.0.0:136 0.0.0.0:0 LISTENING 884\n", "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 885\n",
        "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 884\n"
        "TCP 0.0.0.0:136 0.0.0.0:0 LISTENING 884\n"}) {
    const Snapshot snapshot = read_text(first + "C:\\>netstat -ano\n" + second);
    EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:135 listening 884")) << second;
    EXPECT_THAT(unread(snapshot), ElementsAre("3: " + reason)) << second;
  }
}

TEST(Netstat, AListingWithoutListenersIsAlwaysMerged) {
  const Snapshot snapshot = read_text(
      "C:\\>netstat -o\nTCP gargan:1125 a.com:http ESTABLISHED 1332\n"
      "C:\\>netstat -ano\nTCP 0.0.0.0:135 0.0.0.0:0 LISTENING 884\n");
  EXPECT_EQ(snapshot.endpoints.size(), 2U);
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Netstat, ListingsInDifferentFilesAreOneHost) {
  const Snapshot snapshot = read_inputs({{"a", "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING\n"},
                                         {"b", "TCP 0.0.0.0:136 0.0.0.0:0 LISTENING 884\n"}});
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 0.0.0.0:135 listening", "tcp 0.0.0.0:136 listening 884"));
}

// netstat -anbo of Windows 10 in other languages.
TEST(NetstatOwner, MayBeRefusedInAnyLanguage) {
  for (const char* excuse :
       {"无法获取所有权信息", "Es konnten keine Besitzerinformationen abgerufen werden.",
        "Impossible d’obtenir les informations de propriétaire"}) {
    const Snapshot snapshot = read_text(
        netstat("  TCP    0.0.0.0:445            0.0.0.0:0              LISTENING       4\n " +
                std::string(excuse) +
                "      \n  TCP    0.0.0.0:902            0.0.0.0:0              LISTENING"
                "       19\n [a.exe]\n"));
    EXPECT_THAT(rows(snapshot),
                ElementsAre("tcp 0.0.0.0:445 listening 4", "tcp 0.0.0.0:902 listening 19 a.exe"));
    EXPECT_THAT(unread(snapshot), IsEmpty()) << excuse;
  }
}

}  // namespace
}  // namespace deadlight::evidence::test
