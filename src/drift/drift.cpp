#include "drift/drift.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace deadlight {
namespace {

struct PortRange {
  std::uint16_t first;
  std::uint16_t last;
};

// Linux: ip-sysctl, ip_local_port_range. Windows: Microsoft KB929851; 1025 to 5000 before Vista.
PortRange dynamic_ports_of(Os os) {
  if (os == Os::linux) return {32768, 60999};
  return is_modern_windows(os) ? PortRange{49152, 65535} : PortRange{1025, 5000};
}

/// What stays the same of a socket when its process is started again.
struct Identity {
  Protocol protocol;
  std::uint16_t port;  ///< 0: dynamic
  Reach scope;
  std::string owner;
  friend auto operator<=>(const Identity&, const Identity&) = default;
};

bool has_fixed_port(const Exposed& exposed) {
  return std::any_of(exposed.holders.begin(), exposed.holders.end(),
                     [](const knowledge::Holder& holder) {
                       return holder.opens != nullptr && !holder.opens->dynamic();
                     });
}

bool is_dynamic(const Exposed& exposed, Os os) {
  const PortRange range = dynamic_ports_of(os);
  const std::uint16_t port = exposed.endpoint.port;
  return port >= range.first && port <= range.last && !has_fixed_port(exposed);
}

// The one thing that is named; candidates are a set, which is the same tomorrow.
std::string owner_of(const Exposed& exposed) {
  const Owner& owner = exposed.owner;
  if (!owner.service.empty()) return owner.service;
  if (!owner.feature.empty()) return owner.feature;
  if (!owner.process.empty()) return owner.process;
  std::string all;
  for (const std::string& candidate : owner.candidates) all += candidate + ' ';
  return all;
}

using Identities = std::map<Identity, const Exposed*>;

Identities identities_of(const Exposure& exposure, std::size_t& passing) {
  Identities result;
  const Os os = exposure.host.os;
  for (const Exposed& exposed : exposure.endpoints) {
    if (!is_listed(exposed)) continue;
    const bool dynamic = is_dynamic(exposed, os);
    const bool served = std::any_of(exposed.holders.begin(), exposed.holders.end(),
                                    [](const auto& holder) { return holder.opens != nullptr; });
    if (dynamic && exposed.endpoint.protocol == Protocol::udp && !served) {
      ++passing;
      continue;
    }
    result.try_emplace(
        {exposed.endpoint.protocol, dynamic ? std::uint16_t{0} : exposed.endpoint.port,
         exposed.scope, owner_of(exposed)},
        &exposed);
  }
  return result;
}

/// Those of `from` that `other` does not have.
std::vector<const Exposed*> missing(const Identities& from, const Identities& other) {
  std::vector<const Exposed*> result;
  for (const auto& [identity, exposed] : from) {
    if (!other.contains(identity)) result.push_back(exposed);
  }
  return result;
}

bool same_port(const Exposed& a, const Exposed& b) {
  return a.endpoint.protocol == b.endpoint.protocol && a.endpoint.port == b.endpoint.port;
}

bool is_certain(const Owner& owner) {
  return owner.confidence == Confidence::observed || owner.confidence == Confidence::derived;
}

// Who is named in one listing only is no other than before: the other one said less.
bool may_be_same(const Exposed& a, const Exposed& b) {
  if (a.scope != b.scope) return false;
  if (!a.owner.process.empty() && !b.owner.process.empty()) {
    return a.owner.process == b.owner.process;
  }
  return !is_certain(a.owner) || !is_certain(b.owner);
}

const Endpoint& shown(const Drift& drift) {
  return drift.now ? drift.now->endpoint : drift.before->endpoint;
}

}  // namespace

std::string_view drift_kind_id(DriftKind kind) {
  switch (kind) {
    case DriftKind::appeared:
      return "appeared";
    case DriftKind::gone:
      return "gone";
    case DriftKind::changed:
      break;
  }
  return "changed";
}

DriftReport compare(const Exposure& before, const Exposure& now) {
  DriftReport report;
  std::size_t passed = 0;
  const Identities old_ones = identities_of(before, passed);
  const Identities new_ones = identities_of(now, report.passing);
  std::vector<const Exposed*> gone = missing(old_ones, new_ones);
  for (const Exposed* exposed : missing(new_ones, old_ones)) {
    const auto twin = std::find_if(gone.begin(), gone.end(), [exposed](const Exposed* other) {
      return same_port(*exposed, *other);
    });
    if (twin == gone.end()) {
      report.rows.push_back({DriftKind::appeared, std::nullopt, *exposed});
      continue;
    }
    if (!may_be_same(**twin, *exposed)) {
      report.rows.push_back({DriftKind::changed, **twin, *exposed});
    }
    gone.erase(twin);
  }
  for (const Exposed* exposed : gone) {
    report.rows.push_back({DriftKind::gone, *exposed, std::nullopt});
  }
  std::stable_sort(report.rows.begin(), report.rows.end(), [](const Drift& a, const Drift& b) {
    return endpoint_before(shown(a), shown(b));
  });
  return report;
}

}  // namespace deadlight
