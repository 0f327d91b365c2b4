#include <cstddef>
#include <cstdint>

#include "harness.h"

/// Compiled once for each harness, which DEADLIGHT_HARNESS names.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  deadlight::fuzz::run_harness(DEADLIGHT_HARNESS, {reinterpret_cast<const char*>(data), size});
  return 0;
}
