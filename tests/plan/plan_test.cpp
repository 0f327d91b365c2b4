#include "plan/plan.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>

#include "support/hosts.h"
#include "support/random_host.h"

namespace deadlight {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Plan plan_for(const Exposure& exposure) {
  Result<Plan> plan = make_plan(exposure, knowledge::builtin());
  EXPECT_TRUE(plan) << plan.error().message;
  return plan ? std::move(*plan) : Plan{};
}

std::vector<std::string> closer_ids(const Plan& plan) {
  std::vector<std::string> ids;
  for (const Step& step : plan.steps) ids.push_back(step.closers.front());
  return ids;
}

TEST(Plan, XpIsClosedTheWayTheDocumentDoesIt) {
  const Plan plan = plan_for(test::expose_as(test::winxp(), "closed"));
  EXPECT_THAT(
      closer_ids(plan),
      ElementsAre("ssdpsrv_disable", "w32time_disable", "policyagent_disable_2k",
                  "netbt_adapter_disable", "smb_device_disable", "messenger_disable",
                  "schedule_disable", "dcom_protocols_no_tcp", "dnscache_maxcachedsockets"));
  EXPECT_THAT(plan.open_after(), IsEmpty());
}

TEST(Plan, Windows2000IsClosedTheWayTheDocumentDoesIt) {
  const Plan plan = plan_for(test::expose_as(test::win2000_with_fport(), "closed"));
  EXPECT_THAT(closer_ids(plan),
              ElementsAre("iis_disable", "msdtc_disable", "policyagent_disable_2k",
                          "netbt_adapter_disable", "smb_device_disable", "messenger_disable",
                          "schedule_disable", "dcom_protocols_no_tcp"));
  // The document: lmhosts can go with NetBT, and RasMan must go with the Task Scheduler.
  EXPECT_THAT(plan.steps[3].closers, Contains("lmhosts_disable"));
  EXPECT_THAT(plan.steps[6].closers, Contains("rasman_disable"));
  EXPECT_THAT(plan.steps[0].also_stops.empty() ? "" : plan.steps[0].also_stops.front(),
              Not(HasSubstr("RpcSs")));
}

TEST(Plan, WebServerKeepsItsPorts) {
  const Plan plan = plan_for(test::expose_as(test::win2000_with_fport(), "public-web-server"));
  EXPECT_THAT(plan.open_after(), Contains("tcp 0.0.0.0:80"));
  EXPECT_THAT(plan.open_after(), Contains("tcp 0.0.0.0:443"));
  EXPECT_THAT(plan.open_after(), Not(Contains("tcp 0.0.0.0:25")));
  EXPECT_THAT(plan.open_after(), Not(Contains("tcp 0.0.0.0:445")));
  EXPECT_THAT(closer_ids(plan), Not(Contains("iis_disable")));
}

TEST(Plan, RefusesRpcSsAndSaysWhy) {
  for (const char* role : {"closed", "decoy-host", "public-web-server"}) {
    const Plan plan = plan_for(test::expose_as(test::winxp(), role));
    EXPECT_THAT(plan.refused, Contains(AllOf(Field(&Refused::what, "disable:RpcSs"),
                                             Field(&Refused::why, HasSubstr("COM")))))
        << role;
    for (const Step& step : plan.steps) {
      for (const PlannedChange& change : step.changes) {
        EXPECT_NE(change.target, "RpcSs") << role;
      }
    }
  }
}

// Nothing but RpcSs could close 135 there, and it is refused all the same.
TEST(Plan, RefusesRpcSsWhereTheRoleWouldNeedIt) {
  const Snapshot host = test::read_text(
      "Proto Local Address Foreign Address State PID\n"
      "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 900\n",
      Os::win7);
  const Plan plan = plan_for(test::expose_as(host, "closed"));
  EXPECT_THAT(plan.steps, IsEmpty());
  EXPECT_THAT(plan.stuck, SizeIs(1));
  EXPECT_THAT(plan.stuck.front().scope, Not(IsEmpty()));
  EXPECT_THAT(plan.refused, Not(IsEmpty()));
}

TEST(Plan, RefusesRpcSsWhereARoleAsksForIt) {
  Exposure exposure = test::expose_as(test::winxp(), "closed", {"3389/tcp"});
  exposure.role.disable = {"RpcSs"};
  const Plan plan = plan_for(exposure);
  EXPECT_THAT(plan.refused, Contains(Field(&Refused::what, "disable:RpcSs")));
}

TEST(Plan, KeptPortStaysWithAllThatHoldsIt) {
  const Plan plan = plan_for(test::expose_as(test::winxp(), "closed", {"445/tcp"}));
  EXPECT_THAT(plan.open_after(), Contains("tcp 0.0.0.0:445"));
  EXPECT_THAT(closer_ids(plan), Not(Contains("smb_device_disable")));
  EXPECT_THAT(plan.not_taken, Contains(AllOf(Field(&NotTaken::closer, "netbt_driver_disable"),
                                             Field(&NotTaken::why, HasSubstr("kept")))));
}

TEST(Plan, NamesWhatWasNotTakenAndWhy) {
  const Plan plan = plan_for(test::expose_as(test::winxp(), "closed"));
  EXPECT_THAT(plan.not_taken, Contains(AllOf(Field(&NotTaken::closer, "netbt_driver_disable"),
                                             Field(&NotTaken::why, HasSubstr("file-sharing")))));
  EXPECT_THAT(plan.not_taken, Contains(Field(&NotTaken::closer, "dnscache_disable")));
}

TEST(Plan, EveryStepIsReversible) {
  for (const Snapshot& host : {test::winxp(), test::win2000_with_fport()}) {
    for (const Step& step : plan_for(test::expose_as(host, "closed")).steps) {
      EXPECT_THAT(step.changes, Not(IsEmpty())) << step.title;
      EXPECT_THAT(step.undo, Not(IsEmpty())) << step.title;
      for (const PlannedChange& change : step.changes) {
        EXPECT_THAT(change.undo, Not(IsEmpty())) << change.text();
      }
    }
  }
}

TEST(Plan, ManualServiceIsSaidNotToBeOff) {
  const Snapshot host = test::read_text(
      "Proto Local Address Foreign Address State PID\n"
      "UDP 10.0.0.3:1900 *:* 1240\n"
      "\n"
      "SERVICE_NAME: SSDPSRV\n"
      "        TYPE               : 20  WIN32_SHARE_PROCESS\n"
      "        START_TYPE         : 3   DEMAND_START\n",
      Os::winxp);
  const Plan plan = plan_for(test::expose_as(host, "closed"));
  ASSERT_THAT(plan.steps, SizeIs(1));
  EXPECT_THAT(plan.steps.front().warnings, Contains(HasSubstr("manual is not off")));
}

// rpcbind.socket would start the service at the next visit.
TEST(Plan, UnitGoesWithWhatWouldStartItAgain) {
  Snapshot host;
  host.host.os = Os::linux;
  Endpoint endpoint;
  endpoint.local = make_address("0.0.0.0");
  endpoint.port = 111;
  endpoint.pid = 500;
  endpoint.process = "rpcbind";
  endpoint.unit = "rpcbind.service";
  host.endpoints.push_back(endpoint);
  const Plan plan = plan_for(test::expose_as(host, "closed"));
  ASSERT_THAT(plan.steps, SizeIs(1));
  std::vector<std::string> units;
  for (const PlannedChange& change : plan.steps.front().changes) units.push_back(change.target);
  EXPECT_THAT(units, Contains("rpcbind.service"));
  EXPECT_THAT(units, Contains("rpcbind.socket"));
  EXPECT_THAT(plan.open_after(), IsEmpty());
}

/// A live host on which `unit` holds 100 ports as one row.
Snapshot host_with_many(const char* unit, const char* net_namespace) {
  Snapshot host;
  host.host.os = Os::linux;
  host.host.os_confidence = OsConfidence::given;
  Endpoint many;
  many.local = make_address("10.0.0.1");
  many.port = 5000;
  many.pid = 700;
  many.process = "worker";
  many.unit = unit;
  LiveFacts live;
  live.sockets = 100;
  live.ports = {{5000, 5099}};
  live.net_namespace = net_namespace;
  many.live = live;
  host.endpoints = {many};
  return host;
}

TEST(Plan, SocketsThatShareARowAreClosedTogether) {
  const Plan plan = plan_for(test::expose_as(host_with_many("load.service", ""), "closed"));
  ASSERT_THAT(plan.steps, SizeIs(1));
  EXPECT_THAT(plan.steps[0].closes, ElementsAre("tcp 10.0.0.1:5000-5099 (100 sockets)"));
  EXPECT_THAT(plan.open_after(), IsEmpty());
}

TEST(Plan, AKeptPortKeepsTheWholeRow) {
  const Snapshot host = host_with_many("load.service", "");
  const Plan plan = plan_for(test::expose_as(host, "closed", {"5042/tcp"}));
  EXPECT_THAT(plan.steps, IsEmpty());
  EXPECT_THAT(plan.kept, ElementsAre(HasSubstr("tcp 10.0.0.1:5000-5099 (100 sockets): ")));
}

TEST(Plan, NoServiceOfThisHostIsStoppedForAnotherNamespace) {
  Snapshot host = host_with_many("", "container web");
  host.endpoints[0].live->sockets = 1;
  host.endpoints[0].live->ports.clear();
  host.endpoints[0].port = 22;
  host.endpoints[0].process = "sshd";
  const Plan plan = plan_for(test::expose_as(host, "closed"));
  EXPECT_THAT(plan.steps, IsEmpty());
  ASSERT_THAT(plan.stuck, SizeIs(1));
  EXPECT_EQ(plan.stuck[0].endpoint, "tcp 10.0.0.1:22 in container web");
  EXPECT_EQ(plan.stuck[0].why, "it is open in container web, with sshd: close it there");
}

TEST(Plan, TemplateUnitOfTheNetworkIsProtected) {
  Snapshot host;
  host.host.os = Os::linux;
  Endpoint endpoint;
  endpoint.protocol = Protocol::udp;
  endpoint.state = State::bound;
  endpoint.local = make_address("0.0.0.0");
  endpoint.port = 68;
  endpoint.pid = 400;
  endpoint.process = "dhclient";
  endpoint.unit = "ifup@eth0.service";
  host.endpoints.push_back(endpoint);
  const Plan plan = plan_for(test::expose_as(host, "closed"));
  for (const Step& step : plan.steps) {
    for (const PlannedChange& change : step.changes) {
      EXPECT_NE(change.kind, knowledge::ChangeKind::unit) << change.text();
    }
  }
  EXPECT_THAT(plan.refused, Contains(Field(&Refused::why, HasSubstr("carries the network"))));
}

TEST(Plan, TaskSchedulerStaysOnFromVistaOn) {
  const Snapshot host = test::read_text(
      "Proto Local Address Foreign Address State PID\n"
      "TCP 0.0.0.0:49666 0.0.0.0:0 LISTENING 1300\n"
      "\n"
      "Image Name                   PID Services\n"
      "========================= ====== =============================================\n"
      "svchost.exe                 1300 Schedule\n",
      Os::server2019);
  const Plan plan = plan_for(test::expose_as(host, "closed"));
  EXPECT_THAT(closer_ids(plan), ElementsAre("schedule_rpc_tcp_off"));
  EXPECT_THAT(plan.open_after(), IsEmpty());
}

// It is open only while an RPC server listens on UDP.
TEST(Plan, KeptEndpointMapperKeepsAServer) {
  const Plan plan = plan_for(test::expose_as(test::winxp(), "closed", {"135/udp"}));
  EXPECT_THAT(plan.open_after(), ElementsAre("udp 0.0.0.0:135", "udp 0.0.0.0:1027"));
}

// With NetBIOS and raw SMB both off, a workstation could open no share any more.
TEST(Plan, WorkstationKeepsATransportForSmb) {
  const Plan plan = plan_for(test::expose_as(test::winxp(), "workstation"));
  EXPECT_THAT(closer_ids(plan), Not(Contains("smb_device_disable")));
}

TEST(Plan, UnreadRowsAreCarriedAlong) {
  const Snapshot host = test::read_text(
      "Proto Local Address Foreign Address State PID\n"
      "UDP 0.0.0.0:500 *:* 704\n"
      "TCP 0.0.0.0:70000 0.0.0.0:0 LISTENING 4\n",
      Os::winxp);
  const Plan plan = plan_for(test::expose_as(host, "closed"));
  EXPECT_THAT(plan.unread, SizeIs(1));
  EXPECT_THAT(plan.notes, Contains(HasSubstr("could not be read")));
}

// The DNS server's socket pool is one thing to close, however many sockets it has.
TEST(Plan, ManySocketsOfOneHolderAreOneStep) {
  std::string text = "Proto Local Address Foreign Address State PID\n";
  for (int port = 50000; port < 55000; ++port) {
    text += "UDP 0.0.0.0:" + std::to_string(port) + " *:* 1500\n";
  }
  text +=
      "\nImage Name                   PID Services\n"
      "========================= ====== =============================================\n"
      "dns.exe                     1500 DNS\n";
  const Plan plan = plan_for(test::expose_as(test::read_text(text, Os::server2016), "closed"));
  EXPECT_THAT(plan.steps, SizeIs(1));
  EXPECT_THAT(plan.open_after(), IsEmpty());
}

TEST(Plan, NothingOpenNeedsNoStep) {
  const Snapshot host = test::read_text(
      "Active Connections\n\n  Proto  Local Address  Foreign Address  State\n"
      "  TCP 127.0.0.1:5354 0.0.0.0:0 LISTENING\n",
      Os::winxp);
  const Plan plan = plan_for(test::expose_as(host, "closed"));
  EXPECT_THAT(plan.steps, IsEmpty());
  EXPECT_THAT(plan.local, SizeIs(1));
}

std::vector<std::string> endpoints_of(const Exposure& exposure, Verdict verdict) {
  std::vector<std::string> result;
  for (const Exposed& exposed : exposure.endpoints) {
    if (is_listed(exposed) && exposed.verdict == verdict) {
      result.push_back(endpoint_text(exposed.endpoint));
    }
  }
  return result;
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

void expect_needed_stay(const Exposure& exposure, const Plan& plan) {
  for (const std::string& needed : endpoints_of(exposure, Verdict::needed)) {
    for (const Step& step : plan.steps) {
      EXPECT_TRUE(contains(step.open_after, needed)) << needed << " after " << step.title;
    }
  }
}

void expect_unneeded_go(const Exposure& exposure, const Plan& plan) {
  for (const std::string& unneeded : endpoints_of(exposure, Verdict::unneeded)) {
    EXPECT_FALSE(contains(plan.open_after(), unneeded)) << unneeded << " stays open";
  }
}

// The same changes without step `left_out`, by way of what-if.
std::vector<std::string> open_without(const Exposure& exposure, const Plan& plan,
                                      std::size_t left_out) {
  std::vector<std::string> requests;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (i == left_out) continue;
    for (const std::string& id : plan.steps[i].closers) requests.push_back(id);
  }
  const Result<WhatIf> result = what_if(exposure, requests, knowledge::builtin());
  EXPECT_TRUE(result) << result.error().message;
  return result ? result->open_after : std::vector<std::string>{};
}

void expect_no_step_superfluous(const Exposure& exposure, const Plan& plan) {
  const std::vector<std::string> unneeded = endpoints_of(exposure, Verdict::unneeded);
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (plan.steps[i].changes.front().name == kScopeRule) continue;  // it closes nothing
    const std::vector<std::string> open = open_without(exposure, plan, i);
    EXPECT_TRUE(std::any_of(unneeded.begin(), unneeded.end(),
                            [&open](const std::string& one) { return contains(open, one); }))
        << "step '" << plan.steps[i].title << "' could be left out";
  }
}

