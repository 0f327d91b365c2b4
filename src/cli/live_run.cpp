#include "cli/live_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <thread>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "cli/live_session.h"
#include "cli/output.h"
#include "cli/session.h"
#include "execute/linux/act_host.h"
#include "plan/plan_json.h"

namespace deadlight::cli {
namespace {

using execute::Moment;
using execute::StepBegun;
using std::chrono::milliseconds;

constexpr milliseconds kCloseWaitMax{5000};
constexpr milliseconds kCloseWaitStep{50};
constexpr std::size_t kBootIdBytesMax = 64;
constexpr std::size_t kPlanBytesMax = 16 * 1024 * 1024;

std::atomic<bool> stop_asked = false;

void ask_to_stop(int) { stop_asked = true; }

/// While somebody is asked nothing is under way, and Ctrl-C may end the program at once.
class DefaultSignals {
 public:
  DefaultSignals()
      : interrupt_(std::signal(SIGINT, SIG_DFL)), terminate_(std::signal(SIGTERM, SIG_DFL)) {}
  DefaultSignals(const DefaultSignals&) = delete;
  DefaultSignals& operator=(const DefaultSignals&) = delete;
  ~DefaultSignals() {
    std::signal(SIGINT, interrupt_);
    std::signal(SIGTERM, terminate_);
  }

 private:
  void (*interrupt_)(int);
  void (*terminate_)(int);
};

// A connection that breaks must not leave a step half done, and neither may Ctrl-C.
void catch_signals() {
  std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGINT, ask_to_stop);
  std::signal(SIGTERM, ask_to_stop);
}

std::vector<std::string> both(const std::vector<std::string>& wanted,
                              const std::vector<std::string>& open) {
  std::vector<std::string> result;
  std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(result),
               [&open](const std::string& one) {
                 return std::binary_search(open.begin(), open.end(), one);
               });
  return result;
}

Result<> check_step(const StepBegun& step) {
  if (stop_asked) return fail(Errc::refused, "interrupted");
  if (step.planned.reboot) return {};
  const std::vector<std::string> left = DEADLIGHT_TRY(still_open(step.planned.closes));
  if (left.empty()) return {};
  return fail(Errc::refused,
              fmt::format("{} still open", join(left, ", ") + (left.size() == 1 ? " is" : " are")));
}

void show_step(Moment moment, const StepBegun& step) {
  switch (moment) {
    case Moment::begun:
      return say(fmt::format("step {}: {} ...", step.step, step.planned.what.title));
    case Moment::done:
      return say(fmt::format("step {}: done{}", step.step,
                             step.planned.reboot ? "; its ports close with the next reboot" : ""));
    case Moment::undo_begun:
      return say(
          fmt::format("undoing {}.{}: {} ...", step.run, step.step, step.planned.what.title));
    case Moment::undone:
      return say(fmt::format("undoing {}.{}: done", step.run, step.step));
  }
}

}  // namespace

std::filesystem::path journal_path(const std::string& state) {
  return state.empty() ? std::filesystem::path(execute::kJournalPath)
                       : std::filesystem::path(state) / "journal";
}

Result<> check_root(std::string_view command) {
  if (geteuid() == 0) return {};
  return fail(Errc::refused,
              fmt::format("{} changes units, files and firewall rules of this host: run it as root "
                          "(sudo deadlight {} …); nothing was changed",
                          command, command));
}

Result<PlanFile> read_plan(const std::string& file) {
  std::string text = DEADLIGHT_TRY(read_file(file, kPlanBytesMax));
  Plan plan = DEADLIGHT_TRY(plan_from_json(text, file));
  return PlanFile{std::move(plan), std::move(text)};
}

std::string boot_id() {
  const Result<std::string> text = read_file("/proc/sys/kernel/random/boot_id", kBootIdBytesMax);
  return text ? std::string(trim(*text)) : std::string();
}

Result<> ask(const std::string& question, bool yes) {
  if (yes) return {};
  if (isatty(STDIN_FILENO) != 1) {
    return fail(Errc::refused,
                "nobody can be asked here, since standard input is no terminal; give --yes to go "
                "ahead, nothing was changed");
  }
  std::fputs(fmt::format("{} [y/N] ", question).c_str(), stderr);
  std::string answer;
  {
    const DefaultSignals ctrl_c_ends_it;
    std::getline(std::cin, answer);
  }
  if (iequals(trim(answer), "y") || iequals(trim(answer), "yes")) return {};
  return fail(Errc::refused, "nothing was changed");
}

Result<Snapshot> look_here(bool connections) {
  LiveArgs args;
  args.complete = true;
  args.connections = connections;
  return live_snapshot(args, Role(), knowledge::builtin());
}

Result<std::vector<std::string>> open_here() {
  const Snapshot snapshot = DEADLIGHT_TRY(look_here(false));
  std::vector<std::string> open;
  for (const Endpoint& endpoint : snapshot.endpoints) {
    if (endpoint.is_open()) open.push_back(endpoint_text(endpoint));
  }
  std::sort(open.begin(), open.end());
  open.erase(std::unique(open.begin(), open.end()), open.end());
  return open;
}

Result<std::vector<std::string>> still_open(const std::vector<std::string>& endpoints) {
  if (endpoints.empty()) return endpoints;
  for (milliseconds waited{0};; waited += kCloseWaitStep) {
    std::vector<std::string> left = both(endpoints, DEADLIGHT_TRY(open_here()));
    if (left.empty() || waited >= kCloseWaitMax || stop_asked) return left;
    std::this_thread::sleep_for(kCloseWaitStep);
  }
}

Result<LiveRun> open_journal(const std::string& state, const knowledge::Knowledge& kb) {
  execute::Journal journal =
      DEADLIGHT_TRY(not_carried_out(execute::Journal::open(journal_path(state))));
  std::unique_ptr<execute::ActHost> host =
      DEADLIGHT_TRY(not_carried_out(execute::live_host("/", execute::unit_checks(kb))));
  LiveRun run{std::move(host), std::move(journal)};
  if (run.journal.torn_bytes() > 0) {
    say(fmt::format("{}: the last record was cut off while it was written, and is dropped",
                    run.journal.name()));
  }
  if (const std::string what = run.journal.history().interrupted(); !what.empty()) {
    say(fmt::format("{} was interrupted, and is put right first:", what));
  }
  execute::Executor executor(*run.host, run.journal, watch_steps());
  report_run(executor.recover());
  return run;
}

Result<LiveRun> open_live_run(const std::string& state, const knowledge::Knowledge& kb) {
  LiveRun run = DEADLIGHT_TRY(open_journal(state, kb));
  if (run.journal.history().unfinished().empty()) return run;
  return fail(Errc::refused,
              "what an interrupted run left could not be put right: mend what the lines above name "
              "and try again, or take back all but that: deadlight rollback --force");
}

execute::Watch watch_steps() {
  catch_signals();
  return {show_step, check_step, boot_id()};
}

int report_run(const execute::RunReport& report) {
  for (const execute::StepOutcome& step : report.steps) {
    const std::string name = fmt::format("step {}.{} ({})", step.run, step.step, step.title);
    if (!step.failure.empty()) say(fmt::format("{}: {}", name, step.failure));
    for (const std::string& text : step.left) say(fmt::format("{}: left: {}", name, text));
    for (const std::string& text : step.problems) say(fmt::format("{}: {}", name, text));
  }
  if (!report.failure.empty()) say(report.failure);
  return report.clean() ? kExitClean : kExitRefused;
}

void say(std::string_view text) { std::fputs(fmt::format("{}\n", text).c_str(), stderr); }

}  // namespace deadlight::cli
