#include <gmock/gmock.h>

#include "evidence/facts.h"
#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Netsh, RequestQueuesNameTheirProcesses) {
  const Snapshot snapshot = read_text(R"(Snapshot of HTTP service state (Request Queue View):
-----------------------------------------------------

Request queue name: DefaultAppPool
    Version: 2.0
    State: Active
    Request queue 503 verbosity level: Basic
    Max requests: 1000
    Number of active processes attached: 1
    Process IDs:
        3248
    URL groups:
    URL group ID: FE00000040000001
        State: Active
        Request queue name: DefaultAppPool
        Number of registered URLs: 1
        Registered URLs:
            HTTP://*:80/

Request queue name: Request queue is unnamed.
    Version: 1.0
    State: Active
    Number of active processes attached: 1
    Processes:
        ID: 4120, image: C:\Windows\System32\svchost.exe
    Registered URLs:
        HTTP://+:5985/WSMAN/
        HTTP://+:47001/WSMAN/
)");
  EXPECT_THAT(url_rows(snapshot),
              ElementsAre("http://*:80/ DefaultAppPool 3248", "http://+:47001/wsman/ 4120",
                          "http://+:5985/wsman/ 4120"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

// Queues without a name cannot be told apart: their URLs have no process.
TEST(Netsh, TheViewBySessionNamesProcessesOfNamedQueues) {
  const Snapshot snapshot = read_text(R"(
Snapshot of HTTP service state (Server Session View): 
----------------------------------------------------- 

Server session ID: FF00000120000001
    Version: 1.0
    State: Active
    Properties:
        Max bandwidth: 4294967295
        Timeouts:
            Entity body timeout (secs): 120
    URL groups:
    URL group ID: FE00000140000001
        State: Active
        Request queue name: Request queue is unnamed.
        Number of registered URLs: 2
        Registered URLs:
            HTTP://+:5985/WSMAN/
            HTTP://+:47001/WSMAN/

Server session ID: FD00000120000001
    Version: 2.0
    State: Active
    URL groups:
    URL group ID: FC00000140000001
        State: Active
        Request queue name: DefaultAppPool
        Number of registered URLs: 1
        Registered URLs:
            HTTP://*:80/

Request queues:
    Request queue name: Request queue is unnamed.
        Version: 1.0
        State: Active
        Number of active processes attached: 1
        Process IDs:
            1040

    Request queue name: DefaultAppPool
        Version: 2.0
        State: Active
        Number of active processes attached: 1
        Process IDs:
            3248

C:\>
)");
  EXPECT_THAT(url_rows(snapshot), ElementsAre("http://*:80/ DefaultAppPool 3248",
                                              "http://+:47001/wsman/", "http://+:5985/wsman/"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Netsh, ReservationsAreReadInAnyLanguage) {
  const Snapshot snapshot = read_text(R"(
URL-Reservierungen: 
------------------- 

    Reservierte URL             : http://*:5357/ 
        Benutzer: VORDEFINIERT\Benutzer
            Empfangen: Yes
            Delegieren: No
        Benutzer: NT-AUTORITÄT\LOKALER DIENST
            Empfangen: Yes
            Delegieren: No
            SDDL: D:(A;;GX;;;BU)(A;;GX;;;LS) 

    Reservierte URL             : http://+:5985/wsman/ 
        Benutzer: NT SERVICE\WinRM
            Empfangen: Yes
            Delegieren: No
            SDDL: D:(A;;GX;;;S-1-5-80-1)
)");
  EXPECT_THAT(url_rows(snapshot),
              ElementsAre("http://*:5357/ reserved for VORDEFINIERT\\Benutzer, "
                          "NT-AUTORITÄT\\LOKALER DIENST",
                          "http://+:5985/wsman/ reserved for NT SERVICE\\WinRM"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Netsh, FirewallRulesAreRead) {
  const Snapshot snapshot = read_text(R"(
Rule Name:                            Core Networking - Teredo (UDP-In)
----------------------------------------------------------------------
Enabled:                              Yes
Direction:                            In
Profiles:                             Domain,Private,Public
Grouping:                             Core Networking
LocalIP:                              Any
RemoteIP:                             LocalSubnet,10.0.0.0/8
                                      fe80::/64
Protocol:                             UDP
LocalPort:                            Teredo
RemotePort:                           Any
Edge traversal:                       No
Action:                               Allow

Rule Name:                            Block ping
----------------------------------------------------------------------
Enabled:                              No
Direction:                            In
Profiles:                             Domain
Grouping:                             
LocalIP:                              Any
RemoteIP:                             Any
Protocol:                             ICMPv4
                                      Type    Code
                                      8       Any 
Edge traversal:                       No
Action:                               Block

Rule Name:                            Verbose one
----------------------------------------------------------------------
Description:                          Lets: it in
Enabled:                              Yes
Direction:                            In
Profiles:                             Domain,Private,Public
Grouping:                             
LocalIP:                              Any
RemoteIP:                             Any
Protocol:                             TCP
LocalPort:                            RPC
RemotePort:                           Any
Edge traversal:                       No
Program:                              C:\Windows\system32\svchost.exe
Service:                              Schedule
InterfaceTypes:                       Any
Security:                             NotRequired
Rule source:                          Local Setting
Action:                               Allow
Ok.
)");
  EXPECT_THAT(firewall_rows(snapshot),
              ElementsAre("Block ping: off in block icmpv4  from any in domain",
                          "Core Networking - Teredo (UDP-In): on in allow udp teredo from "
                          "localsubnet,10.0.0.0/8,fe80::/64 in domain,private,public",
                          "Verbose one: on in allow tcp rpc from any in domain,private,public "
                          "[C:\\Windows\\system32\\svchost.exe] <Schedule>"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Netsh, FirewallRulesInALanguageThatIsNotKnownAreNamed) {
  const Snapshot snapshot = read_text(R"(
Regelname:                            Remotedesktop - Benutzermodus (TCP eingehend)
----------------------------------------------------------------------
Aktiviert:                            Ja
Richtung:                             Eingehend
Profile:                              Domäne,Privat
Gruppierung:                          Remotedesktop
Lokales IP:                           Beliebig
Remote-IP:                            LocalSubnet
Protokoll:                            TCP
Lokaler Port:                         3389
Remoteport:                           Beliebig
Edgeausnahme:                         Nein
Aktion:                               Zulassen

Regelname:                            Seltsam
----------------------------------------------------------------------
Aktiviert:                            Ja
Richtung:                             Quer
Profile:                              Domäne
Gruppierung:                          
Lokales IP:                           Beliebig
Remote-IP:                            Beliebig
Protokoll:                            UDP
Lokaler Port:                         1
Remoteport:                           Beliebig
Edgeausnahme:                         Nein
Aktion:                               Zulassen
OK.
)");
  EXPECT_THAT(
      firewall_rows(snapshot),
      ElementsAre("Remotedesktop - Benutzermodus (TCP eingehend): on in allow tcp 3389 from "
                  "localsubnet in domäne,privat"));
  EXPECT_THAT(unread(snapshot),
              ElementsAre("16: a firewall rule whose state, direction, action or protocol is not "
                          "understood; list it on an English console or with Get-NetFirewallRule"));
}

TEST(Netsh, PortOpeningsOfWindowsXpAreRead) {
  const Snapshot snapshot = read_text(R"(
Port configuration for Domain profile:
Port   Protocol  Mode     Name
-------------------------------------------------------------------
139    TCP       Enable   NetBIOS Session Service
3389   TCP       Disable  Remote Desktop

Port configuration for Standard profile:
Port   Protocol  Mode     Name
-------------------------------------------------------------------
445    TCP       Enable   SMB over TCP
)");
  EXPECT_THAT(firewall_rows(snapshot),
              ElementsAre("NetBIOS Session Service: on in allow tcp 139 from  in domain",
                          "Remote Desktop: off in allow tcp 3389 from  in domain",
                          "SMB over TCP: on in allow tcp 445 from  in standard"));
}

TEST(Netsh, DynamicAndExcludedPortsAreSettings) {
  const Snapshot snapshot = read_text(R"(C:\>netsh int ipv4 show dynamicport tcp

Protocol tcp Dynamic Port Range
---------------------------------
Start Port      : 49152
Number of Ports : 16384

C:\>netsh int ipv4 show excludedportrange protocol=tcp

Protocol tcp Port Exclusion Ranges

Start Port    End Port      
----------    --------      
      5357        5357      
     50000       50059     *

* - Administered port exclusions.
)");
  EXPECT_EQ(snapshot.setting("netsh/dynamicport/tcp", "start")->data, "49152");
  EXPECT_EQ(snapshot.setting("netsh/dynamicport/tcp", "count")->data, "16384");
  EXPECT_EQ(snapshot.setting("netsh/excludedportrange/tcp", "5357-5357")->data, "reserved");
  EXPECT_EQ(snapshot.setting("netsh/excludedportrange/tcp", "50000-50059")->data, "administered");
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Netsh, AUrlThatIsCutIsNamed) {
  const Snapshot snapshot = read_text(
      "URL Reservations:\n-----------------\n\n    Reserved URL            : http://+:80\n"
      "        User: Everyone\n\n    Reserved URL            : http://+:81/a...\n"
      "        User: Everyone\n");
  EXPECT_THAT(snapshot.urls, IsEmpty());
  EXPECT_THAT(unread(snapshot), ElementsAre("4: 'http://+:80' is no URL with a port",
                                            "7: 'http://+:81/a...' is no URL with a port"));
}

TEST(Netsh, ReservationsWithoutAHeadingAreRead) {
  const Snapshot snapshot = read_text(
      "An excerpt of urlacl:\n\n"
      "    Reserved URL            : http://+:81/Listen_Here/\n"
      "        User: \\Everyone\n"
      "            Listen: Yes\n");
  ASSERT_EQ(snapshot.urls.size(), 1U);
  EXPECT_EQ(snapshot.urls.front().account, "\\Everyone");
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

}  // namespace
}  // namespace deadlight::evidence::test
