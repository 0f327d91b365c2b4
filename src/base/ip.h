#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/name.h"

namespace deadlight {

/// An IPv4 or IPv6 address. A plain value.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  ///< Network order; IPv4 uses the first four.
  bool v6 = false;
  Name zone;  ///< After '%': a scope id, or the device that the socket is bound to; mostly empty

  bool is_any() const;
  bool is_loopback() const;    ///< 127/8, ::1, and 127/8 mapped into IPv6
  bool is_link_local() const;  ///< 169.254/16, fe80::/10
  bool is_multicast() const;   ///< 224/4, ff00::/8

  /// Canonical: "10.0.0.3", "fe80::1%eth0" (RFC 5952). No brackets.
  std::string text() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

/// "10.0.0.3", "::1", "fe80::1%12", "0.0.0.0%eth0", without brackets. IPv4 needs all four numbers.
std::optional<IpAddress> parse_ip(std::string_view text);

}  // namespace deadlight
