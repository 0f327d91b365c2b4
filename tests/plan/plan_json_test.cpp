#include "plan/plan_json.h"

#include <gmock/gmock.h>

#include <random>

#include "support/hosts.h"
#include "support/random_host.h"

namespace deadlight {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kJsonRoles[] = {"closed", "workstation", "internal-file-server",
                                      "public-web-server"};

Plan plan_for(const Snapshot& host, const char* role) {
  auto plan = make_plan(test::expose_as(host, role), knowledge::builtin());
  EXPECT_TRUE(plan) << plan.error().message;
  return plan ? std::move(*plan) : Plan{};
}

void expect_comes_back(const Plan& plan) {
  const std::string text = to_json(plan);
  const auto again = plan_from_json(text, "p.json");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(to_json(*again), text);
  EXPECT_EQ(again->host.name, plan.host.name);
  EXPECT_EQ(again->role.needs, plan.role.needs);
  EXPECT_EQ(again->open_after(), plan.open_after());
  ASSERT_EQ(again->steps.size(), plan.steps.size());
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    EXPECT_EQ(again->steps[i].phase, step.phase);
    EXPECT_EQ(again->steps[i].closes, step.closes);
    EXPECT_EQ(again->steps[i].reboot, step.reboot);
    ASSERT_EQ(again->steps[i].changes.size(), step.changes.size());
    for (std::size_t k = 0; k < step.changes.size(); ++k) {
      EXPECT_EQ(again->steps[i].changes[k].text(), step.changes[k].text());
      EXPECT_EQ(again->steps[i].changes[k].undo, step.changes[k].undo);
    }
  }
}

TEST(PlanJsonForm, PlansOfTheWalkthroughsComeBack) {
  for (const char* role : kJsonRoles) {
    expect_comes_back(plan_for(test::winxp(), role));
    expect_comes_back(plan_for(test::win2000_with_fport(), role));
  }
}

// Evidence is foreign: a name may hold any bytes, also half a character at its end.
TEST(PlanJsonForm, BytesThatAreNoUtf8BecomeReplacementsOnce) {
  Plan plan;
  Step step;
  for (const char* target : {"\xff", "a\xe2\x82", "\xf0\x9f\x92", "\xc3(", "\xed\xa0\x80"}) {
    PlannedChange change;
    change.target = target;
    change.type = target;
    change.kind = knowledge::ChangeKind::unit;
    step.changes.push_back(change);
  }
  plan.steps = {step};
  const std::string text = to_json(plan);
  const auto again = plan_from_json(text, "p.json");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(to_json(*again), text);
  EXPECT_THAT(again->steps[0].changes[0].target, StartsWith("\xef\xbf\xbd"));
}

TEST(PlanJsonForm, EmptyPlanComesBack) { expect_comes_back(Plan{}); }

class PlanJsonProperties : public testing::TestWithParam<Os> {};

TEST_P(PlanJsonProperties, EachPlanComesBack) {
  std::mt19937 random(static_cast<unsigned>(GetParam()) * 1000 + 3);
  for (int round = 0; round < 30 && !HasFailure(); ++round) {
    SCOPED_TRACE(round);
    expect_comes_back(plan_for(test::random_host(GetParam(), random),
                               kJsonRoles[random() % std::size(kJsonRoles)]));
  }
}

std::string name_of_os(const testing::TestParamInfo<Os>& row) {
  return std::string(os_id(row.param));
}
INSTANTIATE_TEST_SUITE_P(Systems, PlanJsonProperties,
                         testing::Values(Os::win2000, Os::winxp, Os::win7, Os::server2022,
                                         Os::linux),
                         name_of_os);

/// A plan with one step, in which `from` stands as `to`.
std::string plan_with(std::string_view from, std::string_view to) {
  std::string text = R"({"schema": "deadlight.plan/1",
    "host": {"name": "web1", "os": "linux", "os_title": "Linux", "os_confidence": "given"},
    "role": {"id": "closed", "title": "Closed", "needs": []},
    "open_before": ["tcp *:111"],
    "steps": [{"title": "Disable rpcbind", "phase": "services",
      "changes": [{"kind": "unit", "target": "rpcbind.service", "name": "", "type": "disabled",
                   "data": "", "text": "unit rpcbind.service: disabled, and stop it"}],
      "reboot": false, "closes": ["tcp *:111"], "open_after": []}],
    "open_after": []})";
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(PlanJsonForm, ReadsWhatAPersonWouldWrite) {
  const auto plan = plan_from_json(plan_with("\"reboot\": false, ", ""), "p.json");
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->steps[0].changes[0].kind, knowledge::ChangeKind::unit);
  EXPECT_EQ(plan->steps[0].changes[0].target, "rpcbind.service");
  EXPECT_EQ(plan->host.os, Os::linux);
}

