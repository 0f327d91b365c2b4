#pragma once

#include <string>

#include "base/result.h"

namespace deadlight::execute {

/// Runs a program of the system with its arguments, which blanks part, and waits at most 30 s. No
/// shell; a fixed environment; nothing to read. Errors: `refused` if it does not end with 0, with
/// what it wrote last; `unsupported` if there is no such program; `io`.
Result<> run_command(const std::string& command);

}  // namespace deadlight::execute
