#include "host/linux/socket_table.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/text.h"

namespace deadlight::linux_host {
namespace {

constexpr std::size_t kV4Digits = 8;
constexpr std::size_t kV6Digits = 32;
constexpr std::size_t kWordDigits = 8;
constexpr std::size_t kInodeField = 9;
constexpr std::uint32_t kUdpConnected = 1;

struct StateRow {
  std::uint32_t code;
  State state;
};

// enum in the kernel's include/net/tcp_states.h
constexpr StateRow kTcpStates[] = {
    {1, State::established}, {2, State::syn_sent},   {3, State::syn_received},
    {4, State::fin_wait_1},  {5, State::fin_wait_2}, {6, State::time_wait},
    {7, State::closed},      {8, State::close_wait}, {9, State::last_ack},
    {10, State::listening},  {11, State::closing},   {12, State::syn_received}};

template <class T>
std::optional<T> hex(std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value, 16);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return value;
}

/// The kernel prints each 32-bit word of an address as a number of this machine's byte order.
std::optional<IpAddress> address_of(std::string_view digits) {
  if (digits.size() != kV4Digits && digits.size() != kV6Digits) return std::nullopt;
  IpAddress address;
  address.v6 = digits.size() == kV6Digits;
  for (std::size_t start = 0; start < digits.size(); start += kWordDigits) {
    const auto word = hex<std::uint32_t>(digits.substr(start, kWordDigits));
    if (!word) return std::nullopt;
    std::memcpy(address.bytes.data() + start / 2, &*word, sizeof *word);
  }
  return address;
}

struct Socket {
  Address address;
  std::uint16_t port = 0;
};

std::optional<Socket> socket_of(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto ip = address_of(text.substr(0, colon));
  const auto port = hex<std::uint16_t>(text.substr(colon + 1));
  if (!ip || !port) return std::nullopt;
  std::string written = ip->text();
  return Socket{{std::move(written), std::move(ip)}, *port};
}

std::optional<State> state_of(std::string_view text, Protocol protocol) {
  const auto code = hex<std::uint32_t>(text);
  if (!code) return std::nullopt;
  if (protocol == Protocol::udp) return *code == kUdpConnected ? State::established : State::bound;
  for (const StateRow& row : kTcpStates) {
    if (row.code == *code) return row.state;
  }
  return std::nullopt;
}

std::optional<SocketRow> row_of(std::string_view line, Protocol protocol) {
  const auto fields = words(line);
  if (fields.size() <= kInodeField) return std::nullopt;
  const auto local = socket_of(fields[1]);
  const auto remote = socket_of(fields[2]);
  const auto state = state_of(fields[3], protocol);
  const auto inode = number<std::uint64_t>(fields[kInodeField]);
  if (!local || !remote || !state || !inode) return std::nullopt;
  SocketRow row;
  row.endpoint.protocol = protocol;
  row.endpoint.local = local->address;
  row.endpoint.port = local->port;
  row.endpoint.state = *state;
  if (!row.endpoint.is_open()) {
    row.endpoint.remote = remote->address;
    row.endpoint.remote_port = remote->port;
  }
  row.inode = *inode;
  return row;
}

}  // namespace

Result<SocketTable> parse_socket_table(std::string_view text, Protocol protocol,
                                       std::string_view name) {
  SocketTable table;
  std::uint32_t line_number = 0;
  bool is_table = false;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (++line_number == 1) {
      is_table = trim(line).starts_with("sl ") && icontains(line, "local_address");
      if (!is_table) break;
    } else if (auto row = row_of(line, protocol)) {
      row->line = line_number;
      table.rows.push_back(std::move(*row));
    } else if (!trim(line).empty()) {
      table.unread.push_back({std::string(name), line_number, "is no row of a socket table"});
    }
  }
  if (!is_table) {
    return fail(Errc::malformed,
                fmt::format("{}: is no socket table; is /proc mounted there?", name));
  }
  return table;
}

}  // namespace deadlight::linux_host
