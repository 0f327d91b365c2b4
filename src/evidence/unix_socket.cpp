#include "evidence/unix_socket.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "evidence/reading.h"

namespace deadlight::evidence {
namespace {

bool is_host_letter(char c) {
  return is_letter_or_digit(c) || std::string_view("-_.").find(c) != std::string_view::npos;
}

/// "192.168.*.*", "***.***.***.***": people hide addresses before they publish a listing.
bool is_masked(std::string_view text) {
  return text.size() > 2 && text.find_first_of("*?#") != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_host_letter(c) || std::string_view("*?#:[]").find(c) != std::string_view::npos;
         });
}

/// A name has a letter, and is not what is left of a number: "10.0.0".
bool is_host_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_host_letter) &&
         !std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

/// "[fe80::1]%eth0" and "fe80::1%eth0" are the same.
std::string without_brackets(std::string_view text) {
  const auto close = text.find(']');
  if (text.empty() || text.front() != '[' || close == std::string_view::npos) {
    return std::string(text);
  }
  std::string inner(text.substr(1, close - 1));
  return inner.append(text.substr(close + 1));
}

IpAddress mapped(const IpAddress& v4) {
  IpAddress address;
  address.v6 = true;
  address.zone = v4.zone;
  if (v4.is_any()) return address;
  address.bytes[10] = address.bytes[11] = 0xff;
  std::copy_n(v4.bytes.begin(), 4, address.bytes.begin() + 12);
  return address;
}

Result<std::optional<std::uint16_t>> parse_port(std::string_view text, Protocol protocol) {
  if (text == "*") return std::optional<std::uint16_t>();
  if (const auto value = number<std::uint16_t>(text)) return value;
  if (text.empty()) return fail(Errc::malformed, "a port is missing");
  if (all_digits(text)) {
    return fail(Errc::malformed, fmt::format("port {} is above 65535", shown(text)));
  }
  if (const auto named = find_unix_port(text, protocol)) return named;
  return fail(
      Errc::malformed,
      fmt::format("'{}' is no known port name; run the tool with -n for numbers", shown(text)));
}

Result<Address> parse_address(std::string_view text, Family family) {
  if (text == "*" || text.starts_with("*%")) {
    Address any;
    if (family == Family::unknown) {
      any.name = "*";
      return any;
    }
    any.ip.emplace();
    any.ip->v6 = family == Family::v6;
    if (text.size() > 2) any.ip->zone = text.substr(2);
    return any;
  }
  Address address{parse_ip(without_brackets(text)), {}};
  if (address.ip) {
    if (family == Family::v6 && !address.ip->v6) address.ip = mapped(*address.ip);
    if (family == Family::v4 && address.ip->v6) {
      return fail(Errc::malformed, fmt::format("'{}' is no IPv4 address", shown(text)));
    }
    return address;
  }
  if (!is_host_name(text) && !is_masked(text)) {
    return fail(Errc::malformed, fmt::format("'{}' is no address", shown(text)));
  }
  if (family == Family::v4 && (text == "localhost" || text == "localhost.localdomain")) {
    address.ip = parse_ip("127.0.0.1");  // of IPv6 it may be ::1 or ::ffff:127.0.0.1
    return address;
  }
  address.name = text;
  return address;
}

}  // namespace

Result<UnixSocket> parse_unix_socket(std::string_view text, Protocol protocol, Family family,
                                     char separator) {
  const auto at = text.rfind(separator);
  if (at == std::string_view::npos || at == 0) {
    return fail(Errc::malformed, fmt::format("'{}' has no port", shown(text)));
  }
  UnixSocket socket;
  socket.port = DEADLIGHT_TRY(parse_port(text.substr(at + 1), protocol));
  socket.address = DEADLIGHT_TRY(parse_address(text.substr(0, at), family));
  return socket;
}

std::optional<UnixProtocol> parse_unix_protocol(std::string_view word) {
  if (word.size() < 3 || word.size() > 5) return std::nullopt;
  const std::string_view stem = word.substr(0, 3);
  if (stem != "tcp" && stem != "udp") return std::nullopt;
  const Protocol protocol = stem == "tcp" ? Protocol::tcp : Protocol::udp;
  const std::string_view tail = word.substr(3);
  if (tail.empty()) return UnixProtocol{protocol, Family::unknown};
  if (tail == "4") return UnixProtocol{protocol, Family::v4};
  if (tail == "6" || tail == "46" || tail == "64") return UnixProtocol{protocol, Family::v6};
  return std::nullopt;
}

}  // namespace deadlight::evidence