constexpr const char* kRoles[] = {"closed", "workstation", "internal-file-server",
                                  "public-web-server"};
constexpr int kRounds = 30;

// Made-up hosts of every OS: what the knowledge base says may run there, in random choice, with
// task list or without, in every role.
bool disables(const Plan& plan, std::string_view service) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [service](const Step& step) {
    return std::any_of(
        step.changes.begin(), step.changes.end(), [service](const PlannedChange& change) {
          return change.kind == knowledge::ChangeKind::service && change.target == service;
        });
  });
}

constexpr std::string_view kController =
    "Proto  Local Address  Foreign Address  State  PID\n"
    "TCP 0.0.0.0:389 0.0.0.0:0 LISTENING 600\n"
    "TCP 0.0.0.0:445 0.0.0.0:0 LISTENING 4\n"
    "\n"
    "Image Name                     PID Services\n"
    "========================= ======== ============================================\n"
    "lsass.exe                      600 Kdc, Netlogon, NTDS, SamSs\n";

// The role knows nothing of a domain; what runs does.
TEST(Plan, DomainControllerKeepsWhatMakesItOne) {
  const Exposure exposure = test::expose_as(test::read_text(kController, Os::server2019), "closed");
  ASSERT_TRUE(exposure.evident.contains("domain-controller"));
  const Plan plan = plan_for(exposure);
  EXPECT_FALSE(disables(plan, "LanmanServer"));
  EXPECT_FALSE(disables(plan, "Netlogon"));
  EXPECT_THAT(test::socket_of(exposure, "tcp 0.0.0.0:445").verdict_reason,
              HasSubstr("never done on a host that is a domain-controller"));
}

