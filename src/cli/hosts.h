#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"
#include "cli/session.h"

namespace deadlight::cli {

/// Many hosts: a folder with a folder of listings for each.
struct HostsArgs {
  CommonArgs common;
  bool exposure_json = false;  ///< with --json: exposures instead of plans
};

/// True if the arguments name one folder that holds folders, and no files of its own.
bool names_many_hosts(const CommonArgs& args);

/// A line for each host in the order of their names, then a summary. A host that cannot be read
/// gets a line that says why. Returns the exit code: 1 with findings or such a host, 2 if none
/// could be read, 130 if Ctrl-C ended it early. Errors as of the knowledge base, role and output.
Result<int> run_hosts(const HostsArgs& args);

}  // namespace deadlight::cli
