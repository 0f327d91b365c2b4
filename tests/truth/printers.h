#pragma once

#include "truth/page.h"

/// One function for each format; formats.cpp says on which systems the tool prints it.
namespace deadlight::truth {

void print_netstat_a(const TrueHost& host, Dice& dice, Page& page);
void print_netstat_an(const TrueHost& host, Dice& dice, Page& page);
void print_netstat_ano(const TrueHost& host, Dice& dice, Page& page);
void print_netstat_anob(const TrueHost& host, Dice& dice, Page& page);
void print_netstat_anb(const TrueHost& host, Dice& dice, Page& page);
void print_netstat_anot(const TrueHost& host, Dice& dice, Page& page);

void print_tasklist(const TrueHost& host, Dice& dice, Page& page);
void print_tasklist_svc(const TrueHost& host, Dice& dice, Page& page);
void print_tasklist_csv(const TrueHost& host, Dice& dice, Page& page);
void print_tasklist_list(const TrueHost& host, Dice& dice, Page& page);
void print_tlist(const TrueHost& host, Dice& dice, Page& page);
void print_sc_queryex(const TrueHost& host, Dice& dice, Page& page);
void print_sc_qc(const TrueHost& host, Dice& dice, Page& page);
void print_fport(const TrueHost& host, Dice& dice, Page& page);
void print_reg_services(const TrueHost& host, Dice& dice, Page& page);
void print_reg_query(const TrueHost& host, Dice& dice, Page& page);

void print_get_tcp_table(const TrueHost& host, Dice& dice, Page& page);
void print_get_tcp_list(const TrueHost& host, Dice& dice, Page& page);
void print_get_tcp_csv(const TrueHost& host, Dice& dice, Page& page);
void print_get_tcp_json(const TrueHost& host, Dice& dice, Page& page);
void print_get_udp_table(const TrueHost& host, Dice& dice, Page& page);
void print_get_process(const TrueHost& host, Dice& dice, Page& page);
void print_get_service(const TrueHost& host, Dice& dice, Page& page);
void print_win32_service_json(const TrueHost& host, Dice& dice, Page& page);
void print_wmic_service_csv(const TrueHost& host, Dice& dice, Page& page);
void print_wmic_service_table(const TrueHost& host, Dice& dice, Page& page);

void print_tcpvcon(const TrueHost& host, Dice& dice, Page& page);
void print_tcpvcon_csv(const TrueHost& host, Dice& dice, Page& page);
void print_currports(const TrueHost& host, Dice& dice, Page& page);
void print_osquery_ports(const TrueHost& host, Dice& dice, Page& page);
void print_rpcdump(const TrueHost& host, Dice& dice, Page& page);
void print_net_start(const TrueHost& host, Dice& dice, Page& page);

void print_ss(const TrueHost& host, Dice& dice, Page& page);
void print_netstat_linux(const TrueHost& host, Dice& dice, Page& page);
void print_lsof(const TrueHost& host, Dice& dice, Page& page);
void print_proc_tcp(const TrueHost& host, Dice& dice, Page& page);
void print_systemctl(const TrueHost& host, Dice& dice, Page& page);

}  // namespace deadlight::truth
