#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace deadlight::evidence {

/// True for the numbers of protocols that programs open raw sockets for (ICMP, IGMP, OSPF, VRRP,
/// …). Tools print the number where others have a port.
inline bool is_raw_protocol(std::uint16_t number) {
  constexpr std::array<std::uint16_t, 19> kRaw = {1,  2,  4,  6,   17,  41,  46,  47,  50, 51,
                                                  58, 88, 89, 103, 112, 115, 124, 132, 255};
  return std::find(kRaw.begin(), kRaw.end(), number) != kRaw.end();
}

}  // namespace deadlight::evidence
