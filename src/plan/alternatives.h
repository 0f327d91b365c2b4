#pragma once

#include <vector>

#include "exposure/remedies.h"
#include "host/simulated/simulated_host.h"
#include "plan/plan.h"

namespace deadlight {

/// Closers for this host's sockets that are not in `taken`, each with the reason. `untouched` is
/// the host before any step.
std::vector<NotTaken> alternatives(const Exposure& exposure, const std::vector<Remedy>& taken,
                                   const Remedies& remedies,
                                   const simulated::SimulatedHost& untouched);

/// What would close or has been asked to close something here, and is never done.
std::vector<Refused> refusals(const Exposure& exposure, const Remedies& remedies);

/// Sockets that no setting closes, with what limits who reaches them.
std::vector<StuckEndpoint> stuck_endpoints(const Exposure& exposure,
                                           const knowledge::Knowledge& kb);

}  // namespace deadlight
