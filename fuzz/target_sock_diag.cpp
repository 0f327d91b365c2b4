#include "harness_sock_diag.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz_sock_diag(data, size);
  return 0;
}
