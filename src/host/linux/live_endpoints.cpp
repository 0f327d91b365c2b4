#include "host/linux/live_endpoints.h"

#include <algorithm>
#include <bitset>
#include <tuple>
#include <utility>

namespace deadlight::linux_host {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

template <class T>
std::uint32_t sort_and_count(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return static_cast<std::uint32_t>(values.size());
}

/// An address and port in the order of a listing, as numbers: faster to compare than bytes.
using Place = std::tuple<std::uint64_t, std::uint64_t, std::uint16_t>;

Place place_of(const Bytes& address, std::uint16_t port) {
  const auto half = [&address](std::size_t start) {
    std::uint64_t value = 0;
    for (std::size_t i = start; i < start + 8; ++i) value = value << 8U | address[i];
    return value;
  };
  return {half(0), half(8), port};
}

class PortSet {
 public:
  void add(std::uint16_t port) { ports_[port] = true; }
  std::vector<PortRange> ranges() const {
    std::vector<PortRange> ranges;
    for (std::size_t i = 0; i < ports_.size(); ++i) {
      const auto port = static_cast<std::uint16_t>(i);
      if (!ports_[i]) continue;
      if (!ranges.empty() && ranges.back().last + 1U == i) {
        ranges.back().last = port;
      } else {
        ranges.push_back({port, port});
      }
    }
    return ranges;
  }

 private:
  std::bitset<65536> ports_;
};

class Maker {
 public:
  Maker(const std::vector<LiveRow>& rows, const LiveTables& tables, const Texts& texts)
      : rows_(rows), tables_(tables), texts_(texts) {}

  Endpoint one(std::uint32_t row) const {
    const KernelSocket& socket = socket_of(row);
    const LiveOwner& owner = rows_[row].owner;
    Endpoint endpoint;
    endpoint.protocol = socket.protocol;
    endpoint.state = socket.state;
    endpoint.local.ip.emplace(address(socket.local, socket));
    if (socket.device != 0) {
      const auto device = tables_.devices.find({socket.net_namespace, socket.device});
      if (device != tables_.devices.end()) endpoint.local.ip->zone = device->second;
    }
    endpoint.port = socket.port;
    if (!socket.is_open()) {
      endpoint.remote.emplace().ip.emplace(address(socket.remote, socket));
      endpoint.remote_port = socket.remote_port;
    }
    if (owner.pid != 0) endpoint.pid = owner.pid;
    endpoint.process = texts_[owner.image];
    endpoint.unit = texts_[owner.unit];
    endpoint.sources = {{0, socket.line}};
    LiveFacts& live = endpoint.live.ensure();
    live.net_namespace = tables_.namespaces[socket.net_namespace];
    live.uid = socket.uid;
    live.cgroup = texts_[owner.cgroup];
    if (socket.v6 && socket.is_open() && endpoint.local.ip->is_any()) {
      live.dual_stack = !socket.v6_only;
    }
    live.processes = owner.pid == 0 ? 0 : 1;
    live.remotes = socket.is_open() ? 0 : 1;
    return endpoint;
  }

  Endpoint many(std::span<const std::uint32_t> rows) const {
    PortSet ports;
    std::vector<Place> locals;
    std::vector<Place> remotes;
    std::vector<std::uint32_t> pids;
    std::uint32_t first = rows.front();
    for (const std::uint32_t row : rows) {
      const KernelSocket& socket = socket_of(row);
      ports.add(socket.port);
      const Place local = place_of(socket.local, 0);
      if (locals.empty() || locals.back() != local) locals.push_back(local);
      if (!socket.is_open()) remotes.push_back(place_of(socket.remote, socket.remote_port));
      const std::uint32_t pid = rows_[row].owner.pid;
      if (pid != 0 && (pids.empty() || pids.back() != pid)) pids.push_back(pid);
      if (order(row) < order(first)) first = row;
    }
    Endpoint endpoint = one(first);
    LiveFacts& live = *endpoint.live;
    live.sockets = static_cast<std::uint32_t>(rows.size());
    live.addresses = sort_and_count(locals);
    live.remotes = sort_and_count(remotes);
    live.processes = sort_and_count(pids);
    if (!pids.empty()) endpoint.pid = pids.front();
    live.ports = ports.ranges();
    endpoint.port = live.ports.front().first;
    return endpoint;
  }

 private:
  const KernelSocket& socket_of(std::uint32_t row) const {
    return tables_.rows.sockets[rows_[row].socket];
  }

  std::pair<Place, Place> order(std::uint32_t row) const {
    const KernelSocket& socket = socket_of(row);
    return {place_of(socket.local, socket.port), place_of(socket.remote, socket.remote_port)};
  }

  static IpAddress address(const Bytes& bytes, const KernelSocket& socket) {
    IpAddress result;
    result.bytes = bytes;
    result.v6 = socket.v6;
    return result;
  }

  const std::vector<LiveRow>& rows_;
  const LiveTables& tables_;
  const Texts& texts_;
};

}  // namespace

std::vector<Endpoint> make_endpoints(const std::vector<LiveRow>& rows, const RowGroups& groups,
                                     const LiveTables& tables, const Texts& texts) {
  const Maker maker(rows, tables, texts);
  std::vector<Endpoint> endpoints;
  endpoints.reserve(groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto group = groups.group(i);
    endpoints.push_back(group.size() == 1 ? maker.one(group.front()) : maker.many(group));
  }
  return endpoints;
}

}  // namespace deadlight::linux_host
