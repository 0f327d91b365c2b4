#include "exposure/outside.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"
#include "exposure/processes.h"

namespace deadlight {
namespace {

constexpr std::size_t kRulesShownMax = 3;

using PortKey = std::pair<Protocol, std::uint16_t>;
using SocketsByPort = std::multimap<PortKey, std::size_t>;

// A scan of one address says nothing of a socket that is bound to another one, or to loopback.
bool may_be_same(const Address& asked, const Address& bound) {
  if (bound.is_loopback()) return false;
  if (!bound.ip) return true;
  return bound.ip->is_any() || !asked.ip || *asked.ip == *bound.ip;
}

Endpoint endpoint_of(const OutsidePort& port) {
  Endpoint endpoint;
  endpoint.protocol = port.protocol;
  endpoint.local = port.address;
  endpoint.port = port.port;
  endpoint.state = port.protocol == Protocol::tcp ? State::listening : State::bound;
  endpoint.sources = port.sources;
  return endpoint;
}

std::string text_of(Answer answer) {
  switch (answer) {
    case Answer::open:
      return "answers outside";
    case Answer::closed:
      return "open inside, and refused outside: something on the way answers for it";
    case Answer::filtered:
    case Answer::open_or_filtered:
      return "open inside, filtered outside: that is not closed";
    case Answer::unfiltered:
      break;
  }
  return "reached from outside; whether it answers was not asked";
}

std::string at(const Snapshot& snapshot, const Sources& sources) {
  const std::string source = source_text(snapshot, sources);
  return source.empty() ? source : " (" + source + ")";
}

void add_unbound(Exposure& exposure, const Snapshot& snapshot, const OutsidePort& port) {
  Exposed exposed;
  exposed.endpoint = endpoint_of(port);
  exposed.outside = port.answer;
  exposed.verdict_reason =
      "it answers outside, and nothing is bound inside: a device that forwards, a container, or a "
      "listing of another time";
  exposed.owner.because.push_back("answers outside" + at(snapshot, port.sources));
  exposure.endpoints.push_back(std::move(exposed));
}

struct PortRange {
  std::uint16_t first;
  std::uint16_t last;
};

// "80,443", "5000-5010"; "any" and "rpc" (any dynamic port) name none.
std::vector<PortRange> ranges_of(std::string_view ports) {
  std::vector<PortRange> ranges;
  for (const std::string_view part : split(ports, ',')) {
    const std::string_view one = trim(part);
    const auto dash = one.find('-');
    const auto first = number<std::uint16_t>(one.substr(0, dash));
    const auto last =
        dash == std::string_view::npos ? first : number<std::uint16_t>(one.substr(dash + 1));
    if (first && last) ranges.push_back({*first, *last});
  }
  return ranges;
}

using RulesByPort = std::map<PortKey, std::vector<const FirewallRule*>>;

/// The first rules for each of `ports`. A port that has enough is looked at no more, so that many
/// rules for many ports do not take the product of both.
RulesByPort rules_for(std::set<PortKey> ports, const std::vector<FirewallRule>& rules) {
  RulesByPort result;
  for (const FirewallRule& rule : rules) {
    if (!rule.inbound || !rule.enabled) continue;
    for (const Protocol protocol : {Protocol::tcp, Protocol::udp}) {
      if (!iequals(rule.protocol, protocol_id(protocol))) continue;
      for (const auto& [first, last] : ranges_of(rule.local_port)) {
        for (auto port = ports.lower_bound({protocol, first});
             port != ports.end() && *port <= PortKey{protocol, last};) {
          std::vector<const FirewallRule*>& shown = result[*port];
          if (shown.empty() || shown.back() != &rule) shown.push_back(&rule);
          port = shown.size() == kRulesShownMax ? ports.erase(port) : std::next(port);
        }
      }
    }
  }
  return result;
}

}  // namespace

Snapshot seen_from_outside(const Snapshot& snapshot) {
  Snapshot outside = snapshot;
  for (const OutsidePort& port : snapshot.outside) {
    if (port.answer == Answer::open) outside.endpoints.push_back(endpoint_of(port));
  }
  outside.notes.emplace_back(
      "this is only what answered a scan from outside: what is bound to other addresses, filtered "
      "or UDP may be open as well, and no owner is more than a candidate");
  if (outside.endpoints.empty()) outside.outside.clear();
  return outside;
}

void note_outside_view(Exposure& exposure, const Snapshot& snapshot) {
  if (snapshot.outside.empty()) return;
  SocketsByPort sockets;
  for (std::size_t i = 0; i < exposure.endpoints.size(); ++i) {
    const Endpoint& endpoint = exposure.endpoints[i].endpoint;
    if (is_listed(exposure.endpoints[i]))
      sockets.emplace(PortKey{endpoint.protocol, endpoint.port}, i);
  }
  for (const OutsidePort& port : snapshot.outside) {
    bool bound = false;
    const auto [first, last] = sockets.equal_range({port.protocol, port.port});
    for (auto socket = first; socket != last; ++socket) {
      Exposed& exposed = exposure.endpoints[socket->second];
      if (!may_be_same(port.address, exposed.endpoint.local)) continue;
      bound = true;
      // Of several addresses the one that lets most through counts.
      exposed.outside = exposed.outside ? std::min(*exposed.outside, port.answer) : port.answer;
      exposed.owner.because.push_back(text_of(port.answer) + at(snapshot, port.sources));
    }
    if (!bound && port.answer == Answer::open) add_unbound(exposure, snapshot, port);
  }
}

void note_firewall(Exposure& exposure, const Snapshot& snapshot) {
  if (snapshot.firewall.empty()) return;
  const auto key = [](const Exposed& exposed) {
    return PortKey{exposed.endpoint.protocol, exposed.endpoint.port};
  };
  std::set<PortKey> ports;
  for (const Exposed& exposed : exposure.endpoints) {
    if (is_listed(exposed)) ports.insert(key(exposed));
  }
  const RulesByPort rules = rules_for(std::move(ports), snapshot.firewall);
  for (Exposed& exposed : exposure.endpoints) {
    const auto found = is_listed(exposed) ? rules.find(key(exposed)) : rules.end();
    if (found == rules.end()) continue;
    for (const FirewallRule* rule : found->second) {
      exposed.owner.because.push_back(fmt::format(
          "firewall rule '{}' {} it{}{}", rule->name, rule->allow ? "allows" : "blocks",
          rule->remote.empty() || iequals(rule->remote, "any") ? "" : " from " + rule->remote,
          at(snapshot, rule->sources)));
    }
  }
}

}  // namespace deadlight
