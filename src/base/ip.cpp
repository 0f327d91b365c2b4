#include "base/ip.h"

#include <algorithm>
#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#endif

namespace deadlight {
namespace {

constexpr std::size_t kTextBytesMax = 64;

// 96 bits that mark an IPv4 address inside an IPv6 one (RFC 4291, 2.5.5.2).
constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

bool IpAddress::is_any() const {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_loopback() const {
  if (!v6) return bytes[0] == 127;
  if (std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), bytes.begin())) {
    return bytes[12] == 127;
  }
  return bytes[15] == 1 &&
         std::all_of(bytes.begin(), bytes.end() - 1, [](std::uint8_t byte) { return byte == 0; });
}

bool IpAddress::is_link_local() const {
  return v6 ? bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80 : bytes[0] == 169 && bytes[1] == 254;
}

bool IpAddress::is_multicast() const { return v6 ? bytes[0] == 0xff : (bytes[0] & 0xf0) == 0xe0; }

std::string IpAddress::text() const {
  char buffer[kTextBytesMax] = {};
  inet_ntop(v6 ? AF_INET6 : AF_INET, bytes.data(), buffer, sizeof buffer);
  std::string result = buffer;
  if (!zone.empty()) result += '%' + zone;
  return result;
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  IpAddress address;
  address.v6 = text.find(':') != std::string_view::npos;
  if (const auto percent = text.find('%'); percent != std::string_view::npos) {
    if (!address.v6) return std::nullopt;
    address.zone = text.substr(percent + 1);
    text = text.substr(0, percent);
  }
  if (text.size() >= kTextBytesMax) return std::nullopt;
  const std::string copy(text);
  if (inet_pton(address.v6 ? AF_INET6 : AF_INET, copy.c_str(), address.bytes.data()) != 1) {
    return std::nullopt;
  }
  return address;
}

}  // namespace deadlight
