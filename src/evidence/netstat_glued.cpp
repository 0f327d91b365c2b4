#include "evidence/netstat_glued.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "evidence/netstat_state.h"
#include "evidence/reading.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kPortDigitsMax = 5;

std::size_t digit_count(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  return static_cast<std::size_t>(end - text.begin());
}

struct Half {
  Address address;
  std::uint16_t port = 0;
  std::string_view rest;  ///< behind the port
};

/// A number as a tool prints it.
template <class T>
std::optional<T> printed(std::string_view digits) {
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  return number<T>(digits);
}

/// The address before the first port, and every length that the port may have.
std::vector<Half> ways_to_read_socket(std::string_view text) {
  std::vector<Half> ways;
  text = trim(text);  // a blank that is left may only stand between two columns
  std::size_t colon = text.find(':');
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || close + 1 >= text.size() || text[close + 1] != ':') {
      return ways;
    }
    colon = close + 1;
  }
  if (colon == std::string_view::npos) return ways;
  const Address address = make_address(text.substr(0, colon));
  if (!address.ip) return ways;
  const std::string_view after = text.substr(colon + 1);
  for (std::size_t size = 1; size <= std::min(digit_count(after), kPortDigitsMax); ++size) {
    const auto port = printed<std::uint16_t>(after.substr(0, size));
    if (port) ways.push_back({address, *port, after.substr(size)});
  }
  return ways;
}

/// "LISTENING668", "*:*668" without its "*:*": what stands behind the addresses.
bool read_tail(std::string_view tail, bool has_state, Endpoint& row) {
  tail = trim(tail);
  const std::size_t letters = tail.find_last_not_of("0123456789") + 1;
  std::string_view state = trim(tail.substr(0, letters));
  std::string_view pid = tail.substr(letters);
  if (has_state) {
    // FIN_WAIT_1 ends in a digit itself.
    if (state.ends_with("_WAIT_") && !pid.empty()) {
      state = trim(tail.substr(0, letters + 1));
      pid.remove_prefix(1);
    }
    const auto known = find_state(state);
    if (!known) return false;
    row.state = *known;
  } else if (!state.empty()) {
    return false;
  }
  if (pid.empty()) return true;
  row.pid = printed<std::uint32_t>(pid);
  return row.pid.has_value();
}

void add_tcp(const Half& local, std::vector<Endpoint>& ways) {
  for (const Half& foreign : ways_to_read_socket(local.rest)) {
    // A port is followed by the state: digits left over belong to no number.
    if (digit_count(foreign.rest) > 0) continue;
    Endpoint row;
    row.protocol = Protocol::tcp;
    row.local = local.address;
    row.port = local.port;
    if (!read_tail(foreign.rest, true, row)) continue;
    const bool nobody = foreign.port == 0 && foreign.address.ip->is_any();
    if ((row.state == State::listening) != nobody) continue;
    if (foreign.address.is_v6() != local.address.is_v6()) continue;
    if (!nobody) {
      row.remote = foreign.address;
      row.remote_port = foreign.port;
    }
    ways.push_back(std::move(row));
  }
}

void add_udp(const Half& local, std::vector<Endpoint>& ways) {
  constexpr std::string_view kNobody = "*:*";
  const std::string_view rest = trim(local.rest);
  if (!rest.starts_with(kNobody)) return;
  Endpoint row;
  row.protocol = Protocol::udp;
  row.state = State::bound;
  row.local = local.address;
  row.port = local.port;
  if (read_tail(rest.substr(kNobody.size()), false, row)) ways.push_back(std::move(row));
}

bool is_protocol(std::string_view text) {
  return text.starts_with("TCP") || text.starts_with("UDP");
}

std::size_t row_bytes(std::string_view text) {
  text = text.substr(0, kGluedRowBytesMax);
  std::size_t end = std::min(text.size(), text.find_first_of("\r\n\x1E"));
  for (std::size_t at = 3; at + 3 <= end; ++at) {
    if (is_protocol(text.substr(at))) end = at;
  }
  return end;
}

}  // namespace

bool starts_glued_row(std::string_view text) {
  if (text.size() < 12 || !is_protocol(text)) return false;
  if (text[3] == '[') return true;
  // Four numbers and a port: nothing else looks like it.
  const std::size_t colon = text.substr(0, 24).find(':');
  return is_digit(text[3]) && colon != std::string_view::npos &&
         parse_ip(text.substr(3, colon - 3)).has_value();
}

std::size_t find_glued_row(std::string_view word) {
  for (std::size_t at = word.find('P'); at != std::string_view::npos; at = word.find('P', at + 1)) {
    if (at >= 2 && starts_glued_row(word.substr(at - 2))) return at - 2;
  }
  return std::string_view::npos;
}

GluedRow read_glued_row(std::string_view text) {
  GluedRow result;
  result.bytes = row_bytes(text);
  std::vector<Endpoint> ways;
  const std::string_view all = text.substr(0, result.bytes);
  if (is_protocol(all)) {
    for (const Half& local : ways_to_read_socket(all.substr(3))) {
      all.starts_with('T') ? add_tcp(local, ways) : add_udp(local, ways);
    }
  }
  if (ways.size() == 1) {
    result.endpoint = std::move(ways.front());
  } else if (ways.empty()) {
    result.reason = "the row is damaged: its addresses, state and process id cannot be told apart";
  } else {
    result.reason = fmt::format(
        "blanks are lost, and the row can be read in {} ways; copy the text again", ways.size());
  }
  return result;
}

}  // namespace deadlight::evidence
