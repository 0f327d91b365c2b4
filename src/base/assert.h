#pragma once

namespace deadlight {

/// Prints the broken condition and its place to standard error, then aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace deadlight

/// A bug in this program, never bad input. On in every build.
#define DEADLIGHT_ASSERT(condition) \
  ((condition) ? void() : ::deadlight::assertion_failed(#condition, __FILE__, __LINE__))
