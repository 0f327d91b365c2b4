#include <gmock/gmock.h>

#include <string>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kFportHeading =
    "FPort v2.0 - TCP/IP Process to Port Mapper\nCopyright 2000 by Foundstone, Inc.\n"
    "http://www.foundstone.com\n\nPid   Process            Port  Proto Path\n";

TEST(Fport, RowsNameOwnersWithoutAddress) {
  const Snapshot snapshot =
      read_text(kFportHeading +
                "392   svchost        ->  135   TCP   C:\\WINNT\\system32\\svchost.exe\n"
                "8     System         ->  139   TCP   \n\n"
                "900   My Agent       ->  4000  UDP   C:\\Program Files\\My Agent\\agent.exe\n");
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp *:135 listening 392 svchost.exe", "tcp *:139 listening 8 System",
                          "udp *:4000 bound 900 agent.exe"));
  EXPECT_EQ(snapshot.process(900)->path, "C:\\Program Files\\My Agent\\agent.exe");
  EXPECT_EQ(snapshot.process(8)->path, "");
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(Fport, AListingOfOneLineIsRead) {
  const Snapshot snapshot = read_text(
      "Pid Process Port Proto Path 392 svchost -> 135 TCP C:\\WINNT\\system32\\svchost.exe "
      "8 System -> 139 TCP 8 System -> 445 UDP 900 My Agent -&gt; 4000 TCP C:\\My Files\\a.exe");
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp *:135 listening 392 svchost.exe", "tcp *:139 listening 8 System",
                          "tcp *:4000 listening 900 a.exe", "udp *:445 bound 8 System"));
  EXPECT_EQ(snapshot.process(900)->path, "C:\\My Files\\a.exe");
}

TEST(Fport, ANumberThatMayBePartOfANameIsNoProcessId) {
  const Snapshot snapshot = read_text(
      "392 svchost -> 135 TCP C:\\WINNT\\system32\\svchost.exe 912 7 Zip -> 1026 TCP C:\\7.exe");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp *:135 listening 392 svchost"));
  EXPECT_THAT(unread(snapshot), ElementsAre("1: no process id and name before the arrow"));
}

TEST(Fport, ColumnsMayBeTabs) {
  const Snapshot snapshot = read_text(
      "Pid\tProcess\tPort\tProto Path\n250\tVery.Long.Name ->\t5000 "
      "UDP\tC:\\a\\Very.Long.Name.exe\n");
  EXPECT_THAT(rows(snapshot), ElementsAre("udp *:5000 bound 250 Very.Long.Name.exe"));
}

TEST(Fport, OwnersGoToTheEndpointsOfNetstatWhicheverComesFirst) {
  const Input netstat_file = {"a",
                              "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING\n"
                              "TCP 10.0.0.3:139 0.0.0.0:0 LISTENING\n"
                              "TCP 10.0.0.4:139 0.0.0.0:0 LISTENING\n"
                              "TCP 10.0.0.4:139 10.0.0.9:1 TIME_WAIT\n"
                              "UDP 0.0.0.0:135 *:*\n"};
  const Input fport_file = {"b", kFportHeading +
                                     "392 svchost -> 135 TCP C:\\svchost.exe\n"
                                     "8 System -> 139 TCP\n"
                                     "8 System -> 445 TCP\n"};
  for (const auto& inputs :
       {std::vector{netstat_file, fport_file}, std::vector{fport_file, netstat_file}}) {
    EXPECT_THAT(rows(read_inputs(inputs)),
                ElementsAre("tcp 0.0.0.0:135 listening 392 svchost.exe",
                            "tcp 10.0.0.3:139 listening 8 System",
                            "tcp 10.0.0.4:139 listening 8 System", "tcp *:445 listening 8 System",
                            "tcp 10.0.0.4:139 -> 10.0.0.9:1 time_wait", "udp 0.0.0.0:135 bound"));
  }
}

TEST(Fport, AListenerStaysWhereNetstatShowsConnectionsOnly) {
  const Input owners = {"a", kFportHeading + "8 System -> 139 TCP\n"};
  const std::string connection = "TCP 10.0.0.5:139 10.0.0.9:1042 ESTABLISHED\n";
  const std::string connected = "tcp 10.0.0.5:139 -> 10.0.0.9:1042 established 8 System";
  EXPECT_THAT(rows(read_inputs({owners, {"b", connection}})),
              ElementsAre("tcp *:139 listening 8 System", connected));
  const Input whole = {"b", connection + "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING\n"};
  EXPECT_THAT(rows(read_inputs({owners, whole})),
              ElementsAre("tcp 0.0.0.0:135 listening", connected));
}