TEST(WhatIf, WarnsOfWhatAPlanWouldNotDo) {
  const Exposure exposure = test::expose_as(test::read_text(kController, Os::server2019), "closed");
  const Result<WhatIf> result = what_if(exposure, {"disable:LanmanServer"}, knowledge::builtin());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(result->warnings, Contains(HasSubstr("a plan would leave it out: it is never done")));
}

TEST(Plan, KeptPortOfASharedProcessKeepsWhoeverMayServeIt) {
  const Plan plan = plan_for(test::expose_as(test::win2000_with_fport(), "closed", {"4983/tcp"}));
  EXPECT_THAT(plan.open_after(), Contains("tcp 0.0.0.0:4983"));
  EXPECT_FALSE(disables(plan, "IISADMIN"));
  EXPECT_FALSE(disables(plan, "W3SVC"));
}

TEST(Plan, WarnsOfASessionThatAStepEnds) {
  const Exposure exposure =
      test::expose_as(test::read_text("Proto  Local Address  Foreign Address  State  PID\n"
                                      "TCP 0.0.0.0:3389 0.0.0.0:0 LISTENING 976\n"
                                      "TCP 10.0.0.3:3389 10.0.0.9:51000 ESTABLISHED 976\n",
                                      Os::win2003),
                      "closed");
  const auto warned = Contains(HasSubstr("10.0.0.9:51000 is connected to tcp 0.0.0.0:3389 now"));
  const Plan plan = plan_for(exposure);
  ASSERT_FALSE(plan.steps.empty());
  EXPECT_THAT(plan.steps.front().warnings, warned);
  const Result<WhatIf> result = what_if(exposure, {"disable:TermService"}, knowledge::builtin());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(result->warnings, warned);
}

