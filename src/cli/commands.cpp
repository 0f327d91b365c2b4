#include "cli/commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "cli/output.h"

namespace deadlight::cli {
namespace {

constexpr const char* kDescription =
    "Finds every open port of a host, names what opened it, and plans how to close\n"
    "what is not needed, with changes that can be undone. Without a command: scan.";

constexpr const char* kFooter =
    "Examples:\n"
    "  deadlight                                        this host\n"
    "  deadlight scan --from netstat.txt --from tasks.txt  another host's listings\n"
    "  deadlight explain 445/tcp --from netstat.txt --os winxp\n"
    "  deadlight plan --role public-web-server --keep 22/tcp -o plan.json\n"
    "  deadlight what-if --from netstat.txt disable:messenger\n"
    "Exit codes: 0 nothing unneeded open, 1 findings, 2 bad usage or input, 3 refused.\n"
    "More: man deadlight";

void add_common(CLI::App& app, CommonArgs& args) {
  app.add_option("--from", args.from, "Listings to read: files, folders, - (default: this host)")
      ->type_name("PATH")
      ->allow_extra_args(false);
  app.add_option("--os", args.os, "System of the listings: win2000, winxp, server2019, linux, ...")
      ->type_name("OS");
  app.add_option("--knowledge", args.knowledge, "Folder of TOML that adds to the knowledge base")
      ->type_name("DIR");
  app.add_flag("--json", args.json, "Print JSON for programs");
  app.add_flag("--verbose", args.verbose, "Name every line that was not read");
  app.add_option("-o,--output", args.output, "Write to this file instead")->type_name("FILE");
}

void add_role(CLI::App& app, CommonArgs& args) {
  app.add_option("--role", args.role, "What the host is for: a role's name or a .toml file")
      ->type_name("ROLE")
      ->capture_default_str();
  app.add_option("--keep", args.keep, "Keep this port whatever the role says: 443/tcp")
      ->type_name("PORT")
      ->allow_extra_args(false);
}

void add_scan_options(CLI::App& app, ScanArgs& args) {
  add_common(app, args.common);
  add_role(app, args.common);
  app.add_flag("--all", args.connections, "List connections and phantoms as well");
  app.add_flag("--why", args.reasons, "Say under each socket how its owner is known");
  app.add_flag("--snapshot", args.snapshot, "Print what was read as one snapshot, in JSON");
}

struct AllArgs {
  ScanArgs scan;
  ExplainArgs explain;
  CommonArgs plan;
  WhatIfArgs what_if;
};

CLI::App* add_explain(CLI::App& app, ExplainArgs& args) {
  CLI::App* command = app.add_subcommand(
      "explain", "What a port or service is, who holds it here, every way to close it");
  add_common(*command, args.common);
  add_role(*command, args.common);
  command->add_option("subject", args.subject, "445/tcp, a service, or a feature")->required();
  return command;
}

CLI::App* add_what_if(CLI::App& app, WhatIfArgs& args) {
  CLI::App* command = app.add_subcommand("what-if", "The listing after a change, without a plan");
  add_common(*command, args.common);
  command->add_option("change", args.changes, "disable:SERVICE, stop:SERVICE, or a closer's id")
      ->required();
  return command;
}

int parse_error(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  return report_error(
      {Errc::malformed, fmt::format("{}; 'deadlight --help' shows the usage", error.what())});
}

int run_checked(int argc, const char* const* argv) {
  AllArgs args;
  CLI::App app(kDescription, "deadlight");
  app.footer(kFooter);
  app.set_version_flag("--version", "deadlight " DEADLIGHT_VERSION);
  app.require_subcommand(0, 1);
  app.fallthrough(false);
  add_scan_options(app, args.scan);
  ScanArgs scan_args;
  CLI::App* scan = app.add_subcommand("scan", "What is open, who opened it, what is not needed");
  add_scan_options(*scan, scan_args);
  scan->get_option("--from")->allow_extra_args();
  CLI::App* explain = add_explain(app, args.explain);
  CLI::App* plan = app.add_subcommand("plan", "The smallest set of changes that closes the rest");
  add_common(*plan, args.plan);
  add_role(*plan, args.plan);
  plan->get_option("--from")->allow_extra_args();
  CLI::App* what_if = add_what_if(app, args.what_if);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return parse_error(app, error);
  }
  if (*explain) return run_explain(args.explain);
  if (*plan) return run_plan(args.plan);
  if (*what_if) return run_what_if(args.what_if);
  return run_scan(*scan ? scan_args : args.scan);
}

}  // namespace

int run(int argc, const char* const* argv) {
  // A closed pipe is seen by write(), which then stops quietly.
  std::signal(SIGPIPE, SIG_IGN);
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
