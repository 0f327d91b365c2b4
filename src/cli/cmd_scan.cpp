#include <algorithm>

#include "cli/commands.h"
#include "cli/hosts.h"
#include "cli/output.h"
#include "model/snapshot_json.h"
#include "plan/plan.h"
#include "report/exposure_groups.h"

namespace deadlight::cli {
namespace {

bool has_findings(const Exposure& exposure) {
  return has_unread_row(exposure.unread) ||
         std::any_of(exposure.endpoints.begin(), exposure.endpoints.end(), report::is_finding);
}

std::string text_of(const Exposure& exposure, const knowledge::Knowledge& kb,
                    const report::Style& style) {
  std::string text = report::exposure_text(exposure, kb, style);
  // Only a preview: what is open is shown also where no plan can be made.
  const Result<Plan> plan = make_plan(exposure, kb);
  if (plan) text += report::plan_summary(*plan, style);
  return text;
}

report::Style style_of(const ScanArgs& args) {
  report::Style style = style_for(args.common.output);
  style.connections = args.connections;
  style.reasons = args.reasons;
  style.verbose = args.common.verbose;
  return style;
}

std::string main_text(const ScanArgs& args, const Exposure& exposure,
                      const knowledge::Knowledge& kb) {
  const report::Style style = style_of(args);
  return args.common.json ? report::exposure_json(exposure, style) : text_of(exposure, kb, style);
}

CommonArgs with_live(const ScanArgs& args) {
  CommonArgs common = args.common;
  common.live.connections = args.connections;
  common.live.complete = args.connections || args.snapshot;
  // Programs get every socket.
  common.live.each = common.live.each || common.json || args.snapshot || !args.files.csv.empty();
  common.live.firewall = true;
  common.live.details =
      common.live.each || args.reasons || !args.files.html.empty() || !args.files.sarif.empty();
  return common;
}

Result<int> scan(const ScanArgs& args) {
  DEADLIGHT_TRY(check_places(args.files, args.common));
  if (!args.snapshot && names_many_hosts(args.common)) {
    DEADLIGHT_TRY(check_one_host(args.files));
    return run_hosts({args.common, true});
  }
  const Session session = DEADLIGHT_TRY(open_session(with_live(args)));
  if (args.snapshot) {
    DEADLIGHT_TRY(print(to_json(session.snapshot), args.common.output));
    return kExitClean;
  }
  DEADLIGHT_TRY(check_lists_sockets(session.snapshot));
  const Exposure exposure = DEADLIGHT_TRY(exposure_of(session));
  std::vector<Output> outputs;
  if (prints_main(args.files, args.common)) {
    outputs.push_back({args.common.output, main_text(args, exposure, session.kb)});
  }
  if (!args.files.html.empty()) {
    outputs.push_back({args.files.html, report::exposure_html(exposure, session.kb, nullptr)});
  }
  if (!args.files.csv.empty()) {
    outputs.push_back({args.files.csv, report::exposure_csv(exposure, style_of(args))});
  }
  if (!args.files.sarif.empty()) {
    outputs.push_back(
        {args.files.sarif, report::exposure_sarif(exposure, session.kb, DEADLIGHT_VERSION)});
  }
  DEADLIGHT_TRY(print_all(outputs));
  return has_findings(exposure) ? kExitFindings : kExitClean;
}

}  // namespace

int run_scan(const ScanArgs& args) {
  const Result<int> code = scan(args);
  return code ? *code : report_error(code.error());
}

}  // namespace deadlight::cli
