#include <gmock/gmock.h>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

struct OsCase {
  const char* name;
  std::string text;
  Os os;
  const char* basis;
};

const std::string kRow135 = "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING";

const OsCase kOsCases[] = {
    {"Banner2000", "Microsoft Windows 2000 [Version 5.00.2195]\n" + kRow135, Os::win2000,
     "the version 5.00.2195 in host.txt:1"},
    {"BannerXp", "Microsoft Windows XP [Version 5.1.2600]\n" + kRow135, Os::winxp,
     "the version 5.1.2600 in host.txt:1"},
    {"Banner2003", "Microsoft Windows [Version 5.2.3790]\n" + kRow135, Os::win2003,
     "the version 5.2.3790 in host.txt:1"},
    {"BannerVista", "Microsoft Windows [Version 6.0.6002]\n" + kRow135, Os::vista,
     "the version 6.0.6002 in host.txt:1; may be Windows Vista, Windows Server 2008: give --os"},
    {"Banner7Spanish", "Microsoft Windows [Versión 6.1.7601]\n" + kRow135, Os::win7,
     "the version 6.1.7601 in host.txt:1; may be Windows 7, Windows Server 2008 R2: give --os"},
    {"Banner8", "Microsoft Windows [Version 6.3.9600]\n" + kRow135, Os::win8,
     "the version 6.3.9600 in host.txt:1; may be Windows 8, Windows Server 2012 R2: give --os"},
    {"Banner10", "Microsoft Windows [Version 10.0.19045.3086]\n" + kRow135, Os::win10,
     "the version 10.0.19045.3086 in host.txt:1"},
    {"Banner11", "Microsoft Windows [Version 10.0.22000]\n" + kRow135, Os::win11,
     "the version 10.0.22000 in host.txt:1"},
    {"BannerBeatsPorts", "Microsoft Windows [Version 5.2.3790]\nUDP 0.0.0.0:445 *:* 4\n",
     Os::win2003, "the version 5.2.3790 in host.txt:1"},
    {"Pid8IsSystem", "8 System -> 139 TCP\n", Os::win2000, "PID 8 is System"},
    {"Pid8Holds445", "TCP 0.0.0.0:445 0.0.0.0:0 LISTENING 8", Os::win2000, "PID 8 holds port 445"},
    {"Pid8Holds139", "TCP 10.0.0.3:139 0.0.0.0:0 LISTENING 8", Os::win2000, "PID 8 holds port 139"},
    {"PromptWith445", "C:\\WINNT>netstat -an\nTCP 0.0.0.0:445 0.0.0.0:0 LISTENING", Os::win2000,
     "the prompt in host.txt:1 names \\WINNT, port 445 is open"},
    {"PromptWithout445", "C:\\WINNT\\system32>netstat -an\n" + kRow135, Os::winnt4,
     "guessed: the prompt in host.txt:1 names \\WINNT, port 445 is not open; give --os if it is "
     "another"},
    {"PathOfFport", "9 a -> 445 TCP C:\\WINNT\\a.exe\n", Os::win2000,
     "the path of PID 9 names \\WINNT, port 445 is open"},
    {"Udp445OfPid4", "UDP 0.0.0.0:445 *:* 4\n", Os::winxp,
     "guessed: PID 4 holds UDP 445; may be Windows XP, Windows Server 2003: give --os"},
    {"Ports5000And1900",
     kRow135 + "\nUDP 10.0.0.3:445 *:* 4\nTCP 0.0.0.0:5000 0.0.0.0:0 LISTENING 9\n"
               "UDP 10.0.0.3:1900 *:* 9\n",
     Os::winxp, "PID 4 holds UDP 445, TCP 5000 and UDP 1900 are open beside it"},
    {"ModernDynamicPorts",
     kRow135 + "\nTCP 0.0.0.0:445 0.0.0.0:0 LISTENING 4\nTCP 0.0.0.0:49664 0.0.0.0:0 LISTENING 9\n"
               "TCP 0.0.0.0:49665 0.0.0.0:0 LISTENING 9\nTCP 0.0.0.0:49666 0.0.0.0:0 LISTENING 9\n",
     Os::win10,
     "guessed: PID 4 holds port 445, three ports or more from 49152 on are open, dynamic ports "
     "begin "
     "at 49664; may be Windows 10 to Windows Server 2025: give --os"},
    {"Systeminfo", "OS Name:    Microsoft Windows Server 2019 Standard\n" + kRow135, Os::server2019,
     "Microsoft Windows Server 2019 Standard in host.txt:1"},
    {"SysteminfoGerman", "Betriebssystemname:   Microsoft Windows 7 Professional\n" + kRow135,
     Os::win7, "Microsoft Windows 7 Professional in host.txt:1"},
    {"BuildOfTheServerOnly", "Microsoft Windows [Version 10.0.20348.1]\n" + kRow135, Os::server2022,
     "the version 10.0.20348.1 in host.txt:1"},
    {"ServicesNarrowTheVersion",
     "Image Name                     PID Services\n========================= ======== "
     "============================================\nsvchost.exe                    884 "
     "RpcEptMapper, "
     "RpcSs\nlsm.exe                        500 N/A\n",
     Os::win7,
     "the process lsm.exe is there, the service RpcEptMapper is there; may be Windows 7, Windows "
     "Server 2008 R2: give --os"},
    {"OutgoingPortsSayNothing",
     "TCP 0.0.0.0:445 0.0.0.0:0 LISTENING 4\nTCP 10.0.0.3:49664 10.0.0.9:80 ESTABLISHED 9\n",
     Os::win10,
     "guessed: PID 4 holds port 445; may be Windows XP to Windows Server 2025: give --os"},
    {"ServicesOfNetstatB",
     "Active Connections\n\n  Proto  Local Address  Foreign Address  State\n"
     "  TCP    0.0.0.0:135    web1:0           LISTENING\n  RpcEptMapper\n [svchost.exe]\n"
     "  TCP    0.0.0.0:5040   web1:0           LISTENING\n  CDPSvc\n [svchost.exe]\n",
     Os::win10,
     "guessed: the service RpcEptMapper is there, the service CDPSvc is there; may be Windows 10 "
     "to "
     "Windows Server 2025: give --os"},
    {"MeterpreterNamesNoServer", "OS              : Windows 2012 R2 (6.3 Build 9600).\n" + kRow135,
     Os::server2012r2, "Windows 2012 R2 in host.txt:1"},
    {"MeterpreterNamesTheOldestServer",
     "OS              : Windows 2016+ (10.0 Build 17763).\n" + kRow135, Os::win10,
     "Windows 2016+ in host.txt:1; may be Windows 10, Windows Server 2019: give --os"},
    {"SysteminfoWithMarks", "OS Name:   Microsoft® Windows Server® 2008 Standard\n" + kRow135,
     Os::server2008, "Microsoft Windows Server 2008 Standard in host.txt:1"},
    {"ScannersGuessTellsNothing",
     "Nmap scan report for 10.0.0.1\nPORT    STATE SERVICE\n135/tcp open  msrpc\n"
     "Running: Microsoft Windows 2000|XP|2003\n",
     Os::unknown, "nothing in the evidence tells; give --os"},
    {"InodesOfLsof",
     "COMMAND PID USER FD TYPE DEVICE SIZE/OFF NODE NAME\n"
     "dnsmasq 11 root 4u IPv4 27073 0t0 UDP *:domain\n",
     Os::linux, "inode numbers of sockets in a listing of lsof in host.txt:2"},
    {"AddressesOfLsof",  // macOS
     "COMMAND PID USER FD TYPE DEVICE SIZE/OFF NODE NAME\n"
     "rapportd 97 jo 12u IPv4 0xac9dbfba11240ff3 0t0 TCP *:56355 (LISTEN)\n",
     Os::unknown, "nothing in the evidence tells; give --os"},
    {"CmdletOfWindows8",
     "LocalAddress LocalPort RemoteAddress RemotePort State OwningProcess\n"
     "------------ --------- ------------- ---------- ----- -------------\n"
     ":: 3099 :: 0 Listen 2736\n",
     Os::win10,
     "guessed: host.txt lists sockets as PowerShell does since Windows 8; may be Windows 8 to "
     "Windows Server 2025: give --os"},
    {"ModulesOfNetstatB",  // netstat -anb of XP
     "  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       988\n"
     "  c:\\windows\\system32\\WS2_32.dll\n  c:\\windows\\system32\\rpcss.dll\n  [svchost.exe]\n",
     Os::winxp,
     "guessed: netstat -b lists modules; may be Windows XP, Windows Server 2003: give --os"},
    {"Nothing", kRow135, Os::unknown, "nothing in the evidence tells; give --os"},
};

