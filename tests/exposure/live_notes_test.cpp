// What only a running Linux host says: socket units, how units are set up, firewall rules.
#include "exposure/live_notes.h"

#include <gmock/gmock.h>

#include "support/hosts.h"

namespace deadlight {
namespace {

using testing::Contains;
using testing::ElementsAre;

/// A socket that PID 1 holds for rpcbind.socket.
Snapshot activated_host() {
  Snapshot snapshot;
  snapshot.host.os = Os::linux;
  snapshot.host.os_confidence = OsConfidence::given;
  Endpoint endpoint;
  endpoint.local = make_address("0.0.0.0");
  endpoint.port = 111;
  endpoint.pid = 1;
  endpoint.process = "systemd";
  endpoint.unit = "rpcbind.socket";
  endpoint.live.ensure().activates = "rpcbind.service";
  snapshot.endpoints = {endpoint};
  return snapshot;
}

TEST(LiveNotes, SocketUnitIsTheObservedOwnerAndItsServiceIsNamed) {
  const Exposure exposure = test::expose_as(activated_host(), "closed");
  const Owner& owner = test::socket_of(exposure, "tcp 0.0.0.0:111").owner;
  EXPECT_EQ(owner.service, "rpcbind.socket");
  EXPECT_EQ(owner.confidence, Confidence::observed);
  EXPECT_THAT(owner.because,
              ElementsAre("PID 1 listens for rpcbind.socket, and starts rpcbind.service for a "
                          "visitor"));
}

TEST(LiveNotes, HowTheUnitIsSetUp) {
  Snapshot snapshot = activated_host();
  Service service;
  service.name = "rpcbind.socket";
  UnitState& unit = service.unit.ensure();
  unit.active = "active";
  unit.enablement = "enabled";
  unit.preset = "disabled";
  unit.triggers = {"rpcbind.service"};
  unit.required_by = {"a.service", "b.service", "c.service", "d.service", "e.service"};
  unit.drop_ins = {"/etc/systemd/system/rpcbind.socket.d/a.conf"};
  snapshot.services = {service};
  const Exposure exposure = test::expose_as(snapshot, "closed");
  EXPECT_THAT(
      test::socket_of(exposure, "tcp 0.0.0.0:111").owner.because,
      Contains("rpcbind.socket is active and enabled (preset: disabled); starts rpcbind.service; "
               "is required by a.service, b.service, c.service, d.service and 1 more; is changed "
               "by /etc/systemd/system/rpcbind.socket.d/a.conf"));
}

struct ReachCase {
  const char* name;
  const char* address;
  Filter filter;
  Reach reach;
};
class ReachByRules : public testing::TestWithParam<ReachCase> {};

TEST_P(ReachByRules, AndTheVerdictStays) {
  Snapshot snapshot = activated_host();
  snapshot.endpoints[0].local = make_address(GetParam().address);
  snapshot.endpoints[0].live->filter = GetParam().filter;
  const Exposure exposure = test::expose_as(snapshot, "closed");
  const Exposed& exposed = exposure.endpoints.front();
  EXPECT_EQ(reach_id(exposed.reach), reach_id(GetParam().reach));
  // Filtered is not closed.
  EXPECT_EQ(exposed.verdict, exposed.scope == Reach::loopback ? Verdict::local : Verdict::unneeded);
}

const ReachCase kReaches[] = {
    {"NotRead", "0.0.0.0", Filter::unread, Reach::any},
    {"LetIn", "10.0.0.1", Filter::open, Reach::adapter},
    {"LetInForSome", "0.0.0.0", Filter::limited, Reach::limited},
    {"Dropped", "10.0.0.1", Filter::blocked, Reach::filtered},
    {"NotUnderstood", "0.0.0.0", Filter::unknown, Reach::unknown},
    {"LoopbackIsNotAsked", "127.0.0.1", Filter::blocked, Reach::loopback}};
INSTANTIATE_TEST_SUITE_P(Rows, ReachByRules, testing::ValuesIn(kReaches),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace deadlight
