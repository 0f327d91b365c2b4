#pragma once

#include "exposure/exposure.h"
#include "exposure/running.h"

namespace deadlight {

/// What the host is, whatever its role says: a service that only runs on such hosts does run.
/// Fills `exposure.evident`; owners must be set.
void find_evident(Exposure& exposure, const RunningServices& running);

}  // namespace deadlight
