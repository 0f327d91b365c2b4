#include "evidence/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "evidence/netstat_row.h"
#include "evidence/netstat_state.h"
#include "evidence/ports.h"

namespace deadlight::evidence {
namespace {

struct StateName {
  std::string_view name;
  State state;
};
// Without blanks and signs: "Fin Wait1", "FIN_WAIT_1" and "Fin-Wait-1" are one.
constexpr std::array<StateName, 17> kStates = {{{"listen", State::listening},
                                                {"listening", State::listening},
                                                {"established", State::established},
                                                {"sent", State::syn_sent},
                                                {"synsent", State::syn_sent},
                                                {"received", State::syn_received},
                                                {"synreceived", State::syn_received},
                                                {"synrcvd", State::syn_received},
                                                {"finwait1", State::fin_wait_1},
                                                {"finwait2", State::fin_wait_2},
                                                {"closewait", State::close_wait},
                                                {"closing", State::closing},
                                                {"lastack", State::last_ack},
                                                {"timewait", State::time_wait},
                                                {"closed", State::closed},
                                                {"deletetcb", State::closed},
                                                {"bound", State::closed}}};

std::optional<State> state_of(std::string_view cell) {
  std::string name;
  for (const char c : to_lower(cell)) {
    if (c != ' ' && c != '_' && c != '-') name += c;
  }
  for (const StateName& row : kStates) {
    if (row.name == name) return row.state;
  }
  return find_state(cell);
}

bool is_nothing(std::string_view text) {
  return text.empty() || text == "*" || text == "-" || text == "N/A";
}

/// Port 0 stands for none.
std::optional<std::uint16_t> port_of(std::string_view cell, Protocol protocol) {
  if (is_nothing(cell)) return std::uint16_t{0};
  if (const auto value = number<std::uint16_t>(cell)) return value;
  return find_port(cell, protocol);
}

/// "192.168.151.": a name has letters.
bool is_cut_address(std::string_view text) {
  return text.find('.') != std::string_view::npos &&
         text.find_first_not_of("0123456789.") == std::string_view::npos && !parse_ip(text);
}

/// The addresses and ports; returns why they are none.
std::string set_sockets(const Connection& from, Endpoint& endpoint) {
  const auto local_port = port_of(from.local_port, endpoint.protocol);
  if (from.local_port.empty()) return "the local port is missing";
  if (!local_port || *local_port == 0) {
    return fmt::format("'{}' is no local port", shown(from.local_port));
  }
  if (from.local_address.empty()) return "the local address is missing";
  for (const std::string_view address : {from.local_address, from.remote_address}) {
    if (is_cut_address(address)) return fmt::format("'{}' is no address", shown(address));
  }
  endpoint.port = *local_port;
  endpoint.local = make_address(from.local_address);
  const auto remote_port = port_of(from.remote_port, endpoint.protocol);
  if (!remote_port) return fmt::format("'{}' is no remote port", shown(from.remote_port));
  // A listener's remote side is nobody's, whatever number stands there.
  if (endpoint.state == State::listening || *remote_port == 0 || is_nothing(from.remote_address)) {
    return {};
  }
  endpoint.remote = make_address(from.remote_address);
  endpoint.remote_port = *remote_port;
  return {};
}

std::string set_state(const Connection& from, Endpoint& endpoint) {
  const std::string_view remote = from.remote_port;
  const bool connected = !is_nothing(remote) && remote != "0" && !is_nothing(from.remote_address);
  if (endpoint.protocol == Protocol::udp) {
    endpoint.state = State::bound;
    return {};
  }
  if (is_nothing(from.state)) {
    endpoint.state = connected ? State::connected : State::listening;
    return {};
  }
  const auto state = state_of(from.state);
  if (!state) return fmt::format("'{}' is no state of a connection", shown(from.state));
  endpoint.state = *state;
  return {};
}

/// "<unknown>", "[System Process]": no name of a program.
bool is_placeholder(std::string_view name) {
  return name.empty() || name.front() == '<' || name.front() == '[' || iequals(name, "Unknown") ||
         is_nothing(name);
}

void add_process(Reading& reading, const Connection& from, std::uint32_t pid,
                 const Sources& sources) {
  Process process;
  process.pid = pid;
  process.image = file_name(from.process);
  process.path = from.path;
  if (from.path.empty() && from.process.size() > process.image.size()) process.path = from.process;
  for (const std::string_view service : split(from.services, ',')) {
    if (!trim(service).empty()) process.services.emplace_back(trim(service));
  }
  process.sources = sources;
  reading.add(std::move(process));
}

}  // namespace

bool is_protocol_cell(std::string_view cell) { return netstat_protocol(trim(cell)).has_value(); }

bool is_state_cell(std::string_view cell) { return state_of(trim(cell)).has_value(); }

Socket split_socket(std::string_view text) {
  text = trim(text);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

std::string_view file_name(std::string_view path) {
  const auto slash = path.find_last_of("\\/");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

void add_connection(Reading& reading, const Connection& connection, std::size_t line,
                    const Sources& sources) {
  Endpoint endpoint;
  const auto protocol = netstat_protocol(connection.protocol);
  if (!protocol) {
    return reading.unread(line,
                          fmt::format("'{}' is neither TCP nor UDP", shown(connection.protocol)));
  }
  endpoint.protocol = *protocol;
  std::string reason = set_state(connection, endpoint);
  if (reason.empty()) reason = set_sockets(connection, endpoint);
  if (!reason.empty()) return reading.unread(line, std::move(reason));
  const bool named = !is_placeholder(connection.process);
  if (named) endpoint.process = file_name(connection.process);
  const auto pid = number<std::uint32_t>(connection.pid);
  // What closed has no owner any more; the tools give it to the idle process.
  const bool owned = pid && !(*pid == 0 && endpoint.state == State::time_wait);
  if (owned) endpoint.pid = pid;
  endpoint.sources = sources;
  reading.take(line, Mark::row);
  if (!pid && !is_nothing(connection.pid)) {
    reading.complain(line, fmt::format("'{}' is no process id", shown(connection.pid)));
  }
  reading.add(std::move(endpoint));
  if (owned && named) add_process(reading, connection, *pid, sources);
}

}  // namespace deadlight::evidence
