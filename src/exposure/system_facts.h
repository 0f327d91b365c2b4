#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "exposure/containers.h"
#include "exposure/opens.h"
#include "knowledge/dependencies.h"
#include "knowledge/knowledge.h"

namespace deadlight {

/// What the knowledge base says of one OS, worked out once for all its hosts. Refers to `kb`, which
/// must outlive it. Safe to read from any thread.
struct SystemFacts {
  SystemFacts(Os os, const knowledge::Knowledge& kb);

  Os os;
  const knowledge::Knowledge* kb;  ///< not owned
  OpensIndex opens;
  std::vector<Container> containers;
  knowledge::Dependencies dependencies;
  /// True if a port that only `service` opens proves that a process of this image (empty: not
  /// known) hosts it. Since Vista it does not for a service host, or where the image is not known,
  /// but for what always runs: so many programs and services of other makers are there, and share
  /// its well-known ports. Before, a system is small enough to be known.
  /// Then a process that may have started after the services is any program all the same.
  bool is_proof(std::string_view service, std::string_view image, bool began_with_services) const;

  std::vector<const knowledge::CloserFact*> closers;  ///< those for this OS, in the base's order
};

/// SystemFacts of any OS, each made when it is first asked for. Safe from any thread.
class AllSystems {
 public:
  explicit AllSystems(const knowledge::Knowledge& kb) : kb_(&kb) {}

  /// Lives as long as this object.
  const SystemFacts& of(Os os);

 private:
  const knowledge::Knowledge* kb_;
  std::mutex mutex_;
  std::array<std::unique_ptr<const SystemFacts>, static_cast<std::size_t>(Os::linux) + 1> facts_;
};

}  // namespace deadlight
