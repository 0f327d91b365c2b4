#include "evidence/ss_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "base/unit_name.h"
#include "evidence/netstat_state.h"
#include "evidence/reading.h"
#include "evidence/words.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kUsers = "users:(";
constexpr std::string_view kCgroup = "cgroup:";

// Those without ports: netlink, UNIX domain, packet, vsock and the like.
constexpr std::array<std::string_view, 20> kNetids = {
    "tcp",   "udp",   "raw", "nl",   "u_str", "u_dgr", "u_seq", "p_raw", "p_dgr", "v_str",
    "v_dgr", "v_seq", "???", "sctp", "dccp",  "tipc",  "xdp",   "mptcp", "icmp6", "ti-rd"};

constexpr std::array<std::string_view, 16> kStates = {
    "LISTEN",   "ESTAB",    "UNCONN",  "TIME-WAIT",     "CLOSE-WAIT", "SYN-SENT",
    "LAST-ACK", "SYN-RECV", "CLOSING", "FIN-WAIT-1",    "FIN-WAIT-2", "NEW-SYN-RECV",
    "CLOSED",   "CLOSE",    "UNKNOWN", "BOUND-INACTIVE"};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::optional<State> state_of(std::string_view word, Protocol protocol) {
  if (word == "UNCONN") return protocol == Protocol::udp ? State::bound : State::closed;
  if (word == "NEW-SYN-RECV") return State::syn_received;
  if (word == "BOUND-INACTIVE") return State::closed;
  std::string name(word);
  std::replace(name.begin(), name.end(), '-', '_');
  return find_state(name);
}

bool is_v4(std::string_view cell) {
  const std::string_view address = cell.substr(0, cell.find_last_of(":%"));
  const auto ip = parse_ip(address.substr(0, address.find('%')));
  return ip && !ip->v6;
}
bool is_v6(std::string_view cell) {
  return cell.starts_with('[') || cell.find("::") != std::string_view::npos;
}

Family family_of(const SsCells& cells, SsEra era) {
  if (is_v6(cells.local) || is_v6(cells.peer)) return Family::v6;
  if (is_v4(cells.local) || is_v4(cells.peer)) return Family::v4;
  // Not known: IPv4 is open either way.
  return era == SsEra::modern ? Family::v6 : Family::v4;
}

/// Reads lists such as ("sshd",pid=731,fd=3). A program may name itself whatever it likes, so
/// everything around the names has to be exactly as ss prints it.
class UserReader {
 public:
  explicit UserReader(std::string_view text) : text_(text) {}

  /// Bytes of the list; nullopt if it has another form.
  std::optional<std::size_t> read(std::vector<SsUser>& users) {
    do {
      SsUser user;
      if (!read_user(user)) return std::nullopt;
      if (std::find(users.begin(), users.end(), user) == users.end()) users.push_back(user);
    } while (skip(","));
    if (!skip(")")) return std::nullopt;
    return at_;
  }

 private:
  bool read_user(SsUser& user) {
    if (!skip("(\"")) return false;
    const auto quote = text_.find("\",", at_);
    if (quote == std::string_view::npos) return false;
    user.name = text_.substr(at_, quote - at_);
    at_ = quote + 2;
    skip("pid=");
    if (!read_number(user.pid)) return false;
    std::uint32_t descriptor = 0;
    while (skip(",")) {
      if (skip("proc_ctx=") || skip("sock_ctx=")) {  // ss -Z
        at_ = std::min(text_.find_first_of(",)", at_), text_.size());
        continue;
      }
      skip("fd=");
      if (!read_number(descriptor)) return false;
    }
    return skip(")");
  }

