#pragma once

#include <span>
#include <vector>

#include "evidence/reading.h"
#include "model/os_sign.h"
#include "model/snapshot.h"

namespace deadlight::evidence {

/// Sets host.os and host.os_basis from what the facts, `clues` and `signs` tell, strongest first. A
/// guess says so and asks for --os.
void recognise_os(Snapshot& snapshot, const std::vector<Clues>& clues,
                  std::span<const OsSign> signs);

/// Without -n netstat prints the host's own name as the local address.
void recognise_host_name(Snapshot& snapshot);

}  // namespace deadlight::evidence