TEST(OsClues, TellTheSystemAndHowItIsKnown) {
  for (const OsCase& row : kOsCases) {
    const Snapshot snapshot = read_text(row.text);
    EXPECT_EQ(os_id(snapshot.host.os), os_id(row.os)) << row.name;
    EXPECT_EQ(snapshot.host.os_basis, row.basis) << row.name;
    EXPECT_THAT(snapshot.unread, testing::IsEmpty()) << row.name;
  }
}

TEST(HostName, IsNoAddressThatWasHidden) {
  for (const char* address : {"P.Q.50.15", "a.b.c.d", "xx.xx.xx.xx", "server.10.0.3"}) {
    const Snapshot snapshot = read_text(
        "Proto Recv-Q Send-Q Local Address Foreign Address State\n"
        "tcp 0 0 " +
        std::string(address) + ":123 0.0.0.0:* LISTEN\n");
    EXPECT_EQ(snapshot.host.name, "") << address;
  }
}

TEST(OsClues, TheUsersWordIsStronger) {
  const Snapshot snapshot = read_text(kOsCases[0].text, Os::server2019);
  EXPECT_EQ(snapshot.host.os, Os::server2019);
  EXPECT_EQ(snapshot.host.os_basis, "--os");
}

TEST(OsClues, NamesTellWhatTheSignsSayOfThem) {
  const std::vector<Input> inputs = {
      {"host.txt", "  TCP    0.0.0.0:135    web1:0           LISTENING\n  Beacon\n [host.exe]\n"}};
  const auto basis_with = [&](std::vector<OsSign> signs) {
    const auto snapshot = read(inputs, Os::unknown, signs);
    return snapshot ? snapshot->host.os_basis : snapshot.error().message;
  };
  const OsSign service = {OsSign::Kind::service, "beacon", OsSet::of(Os::winxp)};
  EXPECT_EQ(basis_with({service}), "the service beacon is there");
  EXPECT_EQ(basis_with({{OsSign::Kind::image, "HOST.EXE", OsSet::of(Os::winxp)}}),
            "the process HOST.EXE is there");
  EXPECT_EQ(basis_with({{OsSign::Kind::image, "beacon", OsSet::of(Os::winxp)}}),
            "nothing in the evidence tells; give --os");
  EXPECT_EQ(basis_with({}), "nothing in the evidence tells; give --os");
}

TEST(OsClues, ASessionNamesHostAndSystem) {
  const Snapshot snapshot = read_text(data("evidence/session.winxp.txt"));
  EXPECT_EQ(snapshot.host.name, "reception");
  EXPECT_EQ(snapshot.host.os, Os::winxp);
  EXPECT_EQ(snapshot.evidence[0].kind, "netstat+sc+tasklist");
  EXPECT_EQ(services(snapshot, 884), std::vector<std::string>{"RpcSs"});
  EXPECT_THAT(snapshot.unread, testing::IsEmpty());
  EXPECT_THAT(snapshot.skipped, testing::IsEmpty());
}

TEST(OsClues, TheOrderOfTheFilesSaysNothing) {
  const Input first = {"a", "C:\\WINNT>netstat -an\nTCP 0.0.0.0:135 0.0.0.0:0 LISTENING\n"};
  const Input second = {"b", "C:\\WINNT\\system32>netstat -an\nUDP 0.0.0.0:135 *:*\n"};
  for (const auto& inputs : {std::vector{first, second}, std::vector{second, first}}) {
    EXPECT_THAT(read_inputs(inputs).host.os_basis, testing::HasSubstr("the prompt in a:1"));
  }
}

}  // namespace
}  // namespace deadlight::evidence::test
