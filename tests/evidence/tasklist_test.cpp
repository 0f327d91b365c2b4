#include <gmock/gmock.h>

#include "evidence/facts.h"
#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::string collapse(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' && !out.empty() && (out.back() == ' ' || out.back() == '\n')) continue;
    out += c;
  }
  return out;
}

void expect_xp_services(const Snapshot& snapshot) {
  EXPECT_THAT(snapshot.processes, SizeIs(8));
  EXPECT_THAT(services(snapshot, 4), IsEmpty());
  EXPECT_TRUE(snapshot.process(4)->services_known);
  EXPECT_EQ(snapshot.process(0)->image, "System Idle Process");
  EXPECT_THAT(services(snapshot, 884), ElementsAre("RpcSs"));
  EXPECT_THAT(services(snapshot, 1160),
              ElementsAre("LmHosts", "RemoteRegistry", "SSDPSRV", "WebClient"));
  EXPECT_THAT(services(snapshot, 976), SizeIs(28));
  EXPECT_TRUE(snapshot.process(976)->services_known);
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(Tasklist, NamesTheServicesOfEachProcess) {
  expect_xp_services(read_text(data("evidence/tasklist-svc.winxp.txt")));
}

TEST(Tasklist, IsReadWithCollapsedBlanks) {
  expect_xp_services(read_text(collapse(data("evidence/tasklist-svc.winxp.txt"))));
}

TEST(Tasklist, WithoutServicesSaysNothingOfThem) {
  for (const std::string& text :
       {data("evidence/tasklist.winxp.txt"), collapse(data("evidence/tasklist.winxp.txt"))}) {
    const Snapshot snapshot = read_text(text);
    EXPECT_THAT(snapshot.processes, SizeIs(5));
    EXPECT_EQ(snapshot.process(1500)->image, "7 Zip.exe");
    EXPECT_EQ(snapshot.process(0)->image, "System Idle Process");
    EXPECT_FALSE(snapshot.process(884)->services_known);
    EXPECT_THAT(unread(snapshot), IsEmpty());
  }
}

TEST(Tasklist, VerboseAndModuleColumnsAreTolerated) {
  const Snapshot verbose = read_text(data("evidence/tasklist-v.win7.txt"));
  EXPECT_EQ(verbose.process(2244)->image, "explorer.exe");
  EXPECT_FALSE(verbose.process(2244)->services_known);
  EXPECT_THAT(unread(verbose), IsEmpty());
  const Snapshot modules = read_text(data("evidence/tasklist-m.win7.txt"));
  EXPECT_THAT(services(modules, 700), IsEmpty());
  EXPECT_FALSE(modules.process(700)->services_known);
  EXPECT_THAT(unread(modules), IsEmpty());
}

const std::string kServicesHeading =
    "Image Name                   PID Services\n"
    "========================= ====== =============================================\n";

TEST(Tasklist, AListThatIsCutOffIsNotComplete) {
  const Snapshot snapshot =
      read_text(kServicesHeading + "svchost.exe                  976 AudioSrv, Browser,\n");
  EXPECT_THAT(services(snapshot, 976), ElementsAre("AudioSrv", "Browser"));
  EXPECT_FALSE(snapshot.process(976)->services_known);
  EXPECT_THAT(unread(snapshot),
              ElementsAre("3: the services of PID 976 end with a comma: the rest is missing"));
}

TEST(Tasklist, DamagedRowsAreNamed) {
  const Snapshot snapshot = read_text(kServicesHeading +
                                      "svchost.exe                  884 RpcSs\n"
                                      "svchost.exe\n"
                                      "spoolsv.exe                 1516 Spooler\n");
  EXPECT_THAT(snapshot.processes, SizeIs(2));
  EXPECT_THAT(unread(snapshot), ElementsAre("4: no process name and id in the row of tasklist"));
}

// "SamSs" without a comma is all that lsass hosts: the first row with a comma stands further down.
TEST(Tasklist, ServicesOfALostRowAreNotThoseOfTheRowAbove) {
  const std::string indent(36, ' ');
  const Snapshot snapshot = read_text(
      kServicesHeading + "lsass.exe                    964 SamSs\n" + indent + "ProfSvc, SENS,\n" +
      indent + "wuauserv\nspoolsv.exe                 1516 Spooler\n");
  EXPECT_THAT(services(snapshot, 964), ElementsAre("SamSs"));
  EXPECT_THAT(unread(snapshot), ElementsAre("4: no process name and id in the row of tasklist",
                                            "5: no process name and id in the row of tasklist"));
  const Snapshot later =
      read_text(kServicesHeading + "lsass.exe                    964 SamSs\n" + indent +
                "wuauserv\n"
                "svchost.exe                  976 AudioSrv, Browser\n");
  EXPECT_THAT(services(later, 964), ElementsAre("SamSs"));
  EXPECT_THAT(unread(later), ElementsAre("4: services of a process whose row is missing"));
}

TEST(Tasklist, ServiceNamesMayHaveBlanks) {
  const Snapshot snapshot = read_text(
      kServicesHeading + "a.exe                       1516 Bonjour Service, Apple Mobile Device\n");
  EXPECT_THAT(services(snapshot, 1516), ElementsAre("Apple Mobile Device", "Bonjour Service"));
}

TEST(Tasklist, ColumnsCountLettersNotBytes) {
  const Snapshot snapshot =
      read_text(kServicesHeading + "Gerätedienst für Öfen.exe   1516 Spooler\n");
  ASSERT_NE(snapshot.process(1516), nullptr);
  EXPECT_EQ(snapshot.process(1516)->image, "Gerätedienst für Öfen.exe");
}

// German: "N/A" is known by the idle process, the columns by the ruler.
TEST(Tasklist, IsReadInOtherLanguages) {
  const Snapshot german = read_text(R"(
Abbildname                     PID Dienste                                     
========================= ======== ============================================
System Idle Process              0 Nicht zutreffend                            
System                           4 Nicht zutreffend                            
smss.exe                       388 Nicht zutreffend                            
svchost.exe                    884 BrokerInfrastructure, DcomLaunch, PlugPlay, 
                                   Power, SystemEventsBroker                   
svchost.exe                    936 RpcEptMapper, RpcSs                         
spoolsv.exe                   1516 Spooler                                     
)");
  EXPECT_THAT(processes(german),
              ElementsAre("0 System Idle Process: ", "4 System: ", "388 smss.exe: ",
                          "884 svchost.exe: BrokerInfrastructure, DcomLaunch, PlugPlay, Power, "
                          "SystemEventsBroker",
                          "936 svchost.exe: RpcEptMapper, RpcSs", "1516 spoolsv.exe: Spooler"));
  EXPECT_THAT(unread(german), IsEmpty());
  const Snapshot french =
      read_text(R"(Nom de l'image               PID Nom de la sessio Numéro d Utilisation 
========================= ====== ================ ======== ============
System Idle Process            0 Console                 0        16 Ko
System                         4 Console                 0       236 Ko
svchost.exe                  884 Console                 0     4 512 Ko
)");
  EXPECT_THAT(processes(french),
              ElementsAre("0 System Idle Process", "4 System", "884 svchost.exe"));
  EXPECT_THAT(unread(french), IsEmpty());
}

// What stands alone at three processes is no service: a service runs in one.
TEST(Tasklist, NotApplicableIsKnownByItsRepetition) {
  const Snapshot snapshot = read_text(kServicesHeading +
                                      "smss.exe                     388 Saperlipopette\n"
                                      "csrss.exe                    400 Saperlipopette\n"
                                      "csrss.exe                    404 Saperlipopette\n"
                                      "spoolsv.exe                 1516 Spooler\n");
  EXPECT_THAT(processes(snapshot), ElementsAre("388 smss.exe: ", "400 csrss.exe: ",
                                               "404 csrss.exe: ", "1516 spoolsv.exe: Spooler"));
}

TEST(Tasklist, CsvIsRead) {
  const Snapshot services = read_text(R"(C:\Users\admin>tasklist /svc /fo csv
"Image Name","PID","Services"
"System Idle Process","0","N/A"
"svchost.exe","884","BrokerInfrastructure,DcomLaunch,PlugPlay,Power,SystemEventsBroker"
"svchost.exe","936","RpcEptMapper,RpcSs"
"MsMpEng.exe","2040","WinDefend"
)");
  EXPECT_THAT(processes(services),
              ElementsAre("0 System Idle Process: ",
                          "884 svchost.exe: BrokerInfrastructure, DcomLaunch, PlugPlay, Power, "
                          "SystemEventsBroker",
                          "936 svchost.exe: RpcEptMapper, RpcSs", "2040 MsMpEng.exe: WinDefend"));
  EXPECT_THAT(unread(services), IsEmpty());
  const Snapshot chinese = read_text(
      R"("映像名称","PID","会话名      ","会话#   ","内存使用 ","状态  ","用户名   ","CPU 时间","窗口标题    "
"System Idle Process","0","Services","0","8 K","Unknown","NT AUTHORITY\SYSTEM","12:34:56","暂缺"
"Code.exe","1720","Console","2","114,740 K","Running","DESKTOP\lan","0:01:02","a, b"
)");
  EXPECT_THAT(processes(chinese), ElementsAre("0 System Idle Process", "1720 Code.exe"));
  EXPECT_THAT(unread(chinese), IsEmpty());
}

TEST(Tasklist, CsvWithoutHeadingIsRead) {
  const Snapshot snapshot =
      read_text("\"svchost.exe\",\"884\",\"RpcSs\"\n\"alg.exe\",\"12\",\"ALG\"\n\"x.exe\",\"a\"\n");
  EXPECT_THAT(processes(snapshot), ElementsAre("12 alg.exe: ALG", "884 svchost.exe: RpcSs"));
  EXPECT_THAT(unread(snapshot), ElementsAre("3: no process name and id in the row of tasklist"));
}

TEST(Tasklist, TheListFormIsRead) {
  const Snapshot services = read_text(R"(
Image Name:   System Idle Process
PID:          0
Services:     N/A

Image Name:   svchost.exe
PID:          884
Services:     DcomLaunch
              PlugPlay
              Power

Image Name:   lsass.exe
PID:          632
Services:     KeyIso, SamSs
)");
  EXPECT_THAT(processes(services),
              ElementsAre("0 System Idle Process: ", "632 lsass.exe: KeyIso, SamSs",
                          "884 svchost.exe: DcomLaunch, PlugPlay, Power"));
  EXPECT_THAT(unread(services), IsEmpty());
  const Snapshot german = read_text(R"(
Abbildname:     System Idle Process
PID:            0
Sitzungsname:   Services
Sitz.-Nr.:      0
Speichernutzung: 8 K

Abbildname:     svchost.exe
PID:            884
Sitzungsname:   Services
Sitz.-Nr.:      0
Speichernutzung: 24.104 K
)");
  EXPECT_THAT(processes(german), ElementsAre("0 System Idle Process", "884 svchost.exe"));
  EXPECT_THAT(unread(german), IsEmpty());
}

TEST(Tasklist, RowsWithoutHeadingMustStandInTheirColumns) {
  const Snapshot snapshot = read_text(R"(C:\>tasklist | findstr svchost
svchost.exe                    884 Services                   0     24,104 K
svchost.exe                  10936 Services                   0     10,512 K
)");
  EXPECT_THAT(processes(snapshot), ElementsAre("884 svchost.exe", "10936 svchost.exe"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

// Behind a comma they go on, also where a page took the indent and they fill the columns of a row.
TEST(Tasklist, ServicesThatFillTheColumnsAreNoProcess) {
  const Snapshot snapshot = read_text(
      "Image Name                   PID Services\n"
      "========================= ====== ============================================\n"
      "svchost.exe                 1512 EventSystem, IAS, Iprip, LanmanServer,\n"
      "RemoteAccess, HPSIM Agent 3\n");
  EXPECT_THAT(snapshot.processes, SizeIs(1));
  EXPECT_THAT(services(snapshot, 1512), ElementsAre("EventSystem", "HPSIM Agent 3", "IAS", "Iprip",
                                                    "LanmanServer", "RemoteAccess"));
}

// A page whose ruler is one line, and whose wrapped lists lost their indent.
TEST(Tasklist, AHeadingInEnglishNeedsNoRuler) {
  const Snapshot snapshot = read_text(R"(Image Name         PID      Services
========================================================================
System Process 0 N/A
System 8 N/A
Smss.exe 132 N/A
Services.exe 208 AppMgmt,Browser,Dhcp,Dmserver,Dnscache,
Eventlog,LanmanServer,LanmanWorkstation
Svchost.exe 404 RpcSs
)");
  EXPECT_THAT(processes(snapshot),
              ElementsAre("0 System Process: ", "8 System: ", "132 Smss.exe: ",
                          "208 Services.exe: AppMgmt, Browser, Dhcp, Dmserver, Dnscache, Eventlog, "
                          "LanmanServer, LanmanWorkstation",
                          "404 Svchost.exe: RpcSs"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Tasklist, AMarkdownTableIsRead) {
  const Snapshot snapshot = read_text(
      "| Image Name | PID | Services |\n|------------|----:|----------|\n"
      "| svchost.exe | 884 | RpcSs, DcomLaunch |\n| System | 4 | N/A |\n");
  EXPECT_THAT(processes(snapshot), ElementsAre("4 System: ", "884 svchost.exe: DcomLaunch, RpcSs"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

// Blanks were collapsed: the session's number stands where the process id should.
TEST(Tasklist, ANumberInTheWrongColumnIsNoProcessId) {
  const Snapshot snapshot = read_text(
      "Image Name                     PID Session Name        Session#    Mem Usage\n"
      "========================= ======== ================ =========== ============\n"
      "averylongname.exe 888 Services 0 9,876 K\n");
  EXPECT_THAT(processes(snapshot), ElementsAre("888 averylongname.exe"));
}

// Two numbers may be the process id, and no name of a program tells which.
TEST(Tasklist, AnAmbiguousRowIsNamed) {
  const Snapshot snapshot = read_text(kServicesHeading + "odd 1 thing 22 Spooler\n");
  EXPECT_THAT(snapshot.processes, IsEmpty());
  EXPECT_THAT(unread(snapshot), ElementsAre("3: no process name and id in the row of tasklist"));
}

TEST(Tasklist, AServiceThatIsCutIsNoService) {
  const Snapshot snapshot =
      read_text(kServicesHeading + "svchost.exe                  884 RpcEptMapper, Rpc...\n");
  EXPECT_THAT(processes(snapshot), ElementsAre("884 svchost.exe? RpcEptMapper"));
  EXPECT_THAT(unread(snapshot), ElementsAre("3: the services of PID 884 are cut off: list them "
                                            "with 'tasklist /svc /fo csv'"));
}

}  // namespace
}  // namespace deadlight::evidence::test
