#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/snapshot.h"

namespace deadlight::execute {

/// A connection by which somebody works on this host from another one.
struct RemoteSession {
  Endpoint endpoint;    ///< this host's side of it
  std::string because;  ///< "sshd (812), which this program was started from, holds it"
};

/// Where this program was started from.
struct Origin {
  std::vector<std::uint32_t> ancestors;  ///< PIDs: parent first, up to PID 1
  std::string ssh_connection;            ///< SSH_CONNECTION, as sshd(8) sets it; may be empty
};

/// The connections of `snapshot` (all states, with processes) that carry the session of `origin`:
/// those of its ancestors, and the one that SSH_CONNECTION names. Both, since sudo takes the
/// variable away and screen or tmux the ancestor.
std::vector<RemoteSession> remote_sessions(const Snapshot& snapshot, const Origin& origin);

/// One line for each of `sessions` that needs one of the endpoints `closes` ("tcp 0.0.0.0:22").
std::vector<std::string> cut_sessions(const std::vector<RemoteSession>& sessions,
                                      const std::vector<std::string>& closes);

}  // namespace deadlight::execute
