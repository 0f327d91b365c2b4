#include "host/linux/firewall.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <tuple>

#include "base/file.h"
#include "base/text.h"
#include "host/calls/nft.h"
#include "host/linux/nft_translation.h"

namespace deadlight::linux_host {
namespace {

constexpr std::size_t kNamesBytesMax = 4096;
constexpr std::size_t kPortsMax = 64;  ///< of a row for many sockets

std::optional<IpAddress> ip_of(const sockaddr* address) {
  if (address == nullptr) return std::nullopt;
  IpAddress ip;
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    std::memcpy(ip.bytes.data(), &v4.sin_addr, sizeof v4.sin_addr);
    return ip;
  }
  if (address->sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 v6{};
  std::memcpy(&v6, address, sizeof v6);
  std::memcpy(ip.bytes.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
  ip.v6 = true;
  return ip;
}

std::vector<OwnAddress> own_addresses() {
  struct Free {
    void operator()(ifaddrs* addresses) const { freeifaddrs(addresses); }
  };
  std::vector<OwnAddress> result;
  ifaddrs* raw = nullptr;
  if (getifaddrs(&raw) != 0) return result;
  const std::unique_ptr<ifaddrs, Free> all(raw);
  for (const ifaddrs* one = raw; one != nullptr; one = one->ifa_next) {
    const auto ip = ip_of(one->ifa_addr);
    const auto mask = ip_of(one->ifa_netmask);
    if (!ip || !mask) continue;
    OwnAddress own{*ip, {*ip, *ip}, one->ifa_name};
    for (std::size_t i = 0; i < (ip->v6 ? 16U : 4U); ++i) {
      const std::uint8_t bits = mask->bytes[i];
      own.network.first.bytes[i] = static_cast<std::uint8_t>(ip->bytes[i] & bits);
      own.network.last.bytes[i] = static_cast<std::uint8_t>(ip->bytes[i] | ~bits);
    }
    result.push_back(std::move(own));
  }
  return result;
}

// The kernel names there the tables that iptables-legacy set up, for this namespace.
std::vector<std::string> legacy_tables() {
  std::vector<std::string> tables;
  for (const char* name : {"ip_tables_names", "ip6_tables_names"}) {
    const auto text = read_file(fmt::format("/proc/thread-self/net/{}", name), kNamesBytesMax);
    if (!text) continue;
    for (const std::string_view line : split(*text, '\n')) {
      if (!trim(line).empty()) tables.emplace_back(trim(line));
    }
  }
  return tables;
}

class Passages {
 public:
  explicit Passages(const Ruleset& rules) : rules_(rules) {}

  Passage of(const Endpoint& endpoint) {
    if (endpoint.live->ports.empty()) return of(endpoint, endpoint.port);
    std::optional<Passage> all;
    std::size_t asked = 0;
    for (const PortRange& range : endpoint.live->ports) {
      for (std::uint32_t port = range.first; port <= range.last; ++port) {
        if (++asked > kPortsMax) return {Filter::unknown, "its ports are too many to look at each"};
        const Passage one = of(endpoint, static_cast<std::uint16_t>(port));
        if (all && all->filter != one.filter) {
          return {Filter::unknown, "the rules tell its ports apart: --each says of each"};
        }
        all = one;
      }
    }
    return all.value_or(Passage{});
  }

 private:
  using Key = std::tuple<Protocol, std::uint16_t, std::string>;

  Passage of(const Endpoint& endpoint, std::uint16_t port) {
    Caller caller{endpoint.protocol, port, *endpoint.local.ip, {}, false};
    if (!caller.local.is_link_local()) caller.device = caller.local.zone.str();
    const bool both = endpoint.live->dual_stack == true;
    Key key{endpoint.protocol, port, caller.local.text() + (both ? "+" : "")};
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    Passage result = passage(rules_, caller);
    if (both) {
      caller.local = {};
      result = widest(passage(rules_, caller), result);
    }
    known_.emplace(std::move(key), result);
    return result;
  }

  const Ruleset& rules_;
  std::map<Key, Passage> known_;
};

bool is_same_family(const Endpoint& endpoint, const Published& port) {
  if (port.both_families || !endpoint.local.ip) return true;
  return endpoint.local.ip->v6 == port.local.v6 || endpoint.live->dual_stack == true;
}

bool is_same_port(const Endpoint& endpoint, const Published& port, std::string_view where) {
  return is_same_family(endpoint, port) && endpoint.is_open() &&
         endpoint.protocol == port.protocol && endpoint.net_namespace() == where &&
         port.ports.first == port.ports.last && endpoint.has_port(port.ports.first) &&
         !endpoint.local.is_loopback();
}

std::string target_of(const Published& port) {
  const std::uint16_t to = port.to_ports.first == 0 ? port.ports.first : port.to_ports.first;
  return socket_text(make_address(port.to_address), to);
}

// What a docker-proxy listens on as well is the same port: the rule takes its visitors.
bool take_over(const Published& port, std::string_view where, const Passage& way,
               std::vector<Endpoint>& endpoints) {
  bool taken = false;
  for (Endpoint& endpoint : endpoints) {
    if (!endpoint.live || !is_same_port(endpoint, port, where)) continue;
    endpoint.live->forwards_to = target_of(port);
    endpoint.live->filter = way.filter;
    endpoint.live->filter_because =
        fmt::format("{} sends who calls on to {}{}{}", port.rule, target_of(port),
                    way.because.empty() ? "" : "; ", way.because);
    taken = true;
  }
  return taken;
}

Endpoint endpoint_of(const Published& port, const std::string& where, const Passage& way,
                     std::uint32_t source) {
  Endpoint endpoint;
  endpoint.protocol = port.protocol;
  endpoint.local.ip.emplace(port.local);
  endpoint.port = port.ports.first;
  endpoint.state = port.protocol == Protocol::tcp ? State::listening : State::bound;
  endpoint.sources = {{source, 0}};
  LiveFacts& live = endpoint.live.ensure();
  live.net_namespace = where;
  live.forwards_to = target_of(port);
  live.filter = way.filter;
  live.filter_because = port.rule + " publishes it";
  if (!way.because.empty()) live.filter_because += "; " + way.because;
  if (port.ports.first != port.ports.last) {
    live.ports = {port.ports};
    live.sockets = std::uint32_t{port.ports.last} - port.ports.first + 1;
  }
  return endpoint;
}

Passage way_behind(const Ruleset& rules, const Published& port) {
  const auto address = parse_ip(port.to_address);
  if (!address) return {Filter::unknown, "where it leads depends on more than the port"};
  const std::uint16_t to = port.to_ports.first == 0 ? port.ports.first : port.to_ports.first;
  return passage(rules, {port.protocol, to, *address, {}, true});
}

void add_published(const std::string& where, const Ruleset& rules, Snapshot& snapshot) {
  const Publications found = published_ports(rules);
  snapshot.notes.insert(snapshot.notes.end(), found.notes.begin(), found.notes.end());
  if (found.ports.empty()) return;
  snapshot.evidence.push_back({"firewall rules", "nft"});
  const auto source = static_cast<std::uint32_t>(snapshot.evidence.size() - 1);
  for (const Published& port : found.ports) {
    const Passage way = way_behind(rules, port);
    if (take_over(port, where, way, snapshot.endpoints)) continue;
    snapshot.endpoints.push_back(endpoint_of(port, where, way, source));
  }
}

// A kernel without nf_tables has no such rules.
Result<Ruleset> read_ruleset() {
  const Result<std::string> text = Nft(Nft::Form::json).run("list ruleset");
  if (text) {
    Ruleset rules = DEADLIGHT_TRY(parse_ruleset(*text));
    if (has_rules_of_iptables(rules)) {
      const Result<std::string> translated = Nft(Nft::Form::with_handles).run("list ruleset");
      if (translated) add_translations(*translated, rules);
    }
    return rules;
  }
  if (text.error().code == Errc::unsupported) return Ruleset();
  return tl::make_unexpected(text.error());
}

}  // namespace

FirewallRead read_firewall() {
  FirewallRead result;
  if (may_have_nft_tables()) {
    Result<Ruleset> rules = read_ruleset();
    if (!rules) {
      result.failure = rules.error().message;
      return result;
    }
    result.rules = std::move(*rules);
  }
  result.rules.addresses = own_addresses();
  result.rules.legacy = legacy_tables();
  return result;
}

void apply_firewalls(const Firewalls& firewalls, Snapshot& snapshot) {
  std::map<std::string_view, Passages> passages;
  for (const auto& [where, firewall] : firewalls) {
    if (firewall.failure.empty()) passages.try_emplace(where, firewall.rules);
  }
  for (Endpoint& endpoint : snapshot.endpoints) {
    const auto rules = passages.find(endpoint.net_namespace());
    if (!endpoint.is_open() || !endpoint.live || !endpoint.local.ip || rules == passages.end()) {
      continue;
    }
    Passage way = rules->second.of(endpoint);
    endpoint.live->filter = way.filter;
    endpoint.live->filter_because = std::move(way.because);
  }
  for (const auto& [where, firewall] : firewalls) {
    if (firewall.failure.empty()) {
      add_published(where, firewall.rules, snapshot);
      continue;
    }
    snapshot.notes.push_back(
        fmt::format("firewall rules{}{} were not read, so that reach is by address alone: {}",
                    where.empty() ? "" : " of ", where, firewall.failure));
  }
}

}  // namespace deadlight::linux_host
