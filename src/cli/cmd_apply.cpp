#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/live_run.h"
#include "cli/output.h"
#include "execute/linux/promise.h"
#include "execute/linux/step_acts.h"
#include "execute/session_guard.h"
#include "execute/verify.h"

namespace deadlight::cli {
namespace {

struct Prepared {
  std::vector<execute::PlannedStep> steps;
  std::vector<std::string> by_hand;
};

std::string program_path() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "/usr/bin/deadlight" : path.string();
}

// A plan for another host would close what happens to have the same names here.
Result<> check_is_for_here(const Plan& plan, const Snapshot& here, const ApplyArgs& args) {
  if (plan.host.os != Os::linux) {
    return fail(Errc::refused, fmt::format("{}: a plan for {}; this host is Linux", args.plan,
                                           os_title(plan.host.os)));
  }
  if (plan.host.name != here.host.name && !args.force) {
    return fail(Errc::refused,
                fmt::format("{}: a plan for the host '{}'; this is '{}'. Make a plan here, or give "
                            "--force if it is the same host under another name",
                            args.plan, plan.host.name, here.host.name));
  }
  return {};
}

Result<> check_session(const Plan& plan, const Snapshot& here, const execute::Root& root,
                       const ApplyArgs& args) {
  const char* ssh = std::getenv("SSH_CONNECTION");
  const std::vector<execute::RemoteSession> sessions =
      execute::remote_sessions(here, {execute::ancestors(root), ssh != nullptr ? ssh : ""});
  std::vector<std::string> cut;
  for (const Step& step : plan.steps) {
    for (std::string& line : execute::cut_sessions(sessions, step.closes)) {
      cut.push_back(std::move(line));
    }
  }
  if (cut.empty()) return {};
  for (const std::string& line : cut) say("deadlight: " + line);
  if (args.cut_my_session) return {};
  return fail(Errc::refused,
              "this plan may lock you out: keep that port (plan --keep), work at the console, or "
              "give --cut-my-session, best with --confirm-within 5m");
}

Result<Prepared> prepare(const Plan& plan, const execute::HostView& view,
                         const knowledge::Knowledge& kb) {
  Prepared prepared;
  for (const Step& step : plan.steps) {
    Result<execute::Translation> here = execute::translate(step, view, kb);
    if (!here && here.error().code == Errc::not_found) {
      say(fmt::format("left out: {}", here.error().message));
      continue;
    }
    if (!here) return tl::make_unexpected(std::move(here).error());
    for (const std::string& text : here->by_hand) prepared.by_hand.push_back(text);
    for (const std::string& text : here->left_out) say(fmt::format("left out: {}", text));
    if (here->step.acts.empty() && here->step.settles.empty()) continue;
    prepared.steps.push_back({std::move(here->step), step.closes, step.reboot});
  }
  return prepared;
}

std::string act_text(const execute::Act& act) {
  using execute::Form;
  using execute::Thing;
  switch (act.thing) {
    case Thing::unit:
      return fmt::format("{} {}", act.wanted.content == "active" ? "start" : "stop", act.target);
    case Thing::sysctl:
      return fmt::format("sysctl {} = {}", act.target, act.wanted.content);
    case Thing::table:
      return fmt::format("{} the nftables table '{}'",
                         act.wanted.form == Form::absent ? "remove" : "load", act.target);
    case Thing::file:
      break;
  }
  if (act.wanted.form == Form::absent) return "remove " + act.target;
  if (act.wanted.form == Form::link) {
    return fmt::format("link {} to {}", act.target, act.wanted.content);
  }
  return (act.wanted.form == Form::folder ? "make the folder " : "write ") + act.target;
}

std::string settle_text(const execute::Settle& settle) {
  using Kind = execute::Settle::Kind;
  switch (settle.kind) {
    case Kind::reload_manager:
      return "let systemd read its unit files again";
    case Kind::restart_unit:
      return fmt::format("restart {} if it runs", settle.unit);
    case Kind::reload_unit:
      break;
  }
  return fmt::format("reload {} if it runs", settle.unit);
}

std::string prepared_text(const Prepared& prepared) {
  std::string text;
  int number = 0;
  for (const execute::PlannedStep& step : prepared.steps) {
    text += fmt::format("{}. {}\n", ++number, step.what.title);
    if (!step.closes.empty()) text += fmt::format("   closes {}\n", join(step.closes, ", "));
    for (const execute::Act& act : step.what.acts) text += fmt::format("   - {}\n", act_text(act));
    for (const execute::Settle& settle : step.what.settles) {
      text += fmt::format("   - {}\n", settle_text(settle));
    }
  }
  for (const std::string& change : prepared.by_hand) {
    text += fmt::format("By hand, not done here: {}\n", change);
  }
  return text;
}

std::uint64_t now_seconds() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(
                                        std::chrono::system_clock::now().time_since_epoch())
                                        .count());
}

