#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "host/linux/live_owners.h"

namespace deadlight::linux_host {

/// Up to this many rows that are alike stay rows of their own.
constexpr std::size_t kAlikeMax = 32;
/// In a listing of more rows than this, connections that are alike are one row from two on.
constexpr std::size_t kListingMax = 4096;

using PortClass = std::function<std::uint32_t(Protocol, std::uint16_t)>;

/// Groups of indices into a list of rows.
struct RowGroups {
  std::vector<std::uint32_t> members;  ///< of all groups, one after the other; rising in each
  std::vector<std::uint32_t> starts;   ///< of each group in `members`, and the end

  std::size_t size() const { return starts.size() - 1; }
  std::span<const std::uint32_t> group(std::size_t i) const {
    return std::span(members).subspan(starts[i], starts[i + 1] - starts[i]);
  }
};

/// Rows that are alike become one group where there are more than kAlikeMax (connections: see
/// kListingMax); any other row is a group of its own. Alike: protocol, family, state, unit,
/// program, user, device, namespace, scope of the address, and what `port_class` says of the port;
/// of connections, instead of the port, the group of the local listener at either end, else the
/// remote port. `port_class` may be empty.
RowGroups fold(const std::vector<LiveRow>& rows, const std::vector<KernelSocket>& sockets,
               const PortClass& port_class);

/// Every row a group of its own.
RowGroups each_alone(std::size_t rows);

}  // namespace deadlight::linux_host