struct ErrorCase {
  const char* name;
  const char* from;
  const char* to;
  Errc code;
  const char* message;
};
void PrintTo(const ErrorCase& row, std::ostream* out) { *out << row.name; }

const ErrorCase kErrors[] = {
    {"NoJson", "{\"schema\"", "schema", Errc::malformed,
     "p.json: parse error at line 1, column 1: "},
    {"OtherSchema", "plan/1", "exposure/1", Errc::unsupported,
     "p.json: $.schema is \"deadlight.exposure/1\"; only \"deadlight.plan/1\" is read"},
    {"NewerSchema", "plan/1", "plan/2", Errc::unsupported,
     "p.json: $.schema is \"deadlight.plan/2\"; only"},
    {"NoSteps", "\"steps\"", "\"notes\"", Errc::malformed,
     "p.json: $: 'steps' is missing; make the plan again"},
    {"MisspeltKey", "\"reboot\"", "\"rebot\"", Errc::malformed,
     "p.json: $.steps[0]: unknown key 'rebot'; make the plan again"},
    {"UnknownKind", "\"unit\", \"target\"", "\"shell\", \"target\"", Errc::malformed,
     "p.json: $.steps[0].changes[0].kind: \"shell\" is not known; make the plan again"},
    {"UnknownPhase", "\"services\"", "\"later\"", Errc::malformed,
     "p.json: $.steps[0].phase: \"later\" is not known; "},
    {"UnknownSystem", "\"linux\"", "\"beos\"", Errc::malformed,
     "p.json: $.host.os: \"beos\" is not known; "},
    {"NoTarget", "\"target\": \"rpcbind.service\", ", "", Errc::malformed,
     "p.json: $.steps[0].changes[0]: 'target' is missing; "},
    {"WrongType", "[\"tcp *:111\"], \"open_after\"", "7, \"open_after\"", Errc::malformed,
     "p.json: $.steps[0].closes: a list is expected; "},
    // What a person read and approved of is not what would be done.
    {"TextOfAnotherChange", "unit rpcbind.service: disabled", "unit avahi-daemon.service: disabled",
     Errc::malformed,
     "p.json: $.steps[0].changes[0].text: does not say what the other fields say; make the plan "
     "again"},
    {"OtherListingAtTheEnd", "}],\n    \"open_after\": []",
     "}],\n    \"open_after\": [\"tcp *:22\"]", Errc::malformed,
     "p.json: $.open_after: does not say what the other fields say; "},
};

class PlanJsonError : public testing::TestWithParam<ErrorCase> {};

TEST_P(PlanJsonError, NamesThePlace) {
  const auto plan = plan_from_json(plan_with(GetParam().from, GetParam().to), "p.json");
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, GetParam().code);
  EXPECT_THAT(plan.error().message, StartsWith(GetParam().message));
}

std::string name_of_error(const testing::TestParamInfo<ErrorCase>& row) { return row.param.name; }
INSTANTIATE_TEST_SUITE_P(Errors, PlanJsonError, testing::ValuesIn(kErrors), name_of_error);

TEST(PlanJsonForm, FileThatIsTooLargeOrTooDeepIsRefused) {
  const auto large = plan_from_json(std::string(16 * 1024 * 1024 + 1, ' '), "p.json");
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, Errc::limit);
  EXPECT_EQ(large.error().message,
            "p.json: plan JSON larger than 16777216 bytes; make a plan of one host");
  EXPECT_THAT(plan_from_json(std::string(1'000'000, '['), "p.json").error().message,
              HasSubstr("brackets deeper than 16 levels; no plan looks like this"));
}

}  // namespace
}  // namespace deadlight
