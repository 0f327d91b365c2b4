#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "execute/act.h"
#include "execute/linux/unit_thing.h"
#include "knowledge/knowledge.h"

namespace deadlight::execute {

/// The running host. Files and sysctls are those below `root`; units and nftables tables those of
/// the system itself, so only `root` "/" has units. `checks` are run before a unit is restarted.
/// Errors: `not_found`, `denied`, `io`.
Result<std::unique_ptr<ActHost>> live_host(const std::filesystem::path& root,
                                           std::vector<UnitCheck> checks);

/// Every check that the closers for Linux name.
std::vector<UnitCheck> unit_checks(const knowledge::Knowledge& kb);

}  // namespace deadlight::execute
