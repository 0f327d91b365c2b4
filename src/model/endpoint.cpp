#include "model/endpoint.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace deadlight {
namespace {

constexpr std::array<std::string_view, 4> kProtocolIds = {"tcp", "udp", "udplite", "sctp"};

constexpr std::array<std::string_view, 13> kStateIds = {
    "listening",  "bound",   "established", "syn_sent",  "syn_received", "fin_wait_1", "fin_wait_2",
    "close_wait", "closing", "last_ack",    "time_wait", "closed",       "connected"};

/// Position of `id` in a table of ids that stands in the order of its enumeration.
template <class Enum, std::size_t N>
std::optional<Enum> find_id(const std::array<std::string_view, N>& ids, std::string_view id) {
  for (std::size_t i = 0; i < N; ++i) {
    if (ids[i] == id) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

std::string_view without_brackets(std::string_view text) {
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

constexpr std::size_t kRangesShownMax = 3;

/// IPv4, IPv6, then names; "*" with the names.
int family_rank(const Address& address) {
  if (!address.ip) return 2;
  return address.ip->v6 ? 1 : 0;
}

}  // namespace

std::string_view protocol_id(Protocol protocol) {
  return kProtocolIds[static_cast<std::size_t>(protocol)];
}

std::optional<Protocol> parse_protocol(std::string_view id) {
  return find_id<Protocol>(kProtocolIds, id);
}

std::string_view state_id(State state) { return kStateIds[static_cast<std::size_t>(state)]; }

std::optional<State> parse_state(std::string_view id) { return find_id<State>(kStateIds, id); }

bool Address::is_loopback() const {
  constexpr std::string_view kNames[] = {"localhost", "localhost.localdomain", "ip6-localhost",
                                         "ip6-loopback", "localhost6"};
  if (ip) return ip->is_loopback();
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [this](std::string_view one) { return iequals(name.str(), one); });
}

Address make_address(std::string_view text) {
  Address address{parse_ip(without_brackets(text)), {}};
  if (!address.ip) address.name = text;
  return address;
}

int compare(const Address& a, const Address& b) {
  if (const int rank = family_rank(a) - family_rank(b); rank != 0) return rank;
  if (!a.ip) return a.name.str().compare(b.name.str());
  if (const int bytes = std::memcmp(a.ip->bytes.data(), b.ip->bytes.data(), a.ip->bytes.size());
      bytes != 0) {
    return bytes;
  }
  return a.ip->zone.empty() && b.ip->zone.empty() ? 0 : a.ip->zone.str().compare(b.ip->zone.str());
}

std::string socket_text(const Address& address, std::uint16_t port) {
  const std::string number = std::to_string(port);
  return address.is_v6() ? '[' + address.text() + "]:" + number : address.text() + ':' + number;
}

std::string ports_text(const Endpoint& endpoint) {
  if (!endpoint.live || endpoint.live->ports.empty()) return std::to_string(endpoint.port);
  const std::vector<PortRange>& ranges = endpoint.live->ports;
  std::string text;
  for (std::size_t i = 0; i < std::min(ranges.size(), kRangesShownMax); ++i) {
    if (i > 0) text += ',';
    text += std::to_string(ranges[i].first);
    if (ranges[i].last > ranges[i].first) text += '-' + std::to_string(ranges[i].last);
  }
  if (ranges.size() <= kRangesShownMax) return text;
  std::size_t more = 0;
  for (std::size_t i = kRangesShownMax; i < ranges.size(); ++i) {
    more += std::size_t{1} + ranges[i].last - ranges[i].first;
  }
  return text + " and " + std::to_string(more) + " more";
}

std::string local_text(const Endpoint& endpoint) {
  if (endpoint.sockets() == 1) return socket_text(endpoint.local, endpoint.port);
  std::string text =
      endpoint.local.is_v6() ? '[' + endpoint.local.text() + ']' : endpoint.local.text();
  if (endpoint.live->addresses > 1) {
    text += " and " + std::to_string(endpoint.live->addresses - 1) + " more";
  }
  return text + ':' + ports_text(endpoint) + " (" + std::to_string(endpoint.sockets()) +
         " sockets)";
}

std::string endpoint_text(const Endpoint& endpoint) {
  std::string text = std::string(protocol_id(endpoint.protocol)) + ' ' + local_text(endpoint);
  if (const std::string_view where = endpoint.net_namespace(); !where.empty()) {
    text.append(" in ").append(where);
  }
  return text;
}

bool Endpoint::has_port(std::uint16_t number) const {
  if (!live || live->ports.empty()) return port == number;
  const auto after =
      std::upper_bound(live->ports.begin(), live->ports.end(), number,
                       [](std::uint16_t wanted, PortRange range) { return wanted < range.first; });
  return after != live->ports.begin() && number <= std::prev(after)->last;
}

bool endpoint_before(const Endpoint& a, const Endpoint& b) {
  const auto ends = [](const Endpoint& e) { return std::pair(e.protocol, !e.is_open()); };
  if (ends(a) != ends(b)) return ends(a) < ends(b);
  if (const int local = compare(a.local, b.local); local != 0) return local < 0;
  if (a.port != b.port) return a.port < b.port;
  if (a.net_namespace() != b.net_namespace()) return a.net_namespace() < b.net_namespace();
  if (a.remote.has_value() != b.remote.has_value()) return !a.remote.has_value();
  if (a.remote) {
    if (const int remote = compare(*a.remote, *b.remote); remote != 0) return remote < 0;
  }
  return std::tie(a.remote_port, a.pid, a.state, a.process) <
         std::tie(b.remote_port, b.pid, b.state, b.process);
}

}  // namespace deadlight
