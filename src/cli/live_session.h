#pragma once

#include "base/result.h"
#include "cli/session.h"
#include "exposure/role.h"
#include "knowledge/knowledge.h"
#include "model/snapshot.h"

namespace deadlight::cli {

/// This host. Sockets whose ports `kb` or `role` know different things of never share a row.
/// Errors: as of linux_host::collect_live().
Result<Snapshot> live_snapshot(const LiveArgs& args, const Role& role,
                               const knowledge::Knowledge& kb);

}  // namespace deadlight::cli
