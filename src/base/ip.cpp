#include "base/ip.h"

#include <algorithm>
#ifdef _WIN32
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>

#include "base/ascii.h"
#endif

namespace deadlight {
namespace {

constexpr std::size_t kTextBytesMax = 64;

// 96 bits that mark an IPv4 address inside an IPv6 one (RFC 4291, 2.5.5.2).
constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/// Four numbers up to 255 without leading zeros, which some programs take for octal.
bool parse_ipv4(std::string_view text, std::array<std::uint8_t, 16>& bytes) {
  std::size_t at = 0;
  for (std::size_t part = 0; part < 4; ++part) {
    if (part > 0 && (at == text.size() || text[at++] != '.')) return false;
    const std::size_t start = at;
    unsigned value = 0;
    while (at < text.size() && at - start < 3 && is_digit(text[at])) {
      value = value * 10 + static_cast<unsigned>(text[at++] - '0');
    }
    if (at == start || value > 255 || (text[start] == '0' && at - start > 1)) return false;
    bytes[part] = static_cast<std::uint8_t>(value);
  }
  return at == text.size();
}

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
  if (!zone.empty()) result += '%' + zone.str();
  return result;
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  std::optional<IpAddress> result(std::in_place);
  if (const auto percent = text.find('%'); percent != std::string_view::npos) {
    if (percent + 1 == text.size()) return std::nullopt;
    result->zone = text.substr(percent + 1);
    text = text.substr(0, percent);
  }
  if (parse_ipv4(text, result->bytes)) return result;
  result->v6 = true;
  if (text.size() >= kTextBytesMax || text.find(':') == std::string_view::npos) return std::nullopt;
  char copy[kTextBytesMax] = {};
  text.copy(copy, text.size());
  if (inet_pton(AF_INET6, copy, result->bytes.data()) != 1) return std::nullopt;
  return result;
}

}  // namespace deadlight
