#include <gmock/gmock.h>

#include "evidence/facts.h"
#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Rpcdump, BindViewsFormIsRead) {
  const Snapshot snapshot = read_text(R"(IfId: 5a7b91f8-ff00-11d0-a9b2-00c04fb6e6fc version 1.0
Annotation: Messenger Service
UUID: 00000000-0000-0000-0000-000000000000
Binding: ncadg_ip_udp:10.0.0.5[1028]

IfId: 1ff70682-0a51-30e8-076d-740be8cee98b version 1.0
Annotation:
UUID: 00000000-0000-0000-0000-000000000000
Binding: ncacn_ip_tcp:10.0.0.5[1025]
RpcMgmtInqIfIds succeeded
Interfaces: 2
  1ff70682-0a51-30e8-076d-740be8cee98b v1.0
  378e52b0-c0a9-11cf-822d-00aa0051e40f v1.0
)");
  EXPECT_THAT(rpc_rows(snapshot),
              ElementsAre("1ff70682 v1.0 '' ncacn_ip_tcp:10.0.0.5[1025]",
                          "5a7b91f8 v1.0 'Messenger Service' ncadg_ip_udp:10.0.0.5[1028]"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Rpcdump, ImpacketsFormIsRead) {
  const Snapshot snapshot = read_text(R"(Impacket v0.9.22 - Copyright 2020 SecureAuth Corporation

[*] Retrieving endpoint list from 10.0.0.5
Protocol: [MS-RSP]: Remote Shutdown Protocol 
Provider: wininit.exe 
UUID    : D95AFE70-A6D5-4259-822E-2C84DA1DDB0D v1.0 
Bindings: 
          ncacn_ip_tcp:10.0.0.5[49664]
          ncalrpc:[WindowsShutdown]
          ncacn_np:\\HOST[\PIPE\InitShutdown]

Protocol: N/A 
Provider: N/A 
UUID    : 3C4728C5-F0AB-448B-BDA1-6CE01EB0A6D5 v1.0 DHCP Client LRPC Endpoint
Bindings: 
          ncalrpc:[dhcpcsvc]

[*] Received 4 endpoints.
)");
  EXPECT_THAT(rpc_rows(snapshot),
              ElementsAre("d95afe70 v1.0 '' ncacn_ip_tcp:10.0.0.5[49664]",
                          "d95afe70 v1.0 '' ncacn_np:\\\\HOST[\\PIPE\\InitShutdown]",
                          "d95afe70 v1.0 '' ncalrpc:[WindowsShutdown]",
                          "3c4728c5 v1.0 'DHCP Client LRPC Endpoint' ncalrpc:[dhcpcsvc]"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(Rpcdump, PortqrysFormIsReadAndACutBindingNamed) {
  const Snapshot snapshot = read_text(R"(UDP port 135 (epmap service): LISTENING or FILTERED  
Querying Endpoint Mapper Database...  
Server's response:  

UUID: 50abc2a4-574d-40b3-9d66-ee4fd5fba076
ncacn_ip_tcp:10.0.0.5[4144]

UUID: ecec0d70-a603-11d0-96b1-00a0c91ece30 NTDS Backup Interface
ncacn_np:\\MYSERVER[\PIPE\lsass]

UUID: e3514235-4b06-11d1-ab04-00c04fc2dcd2 MS NT Directory DRS Interface
ncacn_ip_tcp:10.0.0.5[103

Total endpoints found: 3

==== End of RPC Endpoint Mapper query response ====
)");
  EXPECT_THAT(
      rpc_rows(snapshot),
      ElementsAre("50abc2a4 v '' ncacn_ip_tcp:10.0.0.5[4144]",
                  "ecec0d70 v 'NTDS Backup Interface' ncacn_np:\\\\MYSERVER[\\PIPE\\lsass]"));
  EXPECT_THAT(unread(snapshot),
              ElementsAre("1: the host that PortQry asked is not named above this line",
                          "12: an RPC binding without its endpoint in brackets"));
}

TEST(Rpcdump, TheResourceKitsFormsAreRead) {
  const Snapshot verbose = read_text(R"(Querying Endpoint Mapper Database...
2 registered endpoints found.

ProtSeq:ncacn_ip_tcp
Endpoint:1025
NetOpt:
Annotation:
IsListening:NOT_PINGED
StringBinding:ncacn_ip_tcp:10.0.0.5[1025]
UUID:1ff70682-0a51-30e8-076d-740be8cee98b
ComTimeOutValue:RPC_C_BINDING_DEFAULT_TIMEOUT
VersMajor 1  VersMinor 0

ProtSeq:ncadg_ip_udp
Endpoint:1028
NetOpt:
Annotation:Messenger Service
IsListening:NOT_PINGED
StringBinding:ncadg_ip_udp:10.0.0.5[1028]
UUID:5a7b91f8-ff00-11d0-a9b2-00c04fb6e6fc
ComTimeOutValue:RPC_C_BINDING_DEFAULT_TIMEOUT
VersMajor 1  VersMinor 0
)");
  EXPECT_THAT(rpc_rows(verbose),
              ElementsAre("1ff70682 v1.0 '' ncacn_ip_tcp:10.0.0.5[1025]",
                          "5a7b91f8 v1.0 'Messenger Service' ncadg_ip_udp:10.0.0.5[1028]"));
  EXPECT_THAT(unread(verbose), IsEmpty());
  const Snapshot brief = read_text(R"(Querying Endpoint Mapper Database...
2 registered endpoints found.

ncacn_ip_tcp(Connection-oriented TCP/IP)
  10.0.0.5[1025] [1ff70682-0a51-30e8-076d-740be8cee98b]  :NOT_PINGED
  10.0.0.5[1026] [12345678-1234-abcd-ef00-0123456789ab] IPSec Policy agent endpoint :NOT_PINGED

ncacn_np(Connection-oriented named pipes)
  \\HOST[\PIPE\atsvc] [1ff70682-0a51-30e8-076d-740be8cee98b]  :NOT_PINGED

rpcdump completed sucessfully after 1 seconds
)");
  EXPECT_THAT(rpc_rows(brief),
              ElementsAre("1ff70682 v '' ncacn_ip_tcp:10.0.0.5[1025]",
                          "12345678 v 'IPSec Policy agent endpoint' ncacn_ip_tcp:10.0.0.5[1026]",
                          "1ff70682 v '' ncacn_np:\\\\HOST[\\PIPE\\atsvc]"));
  EXPECT_THAT(unread(brief), IsEmpty());
}

TEST(Rpcdump, ScannersFormsAreRead) {
  const Snapshot nessus =
      read_text(R"(The following DCERPC services are available on TCP port 1025 :

Object UUID : 00000000-0000-0000-0000-000000000000
UUID : 1ff70682-0a51-30e8-076d-740be8cee98b, version 1.0
Description : Scheduler Service
Windows process : svchost.exe
Type : Remote RPC service
TCP Port : 1025
IP : 10.0.0.5

Object UUID : 00000000-0000-0000-0000-000000000000
UUID : 5a7b91f8-ff00-11d0-a9b2-00c04fb6e6fc, version 1.0
Description : Messenger Service
Windows process : svchost.exe
Annotation : Messenger Service
Type : Local RPC service
Named pipe : ntsvcs
)");
  EXPECT_THAT(rpc_rows(nessus), ElementsAre("1ff70682 v1.0 '' ncacn_ip_tcp:10.0.0.5[1025]",
                                            "5a7b91f8 v1.0 'Messenger Service' ncacn_np:[ntsvcs]"));
  const Snapshot spike = read_text(R"(DCE-RPC tester.
TcpConnected
Entrynum=0
annotation=Messenger Service
uuid=5a7b91f8-ff00-11d0-a9b2-00c04fb6e6fc , version=1
Executable on NT: svchost.exe
ncacn_np:\\HOST[\PIPE\ntsvcs]
Entrynum=1
annotation=
uuid=1ff70682-0a51-30e8-076d-740be8cee98b , version=1
ncacn_ip_tcp:10.0.0.5[1025]
)");
  EXPECT_THAT(rpc_rows(spike),
              ElementsAre("1ff70682 v1 '' ncacn_ip_tcp:10.0.0.5[1025]",
                          "5a7b91f8 v1 'Messenger Service' ncacn_np:\\\\HOST[\\PIPE\\ntsvcs]"));
  const Snapshot metasploit =
      read_text(R"([*] 10.0.0.5:135 - Connecting to the endpoint mapper service...
[*] 10.0.0.5:135 - 5a7b91f8-ff00-11d0-a9b2-00c04fb6e6fc v1.0 PIPE (\PIPE\ntsvcs) \\HOST [Messenger Service]
[*] 10.0.0.5:135 - 1ff70682-0a51-30e8-076d-740be8cee98b v1.0 TCP (1025) 10.0.0.5
)");
  EXPECT_THAT(rpc_rows(metasploit),
              ElementsAre("1ff70682 v1.0 '' ncacn_ip_tcp:10.0.0.5[1025]",
                          "5a7b91f8 v1.0 'Messenger Service' ncacn_np:\\\\HOST[\\PIPE\\ntsvcs]"));
  const Snapshot nmap = read_text(R"(PORT    STATE SERVICE
135/tcp open  msrpc

Host script results:
| msrpc-enum: 
|   
|     annotation: DHCP Client LRPC Endpoint
|     uuid: 3c4728c5-f0ab-448b-bda1-6ce01eb0a6d5
|     ncalrpc: dhcpcsvc
|   
|     uuid: 12345778-1234-abcd-ef00-0123456789ac
|     tcp_port: 49156
|_    ip_addr: 0.0.0.0
)");
  EXPECT_THAT(rpc_rows(nmap),
              ElementsAre("12345778 v '' ncacn_ip_tcp:0.0.0.0[49156]",
                          "3c4728c5 v 'DHCP Client LRPC Endpoint' ncalrpc:[dhcpcsvc]"));
}

TEST(Rpcdump, DamagedEntriesAreNamed) {
  const Snapshot snapshot = read_text(
      "IfId: 5a7b91f8-ff00 version 1.0\nBinding: ncacn_ip_tcp:10.0.0.5[1025]\n\n"
      "IfId: 5a7b91f8-ff00-11d0-a9b2-00c04fb6e6fc version 1.0\n"
      "Binding: ncacn_ip_tcp:10.0.0.5[102500]\n"
      "Binding: ncacn_ip_tcp:10.0.0.5[1026]\n\n\nncadg_ip_udp:10.0.0.5[1028]\n");
  EXPECT_THAT(rpc_rows(snapshot), ElementsAre("5a7b91f8 v1.0 '' ncacn_ip_tcp:10.0.0.5[1026]",
                                              "5a7b91f8 v1.0 '' ncadg_ip_udp:10.0.0.5[1028]"));
  EXPECT_THAT(unread(snapshot),
              ElementsAre("1: '5a7b91f8-ff00 version 1.0' is no interface id",
                          "2: the interface id that this line belongs to is damaged",
                          "5: an RPC binding without its endpoint in brackets"));
}

}  // namespace
}  // namespace deadlight::evidence::test
