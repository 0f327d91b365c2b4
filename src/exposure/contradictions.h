#pragma once

#include <optional>

#include "exposure/system_facts.h"
#include "model/snapshot.h"

namespace deadlight {

/// A snapshot put together from files of different times or hosts, without what contradicts the
/// list of sockets: names of processes from another boot, states of services of another time. Each
/// is said in its notes, with the files. nullopt if nothing is contradicted.
std::optional<Snapshot> without_contradictions(const Snapshot& snapshot, const SystemFacts& system);

}  // namespace deadlight