  bool skip(std::string_view part) {
    if (text_.substr(at_, part.size()) != part) return false;
    at_ += part.size();
    return true;
  }
  bool read_number(std::uint32_t& value) {
    const auto end = std::min(text_.find_first_not_of("0123456789", at_), text_.size());
    const auto read = number<std::uint32_t>(text_.substr(at_, end - at_));
    if (!read) return false;
    value = *read;
    at_ = end;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<SsCells> cut_ss_row(std::string_view text) {
  SsCells cells;
  Words words(text);
  if (contains(kNetids, words.peek())) cells.netid = words.take();
  cells.state = words.take();
  if (!contains(kStates, cells.state) || words.breaks() > 0) return std::nullopt;
  std::string_view next = words.peek();
  const bool queues = number<std::uint64_t>(next).has_value();
  if (queues) {
    words.take();
    if (number<std::uint64_t>(words.peek())) words.take();
    next = words.peek();
  }
  const bool socket = next.find(':') != std::string_view::npos;
  if (cells.netid.empty() && !queues && !socket) return std::nullopt;
  cells.local = words.take();
  cells.peer = words.take();
  std::size_t rest = words.position();
  if (const auto glued = cells.peer.find(kUsers); glued != std::string_view::npos) {
    rest = static_cast<std::size_t>(cells.peer.data() - text.data()) + glued;
    cells.peer = cells.peer.substr(0, glued);
  }
  cells.extras = text.substr(rest);
  return cells;
}

std::size_t find_ss_row(std::string_view text) {
  Words words(text);
  while (!words.peek().empty()) {
    const std::size_t at = words.position();
    if (contains(kNetids, words.take()) && contains(kStates, words.peek())) return at;
  }
  return std::string_view::npos;
}

bool has_ports(std::string_view netid) { return netid == "tcp" || netid == "udp"; }

SsEra era_of(const SsCells& cells) {
  const auto starts = [&](std::string_view prefix) {
    return cells.local.starts_with(prefix) || cells.peer.starts_with(prefix);
  };
  const bool old_users = cells.extras.starts_with("users:((\"") &&
                         cells.extras.find("\",pid=") == std::string_view::npos;
  if (starts(":::") || old_users) return SsEra::old;
  if (starts("0.0.0.0:") || starts("0.0.0.0%")) return SsEra::modern;
  if (is_v4(cells.local) && cells.peer == "*:*") return SsEra::old;
  return SsEra::unknown;
}

Result<SsOwners> parse_ss_owners(std::string_view extras) {
  SsOwners owners;
  if (const auto users = extras.find(kUsers); users != std::string_view::npos) {
    const std::string_view list = extras.substr(users + kUsers.size());
    const auto size = UserReader(list).read(owners.users);
    if (!size) {
      return fail(Errc::malformed, fmt::format("'{}' is cut off: who holds the socket is not known",
                                               shown(extras.substr(users))));
    }
    extras = list.substr(*size);
  }
  const auto cgroup = extras.find(kCgroup);
  if (cgroup != std::string_view::npos) {
    const std::string_view path = extras.substr(cgroup + kCgroup.size());
    owners.unit = unit_in_path(path.substr(0, path.find_first_of(" \t\n")));
  }
  return owners;
}

Result<Endpoint> parse_ss_cells(const SsCells& cells, Protocol protocol, SsEra era) {
  if (cells.peer.empty()) return fail(Errc::malformed, "the peer's address is missing");
  const auto state = state_of(cells.state, protocol);
  if (!state) return fail(Errc::malformed, fmt::format("unknown state '{}'", shown(cells.state)));
  const Family family = family_of(cells, era);
  UnixSocket local = DEADLIGHT_TRY(parse_unix_socket(cells.local, protocol, family));
  UnixSocket peer = DEADLIGHT_TRY(parse_unix_socket(cells.peer, protocol, family));
  if (!local.port) return fail(Errc::malformed, "the port is missing");
  Endpoint endpoint;
  endpoint.protocol = protocol;
  endpoint.local = std::move(local.address);
  endpoint.port = *local.port;
  endpoint.state = *state;
  if (!endpoint.is_open() && peer.port) {
    endpoint.remote = std::move(peer.address);
    endpoint.remote_port = *peer.port;
  }
  return endpoint;
}

}  // namespace deadlight::evidence
