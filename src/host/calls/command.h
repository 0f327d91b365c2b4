#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace deadlight::linux_host {

/// Runs a program of the system, `words` being its path and its arguments, and waits at most 30 s.
/// No shell; a fixed environment in English; nothing to read. Returns the last 64 KiB of what it
/// wrote, errors included. Errors: `refused` if it does not end with 0, with what it wrote last;
/// `unsupported` if there is no such program; `io`.
Result<std::string> run_command(std::vector<std::string> words);

}  // namespace deadlight::linux_host
