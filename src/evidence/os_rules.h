#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/os_set.h"
#include "model/os_sign.h"
#include "model/snapshot.h"

namespace deadlight::evidence {

/// What one thing in the evidence says about the system.
struct OsClue {
  OsSet possible;
  std::string because;
  /// True where only habit speaks for it: such a clue chooses, but proves nothing.
  bool typical = false;
};

/// Clues in what the tools read: sockets, PIDs, settings, and the processes and services that are
/// among `signs`.
std::vector<OsClue> os_clues_of(const Snapshot& snapshot, std::span<const OsSign> signs);

/// The systems that a product's name means: "Microsoft Windows Server 2019 Standard".
OsSet os_of_product(std::string_view name);
/// Those of a version number: "5.1.2600", "10.0.20348.1". Client and server share most numbers.
OsSet os_of_version(std::string_view version);

}  // namespace deadlight::evidence
