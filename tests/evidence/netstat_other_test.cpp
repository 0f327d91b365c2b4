#include <gmock/gmock.h>

#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

TEST(NetstatOther, EachIsRefusedOnceByName) {
  const Snapshot snapshot = read_text(data("evidence/netstat-other.debian12.txt"));
  EXPECT_EQ(snapshot.endpoints.size(), 7U) << "those of ss -4ltn, which stands last";
  EXPECT_THAT(unread(snapshot), testing::UnorderedElementsAre(
                                    testing::HasSubstr("a routing table (netstat -r): no ports"),
                                    testing::HasSubstr("statistics (netstat -s): no ports"),
                                    testing::HasSubstr("a table of network adapters (netstat -i"),
                                    testing::HasSubstr("a summary (ss -s): no ports in it")));
  EXPECT_THAT(skipped(snapshot), IsEmpty());
}

TEST(NetstatOther, OfWindowsToo) {
  const Snapshot snapshot = read_text(
      "C:\\>netstat -r\n\n"
      "===========================================================================\n"
      "Interface List\n0x1 ........................... MS TCP Loopback interface\n"
      "===========================================================================\n"
      "Active Routes:\n"
      "Network Destination        Netmask          Gateway       Interface  Metric\n"
      "          0.0.0.0          0.0.0.0         10.0.0.1        10.0.0.3       20\n"
      "===========================================================================\n"
      "Persistent Routes:\n  None\n\n"
      "C:\\>netstat -an\nTCP 0.0.0.0:135 0.0.0.0:0 LISTENING\n");
  EXPECT_THAT(rows(snapshot), ElementsAre("tcp 0.0.0.0:135 listening"));
  EXPECT_THAT(unread(snapshot), ElementsAre(StartsWith("4: a routing table (netstat -r)")));
}

TEST(NetstatOther, AloneItIsRefusedWithItsName) {
  const auto refused =
      read(std::vector<Input>{{"r.txt", "Kernel IP routing table\nDestination     Gateway\n"}},
           Os::unknown, {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message,
              StartsWith("r.txt:1: a routing table (netstat -r): no ports"));
}

}  // namespace
}  // namespace deadlight::evidence::test
