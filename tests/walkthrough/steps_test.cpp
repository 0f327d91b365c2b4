// Both walkthroughs, every step, exactly: tests/data/walkthroughs/steps.json holds what the
// methodology document prints or says after each of them.

#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "plan/plan.h"
#include "support/hosts.h"

namespace deadlight {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

// What the document changes, as `what-if` takes it.
const std::map<std::string, std::vector<std::string>> kRequests = {
    {"stop and disable iisadmin, and with it its dependents w3svc and smtpsvc",
     {"disable:iisadmin"}},
    {"stop and disable policyagent", {"disable:policyagent"}},
    {"stop and disable msdtc", {"disable:msdtc"}},
    {"stop and disable policyagent, ssdpsrv, w32time",
     {"disable:policyagent", "disable:ssdpsrv", "disable:w32time"}},
    {"disable NetBT on the one adapter", {"netbt_adapter_disable"}},
    {"stop and disable lmhosts", {"disable:lmhosts"}},
    {"NetBT\\Parameters SmbDeviceEnabled REG_DWORD 0", {"smb_device_disable"}},
    {"disable messenger", {"disable:messenger"}},
    {"disable schedule", {"disable:schedule"}},
    {"disable RasMan", {"disable:RasMan"}},
    {"remove ncacn_ip_tcp from DCOM Protocols", {"dcom_protocols_no_tcp"}},
    {"Dnscache\\Parameters MaxCachedSockets REG_DWORD 0", {"dnscache_maxcachedsockets"}},
};

nlohmann::json steps_of(const std::string& host) {
  std::ifstream file(DEADLIGHT_TEST_DATA "/walkthroughs/steps.json");
  return nlohmann::json::parse(file).at(host).at("steps");
}

Snapshot host_of(const std::string& name) {
  return name == "winxp" ? test::winxp() : test::win2000_with_fport();
}

class Walkthrough : public testing::TestWithParam<std::string> {};

TEST_P(Walkthrough, EveryStepLeavesWhatTheDocumentSays) {
  const Exposure exposure = test::expose_as(host_of(GetParam()), "closed");
  std::vector<std::string> requests;
  for (const nlohmann::json& step : steps_of(GetParam())) {
    for (const nlohmann::json& change : step.value("changes", nlohmann::json::array())) {
      const auto& words = kRequests.at(change.get<std::string>());
      requests.insert(requests.end(), words.begin(), words.end());
    }
    const Result<WhatIf> result = what_if(exposure, requests, knowledge::builtin());
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_THAT(result->open_after,
                ElementsAreArray(step.at("open_after").get<std::vector<std::string>>()))
        << "after step " << step.at("step") << ": " << step.at("title");
  }
}

TEST_P(Walkthrough, RebootIsNeededWhereTheDocumentSaysSo) {
  const Exposure exposure = test::expose_as(host_of(GetParam()), "closed");
  std::vector<std::string> requests;
  std::vector<std::string> before;
  for (const nlohmann::json& step : steps_of(GetParam())) {
    if (!step.contains("changes")) continue;
    for (const nlohmann::json& change : step.at("changes")) {
      const auto& words = kRequests.at(change.get<std::string>());
      requests.insert(requests.end(), words.begin(), words.end());
    }
    const Result<WhatIf> result = what_if(exposure, requests, knowledge::builtin());
    ASSERT_TRUE(result) << result.error().message;
    if (!step.at("reboot").get<bool>()) {
      EXPECT_THAT(result->open_at_once, ElementsAreArray(result->open_after)) << step.at("title");
    }
  }
}

TEST_P(Walkthrough, PlanClosesEverythingInPhases) {
  const Exposure exposure = test::expose_as(host_of(GetParam()), "closed");
  const Result<Plan> plan = make_plan(exposure, knowledge::builtin());
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_THAT(plan->open_after(), IsEmpty());
  EXPECT_THAT(plan->stuck, IsEmpty());
  EXPECT_THAT(plan->unexplained, IsEmpty());
  for (std::size_t i = 1; i < plan->steps.size(); ++i) {
    EXPECT_LE(plan->steps[i - 1].phase, plan->steps[i].phase) << plan->steps[i].title;
  }
}

INSTANTIATE_TEST_SUITE_P(Hosts, Walkthrough, testing::Values("win2000", "winxp"),
                         [](const auto& param) { return param.param; });

TEST(Walkthrough2000, ListingAloneStillReachesAnEmptyListing) {
  const Exposure exposure = test::expose_as(test::win2000_listing_only(), "closed");
  const Result<Plan> plan = make_plan(exposure, knowledge::builtin());
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_THAT(plan->open_after(), IsEmpty());
}

}  // namespace
}  // namespace deadlight
