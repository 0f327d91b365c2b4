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
  EXPECT_EQ(parse_protocol(protocol_id(Protocol::udp)), Protocol::udp);
  EXPECT_FALSE(parse_protocol("sctp"));
}

TEST(Endpoint, TextPutsIpv6InBrackets) {
  EXPECT_EQ(endpoint_text(make(Protocol::tcp, "0.0.0.0", 135)), "tcp 0.0.0.0:135");
  EXPECT_EQ(endpoint_text(make(Protocol::udp, "::", 5353)), "udp [::]:5353");
  EXPECT_EQ(endpoint_text(make(Protocol::tcp, "gargan", 80)), "tcp gargan:80");
  EXPECT_EQ(endpoint_text(make(Protocol::udp, "*", 137)), "udp *:137");
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
