#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "model/endpoint.h"

namespace deadlight::evidence {

/// What a row says of its socket's kind of address, apart from the address itself.
enum class Family : std::uint8_t { unknown, v4, v6 };

/// A socket as tools of Linux, BSD and macOS print it. An address of another form than its family
/// is made one of it: an IPv6 socket's "127.0.0.1" is "::ffff:127.0.0.1", its "*" is "::".
/// Why a row of SCTP or DCCP is named and not read.
constexpr const char* kOtherProtocol =
    "a port of SCTP or DCCP: only TCP and UDP are judged; look at it yourself";

struct UnixSocket {
  Address address;                    ///< "*" is unnamed unless the family is known
  std::optional<std::uint16_t> port;  ///< none for "*"
};

/// "0.0.0.0:22", ":::22", "[fe80::1]%eth0:546", "127.0.0.53%lo:domain", "*:*"; with '.' as
/// `separator` also "*.22" and "::1.631". Errors: `malformed` for anything else.
Result<UnixSocket> parse_unix_socket(std::string_view text, Protocol protocol, Family family,
                                     char separator = ':');

/// The port that `services` files of Linux, BSD or Windows give `name`.
std::optional<std::uint16_t> find_unix_port(std::string_view name, Protocol protocol);

/// "tcp", "udp6", "tcp46": protocol and family of a socket of TCP or UDP.
struct UnixProtocol {
  Protocol protocol = Protocol::tcp;
  Family family = Family::v4;  ///< unknown if the word has no number
};
std::optional<UnixProtocol> parse_unix_protocol(std::string_view word);

/// The text without blanks and tabs at its start. Much faster than trim() on millions of lines.
inline std::string_view after_blanks(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return text.substr(at);
}

}  // namespace deadlight::evidence
