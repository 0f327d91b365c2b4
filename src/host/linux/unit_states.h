#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/calls/bus.h"
#include "model/snapshot.h"

namespace deadlight::linux_host {

/// What systemd says of the units that own sockets. Asks only when there is something to ask, at
/// most kCallTime a call; one thread.
class Units {
 public:
  static constexpr std::chrono::seconds kCallTime{5};

  /// Names the socket unit of each socket that PID 1 holds for one, and the service that it starts:
  /// by the cgroup that made the socket, else by what the units listen on.
  void name_sockets(std::vector<Endpoint>& endpoints);

  /// State, enablement, preset, triggers and drop-ins of each of the system's own services and
  /// sockets in `snapshot`.
  void add_states(Snapshot& snapshot);

  /// Why it could not be asked, in one line; empty if it answered, or was not asked.
  const std::string& failure() const { return failure_; }

 private:
  struct SocketUnit {
    std::string name;
    std::string service;               ///< that it starts
    std::vector<std::string> listens;  ///< "Stream [::]:22"
  };
  const SocketUnit* socket_unit(const std::string& name);
  const SocketUnit* listening(const Endpoint& endpoint);
  void load_sockets();
  bool failed(const Error& error);

  Bus bus_{kCallTime};
  std::map<std::string, SocketUnit> sockets_;
  bool all_loaded_ = false;
  std::string failure_;
};

}  // namespace deadlight::linux_host
