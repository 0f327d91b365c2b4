#include "evidence/netstat_unix_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "evidence/netstat_state.h"
#include "evidence/reading.h"
#include "evidence/words.h"

namespace deadlight::evidence {
namespace {

// Bytes of a socket past which net-tools cuts the address, and busybox the port: of the usual
// column, and of Red Hat's.
constexpr std::size_t kColumn = 23;
constexpr std::size_t kWideColumn = 27;
constexpr std::size_t kBsdAddress = 16;  // bytes of an IPv6 address that BSD prints

constexpr std::array<std::string_view, 16> kPortless = {
    "raw",  "raw4",  "raw6", "udpl",  "udpl6", "udplite", "udplite6", "icm4",
    "icm6", "icmp4", "sctp", "sctp6", "dccp",  "icmp6",   "icmp",     "divert"};
constexpr std::array<std::string_view, 6> kTimers = {" off (",      " keepalive (", " on (",
                                                     " timewait (", " probe (",     " unkn-"};
constexpr std::size_t kOwnerWordsMax = 3;  // user, inode, then the owner

/// BSD's address.port has no colon, or has a dot after the last one.
bool is_bsd_socket(std::string_view cell) {
  if (cell == "*.*") return true;
  const auto dot = cell.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  const auto colon = cell.rfind(':');
  return colon == std::string_view::npos || colon < dot;
}

bool has_port_number(std::string_view cell) {
  const auto colon = cell.rfind(':');
  return colon != std::string_view::npos &&
         (all_digits(cell.substr(colon + 1)) || cell.ends_with(":*"));
}

/// An address that the column may have cut: what is left of it is no fact.
bool may_be_cut(std::string_view cell, const NetstatUnixCells& cells, Family family,
                const NetstatUnixLayout& layout) {
  if (layout.wide || cell.ends_with(":*") || cell.ends_with(".*")) return false;
  if (cells.bsd) return family == Family::v6 && cell.rfind('.') == kBsdAddress;
  const bool full = layout.letters_max > 0 ? cell.size() == layout.letters_max
                                           : cell.size() == kColumn || cell.size() == kWideColumn;
  const bool v4 = parse_ip(cell.substr(0, cell.rfind(':'))).has_value() && family != Family::v6;
  return full && (!v4 || !has_port_number(cell));
}

Result<UnixSocket> read_socket(std::string_view cell, const NetstatUnixCells& cells,
                               const UnixProtocol& protocol, const NetstatUnixLayout& layout) {
  Family family = protocol.family;
  if (!cells.bsd && family == Family::unknown) {
    // Linux' "tcp" is IPv4, but older ones print it for IPv6 as well.
    family = cell.find("::") == std::string_view::npos ? Family::v4 : Family::v6;
  } else if (family == Family::unknown) {
    // "tcp" is IPv4 on OpenBSD; on AIX it takes IPv6 too.
    family = cell.find(':') == std::string_view::npos ? Family::v4 : Family::v6;
  }
  if (may_be_cut(cell, cells, family, layout)) {
    return fail(Errc::malformed,
                fmt::format("the address in '{}' may be cut off; run netstat -W too", shown(cell)));
  }
  return parse_unix_socket(cell, protocol.protocol, family, cells.bsd ? '.' : ':');
}

bool is_word_of_state(std::string_view word) {
  return !word.empty() && word != "-" && word.find('/') == std::string_view::npos &&
         word.find(':') == std::string_view::npos && word.find('(') == std::string_view::npos &&
         (word[0] < '0' || word[0] > '9');
}

/// Takes the state from the front of `rest`.
Result<> take_state(std::string_view& rest, bool connected, NetstatUnixRow& row) {
  Words words(rest);
  const std::string_view word = words.take();
  const auto known = find_state(word);
  if (row.endpoint.protocol == Protocol::udp) {
    row.endpoint.state = connected ? State::established : State::bound;
  } else if (known) {
    row.endpoint.state = *known;
  } else if (is_word_of_state(word)) {
    row.endpoint.state = connected ? State::connected : State::listening;
    row.foreign_state = word;
  } else {
    return fail(Errc::malformed, "the state is missing");
  }
  if (known || !row.foreign_state.empty()) rest = rest.substr(words.position());
  return {};
}

/// "812/sshd: /usr/sbin" after user and inode, if they are there. The slash tells it from numbers
/// that are no process ids.
void take_owner(std::string_view rest, Endpoint& endpoint) {
  Words words(rest);
  for (std::size_t i = 0; i < kOwnerWordsMax; ++i) {
    const std::size_t at = words.position();
    const std::string_view word = words.take();
    const auto slash = word.find('/');
    if (slash == std::string_view::npos || !all_digits(word.substr(0, slash))) continue;
    endpoint.pid = number<std::uint32_t>(word.substr(0, slash));
    if (!endpoint.pid) return;
    std::string_view name = rest.substr(at + slash + 1);
    std::size_t end = name.size();
    for (const std::string_view timer : kTimers) end = std::min(end, name.rfind(timer));
    endpoint.process = trim(name.substr(0, end));
    return;
  }
}

/// The column "pid", or "process:pid", of macOS and FreeBSD.
void take_bsd_owner(std::string_view rest, const NetstatUnixLayout& layout, Endpoint& endpoint) {
  if (!layout.pid_column) return;
  const std::vector<std::string_view> columns = words(rest);
  if (!layout.named_pid) {
    if (layout.pid_place < columns.size()) {
      endpoint.pid = number<std::uint32_t>(columns[layout.pid_place]);
    }
    return;
  }
  // A program's name may have blanks: the number is at the end of the first word with a colon.
  for (const std::string_view word : columns) {
    const auto colon = word.rfind(':');
    if (colon == std::string_view::npos || !all_digits(word.substr(colon + 1))) continue;
    endpoint.pid = number<std::uint32_t>(word.substr(colon + 1));
    return;
  }
}

}  // namespace

bool is_portless_protocol(std::string_view word) {
  return std::find(kPortless.begin(), kPortless.end(), word) != kPortless.end();
}

std::optional<NetstatUnixCells> cut_netstat_unix_row(std::string_view text) {
  NetstatUnixCells cells;
  Words words(text);
  cells.protocol = words.take();
  if (!parse_unix_protocol(cells.protocol) && !is_portless_protocol(cells.protocol)) {
    return std::nullopt;
  }
  if (!number<std::uint32_t>(words.take()) || !number<std::uint32_t>(words.take())) {
    return std::nullopt;
  }
  cells.local = words.take();
  cells.foreign = words.take();
  cells.bsd = is_bsd_socket(cells.local) && (cells.foreign.empty() || is_bsd_socket(cells.foreign));
  cells.rest = text.substr(words.position());
  return cells;
}

std::size_t find_netstat_unix_row(std::string_view text) {
  Words words(text);
  while (!words.peek().empty()) {
    const std::size_t at = words.position();
    const std::string_view word = words.take();
    if (!parse_unix_protocol(word) && !is_portless_protocol(word)) continue;
    if (cut_netstat_unix_row(text.substr(at))) return at;
  }
  return std::string_view::npos;
}

NetstatUnixLayout netstat_unix_layout(std::string_view heading) {
  NetstatUnixLayout layout;
  const auto local = heading.find("Local Address  ");
  const auto foreign = heading.find("Foreign Address");
  if (local != std::string_view::npos && foreign != std::string_view::npos && foreign > local) {
    layout.letters_max = foreign - local - 1;
  }
  const auto state = heading.find("(state)");
  if (state == std::string_view::npos) return layout;
  layout.letters_max = 0;
  const std::vector<std::string_view> columns = words(heading.substr(state));
  for (std::size_t i = 1; i < columns.size(); ++i) {
    layout.named_pid = columns[i] == "process:pid";
    layout.pid_column = layout.named_pid || columns[i] == "pid";
    layout.pid_place = i - 1;
    if (layout.pid_column) break;
  }
  return layout;
}

bool is_wide(const NetstatUnixCells& cells, const NetstatUnixLayout& layout) {
  if (cells.bsd) {
    const auto wide = [](std::string_view cell) {
      return cell.find(':') != std::string_view::npos && cell.rfind('.') > kBsdAddress;
    };
    return wide(cells.local) || wide(cells.foreign);
  }
  const std::size_t letters_max = layout.letters_max > 0 ? layout.letters_max : kWideColumn;
  return cells.local.size() > letters_max || cells.foreign.size() > letters_max;
}

Result<NetstatUnixRow> parse_netstat_unix(const NetstatUnixCells& cells,
                                          const NetstatUnixLayout& layout) {
  const UnixProtocol protocol = *parse_unix_protocol(cells.protocol);
  if (cells.local.empty()) return fail(Errc::malformed, "the local address is missing");
  if (cells.foreign.empty()) return fail(Errc::malformed, "the foreign address is missing");
  UnixSocket local = DEADLIGHT_TRY(read_socket(cells.local, cells, protocol, layout));
  UnixSocket foreign = DEADLIGHT_TRY(read_socket(cells.foreign, cells, protocol, layout));
  if (!local.port) return fail(Errc::not_found, "the socket has no port yet");
  NetstatUnixRow row;
  Endpoint& endpoint = row.endpoint;
  endpoint.protocol = protocol.protocol;
  endpoint.local = std::move(local.address);
  endpoint.port = *local.port;
  std::string_view rest = cells.rest;
  // ESXi prints 0.0.0.0:0 for nobody.
  const bool connected = foreign.port.value_or(0) != 0;
  DEADLIGHT_TRY(take_state(rest, connected, row));
  if (!endpoint.is_open() && connected) {
    endpoint.remote = std::move(foreign.address);
    endpoint.remote_port = *foreign.port;
  }
  if (cells.bsd) {
    take_bsd_owner(rest, layout, endpoint);
  } else {
    take_owner(rest, endpoint);
  }
  return row;
}

}  // namespace deadlight::evidence
