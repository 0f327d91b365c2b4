#include <gmock/gmock.h>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(PowerShell, DefaultTablesAreRead) {
  const Snapshot snapshot = read_text(data("evidence/powershell-tables.win10.txt"));
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 0.0.0.0:445 listening 4", "tcp [::]:49668 listening 1304",
                          "tcp [fe80::50c1:8f7e:d2a4:1b0e%12]:139 listening 4",
                          "tcp 0.0.0.0:53334 closed 18732",
                          "tcp 192.168.0.236:53353 -> 198.50.200.200:25565 established 3288",
                          "tcp 192.168.0.236:53355 -> 54.190.100.200:443 established 3288",
                          "tcp 192.168.0.236:65292 -> 95.100.100.200:443 time_wait 0",
                          "udp 0.0.0.0:500 bound", "udp [::]:5355 bound"));
  EXPECT_EQ(snapshot.process(1320)->image, "svchost");
  EXPECT_EQ(snapshot.process(2396)->image, "Memory Compression");
  EXPECT_EQ(snapshot.service("Dnscache")->title, "DNS Client");
  EXPECT_EQ(snapshot.service("AJRouter")->start, StartType::manual);
  EXPECT_FALSE(snapshot.service("AJRouter")->pid);
  EXPECT_THAT(services(snapshot, 1044), ElementsAre("Dhcp"));
  EXPECT_THAT(unread(snapshot), ElementsAre("37: the service name 'BluetoothUserSe...' is cut off; "
                                            "print with Format-Table -AutoSize"));
}

TEST(PowerShell, ListsAreRead) {
  const Snapshot snapshot = read_text(data("evidence/powershell-lists.win10.txt"));
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp 0.0.0.0:135 listening 900", "tcp [::]:445 listening 4"));
  EXPECT_EQ(snapshot.endpoints[1].sources[0].line, 23U);
  EXPECT_EQ(snapshot.host.name, "HOST7");
  EXPECT_EQ(snapshot.service("Dhcp")->start, StartType::automatic);
  EXPECT_THAT(snapshot.service("Dnscache")->depends_on, ElementsAre("nsi", "tdx"));
  EXPECT_EQ(snapshot.process(1044)->command_line,
            "C:\\Windows\\System32\\svchost.exe -k LocalServiceNetworkRestricted -p -s Dhcp");
  EXPECT_EQ(snapshot.process(4)->image, "System");
  EXPECT_EQ(snapshot.service("rule"), nullptr) << "a firewall rule has a name and a status too";
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(PowerShell, ARecordGoesOnBelowAPagersLine) {
  const Snapshot snapshot = read_text(
      "LocalAddress   : 0.0.0.0\nLocalPort      : 8530\nRemoteAddress  : 0.0.0.0\n"
      "RemotePort     : 0\nState          : Listen\n-- More  --\nOwningProcess  : 4\n\n"
      "LocalAddress   : 10.0.0.4\nLocalPort      : 8530\nRemoteAddress  : 10.0.0.9\n"
      "RemotePort     : 42951\nState          : TimeWait\nOwningProcess  : 0\n");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:8530 listening 4",
                                          "tcp 10.0.0.4:8530 -> 10.0.0.9:42951 time_wait 0"));
}

TEST(PowerShell, AConnectionWithoutItsFarEndIsNamed) {
  const Snapshot snapshot =
      read_text("LocalAddress   : 10.0.0.4\nLocalPort      : 7680\nState          : Established\n");
  EXPECT_THAT(rows(snapshot), IsEmpty());
  EXPECT_THAT(unread(snapshot), ElementsAre("1: the remote port is missing"));
}

TEST(PowerShell, WrappedCellsAreJoinedOrNamed) {
  const Snapshot snapshot = read_text(data("evidence/powershell-wrap.win10.txt"));
  EXPECT_EQ(snapshot.process(1304)->command_line,
            "C:\\Windows\\System32\\svchost.exe -k LocalServiceNetworkRestricted -p");
  EXPECT_EQ(snapshot.process(1234)->image, "微软输入法服务.exe");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp [::]:445 listening 4",
                                          "tcp [fe80::50c1:8f7e:d2a4:1b0e%12]:139 listening 4"));
  EXPECT_THAT(unread(snapshot), ElementsAre("18: the row is not complete: its port is missing"));
}

