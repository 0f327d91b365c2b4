#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "execute/linux/host_view.h"
#include "plan/plan.h"

namespace deadlight::execute {

/// The table that limits who reaches what stays open.
inline constexpr std::string_view kScopeTable = "inet deadlight";

/// The rules of that table: who is not of the networks that a change names is dropped, nobody is
/// accepted, so that other tables decide as before. This host itself and connections that are
/// there already are never cut. `changes` are those whose name is kScopeRule.
/// Errors: `malformed` for a socket or network that is none.
Result<std::string> scope_rules(const std::vector<PlannedChange>& changes,
                                const std::vector<std::string>& local_networks);

/// Appends to `translation` how this host limits sockets: the table now, and a unit of its own that
/// loads it from a file at every start of the host. They take the place of those of an earlier
/// plan. Errors: as scope_rules(); `refused` where the kernel does not take the rules, or nothing
/// can load them at a start.
Result<> add_scope(const std::vector<PlannedChange>& changes, const HostView& view,
                   Translation& translation);

}  // namespace deadlight::execute
