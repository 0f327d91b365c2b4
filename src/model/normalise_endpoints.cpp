#include <array>
#include <limits>
#include <map>
#include <tuple>

#include "model/normalise_parts.h"

namespace deadlight {
namespace {

/// Identity within a snapshot. Negative, zero or positive.
int compare_sockets(const Endpoint& a, const Endpoint& b) {
  if (a.protocol != b.protocol) return a.protocol < b.protocol ? -1 : 1;
  if (const int local = compare(a.local, b.local); local != 0) return local;
  if (a.port != b.port) return a.port < b.port ? -1 : 1;
  if (a.live || b.live) {
    if (const int place = a.net_namespace().compare(b.net_namespace()); place != 0) return place;
    if (a.sockets() != b.sockets()) return a.sockets() < b.sockets() ? -1 : 1;
  }
  if (a.remote.has_value() != b.remote.has_value()) return a.remote ? 1 : -1;
  if (!a.remote) return 0;
  if (const int remote = compare(*a.remote, *b.remote); remote != 0) return remote;
  return static_cast<int>(a.remote_port) - static_cast<int>(b.remote_port);
}

std::optional<std::uint32_t> uid_of(const Endpoint& endpoint) {
  return endpoint.live ? endpoint.live->uid : std::nullopt;
}

/// Everything of an endpoint that may differ between two rows of one socket.
bool row_before(const Endpoint& a, const Endpoint& b) {
  if (endpoint_before(a, b)) return true;
  if (endpoint_before(b, a)) return false;
  if (a.components != b.components) return a.components < b.components;
  if (a.unit != b.unit) return a.unit < b.unit;
  if (const auto uid = uid_of(a) <=> uid_of(b); uid != 0) return uid < 0;
  return sources_before(a.sources, b.sources);
}

void merge_into(Endpoint& to, Endpoint& from) {
  fill(to.pid, from.pid);
  fill(to.process, from.process);
  fill(to.unit, from.unit);
  if (!to.live) to.live = std::move(from.live);
  to.state = std::min(to.state, from.state);
  append(to.components, from.components);
  to.sources.append(from.sources);
}

// Multicast ports on which several programs listen at the same time: SSDP, WS-Discovery, mDNS,
// LLMNR.
constexpr std::array<std::uint16_t, 4> kSharedPorts = {1900, 3702, 5353, 5355};

bool programs_share(const Endpoint& row) {
  return row.protocol == Protocol::udp &&
         std::find(kSharedPorts.begin(), kSharedPorts.end(), row.port) != kSharedPorts.end();
}

/// Is `owner`, whose program has the name of the row's, another one? netstat -b names the service
/// of a service host: where it named none for that PID, the row's is in another svchost.exe.
bool is_other_host(const Endpoint& row, const Endpoint& owner) {
  return owner.pid && owner.components.empty() && !row.components.empty() && programs_share(row);
}

/// May the name of a row without a PID be that of `owner`, the only row of the socket with one? Not
/// if the process has another name, and not on a socket that programs share: a tool that shows PIDs
/// may have lost the row of the other.
bool may_name(const Endpoint& row, const Endpoint& owner, const Snapshot& snapshot) {
  if (!owner.pid) return true;
  const auto process =
      std::lower_bound(snapshot.processes.begin(), snapshot.processes.end(), *owner.pid,
                       [](const Process& one, std::uint32_t pid) { return one.pid < pid; });
  const bool known = process != snapshot.processes.end() && process->pid == *owner.pid;
  if (known && !process->image.empty()) return is_same_image(process->image, row.process.str());
  return !programs_share(row);
}

// Rows of one socket whose names are compared with each other: more programs than that share none.
constexpr std::size_t kNamesMax = 64;

bool has_several_names(const std::vector<Endpoint>& rows) {
  const Endpoint* named = nullptr;
  for (const Endpoint& row : rows) {
    if (row.pid || row.process.empty()) continue;
    if (named != nullptr && named->process != row.process) return true;
    named = &row;
  }
  return false;
}

/// Rows of one socket become one row for each owner.
void merge_socket(std::vector<Endpoint>& rows, Snapshot& snapshot, std::vector<Endpoint>& merged) {
  std::stable_sort(rows.begin(), rows.end(), [](const Endpoint& a, const Endpoint& b) {
    return std::tuple(!a.pid, a.pid, a.process) < std::tuple(!b.pid, b.pid, b.process);
  });
  const std::size_t first = merged.size();
  const bool several_names = has_several_names(rows);
  // A row without a PID belongs to the row of its process, or to the only one that has no name. One
  // without a name says nothing that the first does not. Any other is a row of its own: the socket
  // is shared, and no other row tells whose the name is.
  const auto row_for = [&](const Endpoint& row) {
    if (row.process.empty() && merged.size() > first) return first;
    const auto is_same = [&](std::size_t i) {
      const std::string_view process = merged[i].process.str();
      return !process.empty() && is_same_image(process, row.process.str()) &&
             !is_other_host(row, merged[i]);
    };
    const std::size_t end = std::min(merged.size(), first + kNamesMax);
    for (std::size_t i = first; i < end; ++i) {
      if (is_same(i)) return i;
    }
    if (merged.size() > end && is_same(merged.size() - 1)) return merged.size() - 1;
    const bool single = merged.size() == first + 1 && merged[first].process.empty();
    const bool lends =
        single && (!several_names || !merged[first].pid) && may_name(row, merged[first], snapshot);
    return lends ? first : merged.size();
  };
  for (Endpoint& row : rows) {
    const bool same_pid = row.pid && merged.size() > first && merged.back().pid == row.pid;
    const std::size_t at = same_pid ? merged.size() - 1 : row.pid ? merged.size() : row_for(row);
    if (at < merged.size()) {
      merge_into(merged[at], row);
    } else {
      merged.push_back(std::move(row));
    }
  }
  for (std::size_t i = first; i < merged.size(); ++i) {
    sort_names(merged[i].components);
    merged[i].sources.normalise();
  }
  for (std::size_t i = first + 1; i < merged.size(); ++i) {
    if (!merged[i].pid || !merged[i - 1].pid) continue;
    // One tool that names both owners means a shared socket (several programs on UDP 5353), no
    // contradiction.
    if (share_evidence(merged[i - 1].sources, merged[i].sources)) continue;
    snapshot.notes.push_back(fmt::format(
        "{} has PID {} in {} and PID {} in {}: both are kept; are the files of one host and time?",
        endpoint_text(merged[i]), *merged[i - 1].pid,
        describe_source(snapshot, merged[i - 1].sources), *merged[i].pid,
        describe_source(snapshot, merged[i].sources)));
  }
}

using SocketKey = std::tuple<Protocol, std::array<std::uint8_t, 16>, bool, std::uint16_t>;

/// ss names the device that a socket is bound to ("127.0.0.53%lo"), other tools do not: their row
/// is of the same socket, unless one tool shows both, or there are several devices.
void find_devices(std::vector<Endpoint>& all) {
  const auto key = [](const Endpoint& e) {
    return SocketKey(e.protocol, e.local.ip->bytes, e.local.ip->v6, e.port);
  };
  const auto has_address = [](const Endpoint& e) { return e.is_open() && e.local.ip; };
  std::map<SocketKey, const Endpoint*> bound;  // nullptr where it is not certain
  for (const Endpoint& endpoint : all) {
    if (!has_address(endpoint) || endpoint.local.ip->zone.empty()) continue;
    const auto [known, fresh] = bound.emplace(key(endpoint), &endpoint);
    if (!fresh && known->second != nullptr && known->second->local != endpoint.local) {
      known->second = nullptr;
    }
  }
  if (bound.empty()) return;
  const auto twin_of = [&](const Endpoint& endpoint) {
    if (!has_address(endpoint) || !endpoint.local.ip->zone.empty()) return bound.end();
    return bound.find(key(endpoint));
  };
  for (const Endpoint& endpoint : all) {
    const auto twin = twin_of(endpoint);
    if (twin == bound.end() || twin->second == nullptr) continue;
    const bool two_owners = endpoint.pid && twin->second->pid && endpoint.pid != twin->second->pid;
    if (two_owners || share_evidence(endpoint.sources, twin->second->sources)) {
      twin->second = nullptr;
    }
  }
  for (Endpoint& endpoint : all) {
    const auto twin = twin_of(endpoint);
    if (twin != bound.end() && twin->second != nullptr) endpoint.local = twin->second->local;
  }
}

/// What orders most endpoints, close together: comparing two endpoints themselves waits for memory.
struct EndpointKey {
  std::array<std::uint64_t, 2> high{};  ///< protocol, family, the first 14 bytes of the address
  std::uint32_t low = 0;                ///< the last two, port
  std::uint32_t place = 0;

