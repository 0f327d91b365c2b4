#include <gmock/gmock.h>

#include "evidence/facts.h"
#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Tlist, NamesTheServicesOfEachProcess) {
  const Snapshot snapshot = read_text(R"(   0 System Process
   8 System
 140 smss.exe
 164 csrss.exe       Title: 
 184 winlogon.exe    Title: NetDDE Agent
 212 services.exe    Svcs:  Alerter,Browser,Dhcp,dmserver,Dnscache,Eventlog,lanmanserver
 224 lsass.exe       Svcs:  PolicyAgent,SamSs
 400 svchost.exe     Svcs:  RpcSs
 840 explorer.exe    Title: Program Manager
)");
  EXPECT_THAT(
      processes(snapshot),
      ElementsAre("0 : ", "8 System: ", "140 smss.exe: ", "164 csrss.exe: ", "184 winlogon.exe: ",
                  "212 services.exe: Alerter, Browser, Dhcp, dmserver, Dnscache, Eventlog, "
                  "lanmanserver",
                  "224 lsass.exe: PolicyAgent, SamSs", "400 svchost.exe: RpcSs",
                  "840 explorer.exe: "));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Tlist, WithoutServicesSaysNothingOfThem) {
  const Snapshot tree = read_text(R"(System Process (0)
System (8)
  smss.exe (140)
    csrss.exe (164)
    winlogon.exe (184) NetDDE Agent
      services.exe (212)
        svchost.exe (400)
explorer.exe (840) Program Manager
)");
  EXPECT_THAT(processes(tree),
              ElementsAre("0 ", "8 System", "140 smss.exe", "164 csrss.exe", "184 winlogon.exe",
                          "212 services.exe", "400 svchost.exe", "840 explorer.exe"));
  EXPECT_THAT(unread(tree), IsEmpty());
  const Snapshot plain = read_text("   0 System Process\n   8 System\n 140 smss.exe\n");
  EXPECT_THAT(processes(plain), ElementsAre("0 ", "8 System", "140 smss.exe"));
}

TEST(Tlist, CommandLinesAreRead) {
  const Snapshot snapshot = read_text(R"( 0 32    0 System Process
      Command Line: 
 0 32    4 System
 0 32  884 svchost.exe     Svcs:  RpcSs
      Command Line: C:\WINDOWS\system32\svchost -k rpcss
)");
  EXPECT_THAT(processes(snapshot),
              ElementsAre("0 : ", "4 System: ",
                          "884 svchost.exe: RpcSs (C:\\WINDOWS\\system32\\svchost -k rpcss)"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Tlist, AListGoesOnAfterAComma) {
  const Snapshot snapshot = read_text(
      " 212 services.exe    Svcs:  Alerter,Browser,\nDhcp\n 400 svchost.exe     Svcs:  RpcSs\n");
  EXPECT_THAT(processes(snapshot),
              ElementsAre("212 services.exe: Alerter, Browser, Dhcp", "400 svchost.exe: RpcSs"));
}

TEST(Tlist, NothingIsJoinedBehindALineThatCouldNotBe) {
  const Snapshot snapshot = read_text(
      " 676 svchost.exe     Svcs:  BITS,ERSvc,LanmanWorkstation,Mess\n"
      "enger,Schedule,SENS,SharedAccess,TapiSrv,Winmgmt,wscsvc,wuaus\n"
      "erv,WZCSVC\n");
  EXPECT_THAT(processes(snapshot), ElementsAre("676 svchost.exe? BITS, ERSvc, LanmanWorkstation"));
  EXPECT_THAT(unread(snapshot), SizeIs(2));
}

// Where a window cut a name, only its width tells that the parts belong together.
TEST(Tlist, AListThatTakesThreeLinesEndsInNoHalfName) {
  const Snapshot snapshot = read_text(
      "1216 svchost.exe     Svcs:  EventSystem,Iprip,Messenger,\n"
      "RasAuto,RasMan,RemoteAccess,Schedule,SharedAccess,W32Tim\ne\n");
  EXPECT_THAT(processes(snapshot),
              ElementsAre("1216 svchost.exe? EventSystem, Iprip, Messenger, RasAuto, RasMan, "
                          "RemoteAccess, Schedule, SharedAccess"));
  EXPECT_THAT(unread(snapshot), ElementsAre("3: the services above go on here; copy them from a "
                                            "wider window"));
}

TEST(Tlist, ARowThatEndsBeforeItsServicesSaysSo) {
  const Snapshot snapshot = read_text("   0 System Process  \n  54 services.exe    ");
  EXPECT_THAT(unread(snapshot),
              ElementsAre("2: the text ends in this row: its services may be cut off"));
}

// A number and a name are in many listings.
TEST(Tlist, NumbersAndNamesAloneAreNotOfTlist) {
  const auto snapshot =
      read(std::vector<Input>{{"x", " 140 smss.exe\n 164 csrss.exe\n"}}, Os::unknown, {});
  EXPECT_FALSE(snapshot.has_value());
}

TEST(Pslist, IsRead) {
  const Snapshot snapshot = read_text(R"(
PsList 1.26 - Process Information Lister
Copyright (C) 1999-2004 Mark Russinovich
Sysinternals - www.sysinternals.com

Process information for HOST:

Name                Pid Pri Thd  Hnd   Priv        CPU Time    Elapsed Time
Idle                  0   0   1    0      0     1:41:53.562     0:00:00.000
System                4   8  57  240      0     0:00:10.015     0:00:00.000
svchost             884   8  10  250   1800     0:00:00.250     1:45:01.328
)");
  EXPECT_EQ(snapshot.host.name, "HOST");
  EXPECT_THAT(processes(snapshot), ElementsAre("0 ", "4 System", "884 svchost"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
  EXPECT_THAT(processes(read_text(
                  R"(Name                Pid      VM      WS    Priv Priv Pk   Faults   NonP Page
Idle                  0       0      24       0       0        1      0    0
7 Zip              1500    3052     300     112     200        2      3    4
)")),
              ElementsAre("0 ", "1500 7 Zip"));
  EXPECT_THAT(processes(read_text(
                  R"(Name                             Pid Pri Thd  Hnd      VM      WS    Priv
Idle                               0   0   2    0       0      24       0
  System                           4   8  91  530    3052     300     112
    smss                           264  11   2   29    3788     764     256
)")),
              ElementsAre("0 ", "4 System", "264 smss"));
}

TEST(Pslist, DamagedRowsAreNamed) {
  const Snapshot snapshot = read_text(
      "Name                Pid Pri Thd  Hnd   Priv        CPU Time    Elapsed Time\nsvchost 884 "
      "8\n");
  EXPECT_THAT(unread(snapshot), ElementsAre("2: no process name and id in the row of pslist"));
}

}  // namespace
}  // namespace deadlight::evidence::test
