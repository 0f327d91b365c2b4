#pragma once

#include "exposure/exposure.h"

namespace deadlight {

/// For a host of which there is only a scan from outside: what answered, as endpoints.
Snapshot seen_from_outside(const Snapshot& snapshot);

/// Says of each open socket what a scan from outside saw of it, and adds a row for what answers
/// though nothing here is bound to it. "Filtered" is not "closed".
void note_outside_view(Exposure& exposure, const Snapshot& snapshot);

/// Names the firewall rules that are for each open socket. A list of rules is seldom whole, and a
/// firewall closes nothing: reach and verdict stay as they are.
void note_firewall(Exposure& exposure, const Snapshot& snapshot);

}  // namespace deadlight
