#include "plan/scope.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "base/text.h"
#include "exposure/program.h"

namespace deadlight {
namespace {

using knowledge::ChangeFact;
using knowledge::CloserFact;

constexpr std::size_t kPortsMax = 1000;  ///< of one row that stands for many sockets

const ChangeFact* scope_change(const CloserFact& closer) {
  const auto change =
      std::find_if(closer.changes.begin(), closer.changes.end(), [](const ChangeFact& fact) {
        return fact.kind == knowledge::ChangeKind::firewall && fact.name == kScopeRule;
      });
  return change == closer.changes.end() ? nullptr : &*change;
}

/// A filter of this host's own input sees it.
bool passes_filter(const Exposed& exposed) {
  const Endpoint& endpoint = exposed.endpoint;
  return is_listed(exposed) && endpoint.net_namespace().empty() && !is_published(endpoint) &&
         exposed.scope != Reach::loopback &&
         (endpoint.protocol == Protocol::tcp || endpoint.protocol == Protocol::udp);
}

std::vector<std::uint16_t> ports_of(const Endpoint& endpoint) {
  if (!endpoint.live || endpoint.live->ports.empty()) return {endpoint.port};
  std::vector<std::uint16_t> ports;
  for (const PortRange& range : endpoint.live->ports) {
    for (std::uint32_t port = range.first; port <= range.last && ports.size() < kPortsMax; ++port) {
      ports.push_back(static_cast<std::uint16_t>(port));
    }
  }
  return ports;
}

bool needed_elsewhere(const Exposure& exposure, Protocol protocol, std::uint16_t port) {
  return std::any_of(
      exposure.endpoints.begin(), exposure.endpoints.end(), [&](const Exposed& exposed) {
        return exposed.verdict == Verdict::needed && passes_filter(exposed) &&
               exposed.endpoint.protocol == protocol && exposed.endpoint.has_port(port);
      });
}

class Changes {
 public:
  explicit Changes(const ChangeFact& fact) : fact_(fact) {}

  /// `socket`: "5432", "10.0.0.1:53".
  void add(Protocol protocol, std::string_view socket, const std::string& networks) {
    PlannedChange change = planned(fact_);
    change.target = fmt::format("{} {}", protocol_id(protocol), socket);
    change.data = networks;
    const bool known = std::any_of(all_.begin(), all_.end(), [&](const PlannedChange& other) {
      return other.target == change.target;
    });
    if (!known) all_.push_back(std::move(change));
  }
  std::vector<PlannedChange> take() { return std::move(all_); }

 private:
  const ChangeFact& fact_;
  std::vector<PlannedChange> all_;
};

void add_stuck(const Exposure& exposure, const Endpoint& endpoint, Changes& changes) {
  const std::optional<IpAddress>& ip = endpoint.local.ip;
  const bool one_address = ip && !ip->is_any() && endpoint.sockets() == 1;
  for (const std::uint16_t port : ports_of(endpoint)) {
    if (one_address) {
      changes.add(endpoint.protocol, socket_text(endpoint.local, port), {});
    } else if (!needed_elsewhere(exposure, endpoint.protocol, port)) {
      changes.add(endpoint.protocol, std::to_string(port), {});
    }
  }
}

}  // namespace

const CloserFact* scope_closer(Os os, const knowledge::Knowledge& kb) {
  const auto closer =
      std::find_if(kb.closers.begin(), kb.closers.end(), [os](const CloserFact& fact) {
        return fact.os.contains(os) && scope_change(fact) != nullptr;
      });
  return closer == kb.closers.end() ? nullptr : &*closer;
}

bool are_networks(const std::vector<std::string>& from) {
  return !from.empty() && std::all_of(from.begin(), from.end(), [](std::string_view name) {
    return is_network(name) && !name.ends_with("/0");
  });
}

std::vector<PlannedChange> scope_changes(const Exposure& exposure, const CloserFact& closer) {
  Changes changes(*scope_change(closer));
  for (const Exposed& exposed : exposure.endpoints) {
    if (!passes_filter(exposed)) continue;
    const bool reached = exposed.reach != Reach::filtered;
    if (exposed.verdict == Verdict::stuck && reached)
      add_stuck(exposure, exposed.endpoint, changes);
    if (exposed.verdict != Verdict::needed) continue;
    for (const Keep& keep : exposure.role.keep) {
      if (keep.protocol != exposed.endpoint.protocol || !exposed.endpoint.has_port(keep.port)) {
        continue;
      }
      if (!are_networks(keep.from)) continue;
      changes.add(keep.protocol, std::to_string(keep.port), join(keep.from, ", "));
    }
  }
  return changes.take();
}

}  // namespace deadlight
