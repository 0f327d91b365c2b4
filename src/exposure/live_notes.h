#pragma once

#include "exposure/exposure.h"

namespace deadlight {

/// Says under each open socket how its unit is set up, where the running system was asked.
void note_units(Exposure& exposure, const Snapshot& snapshot);

}  // namespace deadlight