TEST(Plan, StepOfWhichNothingIsKnownSaysSo) {
  Snapshot host = test::read_text(
      "Proto  Local Address  Foreign Address  State  PID\n"
      "TCP 0.0.0.0:7777 0.0.0.0:0 LISTENING 1480\n",
      Os::win2003);
  Process own;
  own.pid = 1480;
  own.image = "own.exe";
  own.services = {"OwnService"};
  own.services_known = true;
  host.processes = {own};
  const Plan plan = plan_for(test::expose_as(host, "closed"));
  ASSERT_EQ(plan.steps.size(), 1u);
  EXPECT_THAT(plan.steps.front().breaks, Contains(HasSubstr("not known what stops working")));
}

TEST(Plan, KeptPortSaysWhoMayReachIt) {
  Role role{"own", "Own", {}, {{Protocol::tcp, 445, {"10.0.0.0/8"}, "shares"}}, {}};
  const Plan plan = plan_for(expose(test::winxp(), role, knowledge::builtin()));
  ASSERT_FALSE(plan.kept.empty());
  EXPECT_THAT(plan.kept.front(), HasSubstr("let the firewall allow it from 10.0.0.0/8 only"));
}

class PlanProperties : public testing::TestWithParam<Os> {};

TEST_P(PlanProperties, HoldForRandomHosts) {
  std::mt19937 random(static_cast<unsigned>(GetParam()) * 1000 + 1);
  for (int round = 0; round < kRounds; ++round) {
    const Snapshot host = test::random_host(GetParam(), random);
    const Exposure exposure = test::expose_as(host, kRoles[random() % std::size(kRoles)]);
    const Plan plan = plan_for(exposure);
    SCOPED_TRACE("round " + std::to_string(round) + ", role " + exposure.role.id);
    expect_needed_stay(exposure, plan);
    expect_unneeded_go(exposure, plan);
    expect_no_step_superfluous(exposure, plan);
    if (HasFailure()) return;
  }
}

