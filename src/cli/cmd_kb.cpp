#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "knowledge/loader.h"
#include "report/kb_text.h"

namespace deadlight::cli {
namespace {

Result<knowledge::Loaded> base_of(const KbArgs& args) {
  if (!args.knowledge.empty()) {
    return knowledge::load_checked(args.knowledge, knowledge::builtin());
  }
  knowledge::Loaded loaded;
  loaded.knowledge = knowledge::builtin();
  return loaded;
}

Result<int> show_list(const KbArgs& args) {
  report::KbQuery query;
  if (!args.subject.empty()) query.kind = DEADLIGHT_TRY(report::parse_kb_kind(args.subject));
  query.os = DEADLIGHT_TRY(os_of(args.os));
  const knowledge::Loaded base = DEADLIGHT_TRY(base_of(args));
  const std::string text =
      args.json
          ? DEADLIGHT_TRY(report::kb_list_json(query, base.knowledge))
          : DEADLIGHT_TRY(report::kb_list_text(query, base.knowledge, style_for(args.output)));
  DEADLIGHT_TRY(print(text, args.output));
  return kExitClean;
}

Result<int> show_subject(const KbArgs& args) {
  const knowledge::Loaded base = DEADLIGHT_TRY(base_of(args));
  const std::string text = args.json
                               ? DEADLIGHT_TRY(report::kb_show_json(args.subject, base.knowledge))
                               : DEADLIGHT_TRY(report::kb_show_text(args.subject, base.knowledge,
                                                                    style_for(args.output)));
  DEADLIGHT_TRY(print(text, args.output));
  return kExitClean;
}

Result<int> check(const KbArgs& args) {
  const knowledge::Loaded base = DEADLIGHT_TRY(base_of(args));
  knowledge::Checked checked;
  if (args.subject.empty()) {
    checked.problems = knowledge::check(base.knowledge);
  } else {
    checked = DEADLIGHT_TRY(knowledge::check_path(args.subject, base.knowledge));
  }
  const std::string text = args.json ? report::kb_check_json(args.subject, checked)
                                     : report::kb_check_text(args.subject, checked);
  DEADLIGHT_TRY(print(text, args.output));
  return checked.problems.empty() ? kExitClean : kExitUsage;
}

}  // namespace

int run_kb(const KbArgs& args) {
  const Result<int> code = args.task == KbTask::list   ? show_list(args)
                           : args.task == KbTask::show ? show_subject(args)
                                                       : check(args);
  return code ? *code : report_error(code.error());
}

}  // namespace deadlight::cli
