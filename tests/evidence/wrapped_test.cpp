#include "evidence/wrapped.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/text.h"
#include "evidence/support.h"

/// Listings copied from a narrow window, from pages of more, or with all lines on one: each value
/// is whole, or it is left out and its line named.
namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kRuler80 =
    "Image Name                     PID Services\n"
    "========================= ======== ============================================\n";

/// "884 svchost.exe [RpcSs,Dhcp]", with a "?" if there may be more services.
std::vector<std::string> process_rows(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const Process& process : snapshot.processes) {
    std::string row = std::to_string(process.pid) + " " + std::string(process.image) + " [";
    row += join(process.services, ",") + "]";
    out.push_back(row + (process.services_known ? "" : "?"));
  }
  return out;
}

std::vector<std::uint32_t> unread_lines(const Snapshot& snapshot) {
  std::vector<std::uint32_t> out;
  for (const Unread& unread : snapshot.unread) out.push_back(unread.line);
  return out;
}

struct ProcessCase {
  std::string name;
  std::string text;
  std::vector<std::string> processes;
  std::vector<std::uint32_t> unread;
};

class WrappedProcesses : public testing::TestWithParam<ProcessCase> {};

TEST_P(WrappedProcesses, AreWholeOrNamed) {
  const Snapshot snapshot = read_text(GetParam().text);
  EXPECT_EQ(process_rows(snapshot), GetParam().processes);
  EXPECT_EQ(unread_lines(snapshot), GetParam().unread);
}

const ProcessCase kProcesses[] = {
    {"CsvOfAUsualWindow",
     "\"Image Name\",\"PID\",\"Services\"\n"
     "\"svchost.exe\",\"9961\",\"Appinfo,gpsvc,IKEEXT,LanmanServer,ProfSvc,Schedule,seclogo\n"
     "n,Winmgmt\"\n",
     {"9961 svchost.exe [Appinfo,gpsvc,IKEEXT,LanmanServer,ProfSvc,Schedule,seclogon,Winmgmt]"},
     {}},
    {"CsvOfAnOddWindow",
     "\"Image Name\",\"PID\",\"Services\"\n"
     "\"svchost.exe\",\"996\",\"Appinfo,gpsvc,IKEEXT,LanmanServer,seclogo\nn,Winmgmt\"\n"
     "\"lsass.exe\",\"4\",\"SamSs\"\n",
     {"4 lsass.exe []"},
     {2, 3}},
    {"ListOfAnOddWindow",
     "Image Name:   svchost.exe\nPID:          736\n"
     "Services:     BrokerInfrastructure,DcomLaunch,LSM,PlugPlay,Power,SystemEven\ntsBroker\n",
     {"736 svchost.exe [BrokerInfrastructure,DcomLaunch,LSM,PlugPlay,Power]?"},
     {3, 4, 4}},
    {"ListBehindCommentSigns",
     "// Image Name:   a.exe\n// PID:          7\n// Services:     Alpha\n",
     {"7 a.exe [Alpha]"},
     {}},
    {"ListWithAPageEndAndALineTwice",
     "Image Name:   a.exe\nPID:          7\nPID:          7\nServices:     Alpha\n\n"
     "Image Name:   b.exe\n-- More  --\nPID:          8\nServices:     Beta\n```\n",
     {"7 a.exe [Alpha]", "8 b.exe [Beta]"},
     {}},
    {"ListWithoutTheLineOfAnImage",
     "Image Name:   a.exe\nPID:          7\nServices:     Alpha\n\nPID:          8\n",
     {"7 a.exe [Alpha]"},
     {5}},
    {"TableWithAPageEnd",
     kRuler80 + "-- More  --\nsvchost.exe                   1160 BFE,\n-- Fortsetzung --\n"
                "                                   pla\n",
     {"1160 svchost.exe [BFE,pla]"},
     {}},
    {"TableWhoseRulerIsCut",
     "Image Name                   PID Services                     \n"
     "========================= ====== =============================\n===============\n"
     "svchost.exe                  716 RpcSs                        \n               \n",
     {"716 svchost.exe [RpcSs]"},
     {}},
    {"TableWithoutServicesAtTheEnd",
     kRuler80 + "tcpsvcs.exe                   3652 ",
     {"3652 tcpsvcs.exe []?"},
     {3}},
    {"TableOnOneLine",
     "Image Name PID Services ========================= ======== ==== a.exe 7 Alpha\n",
     {},
     {1}},
    {"NotApplicableInALanguageThatIsNotKnown",
     "\"Image Name\",\"PID\",\"Services\"\n\"a.exe\",\"7\",\"Kullanýlamaz\"\n",
     {"7 a.exe []?"},
     {}},
    {"Tlist",
     " 852 svchost.exe     Svcs:  BITS,IAS,Iprip,LanmanServer,Sacsvr,T\nrkSvr,W32Time\n",
     {"852 svchost.exe [BITS,IAS,Iprip,LanmanServer,Sacsvr]?"},
     {2}},
    {"TlistWithPagesAndANumberInTheName",
     " 228 a.exe           Svcs:  Alpha\n-- More  --\n  99 7 Zip.exe\n",
     {"99 7 Zip.exe []", "228 a.exe [Alpha]"},
     {}},
    {"TlistCutOff", "2180 a.exe    Svcs:  ", {"2180 a.exe []?"}, {1}},
    {"FportPath",
     "Pid   Process            Port  Proto Path\n"
     "231   mqsvc          ->  1801  TCP   C:\\WINDOWS\\system32\\folder\\mqsvc.\nexe\n",
     {"231 mqsvc []?"},
     {2, 3}},
};
INSTANTIATE_TEST_SUITE_P(Tables, WrappedProcesses, testing::ValuesIn(kProcesses),
                         [](const auto& row) { return row.param.name; });

