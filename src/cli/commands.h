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

struct ApplyArgs {
  std::string plan;
  std::string knowledge;                ///< overlay folder, or empty
  std::string state;                    ///< folder of the journal; empty: /var/lib/deadlight
  unsigned confirm_within_seconds = 0;  ///< 0: it stands without confirmation
  bool dry_run = false;
  bool yes = false;
  bool force = false;           ///< --force: the plan's host has another name
  bool cut_my_session = false;  ///< also what carries the session of whoever calls
};
int run_apply(const ApplyArgs& args);

struct ConfirmArgs {
  std::string state;
};
int run_confirm(const ConfirmArgs& args);

struct RollbackArgs {
  std::vector<std::string> runs;  ///< "3", "3.2"; empty: the last one that stands
  std::string knowledge;
  std::string state;
  bool list = false;
  bool all = false;
  bool yes = false;
  bool force = false;        ///< also what somebody changed in between
  bool unconfirmed = false;  ///< only what waits to be confirmed: for the timer
};
int run_rollback(const RollbackArgs& args);

struct VerifyArgs {
  std::string plan;  ///< empty: the last run that stands
  std::string state;
  std::string output;
  bool json = false;
};
int run_verify(const VerifyArgs& args);

struct WatchArgs {
  CommonArgs common;
};
int run_watch(const WatchArgs& args);

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
