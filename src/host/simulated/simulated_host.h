#pragma once

#include <cstdint>
#include <map>
#include <memory>
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
  /// The same with what is known of dependencies already; `services` among them.
  SimulatedHost(Os os, std::vector<Held> sockets, std::span<const Service> services,
                const knowledge::Dependencies& dependencies);

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
  /// The same as text: "tcp 0.0.0.0:135"; each once.
  std::vector<std::string> listing() const;
  /// True if socket `socket` (index as given to the constructor) is open now where it was.
  bool is_held(std::size_t socket) const;

  /// Services that would stop with `service`, itself first: those that hold a socket here, or that
  /// the evidence does not show as stopped. For a person; what is stopped is all that depends on
  /// it.
  std::vector<std::string> stops_with(std::string_view service) const;

  /// Services that depend on `service`, of which it is not known whether they run.
  std::vector<std::string> may_stop_with(std::string_view service) const;

  /// How holder `holder` of socket `socket` (indices as given to the constructor) stands now.
  Grip grip(std::size_t socket, std::size_t holder) const;

 private:
  struct Hold {
    Grip now = Grip::held;
    Grip next_boot = Grip::held;
  };
  using HoldIndices = std::vector<std::uint32_t>;

  /// What no change alters.
  struct Fixed {
    Os os = Os::unknown;
    std::vector<Held> sockets;
    std::vector<std::uint32_t> first_hold;  ///< of each socket in `holds_`, and the end
    std::vector<std::uint32_t> socket_of;   ///< of each hold
    std::vector<std::uint32_t> order;       ///< sockets in listing order
    std::vector<std::string> texts;         ///< of each socket
    std::map<std::string, HoldIndices, ILess> by_service;  ///< as the knowledge base spells it
    std::map<std::string, HoldIndices, ILess> by_feature;
    HoldIndices rpc[2];  ///< holds of RPC servers, by protocol
    std::span<const Service> services;
    knowledge::Dependencies dependencies;
  };

  const knowledge::Holder& holder(std::uint32_t hold) const;
  const Service* shown_service(std::string_view name) const;
  Result<> refuse_protected(std::string_view service) const;
  void release_service(std::string_view service, bool for_good);
  void release_targets(const knowledge::CloserFact& closer);
  bool rpc_socket_open(Protocol protocol, Grip Hold::*time) const;
  Grip grip_of(std::uint32_t hold, Grip Hold::*time) const;
  /// The strongest hold anybody has on `socket`: what the socket as a whole is.
  Grip state(std::size_t socket, Grip Hold::*time) const;

  /// Shared by all copies, which plans make many of, and never changed once made.
  std::shared_ptr<const Fixed> fixed_;
  std::vector<Hold> holds_;
};

}  // namespace deadlight::simulated
