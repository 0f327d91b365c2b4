#pragma once

#include <string>
#include <vector>

#include "cli/report_files.h"
#include "cli/session.h"

namespace deadlight::cli {

/// Parses the command line, runs one command, returns the exit code. Prints errors.
int run(int argc, const char* const* argv);

struct ScanArgs {
  CommonArgs common;
  ReportFiles files;
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

struct PlanArgs {
  CommonArgs common;
  ReportFiles files;
};
int run_plan(const PlanArgs& args);

struct WhatIfArgs {
  CommonArgs common;
  std::vector<std::string> changes;
};
int run_what_if(const WhatIfArgs& args);

struct DiffArgs {
  CommonArgs common;
  std::string before;
  std::string now;  ///< empty: this host
};
int run_diff(const DiffArgs& args);

enum class KbTask { list, show, check };
struct KbArgs {
  KbTask task = KbTask::list;
  std::string subject;    ///< kind, name, or path; may be empty but for `show`
  std::string os;         ///< of `list`
  std::string knowledge;  ///< overlay folder, or empty
  std::string output;     ///< file, or empty for standard output
  bool json = false;
};
/// The knowledge base itself: no host is looked at.
int run_kb(const KbArgs& args);

}  // namespace deadlight::cli
