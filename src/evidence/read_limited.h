#pragma once

#include <cstddef>
#include <span>

#include "evidence/evidence.h"

namespace deadlight::evidence {

/// read() with another limit of rows than kRowsMax, for tests that reach it.
Result<Snapshot> read_limited(std::span<const Input> inputs, Os os, std::span<const OsSign> signs,
                              std::size_t rows_max);

}  // namespace deadlight::evidence
