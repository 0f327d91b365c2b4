#pragma once

#include <vector>

#include "host/linux/live_fold.h"
#include "host/linux/live_tables.h"

namespace deadlight::linux_host {

/// An endpoint for each group of rows.
std::vector<Endpoint> make_endpoints(const std::vector<LiveRow>& rows, const RowGroups& groups,
                                     const LiveTables& tables, const Texts& texts);

}  // namespace deadlight::linux_host
