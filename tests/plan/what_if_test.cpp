#include <gmock/gmock.h>

#include "plan/plan.h"
#include "support/hosts.h"

namespace deadlight {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Result<WhatIf> try_on(const Snapshot& host, const std::vector<std::string>& changes) {
  return what_if(test::expose_as(host, "closed"), changes, knowledge::builtin());
}

TEST(WhatIf, StoppingIisAdminTakesItsDependentsAlong) {
  const Result<WhatIf> result = try_on(test::win2000_with_fport(), {"disable:iisadmin"});
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_GE(result->also_stops.size(), 3u);
  EXPECT_EQ(result->also_stops[0], "SMTPSVC");
  EXPECT_EQ(result->also_stops[1], "W3SVC");
  // Nothing shows whether the FTP server is there.
  EXPECT_THAT(result->also_stops, Contains("MSFTPSVC (if running)"));
  EXPECT_THAT(result->closes,
              ElementsAre("tcp 0.0.0.0:25", "tcp 0.0.0.0:80", "tcp 0.0.0.0:443", "tcp 0.0.0.0:1027",
                          "tcp 0.0.0.0:4983", "udp 0.0.0.0:1028", "udp 0.0.0.0:3456"));
  EXPECT_FALSE(result->reboot);
}

// UDP 135 is open as long as any RPC server listens on UDP.
TEST(WhatIf, SharedHolderStaysUntilTheLastLetsGo) {
  const auto one = try_on(test::win2000_with_fport(), {"disable:iisadmin"});
  ASSERT_TRUE(one);
  EXPECT_THAT(one->open_after, Contains("udp 0.0.0.0:135"));
  const auto both = try_on(test::win2000_with_fport(), {"disable:iisadmin", "disable:messenger"});
  ASSERT_TRUE(both);
  EXPECT_THAT(both->open_after, Not(Contains("udp 0.0.0.0:135")));
  EXPECT_THAT(both->open_at_once, Contains("udp 0.0.0.0:135"));
  EXPECT_TRUE(both->reboot);
}

TEST(WhatIf, StopIsNotDisable) {
  const auto stopped = try_on(test::win2000_with_fport(), {"stop:msdtc", "disable:messenger"});
  ASSERT_TRUE(stopped);
  EXPECT_THAT(stopped->open_at_once, Not(Contains("tcp 0.0.0.0:3372")));
  EXPECT_THAT(stopped->open_after, Contains("tcp 0.0.0.0:3372"));
  EXPECT_THAT(stopped->warnings, Contains(HasSubstr("back after a reboot")));
}

TEST(WhatIf, DcomWithoutTcpLeaves135ToTheRpcServers) {
  const auto result = try_on(test::winxp(), {"dcom_protocols_no_tcp"});
  ASSERT_TRUE(result);
  EXPECT_THAT(result->open_after, Contains("tcp 0.0.0.0:135"));
}

TEST(WhatIf, EnableDcomClosesNothing) {
  const auto result = try_on(test::winxp(), {"dcom_disable"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->open_after, result->open_before);
  EXPECT_THAT(result->warnings, Contains(HasSubstr("135")));
}

TEST(WhatIf, InterfaceRestrictionMovesRpcServersToLoopback) {
  const auto result = try_on(test::win2000_with_fport(), {"rpc_linkage_bind"});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(result->open_after, Contains("tcp 127.0.0.1:1026"));
  EXPECT_THAT(result->open_after, Not(Contains("tcp 0.0.0.0:1026")));
  EXPECT_THAT(result->open_after, Contains("udp 0.0.0.0:1029"));
  EXPECT_THAT(result->open_after, Contains("tcp 0.0.0.0:135"));
}

struct RefusalCase {
  const char* request;
  Errc code;
  const char* says;
};

TEST(WhatIf, RefusesAndSaysWhy) {
  const RefusalCase cases[] = {
      {"disable:RpcSs", Errc::refused, "RpcSs is never switched off"},
      {"stop:rpcss", Errc::refused, "RpcSs is never switched off"},
      {"rpcss_disable_DO_NOT", Errc::refused, "refused"},
      {"wininit_rpc_fw", Errc::unsupported, "not for Windows XP"},
      {"disable:mesenger", Errc::not_found, "Messenger"},
      {"disable:", Errc::malformed, "disable:SERVICE"},
      {"close-everything", Errc::not_found, "a closer's id"},
      {"", Errc::not_found, "disable:SERVICE"},
  };
  for (const RefusalCase& one : cases) {
    const auto result = try_on(test::winxp(), {one.request});
    ASSERT_FALSE(result) << one.request;
    EXPECT_EQ(result.error().code, one.code) << one.request;
    EXPECT_THAT(result.error().message, HasSubstr(one.says)) << one.request;
  }
}

TEST(WhatIf, SuggestionsAreOfThisSystem) {
  const auto net_stop = try_on(test::winxp(), {"net stop messenger"});
  ASSERT_FALSE(net_stop);
  EXPECT_THAT(net_stop.error().message, HasSubstr("disable:Messenger"));
  EXPECT_THAT(net_stop.error().message, Not(HasSubstr(".service")));
  const auto empty = try_on(test::winxp(), {""});
  ASSERT_FALSE(empty);
  EXPECT_THAT(empty.error().message, Not(HasSubstr("near it")));
}

TEST(WhatIf, NothingAskedChangesNothing) {
  const auto result = try_on(test::winxp(), {});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->open_after, result->open_before);
  EXPECT_THAT(result->closes, IsEmpty());
}

}  // namespace
}  // namespace deadlight
