#include "evidence/readers.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/text.h"
#include "evidence/evidence.h"

namespace deadlight::evidence {
namespace {

// The order decides who may take a line first. One row a line keeps additions apart.
constexpr Reader kReaders[] = {
    // clang-format off
    {"reg_file", read_reg_file},
    {"reg", read_reg},
    {"sc", read_sc},
    {"shell", read_shell},
    {"prompts", read_prompts},
    {"json", read_json},
    {"nmap_xml", read_nmap_xml},
    {"net_start", read_net_start},
    {"rpcdump", read_rpcdump},
    {"portqry", read_portqry},
    {"netsh", read_netsh},
    {"tcpvcon", read_tcpvcon},
    {"wmic", read_wmic},
    {"powershell", read_powershell},
    {"nmap", read_nmap},
    {"tasklist", read_tasklist},
    {"port_reporter", read_port_reporter},
    {"currports", read_currports},
    {"pslist", read_pslist},
    {"tlist", read_tlist},
    {"netstat_other", read_netstat_other},
    {"proc_net", read_proc_net},
    {"ss", read_ss},
    {"netstat_linux", read_netstat_linux},
    {"lsof", read_lsof},
    {"systemctl", read_systemctl},
    {"systemctl_status", read_systemctl_status},
    {"init_services", read_init_services},
    {"ps", read_ps},
    {"fport", read_fport},
    {"netstat", read_netstat},
    // clang-format on
};

// Kinds that readers find in what knows nothing of sockets, or names all there are in rows.
constexpr std::string_view kWithoutSockets[] = {
    "init", "net start", "netsh", "osquery",   "powershell", "ps",    "pslist",
    "reg",  "rpcdump",   "sc",    "systemctl", "tasklist",   "tlist", "wmic"};

}  // namespace

bool lists_sockets(std::string_view kind) {
  const std::vector<std::string_view> parts = split(kind, '+');
  return std::any_of(parts.begin(), parts.end(), [](std::string_view part) {
    return std::find(std::begin(kWithoutSockets), std::end(kWithoutSockets), part) ==
           std::end(kWithoutSockets);
  });
}

std::span<const Reader> readers() { return kReaders; }

}  // namespace deadlight::evidence
