#include "host/linux/live_fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace deadlight::linux_host {
namespace {

constexpr std::size_t kManyRows = 3 * kAlikeMax;

/// Listeners of one program on 127.0.0.1, from port 5000 up.
struct Sample {
  std::vector<KernelSocket> sockets;
  std::vector<LiveRow> rows;

  void add(const KernelSocket& socket, const LiveOwner& owner) {
    rows.push_back({static_cast<std::uint32_t>(sockets.size()), owner});
    sockets.push_back(socket);
  }
};

KernelSocket listener(std::size_t port) {
  KernelSocket socket;
  socket.local = {127, 0, 0, 1};
  socket.port = static_cast<std::uint16_t>(port);
  return socket;
}

constexpr LiveOwner kOwner = {7, 1, 2, 3};

Sample listeners() {
  Sample sample;
  for (std::size_t i = 0; i < kManyRows; ++i) sample.add(listener(5000 + i), kOwner);
  return sample;
}

std::vector<std::size_t> sizes(const Sample& sample, const PortClass& port_class = {}) {
  const RowGroups groups = fold(sample.rows, sample.sockets, port_class);
  std::vector<std::size_t> result;
  std::size_t members = 0;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    members += groups.group(i).size();
    if (groups.group(i).size() > 1) result.push_back(groups.group(i).size());
  }
  EXPECT_EQ(members, sample.rows.size());
  return result;
}

TEST(LiveFold, AlikeRowsAreOneGroup) {
  EXPECT_THAT(sizes(listeners()), testing::ElementsAre(kManyRows));
}

TEST(LiveFold, FewRowsStayAlone) {
  Sample sample = listeners();
  sample.rows.resize(kAlikeMax);
  EXPECT_THAT(sizes(sample), testing::IsEmpty());
}

/// `units` units with `each` connections from one address, and as many listeners.
Sample crowd(std::size_t units, std::size_t each) {
  Sample sample;
  for (std::size_t unit = 0; unit < units; ++unit) {
    for (std::size_t i = 0; i < each; ++i) {
      const LiveOwner owner = {7, 1, static_cast<std::uint32_t>(unit + 2), 3};
      sample.add(listener(5000 + i), owner);
      KernelSocket connection = listener(20'000 + i);
      connection.state = State::established;
      connection.remote = {192, 0, 2, 1};
      connection.remote_port = 443;
      sample.add(connection, owner);
    }
  }
  return sample;
}

TEST(LiveFold, ConnectionsOfACrowdedListingAreFoldedFromTwoOn) {
  EXPECT_THAT(sizes(crowd(100, 10)), testing::IsEmpty());
  EXPECT_THAT(sizes(crowd(300, 10)), testing::AllOf(testing::SizeIs(300), testing::Each(10U)));
}

struct Difference {
  const char* name;
  void (*make)(KernelSocket&, LiveOwner&);
};
const Difference kDifferences[] = {
    {"Protocol", [](KernelSocket& socket, LiveOwner&) { socket.protocol = Protocol::udp; }},
    {"State", [](KernelSocket& socket, LiveOwner&) { socket.state = State::bound; }},
    {"Family", [](KernelSocket& socket, LiveOwner&) { socket.v6 = true; }},
    {"Scope",
     [](KernelSocket& socket, LiveOwner&) {
       socket.local = {10, 0, 0, 1};
     }},
    {"AnyAddress", [](KernelSocket& socket, LiveOwner&) { socket.local = {}; }},
    {"User", [](KernelSocket& socket, LiveOwner&) { socket.uid = 33; }},
    {"Device", [](KernelSocket& socket, LiveOwner&) { socket.device = 2; }},
    {"Namespace", [](KernelSocket& socket, LiveOwner&) { socket.net_namespace = 1; }},
    {"Unit", [](KernelSocket&, LiveOwner& owner) { owner.unit = 9; }},
    {"Program", [](KernelSocket&, LiveOwner& owner) { owner.image = 9; }},
};
class LiveFoldDifference : public testing::TestWithParam<Difference> {};
TEST_P(LiveFoldDifference, KeepsARowApart) {
  Sample sample = listeners();
  for (std::size_t i = 0; i < kManyRows; ++i) {
    KernelSocket socket = listener(30000 + i);
    LiveOwner owner = kOwner;
    GetParam().make(socket, owner);
    sample.add(socket, owner);
  }
  EXPECT_THAT(sizes(sample), testing::ElementsAre(kManyRows, kManyRows));
}
INSTANTIATE_TEST_SUITE_P(Rows, LiveFoldDifference, testing::ValuesIn(kDifferences),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(LiveFold, ProcessesOfOneProgramAreAlike) {
  Sample sample = listeners();
  for (std::size_t i = 0; i < sample.rows.size(); ++i) {
    sample.rows[i].owner.pid = static_cast<std::uint32_t>(100 + i);
  }
  EXPECT_THAT(sizes(sample), testing::ElementsAre(kManyRows));
}

TEST(LiveFold, WhatIsKnownOfAPortKeepsItApart) {
  const auto one_known = [](Protocol, std::uint16_t port) { return port == 5010 ? 1U : 0U; };
  EXPECT_THAT(sizes(listeners(), one_known), testing::ElementsAre(kManyRows - 1));
}

KernelSocket connection(std::uint16_t port, std::array<std::uint8_t, 16> remote,
                        std::uint16_t remote_port) {
  KernelSocket socket = listener(port);
  socket.state = State::established;
  socket.remote = remote;
  socket.remote_port = remote_port;
  return socket;
}

TEST(LiveFold, ConnectionsFollowTheListenerTheyCameTo) {
  Sample sample;
  sample.add(listener(80), {1, 1, 1, 1});
  sample.add(listener(81), {2, 2, 2, 2});
  for (std::size_t i = 0; i < kManyRows; ++i) {
    const auto client = static_cast<std::uint16_t>(40000 + i);
    sample.add(connection(80, {10, 0, 0, 9}, client), kOwner);
    sample.add(connection(81, {10, 0, 0, 9}, client), kOwner);
    sample.add(connection(client, {127, 0, 0, 1}, 80), kOwner);
  }
  EXPECT_THAT(sizes(sample), testing::ElementsAre(kManyRows, kManyRows, kManyRows));
}

TEST(LiveFold, OtherConnectionsAreAlikeByTheirRemotePort) {
  Sample sample;
  for (std::size_t i = 0; i < kManyRows; ++i) {
    const auto client = static_cast<std::uint16_t>(40000 + i);
    const auto last = static_cast<std::uint8_t>(i);
    sample.add(connection(client, {10, 0, 0, last}, 443), kOwner);
    sample.add(connection(client, {10, 0, 0, last}, 5432), kOwner);
  }
  EXPECT_THAT(sizes(sample), testing::ElementsAre(kManyRows, kManyRows));
}

}  // namespace
}  // namespace deadlight::linux_host