/// "Dhcp 'DHCP Client' C:\\a.exe": name, title and command.
std::vector<std::string> service_texts(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const Service& service : snapshot.services) {
    out.push_back(std::string(service.name) + " '" + std::string(service.title) + "' " +
                  std::string(service.command));
  }
  return out;
}

TEST(WrappedServices, ScJoinsAValueOfAUsualWindowOnly) {
  const std::string head = "SERVICE_NAME: WSearch\n        TYPE               : 20  WIN32_SHARE\n";
  const std::string tail = "        LOAD_ORDER_GROUP   : \n        DISPLAY_NAME       : Search\n";
  const std::string usual(80 - 29 - 3, 'x');
  const Snapshot joined =
      read_text(head + "        BINARY_PATH_NAME   : C:\\" + usual + "\ny.exe\n" + tail);
  EXPECT_THAT(service_texts(joined), ElementsAre("WSearch 'Search' C:\\" + usual + "y.exe"));
  EXPECT_THAT(unread_lines(joined), IsEmpty());
  const Snapshot odd = read_text(
      head + "        BINARY_PATH_NAME   : C:\\Windows\\System32\\SearchIndexer.ex\ne\n" + tail);
  EXPECT_THAT(service_texts(odd), ElementsAre("WSearch 'Search' "));
  EXPECT_THAT(unread_lines(odd), ElementsAre(4));
}

TEST(WrappedServices, ALineOfAnotherBlockIsNamed) {
  const Snapshot snapshot = read_text(
      "SERVICE_NAME: A\n        STATE              : 4  RUNNING\n        PID                : 7\n"
      "        PID                : 7\n        STATE              : 1  STOPPED\n"
      "        PID                : 9\n");
  ASSERT_EQ(snapshot.services.size(), 1U);
  EXPECT_EQ(snapshot.services[0].pid, 7U);
  EXPECT_THAT(unread_lines(snapshot), ElementsAre(5, 6));
}

TEST(WrappedServices, ManyLinesOnOneAreNamed) {
  for (const std::string_view text :
       {"SERVICE_NAME: A DISPLAY_NAME: Alpha TYPE : 20 WIN32_SHARE_PROCESS STATE : 4 RUNNING\n",
        "Windows Registry Editor Version 5.00 [HKEY_LOCAL_MACHINE\\SYSTEM] \"Start\"=dword:2\n",
        "UNIT LOAD ACTIVE SUB DESCRIPTION ssh.service loaded active running Secure Shell\n"}) {
    const Snapshot snapshot = read_text(std::string(text));
    EXPECT_THAT(service_texts(snapshot), IsEmpty()) << text;
    EXPECT_THAT(unread_lines(snapshot), ElementsAre(1)) << text;
  }
}

TEST(WrappedServices, AKeyOfTheRegistryIsNotCut) {
  const Snapshot snapshot = read_text(
      "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\SystemEventsBrok\ner\n"
      "    Start    REG_DWORD    0x2\n");
  EXPECT_THAT(service_texts(snapshot), IsEmpty());
  EXPECT_THAT(unread_lines(snapshot), ElementsAre(1, 2, 3));
}

TEST(WrappedServices, WmicRowsBeginWithTheHost) {
  const Snapshot snapshot = read_text(
      "Node,Name,ProcessId,StartMode,State\n"
      "A-VERY-LONG-NAME-OF-A-HOST,SomeServiceWithALongName,2044,Aut\no,Running\n"
      "A-VERY-LONG-NAME-OF-A-HOST,B,20,Auto,Running\n");
  EXPECT_THAT(service_texts(snapshot), ElementsAre("B '' "));
  EXPECT_THAT(unread_lines(snapshot), ElementsAre(2, 3));
  const Snapshot cut = read_text("Name     ProcessId  State\nB        20         Running\nC     2");
  EXPECT_THAT(service_texts(cut), ElementsAre("B '' "));
  EXPECT_THAT(unread_lines(cut), ElementsAre(3));
}

TEST(WrappedServices, AGetServiceTableWithoutRulerIsNoWmic) {
  const Snapshot snapshot = read_text(
      "SERVICE_NAME: A\n\n"
      "Status   Name               DisplayName                           \n"
      "Stopped  WinHttpAutoProx... WinHTTP Web Proxy Auto-Discovery Se...\n");
  EXPECT_THAT(service_texts(snapshot), ElementsAre("A '' "));
}

TEST(WrappedServices, TheEndOfADescriptionIsNamed) {
  const Snapshot snapshot = read_text(
      "  UNIT                     LOAD   ACTIVE SUB     DESCRIPTION\n"
      "  nmbd.service             loaded active running Samba NetBIOS nam\nes\n");
  EXPECT_THAT(service_texts(snapshot), ElementsAre("nmbd.service '' "));
  EXPECT_THAT(unread_lines(snapshot), ElementsAre(3));
}

TEST(WrappedSockets, ARowOfCurrPortsIsNotCut) {
  const std::string row = "skype.exe,2988,TCP,8080,,0.0.0.0,,,,,Listening,";
  const Snapshot odd = read_text(row + "C:\\Program Files\\Skype\\Phone\\sk\nype.exe\n");
  EXPECT_THAT(rows(odd), IsEmpty());
  EXPECT_THAT(unread_lines(odd), ElementsAre(1, 2));
  const Snapshot usual =
      read_text(row + "C:\\Program Files\\Skype\\Phone\\skyp\ne.exe\n");  // 80 letters
  ASSERT_EQ(usual.processes.size(), 1U);
  EXPECT_EQ(usual.processes[0].path, "C:\\Program Files\\Skype\\Phone\\skype.exe");
}

}  // namespace
}  // namespace deadlight::evidence::test
