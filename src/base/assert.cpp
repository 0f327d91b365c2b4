#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace deadlight {

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "deadlight: internal error at %s:%d: %s\n", file, line, condition);
  std::abort();
}

}  // namespace deadlight
