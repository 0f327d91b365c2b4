#include "model/proc_net.h"

#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"

namespace deadlight {
namespace {

constexpr std::size_t kV4Digits = 8;
constexpr std::size_t kV6Digits = 32;
constexpr std::size_t kWordDigits = 8;
constexpr std::size_t kWordBytes = 4;
constexpr std::size_t kUidField = 7;
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

std::optional<IpAddress> address_of(std::string_view digits, std::endian order) {
  if (digits.size() != kV4Digits && digits.size() != kV6Digits) return std::nullopt;
  std::optional<IpAddress> address(std::in_place);
  address->v6 = digits.size() == kV6Digits;
  for (std::size_t start = 0; start < digits.size(); start += kWordDigits) {
    const auto word = hex<std::uint32_t>(digits.substr(start, kWordDigits));
    if (!word) return std::nullopt;
    for (std::size_t i = 0; i < kWordBytes; ++i) {
      const std::size_t place = order == std::endian::little ? i : kWordBytes - 1 - i;
      address->bytes[start / 2 + place] = static_cast<std::uint8_t>(*word >> (8 * i));
    }
  }
  return address;
}

struct Socket {
  Address address;
  std::uint16_t port = 0;
};

std::optional<Socket> socket_of(std::string_view text, std::endian order) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto ip = address_of(text.substr(0, colon), order);
  const auto port = hex<std::uint16_t>(text.substr(colon + 1));
  if (!ip || !port) return std::nullopt;
  return Socket{Address{std::move(ip), {}}, *port};
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

}  // namespace

bool is_proc_net_heading(std::string_view line) {
  return trim(line).starts_with("sl ") && icontains(line, "local_address");
}

std::optional<ProcSocket> parse_proc_socket(std::string_view line, Protocol protocol,
                                            std::endian order) {
  const auto fields = words(line);
  if (fields.size() <= kInodeField) return std::nullopt;
  auto local = socket_of(fields[1], order);
  auto remote = socket_of(fields[2], order);
  const auto state = state_of(fields[3], protocol);
  const auto inode = number<std::uint64_t>(fields[kInodeField]);
  if (!local || !remote || !state || !inode) return std::nullopt;
  std::optional<ProcSocket> row(std::in_place);
  row->endpoint.protocol = protocol;
  row->endpoint.local = std::move(local->address);
  row->endpoint.port = local->port;
  row->endpoint.state = *state;
  if (!row->endpoint.is_open()) {
    row->endpoint.remote = std::move(remote->address);
    row->endpoint.remote_port = remote->port;
  }
  row->uid = number<std::uint32_t>(fields[kUidField]).value_or(0);
  row->inode = *inode;
  return row;
}

}  // namespace deadlight
