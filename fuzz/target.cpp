#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "harness.h"

namespace {

std::string_view harness;

std::string_view harness_of(std::string_view program) {
  program.remove_prefix(program.rfind('/') + 1);
  constexpr std::string_view kPrefix = "fuzz_";
  if (program.substr(0, kPrefix.size()) == kPrefix) program.remove_prefix(kPrefix.size());
  return program;
}

}  // namespace

/// All harnesses are one program: the name by which it is called, fuzz_NAME, chooses one.
extern "C" int LLVMFuzzerInitialize(const int* /*argc*/, char*** argv) {
  harness = harness_of((*argv)[0]);
  const auto names = deadlight::fuzz::harness_names();
  if (std::find(names.begin(), names.end(), harness) == names.end()) {
    std::fprintf(stderr, "no harness has the name of %s; call it by a link fuzz_NAME\n",
                 (*argv)[0]);
    std::exit(2);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  deadlight::fuzz::run_harness(harness, {reinterpret_cast<const char*>(data), size});
  return 0;
}
