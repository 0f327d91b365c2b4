#include "cli/commands.h"
#include "cli/output.h"
#include "plan/plan.h"

namespace deadlight::cli {
namespace {

Result<int> show_what_if(const WhatIfArgs& args) {
  const Session session = DEADLIGHT_TRY(open_session(args.common));
  DEADLIGHT_TRY(check_lists_sockets(session.snapshot));
  const Exposure exposure = DEADLIGHT_TRY(exposure_of(session));
  const WhatIf result = DEADLIGHT_TRY(what_if(exposure, args.changes, session.kb));
  DEADLIGHT_TRY(print(args.common.json
                          ? report::what_if_json(result)
                          : report::what_if_text(result, style_for(args.common.output)),
                      args.common.output));
  return kExitClean;
}

}  // namespace

int run_what_if(const WhatIfArgs& args) {
  const Result<int> code = show_what_if(args);
  return code ? *code : report_error(code.error());
}

}  // namespace deadlight::cli
