#include "cli/commands.h"
#include "cli/hosts.h"
#include "cli/output.h"
#include "plan/plan.h"

namespace deadlight::cli {
namespace {

std::string main_text(const CommonArgs& args, const Plan& plan) {
  // A plan in a file is for programs: apply, verify and export read it.
  if (args.json || !args.output.empty()) return report::plan_json(plan);
  report::Style style = style_for(args.output);
  style.verbose = args.verbose;
  return report::plan_text(plan, style);
}

Result<int> plan(const PlanArgs& args) {
  DEADLIGHT_TRY(check_places(args.files, args.common));
  if (names_many_hosts(args.common)) {
    DEADLIGHT_TRY(check_one_host(args.files));
    return run_hosts({args.common, false});
  }
  const Session session = DEADLIGHT_TRY(open_session(args.common));
  DEADLIGHT_TRY(check_lists_sockets(session.snapshot));
  const Exposure exposure = DEADLIGHT_TRY(exposure_of(session));
  const Plan result = DEADLIGHT_TRY(make_plan(exposure, session.kb));
  std::vector<Output> outputs;
  if (prints_main(args.files, args.common)) {
    outputs.push_back({args.common.output, main_text(args.common, result)});
  }
  if (!args.files.html.empty()) {
    outputs.push_back({args.files.html, report::exposure_html(exposure, session.kb, &result)});
  }
  if (!args.files.csv.empty()) outputs.push_back({args.files.csv, report::plan_csv(result)});
  if (!args.files.sarif.empty()) {
    outputs.push_back(
        {args.files.sarif, report::exposure_sarif(exposure, session.kb, DEADLIGHT_VERSION)});
  }
  DEADLIGHT_TRY(print_all(outputs));
  const bool reached =
      result.stuck.empty() && result.unexplained.empty() && !has_unread_row(result.unread);
  return reached ? kExitClean : kExitFindings;
}

}  // namespace

int run_plan(const PlanArgs& args) {
  const Result<int> code = plan(args);
  return code ? *code : report_error(code.error());
}

}  // namespace deadlight::cli
