#include "plan/sessions.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>

namespace deadlight {
namespace {

// Ports by which a host is administered from another one: SSH, Telnet, RPC, SMB, Remote Desktop,
// VNC, WinRM. A number is a hint, which is enough for a warning.
constexpr std::uint16_t kAdminPorts[] = {22, 23, 135, 139, 445, 3389, 5900, 5985, 5986};

bool is_admin_session(const Exposed& exposed) {
  const Endpoint& endpoint = exposed.endpoint;
  const bool open = endpoint.state == State::established || endpoint.state == State::connected;
  return open && endpoint.protocol == Protocol::tcp && endpoint.remote &&
         !endpoint.remote->is_loopback() &&
         std::find(std::begin(kAdminPorts), std::end(kAdminPorts), endpoint.port) !=
             std::end(kAdminPorts);
}

}  // namespace

std::vector<std::string> ended_sessions(const Exposure& exposure,
                                        const std::vector<std::string>& closes) {
  // "tcp 0.0.0.0:22", by what follows the last colon.
  std::map<std::string_view, std::string_view> listeners;
  for (const std::string_view text : closes) {
    if (text.starts_with("tcp ")) listeners.emplace(text.substr(text.rfind(':') + 1), text);
  }
  std::vector<std::string> warnings;
  if (listeners.empty()) return warnings;
  for (const Exposed& exposed : exposure.endpoints) {
    if (!is_admin_session(exposed)) continue;
    const auto listener = listeners.find(std::to_string(exposed.endpoint.port));
    if (listener == listeners.end()) continue;
    warnings.push_back(fmt::format(
        "{} is connected to {} now: if that is how this host is administered, work at its console "
        "or keep {}/tcp",
        socket_text(*exposed.endpoint.remote, exposed.endpoint.remote_port), listener->second,
        exposed.endpoint.port));
  }
  return warnings;
}

}  // namespace deadlight
