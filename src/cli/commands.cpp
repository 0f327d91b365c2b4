#include "cli/commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <tuple>

#include "base/prefault.h"
#include "cli/output.h"
#include "host/linux/bpf_holders.h"

namespace deadlight::cli {
namespace {

constexpr const char* kDescription =
    "Finds every open port of a host, names what opened it, and plans how to close\n"
    "what is not needed, with changes that can be undone. Without a command: scan.";

constexpr const char* kFooter =
    "Examples:\n"
    "  deadlight                                    this host\n"
    "  deadlight scan --from netstat.txt --from tasks.txt\n"
    "  deadlight explain 445/tcp --from netstat.txt --os winxp\n"
    "  deadlight plan --role public-web-server --keep 22/tcp -o plan.json\n"
    "  sudo deadlight apply plan.json --confirm-within 5m\n"
    "  deadlight diff yesterday.json                what opened and closed since then\n"
    "Exit codes: 0 nothing unneeded is open, 1 findings, 2 wrong usage or input,\n"
    "3 refused. More: man deadlight";

constexpr const char* kKbFooter =
    "Examples:\n"
    "  deadlight kb list closers --os winxp\n"
    "  deadlight kb show 445/tcp\n"
    "  deadlight kb check my-folder\n"
    "Exit codes: 0 done, 2 wrong usage, or problems found. More: man deadlight";

// A shell's unset variable: taken for "not given", it would look at another host than was meant.
const CLI::Validator kGiven(
    [](const std::string& text) {
      return text.empty() ? std::string("the value is empty; give one, or leave the option out")
                          : std::string();
    },
    "");

CLI::Option* add_value(CLI::App& app, const std::string& name, std::string& value,
                       const std::string& description) {
  return app.add_option(name, value, description)->check(kGiven);
}

CLI::Option* add_values(CLI::App& app, const std::string& name, std::vector<std::string>& values,
                        const std::string& description) {
  return app.add_option(name, values, description)->allow_extra_args(false)->check(kGiven);
}

void add_knowledge(CLI::App& app, std::string& knowledge) {
  add_value(app, "--knowledge", knowledge, "Folder of TOML that adds to the knowledge base")
      ->type_name("DIR");
}

void add_outlets(CLI::App& app, std::string& knowledge, bool& json, std::string& output) {
  add_knowledge(app, knowledge);
  app.add_flag("--json", json, "Print JSON for programs");
  add_value(app, "-o,--output", output, "Write to this file instead")->type_name("FILE");
}

void add_common(CLI::App& app, CommonArgs& args) {
  add_values(app, "--from", args.from, "Files and folders to read, - (default: this host)")
      ->type_name("PATH");
  add_value(app, "--os", args.os, "Their system: winxp, server2019, linux, ...")->type_name("OS");
  add_outlets(app, args.knowledge, args.json, args.output);
  app.add_flag("--verbose", args.verbose, "Name every line that was not read");
}

void add_stopped(CLI::App& app, CommonArgs& args) {
  add_values(app, "--stopped", args.stopped, "What was stopped before the next --from")
      ->type_name("NAME");
}

// "--from a --stopped x --from b": what was given after --stopped is a listing of its own.
Result<> split_experiments(const CLI::App& app, CommonArgs& args) {
  if (args.stopped.empty()) return {};
  const CLI::Option* from = app.get_option("--from");
  const CLI::Option* stopped = app.get_option("--stopped");
  std::vector<std::string> first;
  auto next_from = args.from.begin();
  auto next_stopped = args.stopped.begin();
  bool listed = true;
  for (const CLI::Option* option : app.parse_order()) {
    if (option == stopped && next_stopped != args.stopped.end()) {
      if (listed) args.experiments.emplace_back();
      args.experiments.back().stopped.push_back(*next_stopped++);
      listed = false;
    } else if (option == from && next_from != args.from.end()) {
      (args.experiments.empty() ? first : args.experiments.back().from).push_back(*next_from++);
      listed = true;
    }
  }
  if (first.empty() || !listed) {
    return fail(Errc::malformed,
                "--stopped stands between two listings: --from before.txt --stopped NAME --from "
                "after.txt");
  }
  args.from = std::move(first);
  return {};
}

void add_role(CLI::App& app, CommonArgs& args) {
  add_value(app, "--role", args.role, "What the host is for: a role, or a .toml file")
      ->type_name("ROLE")
      ->capture_default_str();
  add_values(app, "--keep", args.keep, "Keep this: 443/tcp, or \"22/tcp from 10.0.0.0/8\"")
      ->type_name("PORT");
}

void add_jobs(CLI::App& app, CommonArgs& args) {
  app.add_option("--jobs", args.jobs, "Hosts at a time, for a folder of hosts' folders")
      ->check(CLI::Range(1, 256))
      ->option_text("N (1 to 256)");
}

void add_report_files(CLI::App& app, ReportFiles& files) {
  add_value(app, "--html", files.html, "Write a page to read, print and hand on")
      ->option_text("FILE");
  add_value(app, "--csv", files.csv, "Write lines for a spreadsheet")->option_text("FILE");
  add_value(app, "--sarif", files.sarif, "Write findings for code scanning tools")
      ->option_text("FILE");
}

// They look at this host another way, and so mean nothing for files.
void add_live(CLI::App& app, LiveArgs& args) {
  CLI::Option* from = app.get_option("--from");
  app.add_option("--owner", args.owner, "How far to look for owners: process, or unit alone")
      ->check(CLI::IsMember({kOwnerUnit, kOwnerProcess}))
      ->option_text("process|unit")
      ->excludes(from);
  for (const auto& [name, value, description] :
       {std::tuple("--each", &args.each, "List each socket, however many are alike"),
        std::tuple("--no-bpf", &args.no_bpf, "Find processes by /proc alone")}) {
    app.add_flag(name, *value, description)->excludes(from)->option_text(" ");
  }
}

void add_scan_options(CLI::App& app, ScanArgs& args) {
  add_common(app, args.common);
  add_live(app, args.common.live);
  add_stopped(app, args.common);
  add_role(app, args.common);
  add_jobs(app, args.common);
  add_report_files(app, args.files);
  app.add_flag("--all", args.connections, "List connections and phantoms as well");
  app.add_flag("--why", args.reasons, "Say under each socket how its owner is known");
  CLI::Option* snapshot =
      app.add_flag("--snapshot", args.snapshot, "Print what was read as one snapshot, in JSON")
          ->option_text(" ");  // else its list of what it excludes
  // It prints what was read before anything is judged.
  for (const char* report : {"--html", "--csv", "--sarif"}) {
    snapshot->excludes(app.get_option(report));
  }
}

CLI::App* add_kb(CLI::App& app, KbArgs& args) {
  CLI::App* kb = app.add_subcommand("kb", "What is known of services, ports and closers");
  kb->footer(kKbFooter);  // its subcommands take it over
  kb->require_subcommand(1);
  CLI::App* list = kb->add_subcommand("list", "How much is known; with a kind, its rows");
  list->add_option("kind", args.subject,
                   "services features closers ports roles capabilities\n"
                   "groups rpc netbios smb signs sources")
      ->option_text(" ");
  add_value(*list, "--os", args.os, "Only what holds on it: winxp, server2019, linux")
      ->type_name("OS");
  CLI::App* show = kb->add_subcommand("show", "All that is known of one thing, with its sources");
  show->add_option("subject", args.subject,
                   "Service, feature, closer, role, capability, group,\n"
                   "source, 445/tcp, RPC UUID, '<20>'")
      ->required()
      ->option_text(" ");
  CLI::App* check = kb->add_subcommand("check", "Check a folder for --knowledge or a role file");
  check->add_option("path", args.subject, "Folder or file (default: the built-in base)")
      ->option_text(" ");
  for (CLI::App* command : {list, show, check}) {
    add_outlets(*command, args.knowledge, args.json, args.output);
  }
  list->callback([&args] { args.task = KbTask::list; });
  show->callback([&args] { args.task = KbTask::show; });
  check->callback([&args] { args.task = KbTask::check; });
  return kb;
}

void add_state(CLI::App& app, std::string& state) {
  add_value(app, "--state", state, "Folder of the journal (default: /var/lib/deadlight)")
      ->type_name("DIR");
}

CLI::App* add_apply(CLI::App& app, ApplyArgs& args) {
  CLI::App* command = app.add_subcommand("apply", "Carry a plan out on this host");
  command->add_option("plan", args.plan, "File from 'deadlight plan -o'")
      ->required()
      ->check(kGiven)
      ->option_text(" ");
  command->add_flag("--dry-run", args.dry_run, "Show what would be done; change nothing");
  command->add_flag("--yes", args.yes, "Do not ask");
  command
      ->add_option("--confirm-within", args.confirm_within_seconds,
                   "Take all back unless 'deadlight confirm' comes\nin time: 90s, 5m, 1h")
      ->transform(
          CLI::AsNumberWithUnit(std::map<std::string, unsigned>{{"s", 1}, {"m", 60}, {"h", 3600}}))
      ->check(CLI::Range(10U, 7U * 24 * 3600))
      ->option_text("TIME");
  command->add_flag("--cut-my-session", args.cut_my_session,
                    "Also close the port that carries your session");
  command->add_flag("--force", args.force, "Though the plan names another host");
  add_knowledge(*command, args.knowledge);
  add_state(*command, args.state);
  return command;
}

CLI::App* add_rollback(CLI::App& app, RollbackArgs& args) {
  CLI::App* command = app.add_subcommand("rollback", "Take back what apply did");
  command->add_option("run", args.runs, "Runs (3) or steps (3.2) (default: the last run)")
      ->option_text("...");
  command->add_flag("--list", args.list, "Show what was done on this host; change nothing");
  command->add_flag("--all", args.all, "Every run that stands, newest first");
  command->add_flag("--yes", args.yes, "Do not ask");
  command->add_flag("--force", args.force, "Also what changed since, past what cannot be undone");
  command->add_flag("--unconfirmed", args.unconfirmed, "Only a run that waits to be confirmed");
  add_knowledge(*command, args.knowledge);
  add_state(*command, args.state);
  return command;
}

CLI::App* add_verify(CLI::App& app, VerifyArgs& args) {
  CLI::App* command = app.add_subcommand("verify", "Is closed what was to close?");
  command->add_option("plan", args.plan, "File from 'deadlight plan -o' (default: the last run)")
      ->check(kGiven)
      ->option_text(" ");
  add_state(*command, args.state);
  command->add_flag("--json", args.json, "Print JSON for programs");
  add_value(*command, "-o,--output", args.output, "Write to this file instead")->type_name("FILE");
  return command;
}

CLI::App* add_watch(CLI::App& app, WatchArgs& args) {
  CLI::App* command = app.add_subcommand("watch", "Tell what opens on this host, as it happens");
  add_role(*command, args.common);
  add_knowledge(*command, args.common.knowledge);
  command->add_flag("--json", args.common.json, "Print a line of JSON for each");
  command->add_flag("--no-bpf", args.common.live.no_bpf, "Look once a second, without BPF");
  return command;
}

struct AllArgs {
  AllArgs() {
    // A change is for everybody who holds the socket, and ends who is connected.
    for (LiveArgs* live : {&plan.common.live, &what_if.common.live, &explain.common.live}) {
      live->complete = true;
      live->details = true;
      live->firewall = true;
      live->connections = live != &explain.common.live;
    }
  }

