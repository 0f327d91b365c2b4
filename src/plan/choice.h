#pragma once

#include <vector>

#include "exposure/remedies.h"
#include "host/simulated/simulated_host.h"
#include "plan/plan.h"

namespace deadlight {

/// The cheapest remedies under which no unneeded socket of `exposure` keeps a holder and every
/// needed one keeps all of its own; nothing superfluous among them. `host` is as simulate() made
/// it. Errors: `limit` past 4,096 holders.
Result<std::vector<Remedy>> choose_remedies(const Exposure& exposure, const Remedies& remedies,
                                            const simulated::SimulatedHost& host);

/// What a remedy costs: what breaks first, then reboots, then how hard it is to undo.
int cost_of(const Remedy& remedy, const Remedies& remedies);

}  // namespace deadlight
