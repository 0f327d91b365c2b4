#include <fmt/format.h>

#include <algorithm>

#include "truth/printers.h"

namespace deadlight::truth {
namespace {

struct StateName {
  State state;
  std::string_view name;
  int number;  ///< MIB_TCP_STATE
};
constexpr StateName kStates[] = {{State::listening, "Listen", 2},
                                 {State::syn_sent, "SynSent", 3},
                                 {State::syn_received, "SynReceived", 4},
                                 {State::established, "Established", 5},
                                 {State::fin_wait_1, "FinWait1", 6},
                                 {State::fin_wait_2, "FinWait2", 7},
                                 {State::close_wait, "CloseWait", 8},
                                 {State::closing, "Closing", 9},
                                 {State::last_ack, "LastAck", 10},
                                 {State::time_wait, "TimeWait", 11},
                                 {State::closed, "Closed", 1}};

const StateName& name_of(State state) {
  return *std::find_if(std::begin(kStates), std::end(kStates),
                       [state](const StateName& one) { return one.state == state; });
}

/// A connection as Get-NetTCPConnection knows it.
struct Record {
  std::string local;
  std::string remote;
  std::string_view state;
  int state_number = 0;
  Endpoint fact;
};
Record record_of(const TrueSocket& socket) {
  Record record;
  record.local = socket.local;
  record.remote = socket.remote;
  const bool v6 = socket.local.find(':') != std::string::npos;
  if (record.remote.empty()) record.remote = v6 ? "::" : "0.0.0.0";
  record.state = name_of(socket.state).name;
  record.state_number = name_of(socket.state).number;
  record.fact = fact_of(socket);
  record.fact.pid = socket.pid;
  return record;
}

/// What Format-Table does to a cell that is too long.
std::string fitted(std::string_view text, std::size_t width) {
  if (letters(text) <= width) return pad(text, width);
  return cut(text, width - 3) + "...";
}

std::string without_exe(std::string_view image) {
  return std::string(image.ends_with(".exe") ? image.substr(0, image.size() - 4) : image);
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

std::string_view start_mode(const TrueService& service) {
  if (service.start == StartType::disabled) return "Disabled";
  return service.start == StartType::manual ? "Manual" : "Auto";
}

Service service_fact(const TrueService& service) {
  Service fact;
  fact.name = service.name;
  fact.state = service.running ? ServiceState::running : ServiceState::stopped;
  return fact;
}

/// With the process, as Win32_Service has it.
Service full_service_fact(const TrueService& service) {
  Service fact = service_fact(service);
  if (service.pid != 0) fact.pid = service.pid;
  fact.start = service.start;
  return fact;
}

}  // namespace

void print_get_tcp_table(const TrueHost& host, Dice&, Page& page) {
  page.text("");
  page.text(
      "LocalAddress                        LocalPort RemoteAddress                       "
      "RemotePort "
      "State       AppliedSetting OwningProcess");
  page.text(
      "------------                        --------- -------------                       "
      "---------- "
      "-----       -------------- -------------");
  for (const TrueSocket& socket : host.sockets) {
    if (socket.protocol != Protocol::tcp) continue;
    Record record = record_of(socket);
    page.row(fmt::format("{:<35} {:<9} {:<35} {:<10} {:<11} {:<14} {:<13}", record.local,
                         socket.port, record.remote, socket.remote_port, record.state,
                         socket.remote.empty() ? "" : "Internet", socket.pid),
             std::move(record.fact));
  }
}

void print_get_tcp_list(const TrueHost& host, Dice&, Page& page) {
  for (const TrueSocket& socket : host.sockets) {
    if (socket.protocol != Protocol::tcp) continue;
    Record record = record_of(socket);
    page.text("");
    page.row("LocalAddress   : " + record.local, std::move(record.fact));
    page.more(fmt::format("LocalPort      : {}", socket.port));
    page.more("RemoteAddress  : " + record.remote);
    page.more(fmt::format("RemotePort     : {}", socket.remote_port));
    page.more(fmt::format("State          : {}", record.state));
    page.more("AppliedSetting : ");
    page.more(fmt::format("OwningProcess  : {}", socket.pid));
    page.more("CreationTime   : 3/14/2021 9:26:53 AM");
    page.more("OffloadState   : InHost");
  }
}

void print_get_tcp_csv(const TrueHost& host, Dice& dice, Page& page) {
  if (dice.one_in(2)) {
    page.text("#TYPE Selected.Microsoft.Management.Infrastructure.CimInstance");
  }
  page.text(R"("LocalAddress","LocalPort","RemoteAddress","RemotePort","State","OwningProcess")");
  for (const TrueSocket& socket : host.sockets) {
    if (socket.protocol != Protocol::tcp) continue;
    Record record = record_of(socket);
    page.row(fmt::format(R"("{}","{}","{}","{}","{}","{}")", record.local, socket.port,
                         record.remote, socket.remote_port, record.state, socket.pid),
             std::move(record.fact));
  }
}

void print_get_tcp_json(const TrueHost& host, Dice&, Page& page) {
  page.text("[");
  std::string_view comma;
  for (const TrueSocket& socket : host.sockets) {
    if (socket.protocol != Protocol::tcp) continue;
    Record record = record_of(socket);
    page.row(fmt::format(R"({}    {{"LocalAddress":"{}","LocalPort":{},"RemoteAddress":"{}",)",
                         comma, record.local, socket.port, record.remote),
             std::move(record.fact));
    page.more(fmt::format(R"(     "RemotePort":{},"State":{},"OwningProcess":{}}})",
                          socket.remote_port, record.state_number, socket.pid));
    comma = ",";
  }
  page.text("]");
}

void print_get_udp_table(const TrueHost& host, Dice&, Page& page) {
  page.text("");
  page.text("LocalAddress                             LocalPort");
  page.text("------------                             ---------");
  for (const TrueSocket& socket : host.sockets) {
    if (socket.protocol != Protocol::udp) continue;
    page.row(fmt::format("{:<40} {:<9}", socket.local, socket.port), fact_of(socket));
  }
}

void print_get_process(const TrueHost& host, Dice& dice, Page& page) {
  page.text("");
  page.text("Handles  NPM(K)    PM(K)      WS(K)     CPU(s)     Id  SI ProcessName");
  page.text("-------  ------    -----      -----     ------     --  -- -----------");
  for (const TrueProcess& process : host.processes) {
    Process fact;
    fact.pid = process.pid;
    fact.image = process.pid == 0 ? "Idle" : without_exe(process.image);
    page.row(fmt::format("{:>7} {:>7} {:>8} {:>10} {:>10} {:>6} {:>3} {}", dice.below(2000),
                         dice.below(99), dice.below(99999), dice.below(99999), "0.25", process.pid,
                         0, fact.image),
             Process(fact));
  }
}

void print_get_service(const TrueHost& host, Dice&, Page& page) {
  page.text("");
  page.text("Status   Name               DisplayName                           ");
  page.text("------   ----               -----------                           ");
  for (const TrueService& service : host.services) {
    if (service.driver) continue;
    page.row(fmt::format("{:<8} {} {}", service.running ? "Running" : "Stopped",
                         fitted(service.name, 18), fitted(service.title, 38)),
             service_fact(service));
  }
}

void print_win32_service_json(const TrueHost& host, Dice&, Page& page) {
  page.text("[");
  std::string_view comma;
  for (const TrueService& service : host.services) {
    if (service.driver) continue;
    page.row(
        fmt::format(R"({}  {{"Name":"{}","ProcessId":{},"State":"{}",)", comma,
                    escaped(service.name), service.pid, service.running ? "Running" : "Stopped"),
        full_service_fact(service));
    page.more(fmt::format(R"(   "StartMode":"{}","PathName":"{}"}})", start_mode(service),
                          escaped(service.command)));
    comma = ",";
  }
  page.text("]");
}

void print_wmic_service_csv(const TrueHost& host, Dice&, Page& page) {
  page.text("");
  page.text("Node,Name,PathName,ProcessId,StartMode,State");
  for (const TrueService& service : host.services) {
    if (service.driver) continue;
    page.row(fmt::format("{},{},{},{},{},{}", host.name, service.name, service.command, service.pid,
                         start_mode(service), service.running ? "Running" : "Stopped"),
             full_service_fact(service));
  }
}

void print_wmic_service_table(const TrueHost& host, Dice&, Page& page) {
  std::size_t name_width = 4;
  for (const TrueService& service : host.services) {
    name_width = std::max(name_width, letters(service.name));
  }
  page.text(fmt::format("{}  ProcessId  StartMode  State    ", pad("Name", name_width)));
  for (const TrueService& service : host.services) {
    if (service.driver) continue;
    page.row(fmt::format("{}  {:<9}  {:<9}  {}  ", pad(service.name, name_width), service.pid,
                         start_mode(service), service.running ? "Running" : "Stopped"),
             full_service_fact(service));
  }
}

}  // namespace deadlight::truth