TEST(Fport, AnOwnerThatNetstatContradictsIsNamed) {
  const Snapshot snapshot =
      read_inputs({{"a", "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 884\n"},
                   {"b", "392 svchost -> 135 TCP C:\\WINNT\\system32\\svchost.exe\n"}});
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:135 listening 884"));
  EXPECT_THAT(
      snapshot.notes,
      ElementsAre("tcp 0.0.0.0:135 has PID 884, but another tool names PID 392 for the port: "
                  "the first is kept; are the files of one host and time?"));
}

TEST(Fport, APortWithTwoOwnersGivesNeither) {
  const Snapshot snapshot = read_inputs(
      {{"a", "TCP 0.0.0.0:80 0.0.0.0:0 LISTENING\n"}, {"b", "1 a -> 80 TCP\n2 b -> 80 TCP\n"}});
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:80 listening", "tcp *:80 listening 1 a",
                                          "tcp *:80 listening 2 b"));
  EXPECT_THAT(snapshot.notes, ElementsAre("several sockets hold 80/tcp, and the tool that names "
                                          "their processes names no address: all are kept"));
}

TEST(Fport, FewerOwnersThanListenersGiveNone) {
  const std::string listeners =
      "TCP 0.0.0.0:80 0.0.0.0:0 LISTENING\nTCP 127.0.0.1:80 0.0.0.0:0 "
      "LISTENING\n";
  const Snapshot one = read_inputs({{"a", listeners}, {"b", "1 a -> 80 TCP\n"}});
  EXPECT_THAT(rows(one), ElementsAre("tcp 0.0.0.0:80 listening", "tcp 127.0.0.1:80 listening",
                                     "tcp *:80 listening 1 a"));
  const Snapshot both = read_inputs({{"a", listeners}, {"b", "1 a -> 80 TCP\n1 a -> 80 TCP\n"}});
  EXPECT_THAT(rows(both),
              ElementsAre("tcp 0.0.0.0:80 listening 1 a", "tcp 127.0.0.1:80 listening 1 a"));
}

TEST(Fport, OneOwnerOfTwoAddressesGivesNeither) {
  const Snapshot snapshot = read_inputs({{"a",
                                          "TCP 127.0.0.1:8080 0.0.0.0:0 LISTENING\n"
                                          "TCP 192.168.15.194:8080 0.0.0.0:0 LISTENING\n"},
                                         {"b", "1904 iexplore -> 8080 TCP\n"}});
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 127.0.0.1:8080 listening", "tcp 192.168.15.194:8080 listening",
                          "tcp *:8080 listening 1904 iexplore"));
}

struct BadRow {
  const char* line;
  const char* reason;
};

const BadRow kBadFportRows[] = {
    {"abc svchost -> 135 TCP", "'abc' is no process id"},
    {"-> 135 TCP", "no process id and name before the arrow"},
    {"392 -> 135 TCP", "no process name before the arrow"},
    {"392 svchost ->", "the port is missing"},
    {"392 svchost -> 70000 TCP", "port 70000 is above 65535"},
    {"392 svchost -> http TCP", "'http' is no port"},
    {"392 svchost -> 135", "the protocol is missing"},
    {"392 svchost -> 135 SCTP", "'SCTP' is neither TCP nor UDP"},
};

TEST(Fport, RowsThatAreDamagedAreNamed) {
  for (const BadRow& row : kBadFportRows) {
    const Snapshot snapshot = read_text(kFportHeading + "8 System -> 139 TCP\n" + row.line + "\n");
    EXPECT_EQ(snapshot.endpoints.size(), 1U) << row.line;
    EXPECT_THAT(unread(snapshot), ElementsAre("7: " + std::string(row.reason))) << row.line;
  }
}

TEST(Fport, AnArrowInProseIsNoRow) {
  const Snapshot snapshot =
      read_text(netstat("TCP 0.0.0.0:1 0.0.0.0:0 LISTENING\n\nOpen Start -> Settings and look.\n"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), ElementsAre("6-6"));
}

}  // namespace
}  // namespace deadlight::evidence::test
