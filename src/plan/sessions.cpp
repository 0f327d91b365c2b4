#include "plan/sessions.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace deadlight {
namespace {

// Ports by which a host is administered from another one: SSH, Telnet, RPC, SMB, Remote Desktop,
// VNC, WinRM. A number is a hint, which is enough for a warning.
constexpr std::uint16_t kAdminPorts[] = {22, 23, 135, 139, 445, 3389, 5900, 5985, 5986};

bool is_admin_session(const Exposed& exposed) {
  const Endpoint& endpoint = exposed.endpoint;
  const bool open = endpoint.state == State::established || endpoint.state == State::connected;
  return open && endpoint.protocol == Protocol::tcp && endpoint.remote &&
         !(endpoint.remote->ip && endpoint.remote->ip->is_loopback()) &&
         std::find(std::begin(kAdminPorts), std::end(kAdminPorts), endpoint.port) !=
             std::end(kAdminPorts);
}

}  // namespace

std::vector<std::string> ended_sessions(const Exposure& exposure,
                                        const std::vector<std::string>& closes) {
  std::vector<std::string> warnings;
  for (const Exposed& exposed : exposure.endpoints) {
    if (!is_admin_session(exposed)) continue;
    const std::string port = fmt::format(":{}", exposed.endpoint.port);
    const auto listener = std::find_if(closes.begin(), closes.end(), [&](const std::string& text) {
      return text.starts_with("tcp ") && text.ends_with(port);
    });
    if (listener == closes.end()) continue;
    warnings.push_back(fmt::format(
        "{} is connected to {} now: if that is how this host is administered, work at its console "
        "or keep {}/tcp",
        socket_text(*exposed.endpoint.remote, exposed.endpoint.remote_port), *listener,
        exposed.endpoint.port));
  }
  return warnings;
}

}  // namespace deadlight
