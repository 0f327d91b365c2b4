#include "cli/commands.h"
#include "cli/output.h"
#include "plan/plan.h"

namespace deadlight::cli {
namespace {

Result<int> plan(const CommonArgs& args) {
  const Session session = DEADLIGHT_TRY(open_session(args));
  const Exposure exposure = expose(session.snapshot, session.role, session.kb);
  const Plan result = DEADLIGHT_TRY(make_plan(exposure, session.kb));
  // A plan in a file is for programs: apply, verify and export read it.
  const bool as_json = args.json || !args.output.empty();
  report::Style style = style_for(args.output);
  style.verbose = args.verbose;
  DEADLIGHT_TRY(
      print(as_json ? report::plan_json(result) : report::plan_text(result, style), args.output));
  const bool reached =
      result.stuck.empty() && result.unexplained.empty() && !has_unread_row(result.unread);
  return reached ? kExitClean : kExitFindings;
}

}  // namespace

int run_plan(const CommonArgs& args) {
  const Result<int> code = plan(args);
  return code ? *code : report_error(code.error());
}

}  // namespace deadlight::cli