TEST(PowerShell, ExportCsvIsRead) {
  const Snapshot snapshot = read_text(data("evidence/powershell-export.win10.csv"));
  EXPECT_THAT(rows(snapshot),
              ElementsAre("tcp [::]:135 listening 900 svchost",
                          "tcp 10.0.0.1:50000 -> 1.2.3.4:443 established 77 fire, fox",
                          "udp 0.0.0.0:500 bound 3120 svchost"));
  EXPECT_THAT(unread(snapshot), ElementsAre("6: the record has 3 cells, but the header has 7"));
}

struct TableCase {
  const char* name;
  const char* text;
  std::vector<std::string> rows;
  std::vector<std::string> unread;
};

const TableCase kTables[] = {
    {"ColumnsInAnyOrder",
     "Process State  LocalPort LocalAddress OwningProcess\n"
     "------- -----  --------- ------------ -------------\n"
     "svchost Listen       135 0.0.0.0                404\n",
     {"tcp 0.0.0.0:135 listening 404 svchost"},
     {}},
    {"BlanksCollapsed",
     "LocalAddress LocalPort RemoteAddress RemotePort State AppliedSetting OwningProcess\n"
     "------------ --------- ------------- ---------- ----- -------------- -------------\n"
     ":: 49668 :: 0 Listen 1304\n"
     "10.0.0.1 53353 1.2.3.4 443 Established Internet 3288\n",
     {"tcp [::]:49668 listening 1304", "tcp 10.0.0.1:53353 -> 1.2.3.4:443 established 3288"},
     {}},
    {"CutBeforeTheState",
     "LocalAddress  LocalPort RemoteAddress  RemotePort State       OwningProcess\n"
     "------------  --------- -------------  ---------- -----       -------------\n"
     "10.0.0.1      57620     1.2.3.4        443        Established 152\n"
     "10.0.0.1      57619     1.2.3.5        4\n\nIt ends here.\n",
     {"tcp 10.0.0.1:57620 -> 1.2.3.4:443 established 152"},
     {"4: the row is not complete; was the text cut off?"}},
    {"RulerLost",
     "LocalAddress LocalPort State OwningProcess\n0.0.0.0 80 Listen 4\n",
     {"tcp 0.0.0.0:80 listening 4"},
     {}},
    {"Markdown",
     "| LocalAddress | LocalPort | State | OwningProcess |\n|---|---|---|---|\n"
     "| :: | 443 | Listen | 4 |\n",
     {"tcp [::]:443 listening 4"},
     {}},
    {"ConvertToHtml",
     "<table>\n<tr><th>LocalAddress</th><th>LocalPort</th><th>State</th></tr>\n"
     "<tr><td>0.0.0.0</td><td>80</td><td>Listen</td></tr>\n</table>\n",
     {"tcp 0.0.0.0:80 listening"},
     {}},
    {"TabsAsFromASpreadsheet",
     "LocalAddress\tLocalPort\tState\tOwningProcess\n0.0.0.0\t80\tListen\t4\n",
     {"tcp 0.0.0.0:80 listening 4"},
     {}},
    {"ProtocolColumnAndEmptyCells",
     "Protocol LocalAddress LocalPort RemoteAddress RemotePort State  OwningProcess\n"
     "-------- ------------ --------- ------------- ---------- -----  -------------\n"
     "TCP      0.0.0.0            135 0.0.0.0                0 Listen           900\n"
     "UDP      0.0.0.0            123                                          1200\n",
     {"tcp 0.0.0.0:135 listening 900", "udp 0.0.0.0:123 bound 1200"},
     {}},
    {"CommandLineTellsProtocolAndState",
     "PS C:\\> Get-NetTCPConnection -State Listen | select LocalAddress,LocalPort,OwningProcess\n\n"
     "LocalAddress LocalPort OwningProcess\n------------ --------- -------------\n"
     "0.0.0.0            135           900\n",
     {"tcp 0.0.0.0:135 listening 900"},
     {}},
    {"CommandLineOfUdp",
     "PS C:\\> Get-NetUDPEndpoint | select LocalAddress,LocalPort,OwningProcess\n\n"
     "LocalAddress LocalPort OwningProcess\n------------ --------- -------------\n"
     "0.0.0.0            500           900\n",
     {"udp 0.0.0.0:500 bound 900"},
     {}},
    {"NobodyTellsTheProtocol",
     "LocalAddress LocalPort OwningProcess\n------------ --------- -------------\n"
     "0.0.0.0            135           900\n",
     {},
     {"3: nothing says whether this is TCP or UDP; give the State column too, or the command line "
      "above the table"}},
    {"NobodyTellsTheState",
     "PS C:\\> Get-NetTCPConnection | select LocalAddress,LocalPort,OwningProcess\n\n"
     "LocalAddress LocalPort OwningProcess\n------------ --------- -------------\n"
     "0.0.0.0            135           900\n",
     {},
     {"5: nothing says whether this port listens; give the State column too, or the command line "
      "above the table"}},
    {"DamagedCells",
     "LocalAddress    LocalPort State  OwningProcess\n"
     "------------    --------- -----  -------------\n"
     "fe80::50c1:8... 139       Listen 4\n"
     "0.0.0.0         70000     Listen 4\n"
     "0.0.0.0         80        Wibble 4\n"
     "0.0.0.0         81        Listen 12...\n"
     "0.0.0.0         82        Listen x\n"
     "0.0.0.0         83\n",
     {"tcp 0.0.0.0:81 listening", "tcp 0.0.0.0:82 listening"},
     {"3: the address 'fe80::50c1:8...' is cut off; print with Format-Table -AutoSize | Out-String "
      "-Width 4096",
      "4: '70000' is no port", "5: 'Wibble' is no state of a connection",
      "6: '12...' is no process id; it is not taken", "7: 'x' is no process id; it is not taken",
      "8: nothing says whether this is TCP or UDP; give the State column too, or the command line "
      "above the table"}},
    {"NumberThatMayBeANameOrAnId",
     "LocalAddress LocalPort State  Process\n------------ --------- -----  -------\n"
     "0.0.0.0             80 Listen 1044   \n",
     {"tcp 0.0.0.0:80 listening"},
     {"3: '1044' may be a process id or a name; it is not taken"}},
    {"OneHostOnly",
     "PSComputerName LocalAddress LocalPort State  OwningProcess\n"
     "-------------- ------------ --------- -----  -------------\n"
     "srv1           0.0.0.0             80 Listen             4\n"
     "srv2           0.0.0.0             81 Listen             4\n",
     {"tcp 0.0.0.0:80 listening 4"},
     {"4: another host: srv2; put it into a file of its own"}},
    {"FirewallFiltersAreNoSockets",
     "Protocol LocalPort RemotePort IcmpType DynamicTarget\n"
     "-------- --------- ---------- -------- -------------\n"
     "TCP      5985      Any        Any      Any\n"
     "\nLocalAddress LocalPort State\n------------ --------- -----\n0.0.0.0      80        "
     "Listen\n",
     {"tcp 0.0.0.0:80 listening"},
     {}},
    {"HeadingsCutOff",
     "LocalAddress LocalPort Remo… State  OwningPro…\n"
     "------------ --------- ----- -----  ----------\n"
     "0.0.0.0             80 0     Listen          4\n",
     {"tcp 0.0.0.0:80 listening 4"},
     {}},
    {"StatesAsNumbersAndLines",
     "State         : 2\nLocalAddress  : 0.0.0.0\nLocalPort     : 80\nOwningProcess : 4\n"
     "State         : 5\nLocalAddress  : 10.0.0.1\nLocalPort     : 81\nRemoteAddress : 1.2.3.4\n"
     "RemotePort    : 9\n",
     {"tcp 0.0.0.0:80 listening 4", "tcp 10.0.0.1:81 -> 1.2.3.4:9 established"},
     {}},
};

