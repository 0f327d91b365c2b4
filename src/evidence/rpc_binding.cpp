#include "evidence/rpc_binding.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"

namespace deadlight::evidence {

bool starts_uuid(std::string_view text) {
  if (text.size() < kUuidBytes) return false;
  for (std::size_t i = 0; i < kUuidBytes; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex_digit(text[i])) return false;
  }
  return text.size() == kUuidBytes || !is_hex_digit(text[kUuidBytes]);
}

std::optional<RpcInterface> parse_rpc_interface(std::string_view text) {
  if (text.starts_with('{')) text.remove_prefix(1);
  if (!starts_uuid(text)) return std::nullopt;
  RpcInterface found;
  found.id = to_lower(text.substr(0, kUuidBytes));
  text.remove_prefix(kUuidBytes);
  text.remove_prefix(std::min(text.find_first_not_of("}, \t"), text.size()));
  for (const std::string_view mark : {"version=", "version ", "v"}) {
    if (!istarts_with(text, mark)) continue;
    const std::string_view rest = trim(text.substr(mark.size()));
    const std::size_t end = std::min(rest.find_first_not_of("0123456789."), rest.size());
    if (end == 0) break;
    found.version = rest.substr(0, end);
    text = rest.substr(end);
    break;
  }
  found.annotation = trim(text);
  return found;
}

bool is_port_sequence(std::string_view sequence) {
  return sequence == "ncacn_ip_tcp" || sequence == "ncadg_ip_udp" || sequence == "ncacn_http";
}

bool starts_rpc_binding(std::string_view text) {
  return text.starts_with("ncacn_") || text.starts_with("ncadg_") || text.starts_with("ncalrpc");
}

std::optional<RpcEndpoint> parse_rpc_binding(std::string_view text) {
  text = trim(text);
  const std::size_t colon = text.find(':');
  const std::size_t open = text.find('[', colon);
  if (colon == std::string_view::npos || open == std::string_view::npos || !text.ends_with(']')) {
    return std::nullopt;
  }
  RpcEndpoint endpoint;
  endpoint.sequence = text.substr(0, colon);
  endpoint.address = trim(text.substr(colon + 1, open - colon - 1));
  endpoint.endpoint = trim(text.substr(open + 1, text.size() - open - 2));
  const bool named = !endpoint.endpoint.empty();
  if (named && is_port_sequence(endpoint.sequence) && !number<std::uint16_t>(endpoint.endpoint)) {
    return std::nullopt;
  }
  return endpoint;
}

}  // namespace deadlight::evidence
