#pragma once

#include <vector>

#include "exposure/exposure.h"
#include "knowledge/knowledge.h"
#include "plan/plan.h"

namespace deadlight {

/// The closer whose change of the name kScopeRule the program can carry out on `os`; null if it
/// knows none.
const knowledge::CloserFact* scope_closer(Os os, const knowledge::Knowledge& kb);

/// Who may reach what stays open: the networks of the role's `keep … from`, and nobody for what no
/// setting closes. Not what containers hold, and no port that a needed socket shares.
std::vector<PlannedChange> scope_changes(const Exposure& exposure,
                                         const knowledge::CloserFact& closer);

/// True if the program can carry out a limit to `from`: each names networks, not everybody.
bool are_networks(const std::vector<std::string>& from);

}  // namespace deadlight