  friend bool operator==(const EndpointKey& a, const EndpointKey& b) {
    return a.high == b.high && a.low == b.low;
  }
  friend bool operator<(const EndpointKey& a, const EndpointKey& b) {
    if (a.high[0] != b.high[0]) return a.high[0] < b.high[0];
    if (a.high[1] != b.high[1]) return a.high[1] < b.high[1];
    return a.low < b.low;
  }
};

std::uint64_t big_endian(const std::uint8_t* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}

EndpointKey key_of(const Endpoint& endpoint, bool open_first) {
  EndpointKey key;
  const unsigned protocol =
      2 * static_cast<unsigned>(endpoint.protocol) + (open_first && !endpoint.is_open() ? 1 : 0);
  const unsigned family = !endpoint.local.ip ? 2 : endpoint.local.ip->v6 ? 1 : 0;
  key.high[0] = std::uint64_t{protocol << 8 | family} << 48;
  // Names are left to the full comparison, and so is all that follows them.
  if (!endpoint.local.ip) return key;
  const std::uint8_t* address = endpoint.local.ip->bytes.data();
  key.high[0] |= big_endian(address, 6);
  key.high[1] = big_endian(address + 6, 8);
  key.low = static_cast<std::uint32_t>(big_endian(address + 14, 2) << 16 | endpoint.port);
  return key;
}

template <class Less>
void sort_endpoints(std::vector<Endpoint>& all, bool open_first, Less less) {
  if (std::is_sorted(all.begin(), all.end(), less)) return;
  const bool zones = std::any_of(all.begin(), all.end(), [](const Endpoint& endpoint) {
    return endpoint.local.ip && !endpoint.local.ip->zone.empty();
  });
  // A zone stands between address and port in the order, and the key has no room for it.
  if (zones || all.size() > std::numeric_limits<std::uint32_t>::max()) return sort_facts(all, less);
  std::vector<EndpointKey> keys;
  keys.reserve(all.size());
  for (const Endpoint& endpoint : all) {
    keys.push_back(key_of(endpoint, open_first));
    keys.back().place = static_cast<std::uint32_t>(keys.size() - 1);
  }
  std::sort(keys.begin(), keys.end(), [&](const EndpointKey& a, const EndpointKey& b) {
    return a == b ? less(all[a.place], all[b.place]) : a < b;
  });
  std::vector<Endpoint> sorted;
  sorted.reserve(all.size());
  for (const EndpointKey& key : keys) sorted.push_back(std::move(all[key.place]));
  all = std::move(sorted);
}

}  // namespace

void normalise_endpoints(Snapshot& snapshot) {
  std::vector<Endpoint>& all = snapshot.endpoints;
  find_devices(all);
  sort_endpoints(all, false, [](const Endpoint& a, const Endpoint& b) {
    const int sockets = compare_sockets(a, b);
    return sockets < 0 || (sockets == 0 && row_before(a, b));
  });
  const auto same = [](const Endpoint& a, const Endpoint& b) { return compare_sockets(a, b) == 0; };
  if (std::adjacent_find(all.begin(), all.end(), same) == all.end()) {
    for (Endpoint& endpoint : all) sort_names(endpoint.components);
    return sort_endpoints(all, true, endpoint_before);
  }
  std::vector<Endpoint> merged;
  merged.reserve(all.size());
  std::vector<Endpoint> rows;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i + 1;
    while (end < all.size() && same(all[i], all[end])) ++end;
    if (end == i + 1) {
      sort_names(all[i].components);
      merged.push_back(std::move(all[i]));
    } else {
      rows.assign(std::make_move_iterator(all.begin() + static_cast<std::ptrdiff_t>(i)),
                  std::make_move_iterator(all.begin() + static_cast<std::ptrdiff_t>(end)));
      merge_socket(rows, snapshot, merged);
    }
    i = end;
  }
  sort_endpoints(merged, true, endpoint_before);
  all = std::move(merged);
}

}  // namespace deadlight
