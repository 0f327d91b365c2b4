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
    {"TableWhoseRulerStandsTwice",
     "Nazwa obrazu                   PID Usługi                                      \n"
     "========================= ======== ============================================\n"
     "========================= ======== ============================================\n"
     "svchost.exe                   1160 BFE, pla                                    \n",
     {"1160 svchost.exe [BFE,pla]"},
     {}},
    {"TableOfAnOddWindow",
     "========================= ======== ==================================\n"
     "svchost.exe                    576 Appinfo, BITS, CertPropSvc, gpsvc,\n"
     " IKEEXT,  \n"
     "                                   LanmanServer, ProfSvc, Schedule,  \n"
     "          \n"
     "                                   SCPolicySvc, SessionEnv, SharedAcc\n"
     "ess       \n"
     "my helper 4.exe               2684 N/A                               \n"
     "          \n",
     {"576 svchost.exe [Appinfo,BITS,CertPropSvc,gpsvc]?", "2684 my helper 4.exe []"},
     {2, 3, 3, 4, 6, 7}},
    {"TableOfAnOddWindowThatEndsInAName",
     "========================= ======== ==========================\n"
     "svchost.exe                   1848 Tssdis, NSClient++, HPSIM \nAgent 3           \n",
     {"1848 svchost.exe [NSClient++,Tssdis]?"},
     {2, 3, 3}},
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
    {"GetProcessInTheMiddleOfAName",
     "Handles  NPM(K)    PM(K)      WS(K)     CPU(s)     Id  SI ProcessName\n"
     "-------  ------    -----      -----     ------     --  -- -----------\n"
     "    108       9     5866       2566       0.25   2204   0 agent\n"
     "   1068      39    58663      25635       0.25   2244   0 some helper \n4\n",
     {"2204 agent []?"},
     {4, 5}},
    {"Tlist",
     " 852 svchost.exe     Svcs:  BITS,IAS,Iprip,LanmanServer,Sacsvr,T\nrkSvr,W32Time\n",
     {"852 svchost.exe [BITS,IAS,Iprip,LanmanServer,Sacsvr]?"},
     {2}},
    {"TlistWithPagesAndANumberInTheName",
     " 228 a.exe           Svcs:  Alpha\n-- More  --\n  99 7 Zip.exe\n",
     {"99 7 Zip.exe []", "228 a.exe [Alpha]"},
     {}},
    {"TlistCutOffInTheNextRow",
     "1256 svchost.exe     Svcs:  IAS,Iprip,RasAuto,RasMan,RemoteAccess,TapiSrv\n1272 inet",
     {"1256 svchost.exe [IAS,Iprip,RasAuto,RasMan,RemoteAccess,TapiSrv]"},
     {2}},
    {"TableWithoutTheRowAboveAService",
     kRuler80 + "services.exe                   632 N/A                                         \n"
                "                                   SamSs                                       \n",
     {"632 services.exe []"},
     {4}},
    {"TlistCutOffBehindAPid",
     "  66 services.exe    Svcs:  Eventlog,PlugPlay\n  67 \n",
     {"66 services.exe [Eventlog,PlugPlay]"},
     {2}},
    {"TlistCutOffBehindAPidOfFourDigits",
     "1248 beremote.exe    Svcs:  BackupExecAgentAccelerator\n1320 ",
     {"1248 beremote.exe [BackupExecAgentAccelerator]"},
     {2}},
    {"TlistCutOff", "2180 a.exe    Svcs:  ", {"2180 a.exe []?"}, {1}},
    {"ListWhoseServicesStandAboveTheNextProcessId",
     "Image Name:  a.exe\nPID:         7\nServices:    Alpha\nPID:         8\n",
     {"7 a.exe [Alpha]"},
     {4}},
    {"TlistInsideOfANameWithABlank",
     " 772 svchost.exe     Svcs:  IAS,RasMan,RemoteAccess,SharedAccess,wuauserv,HPSIM \nAgent 3\n",
     {"772 svchost.exe [HPSIM Agent 3,IAS,RasMan,RemoteAccess,SharedAccess,wuauserv]"},
     {}},
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
  const std::string heading = "  UNIT                     LOAD   ACTIVE SUB     DESCRIPTION\n";
  for (const std::string row :
       {"nmbd.service             loaded active running Samba NetBIOS nam\nes\n",
        "nmbd.service             loaded active running Runs node-ap\np.service\n"}) {
    const Snapshot snapshot = read_text(heading + "  " + row);
    EXPECT_THAT(service_texts(snapshot), ElementsAre("nmbd.service '' "));
    EXPECT_THAT(unread_lines(snapshot), ElementsAre(3));
  }
}

