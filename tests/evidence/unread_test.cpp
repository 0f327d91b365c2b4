#include "evidence/not_a_row.h"
#include "evidence/support.h"
#include "evidence/traces.h"

namespace deadlight::evidence::test {
namespace {

const std::string kRow = "TCP 0.0.0.0:1 0.0.0.0:0 LISTENING 4\n";

struct AroundCase {
  const char* name;
  std::string text;
  std::vector<std::string> unread;
  std::vector<std::string> skipped;
};

const AroundCase kAround[] = {
    {"SentenceAfterTable", kRow + "This is the end of the listing.\n", {}, {"2-2"}},
    {"FragmentAfterTable", kRow + "0.0.0\n", {not_a_row(2)}, {}},
    {"TwoFragmentsAfterTable", kRow + "0.0.0\nLISTENING 44\n", {not_a_row(2), not_a_row(3)}, {}},
    {"FragmentBeforeTable", "wibble\n" + kRow, {not_a_row(1)}, {}},
    {"TitleBeforeTable", "--[ Windows XP ]--\n" + kRow, {}, {"1-1"}},
    {"TextFarFromTable", "wibble\n\n" + kRow + "\nwobble\n", {}, {"1-1", "5-5"}},
    {"ParagraphsAreOneRange", kRow + "\nOne.\n\nTwo.\nThree.\n", {}, {"3-6"}},
    {"EvenASentenceInsideATable",
     kRow + "This sentence stands between two rows.\n" + kRow,
     {not_a_row(2)},
     {}},
    {"DamagedRowFarFromTable",
     kRow + "\ntcp 10.0.0.3:80 is what it said\n",
     {"3: 'is' has no port"},
     {}},
    {"DotsForRowsLeftOut",  // ss -tnl | grep 80, of which a part was pasted
     "LISTEN   0         20480                     [::]:8080                 [::]:*\n"
     "LISTEN   0         20480                     [::]:80                   [::]:*\n...\n",
     {},
     {"3-3"}},
    {"QuotedHeading",
     "> Netid State Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
     "udp UNCONN 0 0 0.0.0.0:8999 0.0.0.0:*\nudp UNCONN 0 0 0.0.0.0:9000 0.0.0.0:*\n",
     {},
     {}},
    {"DrawnPrompts", kRow + "┌──(jo㉿kali)-[~]\n└─$ whoami\n❯ pwd\n", {}, {"2-4"}},
    {"DrawnLine", kRow + "-----------\n", {}, {"2-2"}},
    {"OtherCommand", kRow + "C:\\>ipconfig\n", {}, {"2-2"}},
    {"PortsInASentence",
     kRow + "\nIt uses UDP ports 137, 138 and TCP port 139 on *:* too.\n",
     {},
     {"3-3"}},
};

TEST(Unread, TextAroundATableIsAccountedFor) {
  for (const AroundCase& row : kAround) {
    const Snapshot snapshot = read_text(row.text);
    EXPECT_EQ(unread(snapshot), row.unread) << row.name;
    EXPECT_EQ(skipped(snapshot), row.skipped) << row.name;
  }
}

struct TraceCase {
  const char* name;
  const char* line;
  bool is_trace;
};

const TraceCase kTraces[] = {
    {"RowOfNetstat", "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING", true},
    {"GluedNames", "TCPSRV01:4915671.106.57.80:httpsFIN_WAIT_2", true},
    {"HalfARowOfSs", "LISTEN 0 128 0.0.0.0:22", true},
    {"KernelSocket", "0: 0100007F:0035 00000000:0000 0A", true},
    {"ServiceOnOneLine", "[SC] X SUCCESS SERVICE_NAME: Dhcp TYPE : 20", true},
    {"ProcessList", "svchost.exe                   1044 RpcSs", true},
    {"ProcessListOfTlist", "1044 svchost.exe     Svcs:  RpcSs", true},
    {"Fport", "231   FrameworkService ->  8081  TCP   C:/x", true},
    {"Unit", "  cron.service  loaded active running Regular background jobs of all users", true},
    {"RegistryKey", R"([HKEY_LOCAL_MACHINE\SYSTEM\Select])", true},
    {"RegistryValue", "    Start    REG_DWORD    0x2", true},
    {"Property", "LocalPort      : 80", true},
    {"JsonMember", "     \"RemotePort\":0,\"State\":2,", true},
    {"CsvRow", "\"svchost.exe\",\"1044\",\"RpcSs\"", true},
    {"CsvWithoutQuotes", "TCP,svchost.exe,1044,LISTENING,0.0.0.0,0.0.0.0", true},
    {"TableOnOneLine", "Image Name PID ===== === System Idle Process 0", true},
    {"PortInASentence", "port 80 is used by IIS", false},
    {"PortsInAList", "Open are 80,135,139,445,3389 and others", false},
    {"ImageInASentence", "I think that svchost.exe 1044 uses it", false},
    {"AddressInASentence", "The server should answer on 10.0.0.1:80 after that", false},
    {"ServiceInASentence", "cron.service is what runs the jobs", false},
    {"ProtocolsInASentence", "TCP/UDP:53: both are in use", false},
    {"Greeting", "Greetings from 10.0.0.1, port 80 is mine.", false},
    {"QuotedWord", "\"System\" is its name", false},
};

TEST(Unread, LinesOfListingsAreToldFromProse) {
  for (const TraceCase& row : kTraces) {
    EXPECT_EQ(!trace_of_listing(row.line).empty(), row.is_trace) << row.name;
  }
}

TEST(Unread, WhatStandsBelowAKnownHeadingIsNamed) {
  const Snapshot snapshot = read_text(
      kRow + "\nThe services:\n# Status Name DisplayName\n# Running Dhcp Client\n\nBye\n");
  EXPECT_EQ(unread(snapshot), (std::vector<std::string>{
                                  "4: the heading of a table, but the table was not understood; "
                                  "give it as the tool printed it",
                                  not_a_row(5)}));
  EXPECT_EQ(skipped(snapshot), (std::vector<std::string>{"3-3", "7-7"}));
}

}  // namespace
}  // namespace deadlight::evidence::test
