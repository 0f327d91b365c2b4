#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "execute/act.h"
#include "execute/executor.h"
#include "execute/journal.h"
#include "knowledge/knowledge.h"
#include "model/snapshot.h"
#include "plan/plan.h"

namespace deadlight::cli {

/// Where the journal is: `--state`, by default /var/lib/deadlight.
std::filesystem::path journal_path(const std::string& state);

/// Errors: `refused` for anybody but root, who could not change the host anyway.
Result<> check_root(std::string_view command);

/// A file that `deadlight plan -o` wrote. Errors: as of read_file() and plan_from_json().
struct PlanFile {
  Plan plan;
  std::string text;
};
Result<PlanFile> read_plan(const std::string& file);

/// Of the boot that runs now; changes with each.
std::string boot_id();

/// Asks on the terminal, unless `yes`. Errors: `refused` for another answer than yes, and where
/// nobody can be asked.
Result<> ask(const std::string& question, bool yes);

/// This host as a plan sees it: with all holders, and with connections if they are wanted.
/// Errors as of the collector.
Result<Snapshot> look_here(bool connections);

/// "tcp 0.0.0.0:22" of everything open here now, sorted. Errors as look_here().
Result<std::vector<std::string>> open_here();

/// Those of `endpoints` that are open. Asks again for up to five seconds while some are, since a
/// program that was told to end takes a moment. Errors as open_here().
Result<std::vector<std::string>> still_open(const std::vector<std::string>& endpoints);

/// The journal and what changes this host, with what an interrupted run left put right first.
struct LiveRun {
  std::unique_ptr<execute::ActHost> host;
  execute::Journal journal;
};

/// Errors: those of Journal::open() and live_host() as not_carried_out(). An interrupted step that
/// can neither be finished nor undone stays unfinished, and is reported.
Result<LiveRun> open_journal(const std::string& state, const knowledge::Knowledge& kb);

/// As open_journal(), for what needs all steps at an end. Errors: also `refused` if one is not.
Result<LiveRun> open_live_run(const std::string& state, const knowledge::Knowledge& kb);

/// What to call while steps run: a line of progress for each, the check of its sockets, and a stop
/// at the next step for Ctrl-C.
execute::Watch watch_steps();

/// Prints what became of the steps that need words. Exit code 0 if all is well, else 3.
int report_run(const execute::RunReport& report);

/// An error that the command line did not cause, as `refused`: exit code 3, not 2.
template <class T>
Result<T> not_carried_out(Result<T> result) {
  if (!result) result.error().code = Errc::refused;
  return result;
}

/// One line on standard error.
void say(std::string_view text);

}  // namespace deadlight::cli
