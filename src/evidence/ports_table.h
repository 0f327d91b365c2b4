#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "model/endpoint.h"

namespace deadlight::evidence {

constexpr unsigned kTcp = 1;
constexpr unsigned kUdp = 2;
constexpr unsigned kBoth = kTcp | kUdp;

struct PortName {
  std::string_view name;
  std::uint16_t port;
  unsigned protocols;  ///< kTcp, kUdp or kBoth
};

/// Looks `name` up in a table that is sorted by name, whatever the case. A name may have a row for
/// each protocol.
template <std::size_t N>
std::optional<std::uint16_t> find_in(const PortName (&table)[N], std::string_view name,
                                     Protocol protocol) {
  const unsigned wanted = protocol == Protocol::tcp ? kTcp : kUdp;
  const PortName* row =
      std::lower_bound(std::begin(table), std::end(table), name,
                       [](const PortName& a, std::string_view b) { return iless(a.name, b); });
  for (; row != std::end(table) && iequals(row->name, name); ++row) {
    if ((row->protocols & wanted) != 0) return row->port;
  }
  return std::nullopt;
}

}  // namespace deadlight::evidence
