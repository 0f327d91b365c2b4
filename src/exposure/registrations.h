#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/text.h"
#include "exposure/system_facts.h"
#include "model/snapshot.h"

namespace deadlight {

/// What is registered for a port, by way of the RPC endpoint map or of HTTP.sys.
struct Registered {
  std::set<std::string, ILess> services;  ///< ids; each of them is registered there for certain
  bool others = false;                    ///< so is something of which it is not known whose it is
  bool alone = true;                      ///< each of `services` is the only service of its process
  std::vector<std::string> because;
};

/// Registrations in a snapshot, by port. Refers to nothing once made.
class Registrations {
 public:
  Registrations(const Snapshot& snapshot, const SystemFacts& system);

  /// nullptr if the endpoint map names nothing there.
  const Registered* rpc(Protocol protocol, std::uint16_t port) const;
  /// Of URLs that processes have registered now; TCP. nullptr if there are none.
  const Registered* urls(std::uint16_t port) const;

 private:
  void add(const RpcEndpoint& endpoint, const Snapshot& snapshot, const SystemFacts& system);
  using ProcessIndex = std::unordered_map<std::uint32_t, const Process*>;
  void add(const HttpUrl& url, const Snapshot& snapshot, const ProcessIndex& processes);

  std::map<std::pair<Protocol, std::uint16_t>, Registered> rpc_;
  std::map<std::uint16_t, Registered> urls_;
};

}  // namespace deadlight
