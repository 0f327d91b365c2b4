#include "truth/foreign.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "truth/language.h"

namespace deadlight::truth {
namespace {

struct KernelPort {
  OsRange os;
  Protocol protocol;
  std::uint16_t port;
};
constexpr KernelPort kKernelPorts[] = {
    {{Os::win2003, Os::server2025}, Protocol::tcp, 80},
    {{Os::win2003, Os::server2025}, Protocol::tcp, 443},
    {{Os::win2003, Os::server2025}, Protocol::tcp, 5985},
    {{Os::win2003, Os::server2025}, Protocol::tcp, 5986},
    {{Os::win2003, Os::server2025}, Protocol::tcp, 47001},
    {{Os::win2003, Os::server2025}, Protocol::tcp, 2869},
    {{Os::win2003, Os::server2025}, Protocol::tcp, 5357},
    {{Os::win2003, Os::server2025}, Protocol::tcp, 5358},
    {{Os::win2003, Os::server2025}, Protocol::tcp, 8530},
    {{Os::win2003, Os::server2025}, Protocol::tcp, 8531},
    {{Os::win2003, Os::server2025}, Protocol::tcp, 10243},
    {{Os::vista, Os::server2025}, Protocol::tcp, 445},
    {{Os::win2000, Os::server2025}, Protocol::tcp, 1723},
    {{Os::win2000, Os::server2025}, Protocol::udp, 1701},
};

struct ForeignService {
  std::string_view name;
  std::string_view title;
  std::string_view image;
  std::string_view folder;
  Protocol protocol;
  std::uint16_t port;
};
constexpr ForeignService kServices[] = {
    {"McAfeeFramework", "McAfee Framework Service", "FrameworkService.exe",
     "C:\\Program Files\\McAfee\\Common Framework", Protocol::tcp, 8081},
    {"Apache2.2", "Apache2.2", "httpd.exe", "C:\\Program Files\\Apache Group\\Apache2\\bin",
     Protocol::tcp, 80},
    {"MySQL", "MySQL", "mysqld-nt.exe", "C:\\Program Files\\MySQL\\bin", Protocol::tcp, 3306},
    {"postgresql-x64-9.6", "postgresql-x64-9.6 - PostgreSQL Server 9.6", "postgres.exe",
     "C:\\Program Files\\PostgreSQL\\9.6\\bin", Protocol::tcp, 5432},
    {"WinVNC4", "VNC Server Version 4", "winvnc4.exe", "C:\\Program Files\\RealVNC\\VNC4",
     Protocol::tcp, 5900},
    {"BackupExecAgentAccelerator", "Backup Exec Remote Agent for Windows", "beremote.exe",
     "C:\\Program Files\\Symantec\\Backup Exec\\RAWS", Protocol::tcp, 10000},
    {"Symantec AntiVirus", "Symantec AntiVirus", "Rtvscan.exe",
     "C:\\Program Files\\Symantec AntiVirus", Protocol::tcp, 2967},
    {"OracleXETNSListener", "OracleXETNSListener", "tnslsnr.exe",
     "C:\\oraclexe\\app\\oracle\\product\\10.2.0\\server\\BIN", Protocol::tcp, 1521},
    {"NSClient++", "NSClient++ (x64)", "nscp.exe", "C:\\Program Files\\NSClient++", Protocol::tcp,
     5666},
    {"Zabbix Agent", "Zabbix Agent", "zabbix_agentd.exe", "C:\\zabbix", Protocol::tcp, 10050},
    {"TeamViewer7", "TeamViewer 7", "TeamViewer_Service.exe",
     "C:\\Program Files\\TeamViewer\\Version7", Protocol::tcp, 5939},
    {"HPSIM Agent 3", "Agent of the rack", "hpsim agent 3.exe", "D:\\Agents and more\\rack 3",
     Protocol::udp, 50123},
    {"MSSQL$LEDGER", "SQL Server (LEDGER)", "sqlservr.exe",
     "C:\\Program Files\\Microsoft SQL Server\\MSSQL.2\\MSSQL\\Binn", Protocol::tcp, 0},
    {"bonjour7", "Name service of a vendor", "mDNSResponder.exe", "C:\\Program Files\\Bonjour",
     Protocol::udp, 5353},
};

struct Program {
  std::string_view image;
  std::string_view folder;
};
constexpr Program kPrograms[] = {
    {"skype.exe", "C:\\Program Files\\Skype\\Phone"},
    {"iexplore.exe", "C:\\Program Files\\Internet Explorer"},
    {"firefox.exe", "C:\\Program Files\\Mozilla Firefox"},
    {"emule.exe", "C:\\Program Files\\eMule"},
    {"7 Zip.exe", "C:\\Tools"},
    {"my server 2.exe", "C:\\Program Files\\My Server (x86)"},
    {"java.exe", "C:\\Program Files\\Java\\bin"},
    {"svch0st.exe", "C:\\Temp"},
    {"svchost.exe", "C:\\Users\\Public"},
    {"Contoso.Long.Name.Of.A.Program.Service.exe", "C:\\Program Files\\Contoso"},
    {"a.exe", "C:\\"},
    {"Dropbox.exe", "C:\\Users\\jo\\AppData\\Roaming\\Dropbox\\bin"},
    {"rundll32.exe", "C:\\Windows\\System32"},
};

}  // namespace

bool is_kernel_port(Os os, Protocol protocol, std::uint16_t port) {
  return std::any_of(std::begin(kKernelPorts), std::end(kKernelPorts), [&](const KernelPort& one) {
    return one.os.contains(os) && one.protocol == protocol && one.port == port;
  });
}

void add_foreign_services(Builder& builder) {
  Dice& dice = builder.dice();
  builder.leave_boot_ports();
  const std::uint32_t count = dice.below(4);
  for (std::uint32_t i = 0; i < count; ++i) {
    const ForeignService& vendor = dice.pick(kServices);
    if (builder.host().service(vendor.name) != nullptr) continue;
    std::uint32_t pid = 0;
    // Some put a library into a service host of the system, as malware does.
    const bool inside = dice.one_in(6);
    for (const TrueProcess& process : builder.host().processes) {
      if (inside && process.image == "svchost.exe" && !process.services.empty() && dice.one_in(2)) {
        pid = process.pid;
      }
    }
    if (pid == 0) pid = builder.start(vendor.image, vendor.folder);
    TrueService& service = builder.service(vendor.name, vendor.title);
    service.running = true;
    service.pid = pid;
    service.command = builder.process(pid).command_line;
    builder.process(pid).services.emplace_back(vendor.name);
    TrueSocket socket;
    socket.protocol = vendor.protocol;
    socket.port = vendor.port != 0 && !dice.one_in(4) ? vendor.port : builder.dynamic_port();
    socket.pid = pid;
    socket.holders = {std::string(vendor.name)};
    builder.open_any(socket);
  }
}

std::uint32_t start_program(Builder& builder) {
  Dice& dice = builder.dice();
  const Language& language = *builder.host().language;
  if (builder.host().os == Os::linux) return builder.start("python3", "/usr/bin");
  if (dice.one_in(6)) return builder.start(fmt::format("{}.exe", language.word), "C:\\Tools");
  const Program& program = dice.pick(kPrograms);
  return builder.start(program.image, program.folder);
}

void add_programs(Builder& builder) {
  Dice& dice = builder.dice();
  const std::uint32_t count = dice.below(4);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t pid = start_program(builder);
    const std::uint32_t sockets = dice.below(4);
    for (std::uint32_t s = 0; s < sockets; ++s) {
      constexpr std::uint16_t kPorts[] = {8080, 4662, 6881, 31337, 12345, 9100, 50000, 27015};
      TrueSocket socket;
      socket.protocol = dice.one_in(2) ? Protocol::udp : Protocol::tcp;
      socket.pid = pid;
      socket.port = dice.one_in(3)   ? dice.pick(kPorts)
                    : dice.one_in(3) ? dice.port(1024, 65535)
                                     : builder.dynamic_port();
      if (!dice.one_in(3)) {
        builder.open_any(socket);
        continue;
      }
      socket.local = dice.one_in(2) ? "127.0.0.1" : builder.host().adapters.front();
      builder.open(socket);
    }
  }
}

}  // namespace deadlight::truth
