#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/live_run.h"
#include "cli/output.h"
#include "execute/linux/promise.h"
#include "execute/verify.h"

namespace deadlight::cli {
namespace {

using execute::History;
using execute::RollbackTarget;
using execute::RunLog;
using execute::Stage;
using execute::StepLog;

std::string_view stage_text(Stage stage) {
  switch (stage) {
    case Stage::begun:
    case Stage::undoing:
      return "interrupted";
    case Stage::done:
      return "done";
    case Stage::undone:
      return "undone";
    case Stage::partly_undone:
      break;
  }
  return "undone in part";
}

std::string state_of(const RunLog& run) {
  if (run.awaits_confirmation()) {
    return "waits to be confirmed by " + execute::utc_text(run.begun.info.confirm_by);
  }
  return execute::stands(run) ? "stands" : "undone";
}

std::string list_text(const History& history) {
  std::string text;
  for (const RunLog& run : history.runs()) {
    text += fmt::format("Run {}, {}, role {}: {}\n", run.begun.run,
                        execute::utc_text(run.time_ms / 1000), run.begun.info.role, state_of(run));
    for (const StepLog& step : run.steps) {
      text += fmt::format("  {}.{} {}: {}\n", run.begun.run, step.begun.step,
                          step.begun.planned.what.title, stage_text(step.stage));
    }
  }
  return text.empty() ? "Nothing has been changed on this host.\n" : text;
}

// "3", or "3.2" for a step of it.
Result<RollbackTarget> target_of(const std::string& text) {
  const std::size_t dot = text.find('.');
  const auto run = number<std::uint32_t>(std::string_view(text).substr(0, dot));
  RollbackTarget target;
  bool good = run.has_value();
  if (good) target.run = *run;
  if (dot != std::string::npos) {
    target.step = number<std::uint32_t>(std::string_view(text).substr(dot + 1));
    good = good && target.step.has_value();
  }
  if (good) return target;
  return fail(
      Errc::malformed,
      fmt::format("'{}' is no run (3) and no step of one (3.2); 'deadlight rollback --list' "
                  "shows them",
                  text));
}

// Also of a run whose only step could not be undone: with force it can be given up.
bool is_to_take_back(const RunLog& run) {
  return execute::stands(run) || std::any_of(run.steps.begin(), run.steps.end(),
                                             [](const StepLog& step) { return step.unfinished(); });
}

Result<std::vector<RollbackTarget>> targets_of(const RollbackArgs& args, const History& history) {
  std::vector<RollbackTarget> targets;
  for (const std::string& text : args.runs) targets.push_back(DEADLIGHT_TRY(target_of(text)));
  if (!args.runs.empty()) return targets;
  for (auto run = history.runs().rbegin(); run != history.runs().rend(); ++run) {
    if (!is_to_take_back(*run) || (args.unconfirmed && !run->awaits_confirmation())) continue;
    targets.push_back({run->begun.run, std::nullopt});
    if (!args.all) break;
  }
  return targets;
}

std::string question_of(const std::vector<RollbackTarget>& targets) {
  std::string names;
  for (const RollbackTarget& target : targets) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", target.run);
    if (target.step) names += fmt::format(".{}", *target.step);
  }
  return fmt::format("Take back run {}?", names);
}

Result<int> rollback(const RollbackArgs& args) {
  if (args.list) {
    const Result<History> history = execute::look_at_journal(journal_path(args.state));
    if (!history && history.error().code != Errc::not_found) {
      return tl::make_unexpected(history.error());
    }
    DEADLIGHT_TRY(print(list_text(history ? *history : History()), ""));
    return kExitClean;
  }
  DEADLIGHT_TRY(check_root("rollback"));
  CommonArgs common;
  common.knowledge = args.knowledge;
  const Session session = DEADLIGHT_TRY(open_base(common));
  LiveRun live = DEADLIGHT_TRY(args.force ? open_journal(args.state, session.kb)
                                          : open_live_run(args.state, session.kb));
  const std::vector<RollbackTarget> targets =
      DEADLIGHT_TRY(targets_of(args, live.journal.history()));
  int code = kExitClean;
  if (targets.empty()) {
    say("there is nothing to take back");
  } else {
    DEADLIGHT_TRY(ask(question_of(targets), args.yes));
    execute::Executor executor(*live.host, live.journal, watch_steps());
    Result<execute::RunReport> report = executor.rollback(targets, args.force);
    if (!report && report.error().code != Errc::not_found) report = not_carried_out(report);
    code = report_run(DEADLIGHT_TRY(std::move(report)));
  }
  if (execute::awaiting_confirmation(live.journal.history()) == nullptr)
    DEADLIGHT_TRY(execute::drop_promise(*live.host));
  return code;
}

Result<int> confirm_run(const ConfirmArgs& args) {
  DEADLIGHT_TRY(check_root("confirm"));
  LiveRun live = DEADLIGHT_TRY(open_live_run(args.state, knowledge::builtin()));
  const RunLog* run = execute::awaiting_confirmation(live.journal.history());
  if (run == nullptr) {
    say("no run waits to be confirmed");
    return kExitFindings;
  }
  const std::uint32_t number = run->begun.run;
  DEADLIGHT_TRY(not_carried_out(live.journal.append(execute::RunConfirmed{number})));
  DEADLIGHT_TRY(execute::drop_promise(*live.host));
  say(fmt::format("run {} is confirmed; 'deadlight rollback {}' still takes it back", number,
                  number));
  return kExitClean;
}

}  // namespace

int run_rollback(const RollbackArgs& args) {
  const Result<int> code = rollback(args);
  return code ? *code : report_error(code.error());
}

int run_confirm(const ConfirmArgs& args) {
  const Result<int> code = confirm_run(args);
  return code ? *code : report_error(code.error());
}

}  // namespace deadlight::cli
