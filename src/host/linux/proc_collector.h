#pragma once

#include <filesystem>

#include "base/result.h"
#include "model/snapshot.h"

namespace deadlight::linux_host {

/// This host as /proc tells it: TCP and UDP sockets of the own network namespace, their processes
/// and systemd units (from the cgroup). Without root, sockets of other users have no process; a
/// note in the snapshot says how many. `root` is "/proc" but for tests. Errors: `io`, `denied` if
/// /proc/net cannot be read; `malformed` if a table has another shape.
Result<Snapshot> collect(const std::filesystem::path& root);

}  // namespace deadlight::linux_host