class PowerShellTable : public testing::TestWithParam<TableCase> {};

TEST_P(PowerShellTable, IsRead) {
  const Snapshot snapshot = read_text(GetParam().text);
  EXPECT_EQ(rows(snapshot), GetParam().rows);
  EXPECT_EQ(unread(snapshot), GetParam().unread);
}

INSTANTIATE_TEST_SUITE_P(Tables, PowerShellTable, testing::ValuesIn(kTables),
                         [](const auto& table) { return std::string(table.param.name); });

TEST(PowerShell, ProcessTablesOfEachVersionAreRead) {
  const Snapshot snapshot = read_text(
      " NPM(K)    PM(M)      WS(M)     CPU(s)      Id  SI ProcessName\n"
      " ------    -----      -----     ------      --  -- -----------\n"
      "     83    33.34      40.68       0.00   18732   0 alist\n"
      "\n"
      "Handles  NPM(K)    PM(K)      WS(K) VM(M)   CPU(s)     Id ProcessName\n"
      "-------  ------    -----      ----- -----   ------     -- -----------\n"
      "     96      12     2964       7224    47     0,05   1620 alg\n"
      "\n"
      "ProcessId Name                        HandleCount WorkingSetSize VirtualSize\n"
      "--------- ----                        ----------- -------------- -----------\n"
      "1234      wininit.exe                 12          1              2\n");
  EXPECT_EQ(snapshot.process(18732)->image, "alist");
  EXPECT_EQ(snapshot.process(1620)->image, "alg");
  EXPECT_EQ(snapshot.process(1234)->image, "wininit.exe");
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

TEST(PowerShell, JoinedTablesNamePathAndServices) {
  const Snapshot snapshot = read_text(
      "LocalAddress LocalPort State  OwningProcess ProcessName Services              Path\n"
      "------------ --------- -----  ------------- ----------- --------              ----\n"
      "0.0.0.0            135 Listen           900 svchost     {RpcEptMapper, RpcSs} C:\\x.exe\n"
      "::                 135 Listen           901 svchost     {DHCP Client}         "
      "C:\\Windows\\System32\\svchost.exe\n");
  ASSERT_NE(snapshot.process(901), nullptr);
  EXPECT_THAT(services(snapshot, 900), UnorderedElementsAre("RpcEptMapper", "RpcSs"));
  EXPECT_FALSE(snapshot.process(900)->services_known);
  EXPECT_EQ(snapshot.process(901)->image, "svchost.exe");
  EXPECT_THAT(services(snapshot, 901), IsEmpty());
  EXPECT_THAT(unread(snapshot),
              ElementsAre("4: 'DHCP Client' is no key name of a service; it is not taken"));
}

TEST(PowerShell, RecordsOfSeveralLinesAreRead) {
  const Snapshot snapshot = read_text(
      "\"Name\",\"Description\",\"State\",\"StartMode\"\n\"A\",\"two\nlines\",\"Running\","
      "\"Auto\"\n"
      "\"B\",\"x\",\"Wib\nble\",\"Auto\"\n\"C\",\"open\n");
  EXPECT_EQ(snapshot.service("A")->state, ServiceState::running);
  EXPECT_THAT(unread(snapshot), ElementsAre("4: 'Wib ble' is no state of a service",
                                            "6: a quoted cell of this record has no end"));
}

TEST(PowerShell, ServicesOfOtherCulturesAreRead) {
  const Snapshot snapshot = read_text(
      "Name;DisplayName;Status;StartType\r\nSpooler;Druckwarteschlange;Running;Automatic\r\n"
      "\"Fax\";\"Fax\";\"Stopped\";\"Manual\"\r\n\"x\";\"y\";\"Läuft\";\"Manual\"\r\n");
  EXPECT_EQ(snapshot.service("Spooler")->title, "Druckwarteschlange");
  EXPECT_EQ(snapshot.service("Spooler")->start, StartType::automatic);
  EXPECT_EQ(snapshot.service("Fax")->state, ServiceState::stopped);
  EXPECT_THAT(unread(snapshot), ElementsAre("4: 'Läuft' is no state of a service"));
}

TEST(PowerShell, NameOfSeveralWordsIsNotGuessedInCollapsedTables) {
  const Snapshot snapshot = read_text(
      "Status Name DisplayName\n------ ---- -----------\n"
      "Running BFE Base Filtering Engine\nStopped Fax Fax\n"
      "Running Net Driver HPZ12 Net Driver HPZ12\n");
  EXPECT_EQ(snapshot.service("BFE")->title, "Base Filtering Engine");
  EXPECT_NE(snapshot.service("Fax"), nullptr);
  EXPECT_EQ(snapshot.service("Net"), nullptr);
  EXPECT_THAT(unread(snapshot),
              ElementsAre("5: where the service's name ends cannot be told; keep the blanks"));
}

TEST(PowerShell, HostileInputEndsQuickly) {
  std::string wide = "LocalAddress LocalPort";
  for (int i = 0; i < 100'000; ++i) wide += " X";
  std::string ruler = "------------ ---------";
  for (int i = 0; i < 100'000; ++i) ruler += " -";
  const Snapshot columns = read_text(wide + "\n" + ruler + "\n" + wide + "\n" + netstat(""));
  EXPECT_THAT(columns.endpoints, IsEmpty());

  std::string open = "\"LocalAddress\",\"LocalPort\",\"State\"\n";
  for (int i = 0; i < 20'000; ++i) open += "\"\n";
  EXPECT_THAT(read_text(open).endpoints, IsEmpty());

  std::string keys;
  for (int i = 0; i < 100'000; ++i) keys += "Name : x\n";
  EXPECT_THAT(read_text(keys + netstat("")).services, IsEmpty());
}

TEST(PowerShellTable, ShortRowsUnderAWideRulerAreEachNamed) {
  const Snapshot snapshot = read_text(
      "| LocalAddress | LocalPort |\n| ------------ | --------- |\n| 0.0.0.0 | 5355 |\n"
      "| 0.0.0.0 | 49158 |\nTCP 0.0.0.0:1 0.0.0.0:0 LISTENING 4\n");
  ASSERT_EQ(unread(snapshot).size(), 2U);
  EXPECT_TRUE(unread(snapshot)[0].starts_with("3: nothing says whether this is TCP or UDP"));
  EXPECT_TRUE(unread(snapshot)[1].starts_with("4: nothing says whether this is TCP or UDP"));
}

TEST(PowerShellTable, ALastRowThatIsCutIsNoUdpEndpoint) {
  const Snapshot snapshot = read_text(
      "LocalAddress LocalPort RemoteAddress RemotePort State  OwningProcess\n"
      "------------ --------- ------------- ---------- -----  -------------\n"
      "0.0.0.0      80        0.0.0.0       0          Listen 4\n"
      "127.0.0.1    31337 ");
  EXPECT_EQ(rows(snapshot), (std::vector<std::string>{"tcp 0.0.0.0:80 listening 4"}));
  EXPECT_EQ(unread(snapshot),
            (std::vector<std::string>{"4: the row is not complete; was the text cut off?"}));
}

TEST(PowerShellTable, AHeadingThatANarrowWindowBreaksIsRead) {
  const Snapshot snapshot = read_text(R"(
LocalAddress                        LocalPort RemoteAddress                       RemotePort State       AppliedSetting OwningPr
                                                                                                                        ocess
------------                        --------- -------------                       ---------- -----       -------------- --------
127.0.0.1                           9000      0.0.0.0                             0          Listen                     4056
)");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 127.0.0.1:9000 listening 4056"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

// Indented, as below a bullet: what follows the fence is no row.
TEST(PowerShellTable, AFenceEndsIt) {
  const Snapshot snapshot = read_text(R"(- Listeners:
  ```
  LocalAddress LocalPort RemoteAddress RemotePort State  AppliedSetting OwningProcess
  ------------ --------- ------------- ---------- -----  -------------- -------------
  ::           3099      ::            0          Listen                2736
  ```
- Start:
  Command: `npx next dev -p 3099`
  Result:
)");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp [::]:3099 listening 2736"));
  EXPECT_THAT(unread(snapshot), IsEmpty());
}

}  // namespace
}  // namespace deadlight::evidence::test
