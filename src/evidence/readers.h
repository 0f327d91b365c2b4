#pragma once

#include <span>
#include <string_view>

#include "evidence/reading.h"

/// One function for each tool. Each takes the lines that it understands out of those that are still
/// free, and leaves all others as they are. Adding a tool: a .cpp file with its function, and a
/// row in readers.cpp; another there if it knows nothing of sockets.
namespace deadlight::evidence {

struct Reader {
  std::string_view id;  ///< also that of its fuzz target and corpus
  void (*read)(Reading& reading);
};
/// In the order in which they are asked: the most distinctive come first.
std::span<const Reader> readers();

void read_netstat(Reading& reading);     ///< Windows netstat with any of -a -n -o -b
void read_tasklist(Reading& reading);    ///< tasklist, also with /svc, /v and /m
void read_sc(Reading& reading);          ///< sc query, queryex and qc
void read_fport(Reading& reading);       ///< Foundstone's fport 1.x and 2.0
void read_json(Reading& reading);        ///< records of PowerShell and osquery as JSON
void read_nmap(Reading& reading);        ///< nmap's normal and grepable output; masscan's list
void read_nmap_xml(Reading& reading);    ///< nmap's and masscan's XML
void read_powershell(Reading& reading);  ///< Get-NetTCPConnection, Get-Process, …: table, list, CSV
void read_reg(Reading& reading);         ///< reg query
void read_reg_file(Reading& reading);    ///< .reg files

void read_tlist(Reading& reading);      ///< tlist of the Resource Kit and the Debugging Tools
void read_pslist(Reading& reading);     ///< pslist of Sysinternals
void read_net_start(Reading& reading);  ///< net start
void read_rpcdump(
    Reading& reading);  ///< the RPC endpoint map as rpcdump, impacket, portqry print it
void read_portqry(Reading& reading);        ///< what PortQry saw of another host's ports
void read_tcpvcon(Reading& reading);        ///< tcpvcon of Sysinternals
void read_currports(Reading& reading);      ///< exports of NirSoft's CurrPorts, TCPView, tcpvcon -c
void read_port_reporter(Reading& reading);  ///< Microsoft's Port Reporter, portqry -local
void read_netsh(Reading& reading);          ///< netsh http, advfirewall, firewall and interface
void read_wmic(Reading& reading);           ///< wmic service and process: table, list and CSV
void read_shell(Reading& reading);          ///< prompts of Unix shells, `hostname`, `uname -a`
void read_netstat_other(Reading& reading);  ///< netstat -r, -s, -i, -g and ss -s: refused by name
void read_proc_net(Reading& reading);       ///< /proc/net/tcp, tcp6, udp and udp6
void read_ss(Reading& reading);             ///< ss of iproute2, old and new
void read_netstat_linux(Reading& reading);  ///< netstat of net-tools, busybox, BSD and macOS
void read_lsof(Reading& reading);           ///< lsof -i, as a table and with -F
void read_systemctl(Reading& reading);      ///< systemctl list-units, -unit-files, -sockets
void read_systemctl_status(Reading& reading);  ///< systemctl status and show
void read_init_services(Reading& reading);     ///< service --status-all, chkconfig, rc-status
void read_ps(Reading& reading);                ///< ps of Linux and busybox
void read_prompts(Reading& reading);           ///< prompts, banners and `hostname`

}  // namespace deadlight::evidence
