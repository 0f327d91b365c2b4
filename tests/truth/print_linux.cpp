#include <fmt/format.h>

#include <algorithm>

#include "truth/printers.h"

namespace deadlight::truth {
namespace {

struct StateNames {
  State state;
  std::string_view ss;
  std::string_view netstat;
  unsigned kernel;
};
constexpr StateNames kStates[] = {{State::established, "ESTAB", "ESTABLISHED", 1},
                                  {State::syn_sent, "SYN-SENT", "SYN_SENT", 2},
                                  {State::syn_received, "SYN-RECV", "SYN_RECV", 3},
                                  {State::fin_wait_1, "FIN-WAIT-1", "FIN_WAIT1", 4},
                                  {State::fin_wait_2, "FIN-WAIT-2", "FIN_WAIT2", 5},
                                  {State::time_wait, "TIME-WAIT", "TIME_WAIT", 6},
                                  {State::closed, "CLOSE", "CLOSE", 7},
                                  {State::close_wait, "CLOSE-WAIT", "CLOSE_WAIT", 8},
                                  {State::last_ack, "LAST-ACK", "LAST_ACK", 9},
                                  {State::listening, "LISTEN", "LISTEN", 10},
                                  {State::closing, "CLOSING", "CLOSING", 11},
                                  {State::bound, "UNCONN", "", 7}};

const StateNames& names_of(State state) {
  return *std::find_if(std::begin(kStates), std::end(kStates),
                       [state](const StateNames& one) { return one.state == state; });
}

bool is_v6(const TrueSocket& socket) { return socket.local.find(':') != std::string::npos; }
std::string_view protocol(const TrueSocket& socket) {
  return socket.protocol == Protocol::tcp ? "tcp" : "udp";
}

/// Names of processes as the kernel keeps them.
std::string command_of(const TrueProcess& process) { return cut(process.image, 15); }

Endpoint fact_with_process(const TrueHost& host, const TrueSocket& socket) {
  Endpoint fact = fact_of(socket);
  if (socket.pid != 0) {
    fact.pid = socket.pid;
    fact.process = command_of(*host.process(socket.pid));
  }
  return fact;
}

std::string peer(const TrueSocket& socket, std::string_view any_v6) {
  if (!socket.remote.empty()) return socket_of(socket.remote, socket.remote_port);
  return is_v6(socket) ? std::string(any_v6) : "0.0.0.0:*";
}

std::string hex_address(std::string_view address, std::uint16_t port) {
  const IpAddress ip = make_address(address).ip.value_or(IpAddress{});
  std::string text;
  for (std::size_t word = 0; word < (ip.v6 ? 16U : 4U); word += 4) {
    for (std::size_t byte = 4; byte-- > 0;) text += fmt::format("{:02X}", ip.bytes[word + byte]);
  }
  return fmt::format("{}:{:04X}", text, port);
}

void print_proc(const TrueHost& host, Page& page, Protocol wanted) {
  page.text(
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
      "inode");
  unsigned row = 0;
  for (const TrueSocket& socket : host.sockets) {
    if (socket.protocol != wanted || is_v6(socket)) continue;
    const std::string remote = socket.remote.empty() ? "0.0.0.0" : socket.remote;
    page.row(fmt::format("{:4}: {} {} {:02X} 00000000:00000000 00:00000000 00000000     0        0 "
                         "{} 1 0000000000000000 100 0 0 10 0",
                         row, hex_address(socket.local, socket.port),
                         hex_address(remote, socket.remote_port), names_of(socket.state).kernel,
                         17000 + row),
             fact_of(socket));
    ++row;
  }
}

}  // namespace

void print_ss(const TrueHost& host, Dice&, Page& page) {
  page.text("Netid State      Recv-Q Send-Q      Local Address:Port     Peer Address:Port Process");
  for (const TrueSocket& socket : host.sockets) {
    std::string row = fmt::format("{:<5} {:<10} {:<6} {:<6} {:>23} {:>21} ", protocol(socket),
                                  names_of(socket.state).ss, 0, 128,
                                  socket_of(socket.local, socket.port), peer(socket, "[::]:*"));
    if (socket.pid != 0) {
      row += fmt::format("users:((\"{}\",pid={},fd={}))", command_of(*host.process(socket.pid)),
                         socket.pid, 3 + socket.port % 20);
    }
    page.row(row, fact_with_process(host, socket));
  }
}

void print_netstat_linux(const TrueHost& host, Dice&, Page& page) {
  constexpr std::size_t kProgramWidth = 19;
  page.text("Active Internet connections (servers and established)");
  page.text(
      "Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program "
      "name    ");
  for (const TrueSocket& socket : host.sockets) {
    Endpoint fact = fact_with_process(host, socket);
    std::string program = "-";
    if (socket.pid != 0) {
      program = cut(fmt::format("{}/{}", socket.pid, fact.process.str()), kProgramWidth);
    }
    const bool v6 = is_v6(socket);
    const std::string local =
        v6 ? fmt::format("{}:{}", socket.local, socket.port) : socket_of(socket.local, socket.port);
    page.row(fmt::format("{:<5} {:>6} {:>6} {:<23} {:<23} {:<11} {}",
                         std::string(protocol(socket)) + (v6 ? "6" : ""), 0, 0, local,
                         peer(socket, ":::*"), names_of(socket.state).netstat, program),
             std::move(fact));
  }
}

void print_lsof(const TrueHost& host, Dice&, Page& page) {
  page.text("COMMAND     PID     USER   FD   TYPE DEVICE SIZE/OFF NODE NAME");
  for (const TrueSocket& socket : host.sockets) {
    if (socket.pid == 0) continue;
    const bool any = socket.local == "0.0.0.0" || socket.local == "::";
    const std::string local =
        any ? fmt::format("*:{}", socket.port) : socket_of(socket.local, socket.port);
    std::string name = local;
    if (!socket.remote.empty()) name += "->" + socket_of(socket.remote, socket.remote_port);
    if (socket.protocol == Protocol::tcp) {
      name += fmt::format(" ({})", names_of(socket.state).netstat);
    }
    page.row(fmt::format("{:<9} {:>5} {:>8} {:>4}  {} {:>6}      0t0  {} {}",
                         cut(host.process(socket.pid)->image, 9), socket.pid, "root", "3u",
                         is_v6(socket) ? "IPv6" : "IPv4", 17000,
                         socket.protocol == Protocol::tcp ? "TCP" : "UDP", name),
             fact_with_process(host, socket));
  }
}

void print_proc_tcp(const TrueHost& host, Dice&, Page& page) {
  print_proc(host, page, Protocol::tcp);
}

void print_systemctl(const TrueHost& host, Dice&, Page& page) {
  page.text("  UNIT                     LOAD   ACTIVE SUB     DESCRIPTION");
  std::size_t count = 0;
  for (const TrueService& service : host.services) {
    if (!service.name.ends_with(".service")) continue;
    Service fact;
    fact.name = service.name;
    fact.state = ServiceState::running;
    page.row(fmt::format("  {:<24} loaded active running {}", service.name, service.title),
             std::move(fact));
    ++count;
  }
  page.text("");
  page.text("LOAD   = Reflects whether the unit definition was properly loaded.");
  page.text("ACTIVE = The high-level unit activation state, i.e. generalization of SUB.");
  page.text("SUB    = The low-level unit activation state, values depend on unit type.");
  page.text(fmt::format("{} loaded units listed.", count));
}

}  // namespace deadlight::truth
