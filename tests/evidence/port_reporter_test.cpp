#include <gmock/gmock.h>

#include "evidence/facts.h"
#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(PortReporter, TheInitialLogIsRead) {
  const Snapshot snapshot = read_text(R"(Port Reporter Version 1.0 - Initial Log
System Date: Wed Feb 04 21:14:46 2004

TCP/UDP Port to Process Mappings at service start-up

5 mappings found

PID:Process		Port		Local IP	State		 Remote IP:Port
0:System Idle Process	TCP 1056	10.0.0.1	TIME WAIT 	 10.0.0.2:389
4:System		TCP 445  	0.0.0.0 	LISTENING	 0.0.0.0:2160
4:System		UDP 445  	0.0.0.0 			 *:*
884:svchost.exe		TCP 135  	0.0.0.0 	LISTENING	 0.0.0.0:2192
1340:a.exe		TCP 3389	10.0.0.1	ESTABLISHED	 10.0.0.9:4711

Port and Module Information by Process
======================================================
Process ID: 884 (svchost.exe)

Service Name: RpcSs
Display Name: Remote Procedure Call (RPC)
Service Type: shares a process with other services

PID	Port		Local IP	State		 Remote IP:Port
884	TCP 135  	0.0.0.0 	LISTENING	 0.0.0.0:2192

Port Statistics

TCP mappings: 4
UDP mappings: 1
)");
  EXPECT_THAT(
      rows(snapshot),
      ElementsAre("tcp 0.0.0.0:135 listening 884 svchost.exe", "tcp 0.0.0.0:445 listening 4 System",
                  "tcp 10.0.0.1:1056 -> 10.0.0.2:389 time_wait",
                  "tcp 10.0.0.1:3389 -> 10.0.0.9:4711 established 1340 a.exe",
                  "udp 0.0.0.0:445 bound 4 System"));
  EXPECT_THAT(processes(snapshot), ElementsAre("4 System", "884 svchost.exe? RpcSs", "1340 a.exe"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(PortReporter, PortqryPrintsTheSameTable) {
  const Snapshot snapshot = read_text(R"(TCP/UDP Port to Process Mappings

2 mappings found

PID:Process             Port            Local IP        State            Remote IP:Port
4:System                TCP 445         0.0.0.0         LISTENING        0.0.0.0:10366
1112:svchost.exe        UDP 1026        0.0.0.0                          *:*
)");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:445 listening 4 System",
                                          "udp 0.0.0.0:1026 bound 1112 svchost.exe"));
}

TEST(PortReporter, TheLogOverTimeIsSaidToBeOne) {
  const Snapshot snapshot = read_text(
      R"(date,time,protocol,local port,local IP address,remote port,remote IP address,PID,module,user context
04/2/2,21:14:53,UDP,1900,10.0.0.1,*,*,1160,svchost.exe,NT AUTHORITY\LOCAL SERVICE
04/2/2,21:15:02,TCP,1026,127.0.0.1,1025,127.0.0.1,1304,svchost.exe,NT AUTHORITY\SYSTEM
04/2/2,21:15:03,TCP,80,0.0.0.0,0,0.0.0.0,1500,inetinfo.exe,NT AUTHORITY\SYSTEM
04/2/2,21:15:03,TCP,80
)");
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 0.0.0.0:80 listening 1500 inetinfo.exe",
                          "tcp 127.0.0.1:1026 -> 127.0.0.1:1025 connected 1304 svchost.exe",
                          "udp 10.0.0.1:1900 bound 1160 svchost.exe"));
  EXPECT_THAT(unread(snapshot),
              ElementsAre("5: the row of Port Reporter is cut off before the process id"));
  EXPECT_THAT(snapshot.notes, testing::Contains(testing::HasSubstr("a log over time")));
}

}  // namespace
}  // namespace deadlight::evidence::test
