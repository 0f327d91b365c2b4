#include "exposure/outside.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "exposure/processes.h"

namespace deadlight {
namespace {

constexpr std::size_t kRulesShownMax = 3;

using PortKey = std::pair<Protocol, std::uint16_t>;
using SocketsByPort = std::multimap<PortKey, std::size_t>;

// A scan of one address says nothing of a socket that is bound to another one, or to loopback.
bool may_be_same(const Address& asked, const Address& bound) {
  if (!bound.ip) return true;
  if (bound.ip->is_loopback()) return false;
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

// "80,443", "5000-5010", "any", "rpc" (any dynamic port).
bool covers_port(std::string_view ports, std::uint16_t port) {
  for (const std::string_view part : split(ports, ',')) {
    const std::string_view one = trim(part);
    const auto dash = one.find('-');
    const auto first = number<std::uint16_t>(one.substr(0, dash));
    const auto last =
        dash == std::string_view::npos ? first : number<std::uint16_t>(one.substr(dash + 1));
    if (first && last && port >= *first && port <= *last) return true;
  }
  return false;
}

bool is_for(const FirewallRule& rule, const Exposed& exposed) {
  return rule.inbound && rule.enabled &&
         iequals(rule.protocol, protocol_id(exposed.endpoint.protocol)) &&
         covers_port(rule.local_port, exposed.endpoint.port);
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
  for (Exposed& exposed : exposure.endpoints) {
    if (!is_listed(exposed)) continue;
    std::size_t shown = 0;
    for (const FirewallRule& rule : snapshot.firewall) {
      if (!is_for(rule, exposed)) continue;
      if (++shown > kRulesShownMax) break;
      exposed.owner.because.push_back(fmt::format(
          "firewall rule '{}' {} it{}{}", rule.name, rule.allow ? "allows" : "blocks",
          rule.remote.empty() || iequals(rule.remote, "any") ? "" : " from " + rule.remote,
          at(snapshot, rule.sources)));
    }
  }
}

}  // namespace deadlight
