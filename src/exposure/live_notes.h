#pragma once

#include "exposure/exposure.h"

namespace deadlight {

/// Says under each open socket how its unit is set up, where the running system was asked.
void note_units(Exposure& exposure, const Snapshot& snapshot);

/// Says which package brought the program that holds it.
void note_packages(Exposure& exposure, const Snapshot& snapshot);

/// Says which of the firewall's rules decide who reaches it.
void note_filters(Exposure& exposure);

}  // namespace deadlight
