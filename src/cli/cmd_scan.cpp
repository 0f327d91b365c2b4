#include <algorithm>

#include "cli/commands.h"
#include "cli/output.h"
#include "model/snapshot_json.h"
#include "plan/plan.h"

namespace deadlight::cli {
namespace {

bool has_findings(const Exposure& exposure) {
  return has_unread_row(exposure.unread) ||
         std::any_of(
             exposure.endpoints.begin(), exposure.endpoints.end(), [](const Exposed& exposed) {
               return is_listed(exposed) &&
                      (exposed.verdict == Verdict::unneeded || exposed.verdict == Verdict::stuck ||
                       exposed.verdict == Verdict::unknown);
             });
}

std::string text_of(const Exposure& exposure, const knowledge::Knowledge& kb,
                    const report::Style& style) {
  std::string text = report::exposure_text(exposure, kb, style);
  // Only a preview: what is open is shown also where no plan can be made.
  const Result<Plan> plan = make_plan(exposure, kb);
  if (plan) text += report::plan_summary(*plan, style);
  return text;
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
  DEADLIGHT_TRY(print(args.common.json ? report::exposure_json(exposure, style)
                                       : text_of(exposure, session.kb, style),
                      args.common.output));
  return has_findings(exposure) ? kExitFindings : kExitClean;
}

}  // namespace

int run_scan(const ScanArgs& args) {
  const Result<int> code = scan(args);
  return code ? *code : report_error(code.error());
}

}  // namespace deadlight::cli
