#include "host/linux/live_fold.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <unordered_map>

namespace deadlight::linux_host {
namespace {

using Words = std::array<std::uint64_t, 4>;

struct HashWords {
  std::size_t operator()(const Words& words) const {
    std::uint64_t hash = 0;
    for (const std::uint64_t word : words) {
      hash = (hash ^ word) * 0x9E3779B97F4A7C15U;
      hash ^= hash >> 29U;
    }
    return hash;
  }
};

std::uint64_t scope_of(const std::array<std::uint8_t, 16>& bytes, bool v6) {
  IpAddress address;
  address.bytes = bytes;
  address.v6 = v6;
  if (address.is_any()) return 0;
  if (address.is_loopback()) return 1;
  if (address.is_multicast()) return 2;
  return address.is_link_local() ? 3 : 4;
}

/// What a connection has in place of a listener's port.
enum class Side : std::uint64_t { listener, from_listener, to_listener, outside };

class Folder {
 public:
  Folder(const std::vector<LiveRow>& rows, const std::vector<KernelSocket>& sockets,
         const PortClass& port_class)
      : rows_(rows), sockets_(sockets), port_class_(port_class), group_of_(rows.size()) {}

  RowGroups run() {
    with_connections_ = std::any_of(sockets_.begin(), sockets_.end(),
                                    [](const KernelSocket& one) { return !one.is_open(); });
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
      if (socket(i).is_open()) add_listener(i);
    }
    open_groups_ = counts_.size();
    for (std::uint32_t i = 0; i < rows_.size(); ++i) {
      if (!socket(i).is_open()) place(i, connection_side(socket(i)));
    }
    return split();
  }

 private:
  const KernelSocket& socket(std::uint32_t row) const { return sockets_[rows_[row].socket]; }

  static std::uint64_t listener_key(const KernelSocket& socket, std::uint16_t port) {
    return std::uint64_t{socket.net_namespace} << 32U |
           std::uint64_t{static_cast<std::uint8_t>(socket.protocol)} << 16U | port;
  }

  static std::uint64_t side(Side kind, std::uint64_t value) {
    return static_cast<std::uint64_t>(kind) << 60U | value;
  }

  void add_listener(std::uint32_t row) {
    const KernelSocket& one = socket(row);
    const std::uint64_t known = port_class_ ? port_class_(one.protocol, one.port) : 0;
    const std::uint32_t group = place(row, side(Side::listener, known));
    if (with_connections_) listeners_.try_emplace(listener_key(one, one.port), group);
  }

  std::uint64_t connection_side(const KernelSocket& one) const {
    if (const auto at = listeners_.find(listener_key(one, one.port)); at != listeners_.end()) {
      return side(Side::from_listener, at->second);
    }
    const std::uint64_t scope = scope_of(one.remote, one.v6);
    const auto at =
        scope == 1 ? listeners_.find(listener_key(one, one.remote_port)) : listeners_.end();
    if (at != listeners_.end()) return side(Side::to_listener, at->second);
    return side(Side::outside, scope << 16U | one.remote_port);
  }

  std::uint32_t place(std::uint32_t row, std::uint64_t peer) {
    const KernelSocket& one = socket(row);
    const LiveOwner& owner = rows_[row].owner;
    const Words words = {std::uint64_t{one.net_namespace} << 32U |
                             std::uint64_t{static_cast<std::uint8_t>(one.protocol)} << 24U |
                             std::uint64_t{static_cast<std::uint8_t>(one.state)} << 16U |
                             scope_of(one.local, one.v6) << 8U | std::uint64_t{one.v6} << 1U |
                             one.v6_only,
                         std::uint64_t{owner.unit} << 32U | owner.image,
                         std::uint64_t{one.uid} << 32U | one.device, peer};
    if (counts_.empty() || words != last_) {
      const auto [at, fresh] = groups_.try_emplace(words, counts_.size());
      if (fresh) counts_.push_back(0);
      last_ = words;
      last_group_ = static_cast<std::uint32_t>(at->second);
    }
    ++counts_[last_group_];
    group_of_[row] = last_group_;
    return last_group_;
  }

  bool is_one_row(std::size_t group, bool crowded) const {
    return counts_[group] > (crowded && group >= open_groups_ ? 1 : kAlikeMax);
  }

  bool is_crowded() const {
    std::size_t rows = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) rows += is_one_row(i, false) ? 1 : counts_[i];
    return rows > kListingMax;
  }

  RowGroups split() const {
    const bool crowded = is_crowded();
    RowGroups result;
    result.members.resize(rows_.size());
    std::vector<std::uint32_t> next(counts_.size());
    std::uint32_t place = 0;
    for (std::size_t group = 0; group < counts_.size(); ++group) {
      next[group] = place;
      if (is_one_row(group, crowded)) {
        result.starts.push_back(place);
      } else {
        for (std::uint32_t i = 0; i < counts_[group]; ++i) result.starts.push_back(place + i);
      }
      place += counts_[group];
    }
    result.starts.push_back(place);
    for (std::uint32_t row = 0; row < rows_.size(); ++row) {
      result.members[next[group_of_[row]]++] = row;
    }
    return result;
  }

  const std::vector<LiveRow>& rows_;
  const std::vector<KernelSocket>& sockets_;
  const PortClass& port_class_;
  std::unordered_map<Words, std::size_t, HashWords> groups_;
  std::unordered_map<std::uint64_t, std::uint32_t> listeners_;  ///< group, by namespace and port
  bool with_connections_ = false;
  std::size_t open_groups_ = 0;  ///< they come first
  std::vector<std::uint32_t> counts_;
  std::vector<std::uint32_t> group_of_;
  Words last_{};
  std::uint32_t last_group_ = 0;
};

}  // namespace

RowGroups fold(const std::vector<LiveRow>& rows, const std::vector<KernelSocket>& sockets,
               const PortClass& port_class) {
  if (rows.size() <= kAlikeMax) return each_alone(rows.size());
  return Folder(rows, sockets, port_class).run();
}

RowGroups each_alone(std::size_t rows) {
  RowGroups result;
  result.members.resize(rows);
  result.starts.resize(rows + 1);
  std::iota(result.members.begin(), result.members.end(), 0U);
  std::iota(result.starts.begin(), result.starts.end(), 0U);
  return result;
}

}  // namespace deadlight::linux_host
