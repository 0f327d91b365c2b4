#include "execute/session_guard.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace deadlight::execute {
namespace {

bool is_connection(const Endpoint& endpoint) {
  return endpoint.protocol == Protocol::tcp && endpoint.remote.has_value() &&
         !endpoint.remote->is_loopback() &&
         (endpoint.state == State::established || endpoint.state == State::connected);
}

// "10.0.0.9 50222 10.0.0.3 22": client's address and port, then the server's (sshd(8)).
bool names(std::string_view ssh_connection, const Endpoint& endpoint) {
  const std::vector<std::string_view> parts = split(ssh_connection, ' ');
  if (parts.size() != 4) return false;
  return make_address(parts[0]) == *endpoint.remote &&
         parts[1] == std::to_string(endpoint.remote_port) &&
         make_address(parts[2]) == endpoint.local && parts[3] == std::to_string(endpoint.port);
}

std::string why(const Endpoint& endpoint, const Origin& origin) {
  const bool ancestor = endpoint.pid && std::find(origin.ancestors.begin(), origin.ancestors.end(),
                                                  *endpoint.pid) != origin.ancestors.end();
  if (ancestor) {
    return fmt::format("{} ({}), which this program was started from, holds it", endpoint.process,
                       *endpoint.pid);
  }
  return names(origin.ssh_connection, endpoint) ? "SSH_CONNECTION names it" : std::string();
}

// A listener of the session's port takes it if it listens on the same address or on all of a
// family.
bool carries(const std::string& listener, const Endpoint& session) {
  const std::string port = fmt::format(":{}", session.port);
  return listener == "tcp " + socket_text(session.local, session.port) ||
         listener == "tcp 0.0.0.0" + port || listener == "tcp [::]" + port;
}

}  // namespace

std::vector<RemoteSession> remote_sessions(const Snapshot& snapshot, const Origin& origin) {
  std::vector<RemoteSession> sessions;
  for (const Endpoint& endpoint : snapshot.endpoints) {
    if (!is_connection(endpoint)) continue;
    if (std::string because = why(endpoint, origin); !because.empty()) {
      sessions.push_back({endpoint, std::move(because)});
    }
  }
  return sessions;
}

std::vector<std::string> cut_sessions(const std::vector<RemoteSession>& sessions,
                                      const std::vector<std::string>& closes) {
  std::vector<std::string> lines;
  for (const RemoteSession& session : sessions) {
    for (const std::string& listener : closes) {
      if (!carries(listener, session.endpoint)) continue;
      lines.push_back(fmt::format(
          "{} carries your session from {} ({})", listener,
          socket_text(*session.endpoint.remote, session.endpoint.remote_port), session.because));
    }
  }
  return lines;
}

}  // namespace deadlight::execute
