#include "truth/printers.h"

namespace deadlight::truth {
namespace {

constexpr OsRange kWindows{Os::winnt4, Os::server2025};
constexpr OsRange kSince2000{Os::win2000, Os::server2025};
constexpr OsRange kSinceXp{Os::winxp, Os::server2025};
constexpr OsRange kSinceVista{Os::vista, Os::server2025};
constexpr OsRange kSinceWin8{Os::win8, Os::server2025};
constexpr OsRange kUpToXp{Os::winnt4, Os::winxp};
constexpr OsRange kUpTo2003{Os::winnt4, Os::win2003};
constexpr OsRange kLinux{Os::linux, Os::linux};

constexpr Format kFormats[] = {
    // clang-format off
    {"netstat -an", kWindows, print_netstat_an},
    {"netstat -a", kWindows, print_netstat_a},
    {"netstat -ano", kSinceXp, print_netstat_ano},
    {"netstat -anob", kSinceXp, print_netstat_anob},
    {"netstat -anb", kSinceXp, print_netstat_anb},
    {"netstat -anot", kSinceVista, print_netstat_anot},
    {"tasklist", kSinceXp, print_tasklist},
    {"tasklist /svc", kSinceXp, print_tasklist_svc},
    {"sc queryex", kSince2000, print_sc_queryex},
    {"sc qc", kSince2000, print_sc_qc},
    {"fport", kUpToXp, print_fport},
    {".reg", kWindows, print_reg_services},
    {"reg query", kSinceXp, print_reg_query},
    {"tasklist /svc /fo csv", kSinceXp, print_tasklist_csv},
    {"tasklist /svc /fo list", kSinceXp, print_tasklist_list},
    {"tlist -s", kUpTo2003, print_tlist},
    {"Get-NetTCPConnection", kSinceWin8, print_get_tcp_table},
    {"Get-NetTCPConnection list", kSinceWin8, print_get_tcp_list},
    {"Get-NetTCPConnection CSV", kSinceWin8, print_get_tcp_csv},
    {"Get-NetTCPConnection JSON", kSinceWin8, print_get_tcp_json},
    {"Get-NetUDPEndpoint", kSinceWin8, print_get_udp_table},
    {"Get-Process", kSinceVista, print_get_process},
    {"Get-Service", kSinceVista, print_get_service},
    {"Win32_Service JSON", kSinceVista, print_win32_service_json},
    {"wmic service csv", kSinceXp, print_wmic_service_csv},
    {"wmic service", kSinceXp, print_wmic_service_table},
    {"tcpvcon", kSinceXp, print_tcpvcon},
    {"tcpvcon -c", kSinceXp, print_tcpvcon_csv},
    {"CurrPorts CSV", kSinceXp, print_currports},
    {"osquery listening_ports", kSinceVista, print_osquery_ports},
    {"rpcdump", kSince2000, print_rpcdump},
    {"net start", kWindows, print_net_start},
    {"ss -tuanp", kLinux, print_ss},
    {"netstat -tuanp", kLinux, print_netstat_linux},
    {"lsof -i -P -n", kLinux, print_lsof},
    {"/proc/net/tcp", kLinux, print_proc_tcp},
    {"systemctl", kLinux, print_systemctl},
    // clang-format on
};

}  // namespace

std::vector<Format> formats_of(Os os) {
  std::vector<Format> formats;
  for (const Format& format : kFormats) {
    if (format.os.contains(os)) formats.push_back(format);
  }
  return formats;
}

}  // namespace deadlight::truth
