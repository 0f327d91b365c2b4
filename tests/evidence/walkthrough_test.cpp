#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::IsEmpty;

class Walkthrough : public testing::TestWithParam<const char*> {};

TEST_P(Walkthrough, EveryListingHasExactlyTheDocumentsEndpoints) {
  const auto steps = nlohmann::json::parse(data("walkthroughs/steps.json"));
  int listings = 0;
  for (const auto& step : steps.at(GetParam()).at("steps")) {
    if (step.at("listing").is_null()) continue;
    const std::string name = step.at("listing").get<std::string>();
    const Snapshot snapshot = read_text(data("walkthroughs/" + name));
    EXPECT_EQ(open_endpoints(snapshot), step.at("open_after").get<std::vector<std::string>>())
        << name;
    EXPECT_THAT(unread(snapshot), IsEmpty()) << name;
    EXPECT_THAT(skipped(snapshot), IsEmpty()) << name;
    EXPECT_THAT(snapshot.notes, IsEmpty()) << name;
    ++listings;
  }
  EXPECT_GE(listings, 4);
}

INSTANTIATE_TEST_SUITE_P(Hosts, Walkthrough, testing::Values("win2000", "winxp"),
                         [](const auto& host) { return std::string(host.param); });

TEST(WalkthroughFport, NamesEveryOwnerOfWindows2000) {
  const Snapshot snapshot =
      read_inputs({{"n.txt", data("walkthroughs/win2000/00-default.netstat.txt")},
                   {"f.txt", data("walkthroughs/win2000/00-default.fport.txt")}});
  EXPECT_EQ(snapshot.endpoints.size(), 19U);
  for (const Endpoint& endpoint : snapshot.endpoints) {
    EXPECT_TRUE(endpoint.pid && !endpoint.process.empty()) << endpoint_text(endpoint);
    EXPECT_EQ(endpoint.sources.size(), 2U) << endpoint_text(endpoint);
    EXPECT_NE(endpoint.local.text(), "*");
  }
  EXPECT_EQ(snapshot.host.os, Os::win2000);
  EXPECT_THAT(unread(snapshot), IsEmpty());
  EXPECT_THAT(skipped(snapshot), IsEmpty());
  EXPECT_THAT(snapshot.notes, IsEmpty());
}

}  // namespace
}  // namespace deadlight::evidence::test
