#pragma once

#include <string>
#include <vector>

#include "cli/session.h"

namespace deadlight::cli {

/// Parses the command line, runs one command, returns the exit code. Prints errors.
int run(int argc, const char* const* argv);

struct ScanArgs {
  CommonArgs common;
  bool connections = false;  ///< --all
  bool reasons = false;      ///< --why
  bool snapshot = false;     ///< --snapshot: the evidence as one JSON file
};
int run_scan(const ScanArgs& args);

struct ExplainArgs {
  CommonArgs common;
  std::string subject;
};
int run_explain(const ExplainArgs& args);

int run_plan(const CommonArgs& args);

struct WhatIfArgs {
  CommonArgs common;
  std::vector<std::string> changes;
};
int run_what_if(const WhatIfArgs& args);

}  // namespace deadlight::cli
