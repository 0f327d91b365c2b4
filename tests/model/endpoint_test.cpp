#include "model/endpoint.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace deadlight {
namespace {

Endpoint make(Protocol protocol, const char* address, int port, State state = State::listening) {
  Endpoint endpoint;
  endpoint.protocol = protocol;
  endpoint.local = make_address(address);
  endpoint.port = static_cast<std::uint16_t>(port);
  endpoint.state = state;
  return endpoint;
}

TEST(Address, EqualAddressesHaveEqualText) {
  EXPECT_EQ(make_address("[::]").text(), "::");
  EXPECT_EQ(make_address("[FE80::0:1%12]").text(), "fe80::1%12");
  EXPECT_EQ(make_address("10.0.0.3").text(), "10.0.0.3");
  EXPECT_TRUE(make_address("::1") == make_address("[0:0:0:0:0:0:0:1]"));
  EXPECT_FALSE(make_address("0.0.0.0") == make_address("::"));
}

TEST(Address, NamesAndStarsStayAsTheyAre) {
  for (const char* text : {"*", "gargan", "[gargan]", "10.0.0", ""}) {
    EXPECT_EQ(make_address(text).text(), text);
    EXPECT_FALSE(make_address(text).ip);
  }
}

TEST(State, EveryIdIsReadBack) {
  for (int i = 0; i <= static_cast<int>(State::closed); ++i) {
    EXPECT_EQ(parse_state(state_id(static_cast<State>(i))), static_cast<State>(i));
  }
  EXPECT_FALSE(parse_state("LISTENING"));
  for (const Protocol one : {Protocol::tcp, Protocol::udp, Protocol::udplite, Protocol::sctp}) {
    EXPECT_EQ(parse_protocol(protocol_id(one)), one);
  }
  EXPECT_FALSE(parse_protocol("dccp"));
}

TEST(Endpoint, TextPutsIpv6InBrackets) {
  EXPECT_EQ(endpoint_text(make(Protocol::tcp, "0.0.0.0", 135)), "tcp 0.0.0.0:135");
  EXPECT_EQ(endpoint_text(make(Protocol::udp, "::", 5353)), "udp [::]:5353");
  EXPECT_EQ(endpoint_text(make(Protocol::tcp, "gargan", 80)), "tcp gargan:80");
  EXPECT_EQ(endpoint_text(make(Protocol::udp, "*", 137)), "udp *:137");
}

Endpoint row_for_many(std::vector<PortRange> ports, std::uint32_t sockets) {
  Endpoint endpoint;
  endpoint.local = make_address("127.0.0.1");
  endpoint.port = ports.front().first;
  LiveFacts live;
  live.sockets = sockets;
  live.ports = std::move(ports);
  endpoint.live = live;
  return endpoint;
}

TEST(Endpoint, TextOfARowForManySocketsNamesAllOfThem) {
  Endpoint row = row_for_many({{5000, 5999}}, 1000);
  EXPECT_EQ(endpoint_text(row), "tcp 127.0.0.1:5000-5999 (1000 sockets)");
  row.live->addresses = 3;
  row.live->net_namespace = "container web";
  EXPECT_EQ(endpoint_text(row),
            "tcp 127.0.0.1 and 2 more:5000-5999 (1000 sockets) in container web");
  row = row_for_many({{1, 1}, {3, 4}, {6, 6}, {8, 10}, {12, 12}}, 8);
  row.protocol = Protocol::sctp;
  EXPECT_EQ(endpoint_text(row), "sctp 127.0.0.1:1,3-4,6 and 4 more (8 sockets)");
}

TEST(Endpoint, ARowForManySocketsHasEachOfTheirPorts) {
  const Endpoint row = row_for_many({{1, 1}, {3, 5}, {65535, 65535}}, 5);
  const std::vector<std::uint16_t> among = {1, 3, 4, 5, 65535};
  for (const std::uint16_t port : among) EXPECT_TRUE(row.has_port(port)) << port;
  const std::vector<std::uint16_t> beside = {0, 2, 6, 65534};
  for (const std::uint16_t port : beside) EXPECT_FALSE(row.has_port(port)) << port;
  Endpoint one;
  one.port = 7;
  EXPECT_TRUE(one.has_port(7));
  EXPECT_FALSE(one.has_port(8));
}

TEST(Endpoint, OrderIsThatOfAListing) {
  Endpoint connection = make(Protocol::tcp, "0.0.0.0", 1, State::established);
  connection.remote = make_address("10.0.0.9");
  const std::vector<Endpoint> sorted = {
      make(Protocol::tcp, "0.0.0.0", 25),
      make(Protocol::tcp, "0.0.0.0", 1025),
      make(Protocol::tcp, "9.0.0.1", 1),
      make(Protocol::tcp, "10.0.0.1", 1),
      make(Protocol::tcp, "::", 1),
      make(Protocol::tcp, "*", 1),
      connection,
      make(Protocol::udp, "0.0.0.0", 1, State::bound),
      make(Protocol::udp, "::1", 1, State::bound),
  };
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    for (std::size_t k = 0; k < sorted.size(); ++k) {
      EXPECT_EQ(endpoint_before(sorted[i], sorted[k]), i < k) << i << " and " << k;
    }
  }
}

}  // namespace
}  // namespace deadlight
