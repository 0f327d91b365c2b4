#include "evidence/netstat_plain.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/ascii.h"

namespace deadlight::evidence {
namespace {

/// Walks over one line. Each step fails on anything but the plain form.
class Cursor {
 public:
  explicit Cursor(std::string_view line) : at_(line.data()), end_(line.data() + line.size()) {}

  bool at_end() const { return at_ == end_; }
  bool blanks() {
    const char* start = at_;
    while (at_ != end_ && *at_ == ' ') ++at_;
    return at_ != start;
  }
  bool skip(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  template <std::size_t Size>
  bool skip(const char (&text)[Size]) {
    constexpr std::size_t kLength = Size - 1;  // known here, so that no call compares
    if (static_cast<std::size_t>(end_ - at_) < kLength) return false;
    if (std::memcmp(at_, text, kLength) != 0) return false;
    at_ += kLength;
    return true;
  }
  /// Up to `digits_max` digits; leading zeros are no plain form.
  bool digits(unsigned digits_max, std::uint64_t value_max, std::uint64_t& value) {
    const char* start = at_;
    value = 0;
    while (at_ != end_ && is_digit(*at_) && at_ - start < digits_max) {
      value = value * 10 + static_cast<std::uint64_t>(*at_++ - '0');
    }
    return at_ != start && value <= value_max && (*start != '0' || at_ - start == 1);
  }
  bool ipv4(IpAddress& ip) {
    for (std::size_t part = 0; part < 4; ++part) {
      std::uint64_t value = 0;
      if ((part > 0 && !skip('.')) || !digits(3, 255, value)) return false;
      ip.bytes[part] = static_cast<std::uint8_t>(value);
    }
    return true;
  }
  bool ipv6(IpAddress& ip) {
    const char* close = std::find(at_, end_, ']');
    if (close == end_) return false;
    std::optional<IpAddress> parsed = parse_ip({at_, close});
    if (!parsed) return false;
    ip = std::move(*parsed);
    at_ = close + 1;
    return ip.v6;
  }
  bool socket(Address& address, std::uint16_t& port) {
    IpAddress& ip = address.ip.emplace();
    if (skip('[') ? !ipv6(ip) : !ipv4(ip)) return false;
    std::uint64_t value = 0;
    if (!skip(':') || !digits(5, 65535, value)) return false;
    port = static_cast<std::uint16_t>(value);
    return true;
  }
  /// Rare or translated states are left to the slow way.
  bool state(State& state) {
    return is_state("ESTABLISHED", State::established, state) ||
           is_state("LISTENING", State::listening, state) ||
           is_state("TIME_WAIT", State::time_wait, state) ||
           is_state("CLOSE_WAIT", State::close_wait, state) ||
           is_state("SYN_SENT", State::syn_sent, state) ||
           is_state("FIN_WAIT_2", State::fin_wait_2, state) ||
           is_state("FIN_WAIT_1", State::fin_wait_1, state) ||
           is_state("LAST_ACK", State::last_ack, state);
  }

 private:
  template <std::size_t Size>
  bool is_state(const char (&name)[Size], State meaning, State& state) {
    if (!skip(name)) return false;
    state = meaning;
    return true;
  }

  const char* at_;
  const char* end_;
};

bool pid_and_end(Cursor& line, Endpoint& row) {
  const bool apart = line.blanks();
  if (line.at_end()) return true;
  std::uint64_t pid = 0;
  if (!apart || !line.digits(10, UINT32_MAX, pid)) return false;
  row.pid = static_cast<std::uint32_t>(pid);
  line.blanks();
  return line.at_end();
}

bool read_tcp(Cursor& line, Endpoint& row) {
  Address& remote = row.remote.emplace();
  if (!line.socket(remote, row.remote_port) || !line.blanks() || !line.state(row.state)) {
    return false;
  }
  if (row.state == State::listening) {
    // A listener with a peer is no plain row, and no peer is not kept.
    if (row.remote_port != 0 || !remote.ip->is_any()) return false;
    row.remote.reset();
  } else if (row.remote_port == 0) {
    return false;
  }
  return pid_and_end(line, row);
}

bool read_udp(Cursor& line, Endpoint& row) {
  row.state = State::bound;
  return line.skip("*:*") && pid_and_end(line, row);
}

/// False if `text` is no plain row; `row` then holds nothing of use.
bool read_plain_row(std::string_view text, Endpoint& row) {
  Cursor line(text);
  line.blanks();
  const bool tcp = line.skip("TCP");
  if (!tcp && !line.skip("UDP")) return false;
  row.protocol = tcp ? Protocol::tcp : Protocol::udp;
  if (!line.blanks() || !line.socket(row.local, row.port) || !line.blanks()) return false;
  return tcp ? read_tcp(line, row) : read_udp(line, row);
}

bool may_be_row(std::string_view line) {
  const std::size_t first = line.find_first_not_of(' ');
  return first != std::string_view::npos && (line[first] == 'T' || line[first] == 'U');
}

}  // namespace

void take_plain_rows(Reading& reading) {
  constexpr std::size_t kRowBytes = 64;  // about; a listing of one line must not reserve too much
  bool reserved = false;
  for (std::size_t i = 0; i < reading.line_count(); ++i) {
    const std::string_view line = reading.line(i);
    if (!may_be_row(line)) continue;
    if (!reserved) reading.plain_rows.reserve(reading.document().text().size() / kRowBytes + 1);
    reserved = true;
    if (reading.plain_rows.size() > reading.rows_max()) break;
    Endpoint& row = reading.plain_rows.emplace_back();
    if (!read_plain_row(line, row)) {
      reading.plain_rows.pop_back();
      continue;
    }
    row.sources = reading.source(i);
    reading.take(i, Mark::row);
    reading.plain_lines.push_back(static_cast<std::uint32_t>(i));
  }
}

}  // namespace deadlight::evidence
