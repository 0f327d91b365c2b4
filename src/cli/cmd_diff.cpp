#include "cli/commands.h"
#include "cli/output.h"
#include "drift/drift.h"

namespace deadlight::cli {
namespace {

// `base` without a place to read: this host.
Result<Exposure> exposure_of_place(const CommonArgs& base, const std::string& place) {
  CommonArgs args = base;
  if (!place.empty()) args.from = {place};
  const Session session = DEADLIGHT_TRY(open_session(args));
  DEADLIGHT_TRY(check_lists_sockets(session.snapshot));
  return exposure_of(session);
}

Result<int> diff(const DiffArgs& args) {
  const Exposure before = DEADLIGHT_TRY(exposure_of_place(args.common, args.before));
  const Exposure now = DEADLIGHT_TRY(exposure_of_place(args.common, args.now));
  const DriftReport drift = compare(before, now);
  const std::string text = args.common.json
                               ? report::drift_json(drift, before, now)
                               : report::drift_text(drift, style_for(args.common.output));
  DEADLIGHT_TRY(print(text, args.common.output));
  return drift.rows.empty() ? kExitClean : kExitFindings;
}

}  // namespace

int run_diff(const DiffArgs& args) {
  const Result<int> code = diff(args);
  return code ? *code : report_error(code.error());
}

}  // namespace deadlight::cli