TEST_P(PlanProperties, OrderOfRowsNeverMatters) {
  std::mt19937 random(static_cast<unsigned>(GetParam()) * 1000 + 2);
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = test::as_netstat(test::random_host(GetParam(), random));
    const std::string shuffled = test::with_shuffled_rows(text, random);
    const Exposure first = test::expose_as(test::read_text(text, GetParam()), "closed");
    const Exposure second = test::expose_as(test::read_text(shuffled, GetParam()), "closed");
    ASSERT_EQ(first.endpoints.size(), second.endpoints.size());
    for (std::size_t i = 0; i < first.endpoints.size(); ++i) {
      const Exposed& a = first.endpoints[i];
      const Exposed& b = second.endpoints[i];
      ASSERT_EQ(endpoint_text(a.endpoint), endpoint_text(b.endpoint));
      ASSERT_EQ(a.owner.service, b.owner.service) << endpoint_text(a.endpoint);
      ASSERT_EQ(a.owner.candidates, b.owner.candidates) << endpoint_text(a.endpoint);
      ASSERT_EQ(a.verdict, b.verdict) << endpoint_text(a.endpoint);
    }
    const Plan one = plan_for(first);
    const Plan other = plan_for(second);
    ASSERT_EQ(closer_ids(one), closer_ids(other));
    ASSERT_EQ(one.open_after(), other.open_after());
  }
}

INSTANTIATE_TEST_SUITE_P(Systems, PlanProperties,
                         testing::Values(Os::winnt4, Os::win2000, Os::winxp, Os::win2003, Os::win7,
                                         Os::server2012r2, Os::win10, Os::server2022, Os::linux),
                         [](const auto& param) { return std::string(os_id(param.param)); });

}  // namespace
}  // namespace deadlight