TEST(WrappedServices, AWindowThatBreaksTheHeadingBreaksTitles) {
  const Snapshot snapshot = read_text(
      "Status   Name               DisplayName                     \n      \n"
      "------   ----               -----------                     \n      \n"
      "Running  WFDSConMgrSvc      Wi-Fi Direct Services Connection\n Ma...\n"
      "Running  Dnscache           DNS Client                      \n      \n");
  EXPECT_THAT(service_texts(snapshot), ElementsAre("Dnscache 'DNS Client' "));
  EXPECT_THAT(unread_lines(snapshot), ElementsAre(5, 6));
}

TEST(WrappedServices, TabsForGapsLeaveALongNameOpen) {
  const Snapshot snapshot = read_text(
      "Status\tName\tDisplayName\t\n------\t----\t-----------\t\n"
      "Running\tSystemEventsBroker System Events Broker\t\n"
      "Running\tBackupExecAgent... Backup Exec Remote Agent\t\nRunning\tDnscache\tDNS Client\t\n");
  EXPECT_THAT(service_texts(snapshot), ElementsAre("Dnscache 'DNS Client' "));
  EXPECT_THAT(unread_lines(snapshot), ElementsAre(3, 4));
}

TEST(WrappedSockets, WideLettersTakeTwoColumnsOfTheWindow) {
  const std::string row =
      "網路服務.exe,4776,TCP,49676,,192.168.137.28,443,,36.155.127.37,,Close wait,C:\\To";
  const Snapshot snapshot = read_text(row + "\nols\\a.exe\n");
  ASSERT_EQ(snapshot.processes.size(), 1U);
  EXPECT_EQ(snapshot.processes[0].path, "C:\\Tools\\a.exe");
}

TEST(WrappedSockets, AHeadingOfCsvIsPutTogether) {
  const Snapshot snapshot = read_text(
      "\"LocalAddress\",\"LocalPort\",\"RemoteAddress\",\"RemotePort\",\"State\","
      "\n\"OwningProcess\"\n"
      "\"0.0.0.0\",\"443\",\"0.0.0.0\",\"0\",\"Listen\",\"4\"\n");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:443 listening 4"));
}

// Letters of a code page that was guessed wrongly make the longest line shorter than others.
TEST(WrappedSockets, AnAddressOfCurrPortsIsNotCut) {
  const Snapshot snapshot = read_text(
      "w.exe,3476,TCP,49673,,192.168.84.76,3389,,43.36.221.1\n2,,Established,C:\\Tools\\w.exe\n"
      "7 Zip.exe,3488,TCP,49678,,192.168.84.76,443,,192.168.130\n"
      ".212,,Fin wait 1,C:\\Tools\\7 Zip.exe\n");
  EXPECT_THAT(rows(snapshot), IsEmpty());
  EXPECT_THAT(unread_lines(snapshot), testing::Not(IsEmpty()));
}

TEST(WrappedSockets, AStateOfCurrPortsIsNotCut) {
  const Snapshot snapshot = read_text(
      "Process Name,Process ID,Protocol,Local Port,Local Port Name,Local Address,Remote Port,"
      "Remote Port Name,Remote Address,Remote Host Name,State,Process Path\n"
      "a.exe,3476,TCP,49159,,192.168.161.129,110,,116.145.1.193,,Close ");
  EXPECT_THAT(rows(snapshot), IsEmpty());
  EXPECT_THAT(unread_lines(snapshot), ElementsAre(2));
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
