#include "plan/scope.h"

#include <gmock/gmock.h>

#include "support/hosts.h"

namespace deadlight {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kHeading =
    "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n";
const std::string kSsh =
    "tcp   LISTEN 0      128          0.0.0.0:22        0.0.0.0:*    "
    "users:((\"sshd\",pid=700,fd=3))\n";

std::string program_on(std::string_view socket) {
  return "tcp   LISTEN 0      5    " + std::string(socket) +
         "   0.0.0.0:*    users:((\"mygame\",pid=900,fd=3))\n";
}

Plan plan_for(const std::string& rows, const std::string& keep, Os os = Os::linux) {
  const Snapshot host = test::read_text(kHeading + rows, os);
  Result<Plan> plan = make_plan(test::expose_as(host, "closed", {keep}), knowledge::builtin());
  EXPECT_TRUE(plan) << plan.error().message;
  return plan ? std::move(*plan) : Plan{};
}

std::vector<std::string> scope_of(const Plan& plan) {
  std::vector<std::string> changes;
  for (const Step& step : plan.steps) {
    for (const PlannedChange& change : step.changes) {
      if (change.name == kScopeRule) changes.push_back(change.target + " <- " + change.data);
    }
  }
  return changes;
}

TEST(Scope, NetworksOfWhatIsKeptAreAStep) {
  const Plan plan = plan_for(kSsh, "22/tcp from 10.0.0.0/8, local-subnet");
  EXPECT_THAT(scope_of(plan), ElementsAre("tcp 22 <- 10.0.0.0/8, local-subnet"));
  EXPECT_THAT(plan.kept, ElementsAre(HasSubstr("; from 10.0.0.0/8, local-subnet only")));
  EXPECT_THAT(plan.open_after(), ElementsAre("tcp 0.0.0.0:22"));
  EXPECT_THAT(plan.steps.back().undo, Not(IsEmpty()));
}

TEST(Scope, WhatNoSettingClosesIsForThisHostOnly) {
  EXPECT_THAT(scope_of(plan_for(program_on("0.0.0.0:4000"), "22/tcp")),
              ElementsAre("tcp 4000 <- "));
  EXPECT_THAT(scope_of(plan_for(program_on("10.0.0.1:4000"), "22/tcp")),
              ElementsAre("tcp 10.0.0.1:4000 <- "));
}

TEST(Scope, APortThatANeededSocketSharesIsLeftAlone) {
  const std::string ssh =
      "tcp   LISTEN 0      128          10.0.0.1:4000      0.0.0.0:*    "
      "users:((\"sshd\",pid=700,fd=3))\n";
  const Snapshot host = test::read_text(kHeading + ssh + program_on("0.0.0.0:4000"), Os::linux);
  Exposure exposure = test::expose_as(host, "closed");
  for (Exposed& exposed : exposure.endpoints) {
    exposed.verdict = exposed.endpoint.local.ip->is_any() ? Verdict::stuck : Verdict::needed;
  }
  const auto plan = make_plan(exposure, knowledge::builtin());
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_THAT(scope_of(*plan), IsEmpty());
}

// Its visitors are sent on before the filter of this host's own sockets sees them.
TEST(Scope, APublishedPortIsNotBehindTheFilter) {
  const Snapshot host = test::read_text(kHeading + program_on("0.0.0.0:4000"), Os::linux);
  Exposure exposure = test::expose_as(host, "closed");
  Endpoint& published = exposure.endpoints.front().endpoint;
  published.live.ensure().forwards_to = "172.17.0.2:80";
  published.pid.reset();
  published.process = {};
  const auto plan = make_plan(exposure, knowledge::builtin());
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_THAT(scope_of(*plan), IsEmpty());
  ASSERT_THAT(plan->stuck, testing::SizeIs(1));
  EXPECT_EQ(plan->stuck.front().scope, "");
}

TEST(Scope, LoopbackNeedsNone) {
  EXPECT_THAT(scope_of(plan_for(program_on("127.0.0.1:4000"), "22/tcp")), IsEmpty());
}

TEST(Scope, NothingToLimitIsNoStep) {
  EXPECT_THAT(plan_for(kSsh, "22/tcp").steps, IsEmpty());
  EXPECT_THAT(plan_for(kSsh, "22/tcp from 0.0.0.0/0").steps, IsEmpty());
}

TEST(Scope, WindowsIsTold) {
  const Plan plan =
      plan_for("TCP 0.0.0.0:445 0.0.0.0:0 LISTENING 4\n", "445/tcp from 10.0.0.0/8", Os::winxp);
  EXPECT_THAT(scope_of(plan), IsEmpty());
  EXPECT_THAT(plan.kept, Contains(HasSubstr("let the firewall allow it from 10.0.0.0/8 only")));
}

}  // namespace
}  // namespace deadlight