Result<> check_none_awaits(const execute::History& history) {
  const execute::RunLog* run = execute::awaiting_confirmation(history);
  if (run == nullptr) return {};
  return fail(Errc::refused,
              fmt::format("run {} waits to be confirmed until {}: 'deadlight confirm' or "
                          "'deadlight rollback' first",
                          run->begun.run, execute::utc_text(run->begun.info.confirm_by)));
}

execute::RunInfo info_of(const PlanFile& file, std::uint64_t confirm_by) {
  const char* tty = ttyname(STDIN_FILENO);
  execute::RunInfo info;
  info.host = file.plan.host.name;
  info.role = file.plan.role.id;
  info.plan = file.text;
  info.uid = getuid();
  info.tty = tty != nullptr ? tty : "";
  info.confirm_by = confirm_by;
  info.kept = file.plan.open_after();
  return info;
}

Result<> promise_revert(LiveRun& live, std::uint64_t at, const ApplyArgs& args) {
  std::string arguments = "rollback --unconfirmed --yes";
  if (!args.state.empty()) arguments += fmt::format(" --state \"{}\"", args.state);
  DEADLIGHT_TRY(execute::promise(*live.host, at, program_path(), arguments));
  say(fmt::format("unless 'deadlight confirm' comes by {}, all is taken back by itself",
                  execute::utc_text(at)));
  return {};
}

std::string count_of_steps(std::size_t count) {
  return count == 1 ? std::string("1 step") : fmt::format("{} steps", count);
}

Result<int> carry_out(LiveRun& live, const PlanFile& file,
                      const std::vector<execute::PlannedStep>& steps, const ApplyArgs& args) {
  std::uint64_t confirm_by = 0;
  if (args.confirm_within_seconds > 0) {
    confirm_by = now_seconds() + args.confirm_within_seconds;
    DEADLIGHT_TRY(not_carried_out(promise_revert(live, confirm_by, args)));
  }
  execute::Executor executor(*live.host, live.journal, watch_steps());
  const Result<execute::RunReport> report = executor.carry_out(info_of(file, confirm_by), steps);
  if (!report) {
    if (confirm_by > 0) DEADLIGHT_TRY(execute::drop_promise(*live.host));
    return fail(Errc::refused, report.error().message);
  }
  const int code = report_run(*report);
  const std::vector<std::string> open = DEADLIGHT_TRY(open_here());
  const auto done = std::count_if(
      report->steps.begin(), report->steps.end(),
      [](const execute::StepOutcome& step) { return step.stage == execute::Stage::done; });
  say(fmt::format("run {}: {} of {} done, {} open now; to undo it: deadlight rollback {}",
                  report->run, done, count_of_steps(steps.size()),
                  open.size() == 1 ? std::string("1 port") : fmt::format("{} ports", open.size()),
                  report->run));
  return code;
}

Result<int> apply(const ApplyArgs& args) {
  const PlanFile file = DEADLIGHT_TRY(read_plan(args.plan));
  CommonArgs common;
  common.knowledge = args.knowledge;
  const Session session = DEADLIGHT_TRY(open_base(common));
  std::optional<LiveRun> live;
  if (!args.dry_run) {
    DEADLIGHT_TRY(check_root("apply"));
    live = DEADLIGHT_TRY(open_live_run(args.state, session.kb));
    DEADLIGHT_TRY(check_none_awaits(live->journal.history()));
  }
  const execute::Root root = DEADLIGHT_TRY(execute::Root::open("/"));
  const Snapshot here = DEADLIGHT_TRY(look_here(true));
  DEADLIGHT_TRY(check_is_for_here(file.plan, here, args));
  DEADLIGHT_TRY(check_session(file.plan, here, root, args));
  execute::LiveUnits units;
  const execute::HostView view{root, units, execute::own_networks(), execute::login_path(root)};
  const Prepared prepared = DEADLIGHT_TRY(prepare(file.plan, view, session.kb));
  DEADLIGHT_TRY(print(prepared_text(prepared), ""));
  if (prepared.steps.empty()) {
    say("there is nothing to carry out");
    return prepared.by_hand.empty() ? kExitClean : kExitFindings;
  }
  if (!live) return kExitClean;
  DEADLIGHT_TRY(ask(fmt::format("Carry out {}?", count_of_steps(prepared.steps.size())), args.yes));
  return carry_out(*live, file, prepared.steps, args);
}

}  // namespace

int run_apply(const ApplyArgs& args) {
  const Result<int> code = apply(args);
  return code ? *code : report_error(code.error());
}

}  // namespace deadlight::cli
