#include "host/simulated/simulated_host.h"

#include <gmock/gmock.h>

namespace deadlight::simulated {
namespace {

using knowledge::builtin;
using knowledge::Holder;
using knowledge::OpensFact;
using knowledge::Released;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Held socket(std::uint16_t port, std::vector<Holder> holders) {
  Held held;
  held.endpoint.local = make_address("0.0.0.0");
  held.endpoint.port = port;
  held.holders = std::move(holders);
  return held;
}

OpensFact rpc_server() {
  OpensFact opens;
  opens.rpc = true;
  opens.released = Released::reboot;
  return opens;
}

OpensFact endpoint_mapper() {
  OpensFact opens;
  opens.port_first = opens.port_last = 135;
  opens.held_by_rpc = true;
  return opens;
}

const OpensFact kRpc = rpc_server();
const OpensFact kMapper = endpoint_mapper();

TEST(SimulatedHost, SocketStaysUntilItsLastHolderLetsGo) {
  SimulatedHost host(Os::winxp, {socket(4000, {{"First", "", nullptr}, {"Second", "", nullptr}})},
                     {}, builtin());
  ASSERT_TRUE(host.disable("First"));
  EXPECT_THAT(host.listing(), ElementsAre("tcp 0.0.0.0:4000"));
  ASSERT_TRUE(host.disable("second"));
  EXPECT_THAT(host.listing(), IsEmpty());
}

TEST(SimulatedHost, SocketWithoutKnownHolderNeverGoes) {
  SimulatedHost host(Os::winxp, {socket(4000, {})}, {}, builtin());
  ASSERT_TRUE(host.disable("Messenger"));
  host.reboot();
  EXPECT_THAT(host.listing(), ElementsAre("tcp 0.0.0.0:4000"));
}

TEST(SimulatedHost, StoppedServiceIsBackAfterAReboot) {
  SimulatedHost host(Os::winxp, {socket(4000, {{"Some", "", nullptr}})}, {}, builtin());
  ASSERT_TRUE(host.stop("Some"));
  EXPECT_THAT(host.listing(), IsEmpty());
  host.reboot();
  EXPECT_THAT(host.listing(), ElementsAre("tcp 0.0.0.0:4000"));
}

TEST(SimulatedHost, RpcSocketOfASharedProcessGoesWithTheReboot) {
  SimulatedHost host(Os::winxp, {socket(1025, {{"Schedule", "", &kRpc}})}, {}, builtin());
  ASSERT_TRUE(host.disable("Schedule"));
  EXPECT_THAT(host.listing(), ElementsAre("tcp 0.0.0.0:1025"));
  EXPECT_TRUE(host.reboot_pending());
  host.reboot();
  EXPECT_THAT(host.listing(), IsEmpty());
  EXPECT_FALSE(host.reboot_pending());
}

TEST(SimulatedHost, EndpointMapperGoesWithTheLastRpcServer) {
  SimulatedHost host(Os::winxp,
                     {socket(135, {{"RpcSs", "rpc-endpoint-mapper", &kMapper}}),
                      socket(1025, {{"First", "", &kRpc}}), socket(1026, {{"Second", "", &kRpc}})},
                     {}, builtin());
  ASSERT_TRUE(host.disable("First"));
  host.reboot();
  EXPECT_THAT(host.listing(), Contains("tcp 0.0.0.0:135"));
  ASSERT_TRUE(host.disable("Second"));
  host.reboot();
  EXPECT_THAT(host.listing(), IsEmpty());
}

TEST(SimulatedHost, HostsOwnDependenciesCount) {
  Service dependent;
  dependent.name = "Dependent";
  dependent.depends_on = {"Base"};
  dependent.state = ServiceState::running;
  const std::vector<Service> services = {dependent};
  SimulatedHost host(Os::win2003, {socket(4000, {{"Dependent", "", nullptr}})}, services,
                     builtin());
  EXPECT_THAT(host.stops_with("base"), ElementsAre("base", "Dependent"));
  ASSERT_TRUE(host.disable("Base"));
  EXPECT_THAT(host.listing(), IsEmpty());
}

TEST(SimulatedHost, RefusesWhatTakesAProtectedServiceAlong) {
  Service protected_service;
  protected_service.name = "RpcSs";
  protected_service.depends_on = {"Innocent"};
  const std::vector<Service> services = {protected_service};
  SimulatedHost host(Os::win2003, {}, services, builtin());
  const Result<> result = host.disable("Innocent");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::refused);
  EXPECT_THAT(result.error().message, HasSubstr("RpcSs needs it"));
}

TEST(SimulatedHost, CopiesAreIndependent) {
  const SimulatedHost first(Os::winxp, {socket(4000, {{"Some", "", nullptr}})}, {}, builtin());
  SimulatedHost second = first;
  ASSERT_TRUE(second.disable("Some"));
  EXPECT_THAT(second.listing(), IsEmpty());
  EXPECT_THAT(first.listing(), ElementsAre("tcp 0.0.0.0:4000"));
}

}  // namespace
}  // namespace deadlight::simulated
