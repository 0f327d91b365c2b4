#include "evidence/lsof_name.h"

#include <fmt/format.h>

#include <utility>

#include "evidence/netstat_state.h"
#include "evidence/reading.h"

namespace deadlight::evidence {

Result<Endpoint> parse_lsof_socket(std::string_view name, std::string_view state,
                                   const UnixProtocol& protocol) {
  constexpr std::string_view kArrow = "->";
  const auto arrow = name.find(kArrow);
  UnixSocket local =
      DEADLIGHT_TRY(parse_unix_socket(name.substr(0, arrow), protocol.protocol, protocol.family));
  if (!local.port || *local.port == 0) return fail(Errc::not_found, "the socket has no port yet");
  if (local.address.is_unnamed()) {
    return fail(
        Errc::malformed,
        fmt::format("whether '{}' is IPv4 or IPv6 is not said; run lsof -F with the field t",
                    shown(name)));
  }
  Endpoint endpoint;
  endpoint.protocol = protocol.protocol;
  endpoint.local = std::move(local.address);
  endpoint.port = *local.port;
  endpoint.state = State::bound;
  const bool connected = arrow != std::string_view::npos;
  if (protocol.protocol == Protocol::tcp) {
    const auto known = state == "IDLE" ? std::optional(State::closed) : find_state(state);
    if (state.empty()) return fail(Errc::malformed, "the state is missing; run lsof -nPi -Ts");
    if (!known) return fail(Errc::malformed, fmt::format("unknown state '{}'", shown(state)));
    endpoint.state = *known;
  } else if (connected) {
    endpoint.state = State::established;
  }
  if (!connected || endpoint.is_open()) return endpoint;
  UnixSocket remote = DEADLIGHT_TRY(
      parse_unix_socket(name.substr(arrow + kArrow.size()), protocol.protocol, protocol.family));
  if (!remote.port) return fail(Errc::malformed, "the remote port is missing");
  endpoint.remote = std::move(remote.address);
  endpoint.remote_port = *remote.port;
  return endpoint;
}

}  // namespace deadlight::evidence
