// What is said where systemd is not asked, or is not there; tests/guest boots one and asks it.
#include "host/linux/unit_states.h"

#include <gmock/gmock.h>

namespace deadlight::linux_host {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

Endpoint held_by_init(const std::string& unit) {
  Endpoint endpoint;
  endpoint.local = make_address("0.0.0.0");
  endpoint.port = 111;
  endpoint.pid = 1;
  endpoint.unit = unit;
  endpoint.live.ensure();
  return endpoint;
}

TEST(UnitStates, WithoutSystemdEverythingStaysAndTheReasonIsOneLine) {
  if (systemd_runs()) GTEST_SKIP() << "systemd runs this host: tests/guest asks one";
  std::vector<Endpoint> endpoints = {held_by_init("rpcbind.socket"), held_by_init("init.scope")};
  Units units;
  units.name_sockets(endpoints);
  EXPECT_EQ(endpoints[0].unit.str(), "rpcbind.socket");
  EXPECT_EQ(endpoints[1].unit.str(), "init.scope");
  EXPECT_THAT(units.failure(), HasSubstr("systemd does not run this host"));
  EXPECT_EQ(units.failure().find('\n'), std::string::npos);
}

TEST(UnitStates, NobodyIsAskedWithoutNeed) {
  Endpoint of_service = held_by_init("ssh.service");
  of_service.pid = 812;
  Endpoint of_container = held_by_init("init.scope");
  of_container.live->net_namespace = "container web";
  std::vector<Endpoint> endpoints = {of_service, of_container};
  Units units;
  units.name_sockets(endpoints);
  EXPECT_THAT(units.failure(), IsEmpty());
  EXPECT_EQ(endpoints[1].unit.str(), "init.scope");
}

}  // namespace
}  // namespace deadlight::linux_host
