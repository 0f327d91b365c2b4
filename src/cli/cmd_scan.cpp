#include <algorithm>

#include "cli/commands.h"
#include "cli/output.h"
#include "model/snapshot_json.h"
#include "plan/plan.h"

namespace deadlight::cli {
namespace {

// A row that was not understood may be an open port: then nobody may say that all is well.
bool has_findings(const Exposure& exposure) {
  const bool row_unread = std::any_of(exposure.unread.begin(), exposure.unread.end(),
                                      [](const Unread& unread) { return unread.line > 0; });
  return row_unread ||
         std::any_of(
             exposure.endpoints.begin(), exposure.endpoints.end(), [](const Exposed& exposed) {
               return is_listed(exposed) &&
                      (exposed.verdict == Verdict::unneeded || exposed.verdict == Verdict::stuck ||
                       exposed.verdict == Verdict::unknown);
             });
}

Result<int> scan(const ScanArgs& args) {
  const Session session = DEADLIGHT_TRY(open_session(args.common));
  if (args.snapshot) {
    DEADLIGHT_TRY(print(to_json(session.snapshot), args.common.output));
    return kExitClean;
  }
  const Exposure exposure = expose(session.snapshot, session.role, session.kb);
  report::Style style = style_for(args.common.output);
  style.connections = args.connections;
  style.reasons = args.reasons;
  style.verbose = args.common.verbose;
  if (args.common.json) {
    DEADLIGHT_TRY(print(report::exposure_json(exposure, style), args.common.output));
  } else {
    const Plan plan = DEADLIGHT_TRY(make_plan(exposure, session.kb));
    DEADLIGHT_TRY(print(
        report::exposure_text(exposure, session.kb, style) + report::plan_summary(plan, style),
        args.common.output));
  }
  return has_findings(exposure) ? kExitFindings : kExitClean;
}

}  // namespace

int run_scan(const ScanArgs& args) {
  const Result<int> code = scan(args);
  return code ? *code : report_error(code.error());
}

}  // namespace deadlight::cli
