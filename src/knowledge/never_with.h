#pragma once

#include <set>
#include <string>

#include "knowledge/knowledge.h"

namespace deadlight::knowledge {

/// The first of `capabilities` (a role's, or what evidence shows the host to be) with which
/// `service` must never be disabled; empty if there is none.
Text forbidding(const ServiceFact& service, const std::set<std::string>& capabilities);
/// As above, for a closer: by itself or for a service that its changes disable. Services that
/// depend on those are the caller's to ask about: they differ by host.
Text forbidding(const CloserFact& closer, const std::set<std::string>& capabilities,
                const Knowledge& kb);

inline bool forbidden(const CloserFact& closer, const std::set<std::string>& capabilities,
                      const Knowledge& kb) {
  return !forbidding(closer, capabilities, kb).empty();
}

}  // namespace deadlight::knowledge
