#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "knowledge/dependencies.h"
#include "knowledge/holder.h"
#include "knowledge/knowledge.h"
#include "model/snapshot.h"

namespace deadlight::simulated {

/// A socket and everything that keeps it open.
struct Held {
  Endpoint endpoint;
  std::vector<knowledge::Holder> holders;  ///< empty: nothing known holds it, so nothing closes it
};

/// A holder's hold on a socket: in full, on loopback only, or let go.
enum class Grip { held, narrowed, released };

/// A host that lives in memory and follows the knowledge base: changes let holders go, a socket
/// without holders is gone. A value: copies are independent. Not thread-safe.
class SimulatedHost {
 public:
  /// `services` is what the evidence says of services. `services` and `kb` must outlive the host.
  SimulatedHost(Os os, std::vector<Held> sockets, std::span<const Service> services,
                const knowledge::Knowledge& kb);

  /// Stops `service` and what depends on it; they come back at the next boot.
  /// Errors: `refused` if that stops a protected service (says why).
  Result<> stop(std::string_view service);
  /// Stops it and keeps it from starting again. Errors as for stop().
  Result<> disable(std::string_view service);
  /// Carries out every change of `closer`. Errors: `refused`; `unsupported` on this OS.
  Result<> apply(const knowledge::CloserFact& closer);

  /// Some sockets go, or come back, only with the next reboot().
  bool reboot_pending() const;
  void reboot();

  /// Sockets that are open now, in listing order; a narrowed one has a loopback address.
  std::vector<Endpoint> open() const;
  /// The same as text: "tcp 0.0.0.0:135".
  std::vector<std::string> listing() const;

  /// Services that would stop with `service`, itself first: those that hold a socket here, or that
  /// the evidence does not show as stopped. For a person; what is stopped is all that depends on
  /// it.
  std::vector<std::string> stops_with(std::string_view service) const;

  /// How holder `holder` of socket `socket` (indices as given to the constructor) stands now.
  Grip grip(std::size_t socket, std::size_t holder) const;

 private:
  struct Hold {
    Grip now = Grip::held;
    Grip next_boot = Grip::held;
  };
  struct Socket {
    Held held;
    std::vector<Hold> holds;            ///< one for each holder
    std::vector<std::string> services;  ///< each holder's, as the knowledge base spells it
  };

  Result<> refuse_protected(std::string_view service) const;
  void release_service(std::string_view service, bool for_good);
  void release_targets(const knowledge::CloserFact& closer);
  bool rpc_socket_open(Protocol protocol, Grip Hold::*time) const;
  Grip grip_of(const Socket& socket, std::size_t holder, Grip Hold::*time) const;
  /// The strongest hold anybody has on `socket`: what the socket as a whole is.
  Grip state(const Socket& socket, Grip Hold::*time) const;

  Os os_;
  std::vector<Socket> sockets_;
  std::span<const Service> services_;
  const knowledge::Knowledge* kb_;  ///< not owned
  knowledge::Dependencies dependencies_;
};

}  // namespace deadlight::simulated
