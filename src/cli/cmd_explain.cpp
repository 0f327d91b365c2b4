#include "cli/commands.h"
#include "cli/output.h"

namespace deadlight::cli {
namespace {

Result<int> explain(const ExplainArgs& args) {
  const Session session = DEADLIGHT_TRY(open_session(args.common));
  const Exposure exposure = DEADLIGHT_TRY(exposure_of(session));
  const std::string text =
      args.common.json ? DEADLIGHT_TRY(report::explain_json(args.subject, exposure, session.kb))
                       : DEADLIGHT_TRY(report::explain_text(args.subject, exposure, session.kb,
                                                            style_for(args.common.output)));
  DEADLIGHT_TRY(print(text, args.common.output));
  return kExitClean;
}

}  // namespace

int run_explain(const ExplainArgs& args) {
  const Result<int> code = explain(args);
  return code ? *code : report_error(code.error());
}

}  // namespace deadlight::cli
