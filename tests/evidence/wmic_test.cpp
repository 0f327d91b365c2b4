#include <gmock/gmock.h>

#include "evidence/facts.h"
#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Wmic, TheTableIsCutByItsHeading) {
  const Snapshot snapshot =
      read_text(R"(C:\>wmic service get DisplayName,Name,PathName,ProcessId,StartMode,State
DisplayName                 Name        PathName                                               ProcessId  StartMode  State    
DNS Client                  Dnscache    C:\Windows\system32\svchost.exe -k NetworkService      1112       Auto       Running  
Print Spooler               Spooler     C:\Windows\System32\spoolsv.exe                        1516       Auto       Running  
Telnet                      TlntSvr                                                            0          Disabled   Stopped  

)");
  EXPECT_THAT(service_rows(snapshot),
              ElementsAre("Dnscache 'DNS Client' running automatic 1112 "
                          "[C:\\Windows\\system32\\svchost.exe -k NetworkService]",
                          "Spooler 'Print Spooler' running automatic 1516 "
                          "[C:\\Windows\\System32\\spoolsv.exe]",
                          "TlntSvr 'Telnet' stopped disabled"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Wmic, TheBriefFormHasNoTitles) {
  const Snapshot snapshot = read_text(R"(ExitCode  Name      ProcessId  StartMode  State    Status  
0         Dnscache  1112       Auto       Running  OK      
1077      ALG       0          Manual     Stopped  OK      
)");
  EXPECT_THAT(service_rows(snapshot),
              ElementsAre("ALG '' stopped manual", "Dnscache '' running automatic 1112"));
}

// wmic ends its lines with CR CR LF.
TEST(Wmic, ARowOfCsvThatIsCutInItsFirstValueIsNamed) {
  const Snapshot snapshot =
      read_text("Node,CommandLine,Name,ProcessId\r\r\nHOST1,,System,4\r\r\nHOS");
  EXPECT_THAT(processes(snapshot), ElementsAre("4 System"));
  EXPECT_THAT(unread(snapshot), ElementsAre("3: the text ends in this row"));
  // The row above is as wide as a window, and is whole.
  const Snapshot wide = read_text(
      "Node,Name,PathName,ProcessId,StartMode,State\n"
      "SRV01,upnphost,C:\\Windows\\System32\\svchost.exe -k LocalService,1944,Auto,Running\nSR");
  ASSERT_EQ(wide.services.size(), 1U);
  EXPECT_EQ(wide.services[0].state, ServiceState::running);
  EXPECT_THAT(unread(wide), ElementsAre("3: the text ends in this row"));
}

TEST(Wmic, CsvAndListAreRead) {
  const Snapshot csv = read_text(
      "Node,CommandLine,Name,ProcessId\r\r\nHOST1,,System Idle Process,0\r\r\n"
      "HOST1,C:\\Windows\\svchost.exe -k a,b,svchost.exe,884\r\r\n"
      "HOST1,\"C:\\x, y.exe\",x.exe,12\r\r\n");
  EXPECT_EQ(csv.host.name, "HOST1");
  EXPECT_THAT(processes(csv), ElementsAre("0 System Idle Process", "12 x.exe (C:\\x, y.exe)",
                                          "884 svchost.exe (C:\\Windows\\svchost.exe -k a,b)"));
  EXPECT_THAT(unread(csv), IsEmpty());
  const Snapshot list = read_text(
      "\r\r\n\r\r\nCommandLine=C:\\svchost.exe -k RPCSS\r\r\nName=svchost.exe\r\r\n"
      "ProcessId=936\r\r\n\r\r\n\r\r\nCommandLine=\r\r\nName=System\r\r\nProcessId=4\r\r\n");
  EXPECT_THAT(processes(list),
              ElementsAre("4 System", "936 svchost.exe (C:\\svchost.exe -k RPCSS)"));
  EXPECT_THAT(unread(list), IsEmpty());
}

// A program that reads CR CR LF as two line ends puts a blank line after each.
TEST(Wmic, BlankLinesBetweenAllLinesDoNotMatter) {
  const Snapshot list = read_text("Name=a.exe\n\nProcessId=1\n\n\n\nName=b.exe\n\nProcessId=2\n");
  EXPECT_THAT(processes(list), ElementsAre("1 a.exe", "2 b.exe"));
  const Snapshot table =
      read_text("Name   ProcessId  \n\na.exe  1          \n\nb.exe  2          \n");
  EXPECT_THAT(processes(table), ElementsAre("1 a.exe", "2 b.exe"));
}

TEST(Wmic, TheFullListOfAServiceIsRead) {
  const Snapshot snapshot = read_text(R"(

AcceptPause=FALSE
AcceptStop=TRUE
Caption=DNS Client
CheckPoint=0
CreationClassName=Win32_Service
Description=Resolves and caches Domain Name System (DNS) names for this computer.
DesktopInteract=FALSE
DisplayName=DNS Client
ErrorControl=Normal
ExitCode=0
InstallDate=
Name=Dnscache
PathName=C:\WINDOWS\system32\svchost.exe -k NetworkService
ProcessId=1112
ServiceSpecificExitCode=0
ServiceType=Share Process
Started=TRUE
StartMode=Auto
StartName=NT AUTHORITY\NetworkService
State=Running
Status=OK
SystemCreationClassName=Win32_ComputerSystem
SystemName=HOST
TagId=0
WaitHint=0


)");
  EXPECT_EQ(snapshot.host.name, "HOST");
  EXPECT_THAT(service_rows(snapshot),
              ElementsAre("Dnscache 'DNS Client' running automatic 1112 "
                          "[C:\\WINDOWS\\system32\\svchost.exe -k NetworkService]"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

// "Name" and "ProcessId" alone: programs have an extension, services that do not run share PID 0.
TEST(Wmic, NameAndProcessIdMayBeOfEither) {
  EXPECT_THAT(processes(read_text("Name      ProcessId\nSystem    4\nsmss.exe  388\n")),
              ElementsAre("4 System", "388 smss.exe"));
  EXPECT_THAT(
      service_rows(read_text("Name      ProcessId\nALG       0\nDnscache  1112\nWZC       0\n")),
      ElementsAre("ALG '' unknown unknown", "Dnscache '' unknown unknown 1112",
                  "WZC '' unknown unknown"));
  const Snapshot unclear = read_text("Name      ProcessId\nDnscache  1112\n");
  EXPECT_THAT(unclear.processes, IsEmpty());
  EXPECT_THAT(unread(unclear),
              ElementsAre("2: a process or a service: ask for CommandLine or State "
                          "too to tell them apart"));
}

TEST(Wmic, CollapsedBlanksAreReadWhereTheyCanBe) {
  const Snapshot processes_only = read_text(
      "CommandLine Name ProcessId\n\"C:\\a b\\x.exe\" -k y x.exe 12\nsmss.exe 4\n"
      "a b System Process 0\n");
  EXPECT_THAT(processes(processes_only),
              ElementsAre("4 smss.exe", "12 x.exe (\"C:\\a b\\x.exe\" -k y)"));
  EXPECT_THAT(unread(processes_only),
              ElementsAre("4: the columns of this row do not stand below the heading of wmic"));
  const Snapshot titles =
      read_text("DisplayName Name State\nBonjour Service Bonjour Service Running\n");
  EXPECT_THAT(titles.services, IsEmpty()) << "where the title ends cannot be told";
}

struct Damage {
  const char* text;
  const char* reason;
};
TEST(Wmic, DamagedRowsAreNamed) {
  const Damage cases[] = {
      {"Name  ProcessId  State\nA     x          Running\n", "2: 'x' is no process id"},
      {"Name  ProcessId  State\nA     1          Runn\n", "2: 'Runn' is no state of a service"},
      {"Name  StartMode\nA     Aut\n", "2: 'Aut' is no start mode of a service"},
      {"CommandLine=x\nProcessId=\nName=a.exe\n", "1: the process id is missing"},
      {"Node,DisplayName,Name,PathName,State\nH,a,b,c,d,Running\n",
       "2: 6 values for 5 properties; list it again with /format:list"},
      {"Name  ProcessId  State\nA     99999999999  Running\n", "2: '99999999999' is no process id"},
  };
  for (const Damage& damage : cases) {
    EXPECT_THAT(unread(read_text(damage.text)), ElementsAre(damage.reason)) << damage.text;
  }
}

// Other tools print "Key=Value" too.
TEST(Wmic, OtherListsAreNotOfWmic) {
  const Snapshot snapshot =
      read_text(netstat("  TCP    0.0.0.0:135    0.0.0.0:0    LISTENING    884\n") +
                "\n[Desktop Entry]\nName=Firefox\nStatus=x\n");
  EXPECT_THAT(snapshot.services, IsEmpty());
  EXPECT_EQ(snapshot.evidence[0].kind, "netstat");
}

// The window cut "-k rpcss -p": what stands below is no call of ss.
TEST(Wmic, TheEndOfARowThatLooksLikeACommandIsPartOfIt) {
  const Snapshot snapshot = read_text(
      "Node,Name,PathName,ProcessId,StartMode,State\n"
      "WS-0143,RpcEptMapper,C:\\Windows\\System32\\svchost.exe -k rpc\n"
      "ss -p -s RpcEptMapper,2384,Auto,Running\n"
      "WS-0143,RpcLocator,C:\\Windows\\System32\\svchost.exe -k netsv\n"
      "cs,0,Disabled,Stopped\n");
  EXPECT_THAT(unread(snapshot), SizeIs(4));
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

}  // namespace
}  // namespace deadlight::evidence::test
