#include "cli/live_session.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include "host/linux/live_collector.h"

namespace deadlight::cli {
namespace {

// net.ipv4.ip_local_port_range by default: reports treat the ports in it as given out at random.
constexpr std::uint16_t kDynamicFirst = 32768;
constexpr std::uint16_t kDynamicLast = 60999;

/// What is known of each port, as one number: ports with the same number are alike in everything
/// that an owner, a verdict or a plan may depend on. Made when it is first asked for.
class PortClasses {
 public:
  PortClasses(const Role& role, const knowledge::Knowledge& kb) : role_(role), kb_(kb) {}

  std::uint32_t of(Protocol protocol, std::uint16_t port) {
    if (edges_[0].empty()) make();
    const auto& edges = edges_[protocol == Protocol::tcp ? 0 : 1];
    const auto after =
        std::upper_bound(edges.begin(), edges.end(), port,
                         [](std::uint16_t wanted, const Edge& edge) { return wanted < edge.port; });
    return after == edges.begin() ? 0 : std::prev(after)->number;
  }

 private:
  /// From this port on, to the next edge.
  struct Edge {
    std::uint32_t port;
    std::uint32_t number;
  };

  void make() {
    for (const Protocol protocol : {Protocol::tcp, Protocol::udp}) {
      mark(protocol, kDynamicFirst, kDynamicLast);
    }
    for (const knowledge::FeatureFact& feature : kb_.features) {
      for (const knowledge::OpensFact& opens : feature.opens) {
        if (!opens.os.contains(Os::linux) || opens.dynamic()) continue;
        mark(opens.protocol, opens.port_first, opens.port_last);
      }
    }
    for (const knowledge::PortFact& fact : kb_.ports) mark(fact.protocol, fact.port, fact.port);
    for (const Keep& keep : role_.keep) mark(keep.protocol, keep.port, keep.port);
    for (auto& edges : edges_) {
      std::sort(edges.begin(), edges.end(),
                [](const Edge& a, const Edge& b) { return a.port < b.port; });
      // What a fact's first edge puts in, the one after its last takes out again.
      std::uint32_t number = 0;
      for (Edge& edge : edges) edge.number = number ^= edge.number;
    }
  }

  void mark(Protocol protocol, std::uint16_t first, std::uint16_t last) {
    constexpr std::uint32_t kFactor = 0x9E3779B1;
    const std::uint32_t number = ++marks_ * kFactor;
    auto& edges = edges_[protocol == Protocol::tcp ? 0 : 1];
    edges.push_back({first, number});
    edges.push_back({std::uint32_t{last} + 1, number});
  }

  const Role& role_;
  const knowledge::Knowledge& kb_;
  std::uint32_t marks_ = 0;
  std::array<std::vector<Edge>, 2> edges_;
};

}  // namespace

Result<Snapshot> live_snapshot(const LiveArgs& args, const Role& role,
                               const knowledge::Knowledge& kb) {
  PortClasses classes(role, kb);
  linux_host::LiveOptions options;
  options.all_states = args.connections;
  options.complete = args.complete;
  options.each = args.each;
  options.details = args.details;
  options.firewall = args.firewall && args.owner != kOwnerUnit;
  options.bpf = !args.no_bpf;
  options.verbose = args.verbose;
  if (args.owner == kOwnerUnit) options.owner = linux_host::OwnerDepth::unit;
  options.port_class = [&](Protocol protocol, std::uint16_t port) {
    return classes.of(protocol, port);
  };
  return linux_host::collect_live(options);
}

}  // namespace deadlight::cli
