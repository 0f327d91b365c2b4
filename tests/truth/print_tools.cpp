#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "knowledge/knowledge.h"
#include "truth/printers.h"

namespace deadlight::truth {
namespace {

bool is_v6(const TrueSocket& socket) { return socket.local.find(':') != std::string::npos; }

std::string_view english(const TrueSocket& socket) {
  switch (socket.state) {
    case State::listening:
      return "LISTENING";
    case State::established:
      return "ESTABLISHED";
    case State::time_wait:
      return "TIME_WAIT";
    case State::close_wait:
      return "CLOSE_WAIT";
    case State::syn_sent:
      return "SYN_SENT";
    case State::fin_wait_1:
      return "FIN_WAIT_1";
    case State::fin_wait_2:
      return "FIN_WAIT_2";
    case State::last_ack:
      return "LAST_ACK";
    default:
      return "";
  }
}

Endpoint with_process(const TrueHost& host, const TrueSocket& socket) {
  Endpoint fact = fact_of(socket);
  fact.pid = socket.pid;
  if (socket.pid != 0) fact.process = host.process(socket.pid)->image;
  return fact;
}

/// Interfaces that the services in one process answer to.
std::vector<const knowledge::RpcInterfaceFact*> interfaces_of(const TrueHost& host,
                                                              const TrueProcess& process) {
  std::vector<const knowledge::RpcInterfaceFact*> result;
  for (const knowledge::RpcInterfaceFact& row : knowledge::builtin().rpc) {
    if (!row.os.contains(host.os) || row.services.size() != 1) continue;
    for (const std::string& service : process.services) {
      if (iequals(row.services.front(), service)) result.push_back(&row);
    }
  }
  return result;
}

}  // namespace

void print_tcpvcon(const TrueHost& host, Dice&, Page& page) {
  page.text("");
  page.text("TCPView v3.01 - TCP/UDP endpoint viewer");
  page.text("Copyright (C) 1998-2010 Mark Russinovich and Bryce Cogswell");
  page.text("Sysinternals - www.sysinternals.com");
  page.text("");
  for (const TrueSocket& socket : host.sockets) {
    const bool tcp = socket.protocol == Protocol::tcp;
    const std::string image =
        socket.pid == 0 ? "[System Process]" : host.process(socket.pid)->image;
    page.row(fmt::format("[{}{}] {}", tcp ? "TCP" : "UDP", is_v6(socket) ? "V6" : "", image),
             with_process(host, socket));
    page.more(fmt::format("\tPID:     {}", socket.pid));
    if (tcp) page.more(fmt::format("\tState:   {}", english(socket)));
    page.more("\tLocal:   " + socket_of(socket.local, socket.port));
    std::string remote = tcp ? socket_of(is_v6(socket) ? "::" : "0.0.0.0", 0) : "*:*";
    if (!socket.remote.empty()) remote = socket_of(socket.remote, socket.remote_port);
    page.more("\tRemote:  " + remote);
  }
}

void print_tcpvcon_csv(const TrueHost& host, Dice&, Page& page) {
  for (const TrueSocket& socket : host.sockets) {
    const bool tcp = socket.protocol == Protocol::tcp;
    if (is_v6(socket) || socket.pid == 0) continue;
    std::string remote = tcp ? "0.0.0.0:0" : "*:*";
    if (!socket.remote.empty()) remote = socket_of(socket.remote, socket.remote_port);
    page.row(fmt::format("{},{},{},{},{},{}", tcp ? "TCP" : "UDP", host.process(socket.pid)->image,
                         socket.pid, english(socket), socket_of(socket.local, socket.port), remote),
             with_process(host, socket));
  }
}

void print_currports(const TrueHost& host, Dice&, Page& page) {
  page.text(
      "Process Name,Process ID,Protocol,Local Port,Local Port Name,Local Address,Remote "
      "Port,Remote "
      "Port Name,Remote Address,Remote Host Name,State,Process Path");
  for (const TrueSocket& socket : host.sockets) {
    const bool tcp = socket.protocol == Protocol::tcp;
    if (socket.pid == 0) continue;
    std::string state(english(socket));
    for (std::size_t i = 1; i < state.size(); ++i) {
      if (state[i] >= 'A' && state[i] <= 'Z') state[i] = static_cast<char>(state[i] - 'A' + 'a');
    }
    std::replace(state.begin(), state.end(), '_', ' ');
    const TrueProcess& process = *host.process(socket.pid);
    const std::string remote_port =
        socket.remote.empty() ? std::string() : std::to_string(socket.remote_port);
    page.row(
        fmt::format("{},{},{},{},,{},{},,{},,{},{}", process.image, socket.pid, tcp ? "TCP" : "UDP",
                    socket.port, socket.local, remote_port, socket.remote, state, process.path),
        with_process(host, socket));
  }
}

void print_osquery_ports(const TrueHost& host, Dice&, Page& page) {
  page.text("[");
  std::string_view comma;
  for (const TrueSocket& socket : host.sockets) {
    if (!socket.remote.empty() || socket.phantom) continue;
    Endpoint fact = fact_of(socket);
    fact.pid = socket.pid;
    page.row(fmt::format(R"({}  {{"pid":"{}","port":"{}","protocol":"{}","family":"{}",)", comma,
                         socket.pid, socket.port, socket.protocol == Protocol::tcp ? 6 : 17,
                         is_v6(socket) ? (host.os == Os::linux ? 10 : 23) : 2),
             std::move(fact));
    page.more(fmt::format(R"(   "address":"{}","fd":"0","socket":"0","path":""}})", socket.local));
    comma = ",";
  }
  page.text("]");
}

/// What the endpoint mapper tells: every interface of a process on every endpoint of it.
void print_rpcdump(const TrueHost& host, Dice&, Page& page) {
  page.text("Impacket v0.9.22 - Copyright 2020 SecureAuth Corporation");
  page.text("");
  page.text(fmt::format("[*] Retrieving endpoint list from {}", host.adapters.front()));
  for (const TrueSocket& socket : host.sockets) {
    if (socket.protocol != Protocol::tcp || socket.local != "0.0.0.0" || !socket.by_book) continue;
    if (socket.port < 1024 || socket.pid <= 8 || socket.phantom) continue;
    for (const knowledge::RpcInterfaceFact* row : interfaces_of(host, *host.process(socket.pid))) {
      page.text("Protocol: N/A ");
      page.text("Provider: N/A ");
      page.text(fmt::format("UUID    : {} v{} ", row->uuid, row->version));
      page.text("Bindings: ");
      page.text(fmt::format("          ncacn_ip_tcp:{}[{}]", host.adapters.front(), socket.port));
      page.text("");
    }
  }
  page.text("[*] Received endpoints.");
}

void print_net_start(const TrueHost& host, Dice&, Page& page) {
  page.text("These Windows services are started:");
  page.text("");
  for (const TrueService& service : host.services) {
    if (service.running && !service.driver) page.text("   " + service.title, false);
  }
  page.text("");
  page.text("The command completed successfully.");
}

}  // namespace deadlight::truth
