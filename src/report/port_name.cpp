#include "report/port_name.h"

#include <fmt/format.h>

#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace deadlight::report {
namespace {

Result<PortName> port_name(std::string_view number_text, std::vector<Protocol> protocols) {
  const auto port = number<std::uint16_t>(number_text);
  if (!port || *port == 0) {
    return fail(Errc::malformed, fmt::format("'{}' is no port; give 1 to 65535", number_text));
  }
  return PortName{std::move(protocols), *port};
}

}  // namespace

std::optional<Result<PortName>> parse_port(std::string_view text) {
  if (all_digits(text)) return port_name(text, {Protocol::tcp, Protocol::udp});
  // As listings print it: "tcp 0.0.0.0:135".
  if (const auto parts = words(text); parts.size() == 2 && parse_protocol(parts[0])) {
    return port_name(parts[1].substr(parts[1].rfind(':') + 1), {*parse_protocol(parts[0])});
  }
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view before = text.substr(0, slash);
  const std::string_view after = text.substr(slash + 1);
  if (const auto protocol = parse_protocol(to_lower(before))) return port_name(after, {*protocol});
  if (const auto protocol = parse_protocol(to_lower(after))) return port_name(before, {*protocol});
  return Result<PortName>(
      fail(Errc::malformed, fmt::format("'{}' is no port; write it as 445/tcp", text)));
}

}  // namespace deadlight::report
