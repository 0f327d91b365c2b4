#pragma once

#include <string>
#include <vector>

#include "exposure/remedies.h"
#include "host/simulated/simulated_host.h"
#include "plan/plan.h"

namespace deadlight {

/// A simulated host with the listed sockets of `exposure`, in their order there.
/// `exposure` and what `dependencies` refers to must outlive it.
simulated::SimulatedHost simulate(const Exposure& exposure,
                                  const knowledge::Dependencies& dependencies);

/// Carries `remedy` out. Errors as SimulatedHost::apply and disable.
Result<> apply(simulated::SimulatedHost& host, const Remedy& remedy);

/// The changes of `remedy` on this host: one for each adapter where the closer says so.
std::vector<PlannedChange> changes_of(const Remedy& remedy, const Exposure& exposure,
                                      const Remedies& remedies);

/// "Disable Print Spooler (Spooler)", or the closer's title.
std::string title_of(const Remedy& remedy, const knowledge::Knowledge& kb);

/// What stops working, each said once.
std::vector<std::string> breaks_of(const Remedy& remedy, const knowledge::Knowledge& kb);

/// Services that stop with those in `changes`, as SimulatedHost::stops_with says; those that may
/// not run say so.
std::vector<std::string> stopped_besides(const std::vector<PlannedChange>& changes,
                                         const simulated::SimulatedHost& host);

/// Entries of `before` that are not in `after`; both in listing order.
std::vector<std::string> gone(const std::vector<std::string>& before,
                              const std::vector<std::string>& after);

/// Appends what is not empty and not there yet.
void add_once(std::vector<std::string>& texts, std::string_view text);

}  // namespace deadlight
