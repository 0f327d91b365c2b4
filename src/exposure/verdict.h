#pragma once

#include "exposure/exposure.h"

namespace deadlight {

/// Fills reach, verdict and verdict_reason of every endpoint; owners, holders and phantoms must be
/// set.
void judge(Exposure& exposure, const SystemFacts& system);

}  // namespace deadlight
