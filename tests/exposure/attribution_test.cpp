#include <fmt/format.h>
#include <gmock/gmock.h>

#include "support/hosts.h"

namespace deadlight {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct OwnerCase {
  const char* socket;
  const char* service;
  const char* feature;
};

void expect_owners(const Exposure& exposure, const std::vector<OwnerCase>& expected) {
  for (const OwnerCase& one : expected) {
    const Exposed& exposed = test::socket_of(exposure, one.socket);
    EXPECT_EQ(exposed.owner.service, one.service) << one.socket;
    EXPECT_EQ(exposed.owner.feature, one.feature) << one.socket;
    EXPECT_TRUE(exposed.owner.confidence == Confidence::derived ||
                exposed.owner.confidence == Confidence::observed)
        << one.socket << " is only " << confidence_id(exposed.owner.confidence);
  }
}

// The owners are the document's statements: which service's end closes which port.
TEST(Attribution, XpListingAloneNamesEveryOwner) {
  const Exposure exposure = test::expose_as(test::winxp(), "closed");
  expect_owners(exposure, {{"tcp 0.0.0.0:135", "RpcSs", "rpc-endpoint-mapper"},
                           {"tcp 0.0.0.0:445", "NetBT", "raw-smb"},
                           {"tcp 0.0.0.0:1025", "Schedule", "task-scheduler"},
                           {"tcp 0.0.0.0:5000", "SSDPSRV", "upnp-ssdp"},
                           {"tcp 192.70.106.143:139", "NetBT", "netbt"},
                           {"udp 0.0.0.0:135", "RpcSs", "rpc-endpoint-mapper"},
                           {"udp 0.0.0.0:445", "NetBT", "raw-smb"},
                           {"udp 0.0.0.0:500", "PolicyAgent", "ike"},
                           {"udp 0.0.0.0:1026", "Dnscache", "dns-client"},
                           {"udp 0.0.0.0:1027", "Messenger", "messenger"},
                           {"udp 127.0.0.1:123", "W32Time", "windows-time"},
                           {"udp 127.0.0.1:1900", "SSDPSRV", "upnp-ssdp"},
                           {"udp 192.70.106.143:123", "W32Time", "windows-time"},
                           {"udp 192.70.106.143:137", "NetBT", "netbt"},
                           {"udp 192.70.106.143:138", "NetBT", "netbt"},
                           {"udp 192.70.106.143:1900", "SSDPSRV", "upnp-ssdp"}});
  EXPECT_THAT(exposure.endpoints, SizeIs(16));
}

TEST(Attribution, Windows2000WithFportNamesEveryOwner) {
  const Exposure exposure = test::expose_as(test::win2000_with_fport(), "closed");
  expect_owners(exposure, {{"tcp 0.0.0.0:25", "SMTPSVC", "iis-smtp"},
                           {"tcp 0.0.0.0:80", "W3SVC", "iis-web"},
                           {"tcp 0.0.0.0:135", "RpcSs", "rpc-endpoint-mapper"},
                           {"tcp 0.0.0.0:443", "W3SVC", "iis-web"},
                           {"tcp 0.0.0.0:1025", "MSDTC", "msdtc"},
                           {"tcp 0.0.0.0:1026", "Schedule", "task-scheduler"},
                           {"tcp 0.0.0.0:1027", "IISADMIN", "iis-admin"},
                           {"tcp 0.0.0.0:3372", "MSDTC", "msdtc"},
                           {"tcp 0.0.0.0:4983", "IISADMIN", "iis-admin"},
                           {"udp 0.0.0.0:1028", "IISADMIN", "iis-admin"},
                           {"udp 0.0.0.0:1029", "Messenger", "messenger"},
                           {"udp 0.0.0.0:3456", "W3SVC", "iis-web"},
                           {"udp 192.70.106.143:500", "PolicyAgent", "ike"}});
}

// Windows 2000's netstat names no process: a number is a hint, and a dynamic one not even that.
TEST(Attribution, Windows2000ListingAloneClaimsNothingTheEvidenceDoesNotGive) {
  const Exposure exposure = test::expose_as(test::win2000_listing_only(), "closed");
  const std::vector<std::pair<const char*, const char*>> vague = {
      {"tcp 0.0.0.0:1025", "MSDTC"},     {"tcp 0.0.0.0:1026", "Schedule"},
      {"tcp 0.0.0.0:1027", "IISADMIN"},  {"udp 0.0.0.0:1028", "IISADMIN"},
      {"udp 0.0.0.0:1029", "Messenger"}, {"tcp 0.0.0.0:4983", "IISADMIN"}};
  for (const auto& [socket, truth] : vague) {
    const Owner& owner = test::socket_of(exposure, socket).owner;
    EXPECT_EQ(owner.confidence, Confidence::candidate) << socket;
    EXPECT_THAT(owner.candidates, Contains(truth)) << socket;
    EXPECT_GT(owner.candidates.size(), 1u) << socket;
    EXPECT_EQ(owner.service, "") << socket;
  }
  for (const Exposed& exposed : exposure.endpoints) {
    EXPECT_NE(exposed.owner.confidence, Confidence::observed) << endpoint_text(exposed.endpoint);
  }
  // Only what always runs and alone opens the port is more than a candidate.
  EXPECT_EQ(test::socket_of(exposure, "tcp 0.0.0.0:80").owner.confidence, Confidence::candidate);
  EXPECT_EQ(test::socket_of(exposure, "tcp 0.0.0.0:135").owner.confidence, Confidence::derived);
}

// Determining Which Ports Are Active: the listing on one line, and what the chapter works out.
TEST(Attribution, ChapterListingAgreesWithTheChapter) {
  const Exposure exposure =
      test::expose_as(test::read_host({"seeds/ports-active.open.txt"}, Os::winxp), "closed");
  expect_owners(exposure, {{"tcp 0.0.0.0:135", "RpcSs", "rpc-endpoint-mapper"},
                           {"tcp 0.0.0.0:445", "NetBT", "raw-smb"},
                           {"tcp 0.0.0.0:3389", "TermService", "remote-desktop"},
                           {"tcp 0.0.0.0:5000", "SSDPSRV", "upnp-ssdp"},
                           {"tcp 10.0.0.3:139", "NetBT", "netbt"},
                           {"udp 0.0.0.0:1031", "Dnscache", "dns-client"},
                           {"udp 0.0.0.0:1049", "Dnscache", "dns-client"},
                           {"udp 10.0.0.3:123", "W32Time", "windows-time"},
                           {"udp 10.0.0.3:1900", "SSDPSRV", "upnp-ssdp"},
                           {"udp 127.0.0.1:123", "W32Time", "windows-time"}});
}

// "Determining which service actually has this port open isn't possible", says the chapter of the
// process with 24 services.
TEST(Attribution, ChapterProcessWith24ServicesIsNamed) {
  const Exposure exposure =
      test::expose_as(test::read_host({"seeds/ports-active.open.txt"}, Os::winxp), "closed");
  const Owner& owner = test::socket_of(exposure, "tcp 0.0.0.0:1025").owner;
  EXPECT_EQ(owner.service, "Schedule");
  EXPECT_EQ(owner.confidence, Confidence::derived);
  const Owner& kernel = test::socket_of(exposure, "tcp 0.0.0.0:1030").owner;
  EXPECT_EQ(kernel.process, "System");
  EXPECT_EQ(kernel.service, "");
}

TEST(Attribution, EachOwnerSaysHowItIsKnown) {
  const Exposure exposure = test::expose_as(test::winxp(), "closed");
  for (const Exposed& exposed : exposure.endpoints) {
    EXPECT_THAT(exposed.owner.because, Contains(HasSubstr("00-default.netstat.txt:")))
        << endpoint_text(exposed.endpoint);
    EXPECT_GE(exposed.owner.because.size(), 2u) << endpoint_text(exposed.endpoint);
  }
}

constexpr std::string_view kTwoUnknownProcesses =
    "Proto  Local Address  Foreign Address  State  PID\n"
    "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 900\n"
    "UDP 0.0.0.0:500 *:* 700\n"
    "UDP 0.0.0.0:1040 *:* 750\n"
    "UDP 0.0.0.0:1041 *:* 760\n";

TEST(Attribution, TwoProcessesThatFitOneHostStayCandidates) {
  const Exposure exposure =
      test::expose_as(test::read_text(kTwoUnknownProcesses, Os::winxp), "closed");
  EXPECT_EQ(test::socket_of(exposure, "udp 0.0.0.0:1040").owner.confidence, Confidence::candidate);
  EXPECT_EQ(test::socket_of(exposure, "udp 0.0.0.0:1041").owner.confidence, Confidence::candidate);
}

constexpr std::string_view kProgramOnWellKnownPort =
    "Proto  Local Address  Foreign Address  State  PID\n"
    "TCP 0.0.0.0:80 0.0.0.0:0 LISTENING 1480\n"
    "\n"
    "Image Name                   PID Services\n"
    "========================= ====== =============================================\n"
    "httpd.exe                   1480 N/A\n";

TEST(Attribution, ProgramOnTheWebServersPortIsNotTheWebServer) {
  const Exposure exposure =
      test::expose_as(test::read_text(kProgramOnWellKnownPort, Os::win2003), "closed");
  const Exposed& exposed = test::socket_of(exposure, "tcp 0.0.0.0:80");
  EXPECT_EQ(exposed.owner.process, "httpd.exe");
  EXPECT_EQ(exposed.owner.service, "");
  EXPECT_THAT(exposed.owner.candidates, IsEmpty());
  EXPECT_EQ(exposed.verdict, Verdict::stuck);
}

constexpr std::string_view kTasklist =
    "Proto  Local Address  Foreign Address  State  PID\n"
    "TCP 0.0.0.0:1025 0.0.0.0:0 LISTENING 1044\n"
    "UDP 0.0.0.0:1031 *:* 1152\n"
    "\n"
    "Image Name                   PID Services\n"
    "========================= ====== =============================================\n"
    "svchost.exe                 1044 AudioSrv, Browser, Schedule, W32Time\n"
    "svchost.exe                 1152 Dnscache\n";

constexpr std::string_view kOneServiceOfMany =
    "Proto  Local Address  Foreign Address  State  PID\n"
    "TCP 0.0.0.0:1025 0.0.0.0:0 LISTENING 976\n"
    "UDP 10.0.0.3:123 *:* 976\n"
    "\n"
    "SERVICE_NAME: W32Time\n"
    "        TYPE               : 20  WIN32_SHARE_PROCESS\n"
    "        STATE              : 4  RUNNING\n"
    "        PID                : 976\n";

// sc queryex of one service says that it is there, not that it is alone.
TEST(Attribution, OneServiceOfAProcessIsNotAllOfIt) {
  const Exposure exposure =
      test::expose_as(test::read_text(kOneServiceOfMany, Os::winxp), "closed");
  const Owner& owner = test::socket_of(exposure, "tcp 0.0.0.0:1025").owner;
  EXPECT_EQ(owner.service, "Schedule");
  EXPECT_EQ(owner.confidence, Confidence::derived);
}

// Protected where it is, but it is on domain controllers only: its number proves nothing.
TEST(Attribution, APortOfADomainControllersServiceIsNoProof) {
  const struct {
    Os os;
    const char* row;
    const char* socket;
    const char* service;
  } kCases[] = {
      {Os::server2012, "TCP 0.0.0.0:3269 0.0.0.0:0 LISTENING 2700\n", "tcp 0.0.0.0:3269", "NTDS"},
      {Os::server2012, "TCP 0.0.0.0:88 0.0.0.0:0 LISTENING\n", "tcp 0.0.0.0:88", "Kdc"},
      {Os::win2003, "TCP 0.0.0.0:389 0.0.0.0:0 LISTENING\n", "tcp 0.0.0.0:389", "NTDS"},
      {Os::win2003, "TCP 0.0.0.0:88 0.0.0.0:0 LISTENING 2700\n", "tcp 0.0.0.0:88", "Kdc"}};
  for (const auto& row : kCases) {
    const Exposure exposure = test::expose_as(test::read_text(row.row, row.os), "closed");
    const Owner& owner = test::socket_of(exposure, row.socket).owner;
    EXPECT_EQ(owner.confidence, Confidence::candidate) << row.row;
    EXPECT_THAT(owner.candidates, Contains(row.service)) << row.row;
    EXPECT_TRUE(owner.others_possible) << row.row;
  }
}

// The service can be told not to open it, and a program may be given that number by chance.
TEST(Attribution, APortAtOneAddressIsNoProofOfAServiceThatBindsAll) {
  const std::string heading = "Proto  Local Address  Foreign Address  State  PID\n";
  const struct {
    const char* row;
    const char* socket;
    Confidence confidence;
  } kCases[] = {{"UDP 0.0.0.0:5355 *:*\n", "udp 0.0.0.0:5355", Confidence::derived},
                {"UDP 10.0.0.3:5355 *:*\n", "udp 10.0.0.3:5355", Confidence::candidate},
                {"UDP WS-0143:5355 *:*\n", "udp WS-0143:5355", Confidence::candidate},
                {"TCP WS-0143:135 WS-0143:0 LISTENING\n", "tcp WS-0143:135", Confidence::derived}};
  for (const auto& row : kCases) {
    const Exposure exposure =
        test::expose_as(test::read_text(heading + row.row, Os::server2022), "closed");
    EXPECT_EQ(test::socket_of(exposure, row.socket).owner.confidence, row.confidence) << row.row;
  }
}

struct HintCase {
  const char* name;
  const char* socket;
  const char* text;
};

// What looks like a part of Windows XP, but may be something else.
const HintCase kHints[] = {
    {"LaterPortOfAServiceHost", "tcp 0.0.0.0:1068",
     "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 884\n"
     "TCP 0.0.0.0:1068 0.0.0.0:0 LISTENING 976\n"
     "UDP 10.0.0.3:123 *:* 976\n"
     "UDP 10.0.0.3:1900 *:* 1160\n"
     "TCP 0.0.0.0:5000 0.0.0.0:0 LISTENING 1160\n"},
    {"KnownPortOfAProcessBehindTheServices", "udp 0.0.0.0:4500",
     "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 884\n"
     "UDP 0.0.0.0:4500 *:* 1904\n"},
    {"ServiceThatMayHaveAProcessOfItsOwn", "udp 0.0.0.0:1026",
     "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 884\n"
     "UDP 10.0.0.3:123 *:* 976\n"
     "UDP 0.0.0.0:1026 *:* 1112\n"
     "UDP 10.0.0.3:1900 *:* 1160\n"
     "TCP 0.0.0.0:5000 0.0.0.0:0 LISTENING 1160\n"},
    {"ProcessCalledLikeAServiceHostThatBeganLate", "tcp 0.0.0.0:3389",
     "TCP 0.0.0.0:3389 0.0.0.0:0 LISTENING 2036\n\n"
     "svchost.exe                 2036 Console                    0      3,004 K\n"},
    {"NeighbourMayHaveBeenGivenAnotherPort", "udp 0.0.0.0:2222",
     "UDP 0.0.0.0:2222 *:* 1184\n\n"
     "Image Name                   PID Services\n"
     "========================= ====== =============================================\n"
     "svchost.exe                 1184 Dhcp, IAS, Messenger\n"},
};

class Hint : public testing::TestWithParam<HintCase> {};

TEST_P(Hint, IsNoProof) {
  const std::string text =
      std::string("Proto  Local Address  Foreign Address  State  PID\n") + GetParam().text;
  const Exposure exposure = test::expose_as(test::read_text(text, Os::winxp), "closed");
  EXPECT_EQ(test::socket_of(exposure, GetParam().socket).owner.confidence, Confidence::candidate);
}
INSTANTIATE_TEST_SUITE_P(Attribution, Hint, testing::ValuesIn(kHints),
                         [](const auto& row) { return row.param.name; });

constexpr std::string_view kDisguise =
    "Pid   Process            Port  Proto Path\n"
    "1400  svchost        ->  3389  TCP   C:\\temp\\svchost.exe\n";

TEST(Attribution, SystemNameInAnotherFolderIsNoService) {
  const Exposure exposure = test::expose_as(test::read_text(kDisguise, Os::win2000), "closed");
  const Exposed& exposed = exposure.endpoints.front();
  EXPECT_EQ(exposed.owner.service, "");
  EXPECT_THAT(exposed.owner.candidates, IsEmpty());
  EXPECT_EQ(exposed.verdict, Verdict::stuck);
}

constexpr std::string_view kCrowd =
    "Active Connections\n\n  Proto  Local Address  Foreign Address  State\n"
    "  TCP 0.0.0.0:1025 0.0.0.0:0 LISTENING\n"
    "  TCP 0.0.0.0:1187 0.0.0.0:0 LISTENING\n"
    "  TCP 0.0.0.0:3306 0.0.0.0:0 LISTENING\n";

// One RPC server has one socket: of three at most one can be the Task Scheduler's.
TEST(Attribution, MoreSocketsThanServicesMayBePrograms) {
  const Exposure exposure = test::expose_as(test::read_text(kCrowd, Os::winxp), "closed");
  for (const char* socket : {"tcp 0.0.0.0:1025", "tcp 0.0.0.0:1187", "tcp 0.0.0.0:3306"}) {
    EXPECT_EQ(test::socket_of(exposure, socket).verdict, Verdict::unknown) << socket;
  }
}

constexpr std::string_view kTwoHosts =
    "Proto  Local Address  Foreign Address  State  PID\n"
    "TCP 0.0.0.0:3389 0.0.0.0:0 LISTENING 856\n"
    "TCP 0.0.0.0:1025 0.0.0.0:0 LISTENING 856\n"
    "UDP 10.0.0.3:123 *:* 1036\n";

// XP SP2 moved TermService out of netsvcs: two processes cannot both be that host.
TEST(Attribution, DoubleClaimIsWithdrawn) {
  const Exposure exposure = test::expose_as(test::read_text(kTwoHosts, Os::winxp), "closed");
  EXPECT_EQ(test::socket_of(exposure, "tcp 0.0.0.0:1025").owner.confidence, Confidence::candidate);
}

constexpr std::string_view kSharedSocket =
    "Active Connections\n\n  Proto  Local Address  Foreign Address  State\n"
    "  UDP    0.0.0.0:5353           *:*\n"
    " [chrome.exe]\n"
    "  UDP    0.0.0.0:5353           *:*\n"
    "  Dnscache\n"
    " [svchost.exe]\n";

TEST(Attribution, SharedSocketOfTwoProgramsStaysTwo) {
  const Exposure exposure = test::expose_as(test::read_text(kSharedSocket, Os::win10), "closed");
  ASSERT_THAT(exposure.endpoints, SizeIs(2));
  EXPECT_EQ(exposure.endpoints[0].owner.process, "chrome.exe");
  EXPECT_EQ(exposure.endpoints[0].owner.service, "");
  EXPECT_EQ(exposure.endpoints[1].owner.service, "Dnscache");
}

constexpr std::string_view kWholeTaskList =
    "Proto  Local Address  Foreign Address  State  PID\n"
    "TCP 0.0.0.0:80 0.0.0.0:0 LISTENING 4\n"
    "\n"
    "Image Name                   PID Services\n"
    "========================= ====== =============================================\n"
    "System                         4 N/A\n"
    "svchost.exe                  884 RpcEptMapper, RpcSs\n"
    "svchost.exe                 1044 EventLog, Schedule, W32Time, Dhcp, lmhosts\n"
    "svchost.exe                 1152 Dnscache, CryptSvc\n";

// HTTP.sys serves many; a service that a whole task list does not name is none of them.
TEST(Attribution, ServiceThatDoesNotRunIsNoCandidate) {
  const Exposure exposure =
      test::expose_as(test::read_text(kWholeTaskList, Os::server2019), "closed");
  const Exposed& exposed = test::socket_of(exposure, "tcp 0.0.0.0:80");
  EXPECT_THAT(exposed.owner.candidates, IsEmpty());
  EXPECT_EQ(exposed.verdict, Verdict::unknown);
  EXPECT_THAT(exposed.owner.because, Contains(HasSubstr("does not run")));
}

TEST(Attribution, ACutListOfServicesRulesOutNone) {
  std::string text(kWholeTaskList);
  text += "svchost.exe                 1204 Spooler,\n";
  const Exposure exposure = test::expose_as(test::read_text(text, Os::server2019), "closed");
  EXPECT_THAT(test::socket_of(exposure, "tcp 0.0.0.0:80").owner.candidates,
              testing::Not(IsEmpty()));
}

// "tasklist /svc | findstr svchost" and a list that was shortened do not name every service.
TEST(Attribution, APartOfATaskListRulesNothingOut) {
  const std::string whole(kWholeTaskList);
  const std::string kernel = "System                         4 N/A\n";
  std::string filtered = whole;
  filtered.erase(filtered.find(kernel), kernel.size());
  for (const std::string& text : {filtered, whole + "<SNIP>\n"}) {
    const Exposure exposure = test::expose_as(test::read_text(text, Os::server2019), "closed");
    EXPECT_THAT(test::socket_of(exposure, "tcp 0.0.0.0:80").owner.candidates,
                testing::Not(IsEmpty()));
  }
}

// sc queryex whose row of RIP Listener lost its name: it may be what opens the port.
TEST(Attribution, AServiceListWithAnUnreadRowRulesNothingOut) {
  const auto service = [](std::string_view name, int pid) {
    return fmt::format(
        "{}\n        TYPE               : 20  WIN32_SHARE_PROCESS\n"
        "        STATE              : 4  RUNNING\n        PID                : {}\n\n",
        name, pid);
  };
  std::string whole = "UDP 0.0.0.0:520 *:* 688\n\n" + service("SERVICE_NAME: RpcSs", 400);
  for (const std::string_view name : {"RemoteAccess", "Browser", "LanmanServer", "Schedule",
                                      "Netman", "W32Time", "Winmgmt", "Wmi"}) {
    whole += service(fmt::format("SERVICE_NAME: {}", name), 688);
  }
  const std::string cut =
      whole + service("DISPLAY_NAME: RIP Listener", 688) + service("SERVICE_NAME: seclogon", 688);
  const auto confidence = [](const std::string& text) {
    const Exposure exposure = test::expose_as(test::read_text(text, Os::win2003), "closed");
    return test::socket_of(exposure, "udp 0.0.0.0:520").owner.confidence;
  };
  EXPECT_EQ(confidence(whole), Confidence::derived);
  EXPECT_EQ(confidence(cut), Confidence::candidate);
}

// tasklist /fi and netstat | findstr in one session: nothing tells which Windows it is.
TEST(Attribution, ATaskListNamesTheProcessOnAnUnknownSystem) {
  const Exposure exposure = test::expose_as(
      test::read_text(
          "Image Name                     PID Session Name        Session#    Mem Usage\n"
          "========================= ======== ================ =========== ============\n"
          "java.exe                     11188 Console                    1    282,096 K\n"
          "\n  TCP    0.0.0.0:8080           0.0.0.0:0              LISTENING       11188\n",
          Os::unknown),
      "closed");
  const Owner& owner = test::socket_of(exposure, "tcp 0.0.0.0:8080").owner;
  EXPECT_EQ(owner.process, "java.exe");
  EXPECT_EQ(owner.confidence, Confidence::observed);
  EXPECT_THAT(owner.because, Contains("PID 11188 is java.exe (host.txt:3)"));
}

// A vendor's service in a service host of the system, as malware does it too.
TEST(Attribution, AServiceThatNobodyWroteDownInAKnownHostIsACandidate) {
  const std::string_view text =
      "  TCP    0.0.0.0:80    0.0.0.0:0    LISTENING    1756\n"
      "\n"
      "SERVICE_NAME: Apache2.2\n"
      "        TYPE               : 20  WIN32_SHARE_PROCESS\n"
      "        STATE              : 4  RUNNING\n"
      "        PID                : 1756\n"
      "\n"
      "SERVICE_NAME: W3SVC\n"
      "        TYPE               : 20  WIN32_SHARE_PROCESS\n"
      "        STATE              : 4  RUNNING\n"
      "        PID                : 1756\n";
  const Exposure exposure = test::expose_as(test::read_text(text, Os::win2003), "closed");
  const Owner& owner = test::socket_of(exposure, "tcp 0.0.0.0:80").owner;
  EXPECT_EQ(owner.confidence, Confidence::candidate);
  EXPECT_THAT(owner.candidates, testing::UnorderedElementsAre("W3SVC", "Apache2.2"));
}

TEST(Attribution, StoppedServiceIsNoCandidate) {
  const std::string_view text =
      "Proto  Local Address  Foreign Address  State\n"
      "TCP 0.0.0.0:1025 0.0.0.0:0 LISTENING\n"
      "\n"
      "SERVICE_NAME: MSDTC\n"
      "        TYPE               : 10  WIN32_OWN_PROCESS\n"
      "        STATE              : 1  STOPPED\n";
  const Exposure exposure = test::expose_as(test::read_text(text, Os::win2000), "closed");
  EXPECT_THAT(test::socket_of(exposure, "tcp 0.0.0.0:1025").owner.candidates,
              testing::ElementsAre("IISADMIN", "RasMan", "Schedule"));
}

TEST(Attribution, TaskListTurnsDerivedIntoObserved) {
  const Exposure exposure = test::expose_as(test::read_text(kTasklist, Os::winxp), "closed");
  const Owner& single = test::socket_of(exposure, "udp 0.0.0.0:1031").owner;
  EXPECT_EQ(single.service, "Dnscache");
  EXPECT_EQ(single.confidence, Confidence::observed);
  const Owner& shared = test::socket_of(exposure, "tcp 0.0.0.0:1025").owner;
  EXPECT_EQ(shared.service, "Schedule");
  EXPECT_EQ(shared.confidence, Confidence::derived);
}

}  // namespace
}  // namespace deadlight
