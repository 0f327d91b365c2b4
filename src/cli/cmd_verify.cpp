#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/live_run.h"
#include "cli/output.h"
#include "execute/linux/act_host.h"
#include "execute/verify.h"

namespace deadlight::cli {
namespace {

using Json = nlohmann::ordered_json;
using execute::Altered;
using execute::Expectations;
using execute::Verified;

/// What the host is compared with, and what it is called.
struct Expected {
  std::string name;  ///< "run 3", "plan.json"
  Expectations expectations;
  Altered altered;  ///< since a run; a plan has changed nothing
};

Result<Expected> expected_by_plan(const std::string& file) {
  const Plan plan = DEADLIGHT_TRY(read_plan(file)).plan;
  if (plan.host.os != Os::linux) {
    return fail(
        Errc::unsupported,
        fmt::format("{}: a plan for {}, and this host is Linux; take a new listing there and "
                    "compare it with the old one: deadlight diff",
                    file, os_title(plan.host.os)));
  }
  Expected expected{file, {}, {}};
  for (const Step& step : plan.steps) {
    expected.expectations.gone.insert(expected.expectations.gone.end(), step.closes.begin(),
                                      step.closes.end());
  }
  expected.expectations.kept = plan.open_after();
  return expected;
}

Altered look_at_things(const execute::RunLog& run) {
  const auto host = execute::live_host("/", {});
  return host ? execute::altered_since(run, **host) : Altered{{}, {host.error().message}};
}

Result<Expected> expected_by_journal(const std::string& state) {
  const std::filesystem::path path = journal_path(state);
  const Result<execute::History> history = execute::look_at_journal(path);
  if (!history && history.error().code != Errc::not_found) {
    return tl::make_unexpected(history.error());
  }
  const execute::RunLog* run = history ? execute::last_standing(*history) : nullptr;
  if (run == nullptr) {
    return fail(
        Errc::not_found,
        fmt::format("{}: no run stands on this host; give a plan: deadlight verify plan.json",
                    path.string()));
  }
  return Expected{fmt::format("run {}", run->begun.run), execute::expectations_of(*run, boot_id()),
                  look_at_things(*run)};
}

std::string json_text(const Verified& verified, const Expected& expected) {
  const Json json = {{"schema", "deadlight.verify/1"},
                     {"against", expected.name},
                     {"closed", verified.closed},
                     {"regressed", verified.regressed},
                     {"kept", verified.kept},
                     {"lost", verified.lost},
                     {"appeared", verified.appeared},
                     {"altered", expected.altered.things},
                     {"unseen", expected.altered.unseen},
                     {"reboot_pending", verified.reboot_pending}};
  return json.dump(2) + '\n';
}

void put(std::string& text, std::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  text += fmt::format("{}:\n", title);
  for (const std::string& line : lines) text += fmt::format("  {}\n", line);
}

std::string plain_text(const Verified& verified, const Expected& expected) {
  std::string text = fmt::format("Compared with {}: {} closed and {} open as planned.\n",
                                 expected.name, verified.closed.size(), verified.kept.size());
  put(text, "Was to close, and is open", verified.regressed);
  put(text, "Was to stay open, and is not", verified.lost);
  put(text, "Open, and expected nowhere", verified.appeared);
  put(text, "Changed since, and not by this program", expected.altered.things);
  put(text, "Not looked at", expected.altered.unseen);
  if (verified.reboot_pending) text += "A reboot is due; some ports close only with it.\n";
  return text;
}

Result<int> verify(const VerifyArgs& args) {
  const Expected expected = DEADLIGHT_TRY(args.plan.empty() ? expected_by_journal(args.state)
                                                            : expected_by_plan(args.plan));
  const Verified verified = execute::verify(expected.expectations, DEADLIGHT_TRY(open_here()));
  DEADLIGHT_TRY(print(args.json ? json_text(verified, expected) : plain_text(verified, expected),
                      args.output));
  const bool stands = verified.as_planned() && expected.altered.things.empty();
  return stands ? kExitClean : kExitFindings;
}

}  // namespace

int run_verify(const VerifyArgs& args) {
  const Result<int> code = verify(args);
  return code ? *code : report_error(code.error());
}

}  // namespace deadlight::cli
