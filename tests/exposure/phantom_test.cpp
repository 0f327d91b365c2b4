#include <gmock/gmock.h>

#include "support/hosts.h"

namespace deadlight {
namespace {

struct PhantomCase {
  const char* name;
  const char* rows;
  const char* listener;
  Os os;
  bool phantom;
};

constexpr const char* kOutgoing =
    "TCP 0.0.0.0:1367 0.0.0.0:0 LISTENING\n"
    "TCP 192.70.106.142:1367 192.70.106.76:22 ESTABLISHED\n";
constexpr const char* kAccepted =
    "TCP 0.0.0.0:3389 0.0.0.0:0 LISTENING\n"
    "TCP 10.0.0.3:3389 10.0.0.9:40000 ESTABLISHED\n";
constexpr const char* kManyConnections =
    "TCP 0.0.0.0:1433 0.0.0.0:0 LISTENING\n"
    "TCP 10.0.0.3:1433 10.0.0.9:1023 ESTABLISHED\n"
    "TCP 10.0.0.3:1433 10.0.0.8:1022 ESTABLISHED\n";
constexpr const char* kListenerAlone = "TCP 0.0.0.0:1367 0.0.0.0:0 LISTENING\n";

const PhantomCase kPhantomCases[] = {
    {"OutgoingOnXp", kOutgoing, "tcp 0.0.0.0:1367", Os::winxp, true},
    {"OutgoingOn2000", kOutgoing, "tcp 0.0.0.0:1367", Os::win2000, true},
    {"OutgoingOnNt4", kOutgoing, "tcp 0.0.0.0:1367", Os::winnt4, true},
    {"FixedIn2003", kOutgoing, "tcp 0.0.0.0:1367", Os::win2003, false},
    {"FixedIn2019", kOutgoing, "tcp 0.0.0.0:1367", Os::server2019, false},
    {"AcceptedConnectionIsAListeners", kAccepted, "tcp 0.0.0.0:3389", Os::winxp, false},
    {"SeveralConnectionsAreAListeners", kManyConnections, "tcp 0.0.0.0:1433", Os::winxp, false},
    {"VisitorFromALowPortHidesNothing",
     "TCP 0.0.0.0:3389 0.0.0.0:0 LISTENING\nTCP 10.0.0.3:3389 6.6.6.6:80 ESTABLISHED\n",
     "tcp 0.0.0.0:3389", Os::winxp, false},
    {"ListenerAloneIsOpen", kListenerAlone, "tcp 0.0.0.0:1367", Os::winxp, false},
};

class Phantom : public testing::TestWithParam<PhantomCase> {};

TEST_P(Phantom, IsToldFromAListener) {
  const std::string text =
      std::string("Active Connections\n\n  Proto  Local Address  Foreign Address  State\n") +
      GetParam().rows;
  const Exposure exposure = test::expose_as(test::read_text(text, GetParam().os), "closed");
  const Exposed& exposed = test::socket_of(exposure, GetParam().listener);
  EXPECT_EQ(exposed.phantom, GetParam().phantom);
  EXPECT_EQ(is_listed(exposed), !GetParam().phantom);
  EXPECT_EQ(exposed.verdict == Verdict::outbound, GetParam().phantom);
}

INSTANTIATE_TEST_SUITE_P(Cases, Phantom, testing::ValuesIn(kPhantomCases),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Phantom, ConnectionToAHighPortOnlyMakesItDoubtful) {
  const Exposure exposure =
      test::expose_as(test::read_text("Proto  Local Address  Foreign Address  State\n"
                                      "TCP 0.0.0.0:1367 0.0.0.0:0 LISTENING\n"
                                      "TCP 192.70.106.142:1367 192.70.106.76:8080 ESTABLISHED\n",
                                      Os::win2000),
                      "closed");
  const Exposed& listener = test::socket_of(exposure, "tcp 0.0.0.0:1367");
  EXPECT_FALSE(listener.phantom);
  EXPECT_THAT(listener.owner.because, testing::Contains(testing::HasSubstr("may be a phantom")));
}

}  // namespace
}  // namespace deadlight