  DiffArgs diff;
  ApplyArgs apply;
  ConfirmArgs confirm;
  RollbackArgs rollback;
  VerifyArgs verify;
  WatchArgs watch;
  ScanArgs scan;
  ExplainArgs explain;
  PlanArgs plan;
  WhatIfArgs what_if;
  KbArgs kb;
};

CLI::App* add_explain(CLI::App& app, ExplainArgs& args) {
  CLI::App* command =
      app.add_subcommand("explain", "What a port is, who holds it, how to close it");
  add_common(*command, args.common);
  add_stopped(*command, args.common);
  add_role(*command, args.common);
  command->add_option("subject", args.subject, "445/tcp, a service, or a feature")
      ->required()
      ->option_text(" ");
  return command;
}

CLI::App* add_diff(CLI::App& app, DiffArgs& args) {
  CLI::App* command = app.add_subcommand("diff", "What opened and closed between two listings");
  command->add_option("before", args.before, "Listing or snapshot, a file or folder")
      ->required()
      ->check(kGiven)
      ->option_text(" ");
  command->add_option("now", args.now, "A later one (default: this host)")
      ->check(kGiven)
      ->option_text(" ");
  add_value(*command, "--os", args.common.os, "Their system: winxp, server2019, linux, ...")
      ->type_name("OS");
  add_role(*command, args.common);
  add_outlets(*command, args.common.knowledge, args.common.json, args.common.output);
  return command;
}

CLI::App* add_what_if(CLI::App& app, WhatIfArgs& args) {
  CLI::App* command = app.add_subcommand("what-if", "The listing after a change, without a plan");
  add_common(*command, args.common);
  command->add_option("change", args.changes, "disable:SERVICE, stop:SERVICE, or a closer's id")
      ->required()
      ->option_text("...");
  return command;
}

int parse_error(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  return report_error(
      {Errc::malformed, fmt::format("{}; 'deadlight --help' shows the usage", error.what())});
}

std::string version() {
  const std::string number = "deadlight " DEADLIGHT_VERSION;
  return linux_host::has_bpf() ? number : number + " (built without BPF)";
}

int run_checked(int argc, const char* const* argv) {
  AllArgs args;
  CLI::App app(kDescription, "deadlight");
  app.footer(kFooter);
  app.set_version_flag("--version", version());
  app.require_subcommand(0, 1);
  app.fallthrough(false);
  add_scan_options(app, args.scan);
  ScanArgs scan_args;
  CLI::App* scan = app.add_subcommand("scan", "What is open, who opened it, what is not needed");
  add_scan_options(*scan, scan_args);
  scan->get_option("--from")->allow_extra_args();
  CLI::App* explain = add_explain(app, args.explain);
  CLI::App* plan = app.add_subcommand("plan", "The smallest set of changes that closes the rest");
  add_common(*plan, args.plan.common);
  add_role(*plan, args.plan.common);
  add_jobs(*plan, args.plan.common);
  add_stopped(*plan, args.plan.common);
  add_report_files(*plan, args.plan.files);
  plan->get_option("--from")->allow_extra_args();
  CLI::App* what_if = add_what_if(app, args.what_if);
  CLI::App* diff = add_diff(app, args.diff);
  CLI::App* apply = add_apply(app, args.apply);
  CLI::App* confirm = app.add_subcommand("confirm", "Let stand what --confirm-within did");
  add_state(*confirm, args.confirm.state);
  CLI::App* verify = add_verify(app, args.verify);
  CLI::App* rollback = add_rollback(app, args.rollback);
  CLI::App* watch = add_watch(app, args.watch);
  CLI::App* kb = add_kb(app, args.kb);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return parse_error(app, error);
  }
  const std::pair<const CLI::App*, CommonArgs*> sequences[] = {{&app, &args.scan.common},
                                                               {scan, &scan_args.common},
                                                               {explain, &args.explain.common},
                                                               {plan, &args.plan.common}};
  for (const auto& [command, common] : sequences) {
    if (const Result<> split = split_experiments(*command, *common); !split) {
      return report_error(split.error());
    }
  }
  if (*explain) return run_explain(args.explain);
  if (*plan) return run_plan(args.plan);
  if (*what_if) return run_what_if(args.what_if);
  if (*diff) return run_diff(args.diff);
  if (*apply) return run_apply(args.apply);
  if (*confirm) return run_confirm(args.confirm);
  if (*verify) return run_verify(args.verify);
  if (*rollback) return run_rollback(args.rollback);
  if (*watch) return run_watch(args.watch);
  if (*kb) return run_kb(args.kb);
  return run_scan(*scan ? scan_args : args.scan);
}

}  // namespace

int run(int argc, const char* const* argv) {
  // A closed pipe is seen by write(), which then stops quietly.
  std::signal(SIGPIPE, SIG_IGN);
  constexpr std::size_t kHeapBytes = 384 * 1024;  // what reading a host of a few hundred rows takes
  prefault_heap(kHeapBytes);
  try {
    return run_checked(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("deadlight: out of memory; give smaller files\n", stderr);
  } catch (const std::exception& error) {
    std::fputs(fmt::format("deadlight: unexpected error: {}\n", error.what()).c_str(), stderr);
  }
  return kExitUsage;
}

}  // namespace deadlight::cli
