#include <gmock/gmock.h>

#include "evidence/facts.h"
#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Currports, BlocksAreRead) {
  const Snapshot snapshot = read_text(R"(==================================================
Process Name      : svchost.exe
Process ID        : 884
Protocol          : TCP
Local Port        : 135
Local Port Name   : epmap
Local Address     : 0.0.0.0
Remote Port       : 
Remote Port Name  : 
Remote Address    : 0.0.0.0
Remote Host Name  : 
State             : Listening
Process Path      : C:\WINDOWS\system32\svchost.exe
Product Name      : Microsoft Windows Operating System
Process Services  : RpcEptMapper, RpcSs
Process Attributes: A
Added On          : 1/1/2010 10:00:00
==================================================

==================================================
Process Name      : System
Process ID        : 4
Protocol          : UDP
Local Port        : 137
Local Port Name   : netbios-ns
Local Address     : 10.0.0.5
Remote Port       : 
State             : 
==================================================
)");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:135 listening 884 svchost.exe",
                                          "udp 10.0.0.5:137 bound 4 System"));
  EXPECT_THAT(processes(snapshot), ElementsAre("4 System", "884 svchost.exe? RpcEptMapper, RpcSs"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(Currports, CsvIsReadByItsHeading) {
  const Snapshot snapshot = read_text(
      R"(Process Name,Process ID,Protocol,Local Port,Local Port Name,Local Address,Remote Port,Remote Port Name,Remote Address,Remote Host Name,State,Process Path
svchost.exe,884,TCP,135,epmap,0.0.0.0,,,0.0.0.0,,Listening,"C:\a,b\svchost.exe"
x.exe,12,TCP,50000,,10.0.0.5,443,https,10.0.0.9,foo.example,Established,
System,4,UDP,137,netbios-ns,10.0.0.5,,,,,,
)");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:135 listening 884 svchost.exe",
                                          "tcp 10.0.0.5:50000 -> 10.0.0.9:443 established 12 x.exe",
                                          "udp 10.0.0.5:137 bound 4 System"));
  EXPECT_EQ(snapshot.process(884)->path, "C:\\a,b\\svchost.exe");
}

TEST(Currports, ColumnsMayStandInAnyOrder) {
  const Snapshot snapshot = read_text(
      "Process ID;Process Name;State;Local Address;Local Port;Protocol\n"
      "884;svchost.exe;Listening;0.0.0.0;135;TCP\n");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:135 listening 884 svchost.exe"));
  const Snapshot commas = read_text(
      "Process Name,State,Local Address,Local Port,Protocol,Process ID\n"
      "svchost.exe,Listening,0.0.0.0,135,TCP,884\nx.exe,Nonsense,0.0.0.0,136,TCP,884\n");
  EXPECT_THAT(rows(commas), ElementsAre("tcp 0.0.0.0:135 listening 884 svchost.exe"));
  EXPECT_THAT(unread(commas), ElementsAre("3: 'Nonsense' is no state of a connection"));
}

TEST(Currports, TheHtmlExportIsRead) {
  const Snapshot snapshot = read_text(
      R"(<html><body><table border=1><tr><th>Process Name<th>Process ID<th>Protocol<th>Local Port<th>Local Port Name<th>Local Address<th>Remote Port<th>Remote Port Name<th>Remote Address<th>Remote Host Name<th>State<th>Process Path
<tr><td>svchost.exe<td>884<td>TCP<td>135<td>epmap<td>0.0.0.0<td>&nbsp;<td>&nbsp;<td>0.0.0.0<td>&nbsp;<td>Listening<td>C:\x
<tr><td>x y.exe<td>12<td>TCP<td>50000<td>&nbsp;<td>10.0.0.5<td>443<td>https<td>10.0.0.9<td>h<td>Established<td>C:\x
<tr><td>System<td>4<td>UDP<td>137<td>netbios-ns<td>10.0.0.5<td>&nbsp;<td>&nbsp;<td>&nbsp;<td>&nbsp;<td>&nbsp;<td>&nbsp;</table></body></html>
)");
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 0.0.0.0:135 listening 884 svchost.exe",
                          "tcp 10.0.0.5:50000 -> 10.0.0.9:443 established 12 x y.exe",
                          "udp 10.0.0.5:137 bound 4 System"));
}

TEST(Currports, HalfAnAddressIsNone) {
  const Snapshot snapshot = read_text(
      "a.exe,3476,TCP,49674,,10.0.0.5,110,,192.168.151.,,Close wait,C:\\a.exe\n"
      "a.exe,3476,TCP,49675,,10.0.0.5,110,,192.168.151.14,,Close wait,C:\\a.exe\n");
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 10.0.0.5:49675 -> 192.168.151.14:110 close_wait 3476 a.exe"));
  EXPECT_THAT(unread(snapshot), ElementsAre("1: '192.168.151.' is no address"));
}

struct Row {
  const char* text;
  const char* row;
};
TEST(Currports, RowsWithoutHeadingAreKnownByTheirCells) {
  const Row cases[] = {
      {"svchost.exe\t884\tTCP\t135\tepmap\t0.0.0.0\t\t\t0.0.0.0\t\tListening\tC:\\x\n",
       "tcp 0.0.0.0:135 listening 884 svchost.exe"},
      {"alg.exe:1180\tTCP\t127.0.0.1:1025\t0.0.0.0:0\tLISTENING\t\n",
       "tcp 127.0.0.1:1025 listening 1180 alg.exe"},
      {"svchost.exe:884\tTCP\thost:epmap\thost:0\tLISTENING\t\n",
       "tcp host:135 listening 884 svchost.exe"},
      {"System\t4\tUDP\t10.0.0.5\t137\t*\t*\t\t\n", "udp 10.0.0.5:137 bound 4 System"},
      {"a.exe\t12\tTCPv6\tListen\t::\t135\t::\t0\t1/1/2023\tRpcSs\n",
       "tcp [::]:135 listening 12 a.exe"},
      {"a.exe\t12\tUDP\t\t0.0.0.0\t5353\t*\t\t1/1/2023\t\n", "udp 0.0.0.0:5353 bound 12 a.exe"},
      {"TCP,a.exe,12,ESTABLISHED,10.0.0.5:50123,10.0.0.9:443\n",
       "tcp 10.0.0.5:50123 -> 10.0.0.9:443 established 12 a.exe"},
      {"\"a.exe\",\"12\",\"TCP\",\"50001\",\"\",\"10.0.0.5\",\"443\",\"https\",\"10.0.0.9\",\"\","
       "\"Time "
       "Wait\",\"\"\n",
       "tcp 10.0.0.5:50001 -> 10.0.0.9:443 time_wait 12 a.exe"},
  };
  for (const Row& test : cases) {
    EXPECT_THAT(rows(read_text(test.text)), ElementsAre(test.row)) << test.text;
  }
}

}  // namespace
}  // namespace deadlight::evidence::test
