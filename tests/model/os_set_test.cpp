#include "model/os_set.h"

#include <gtest/gtest.h>

namespace deadlight {
namespace {

TEST(OsSet, OfARangeHoldsWhatTheRangeContains) {
  for (const char* text : {"win2000-winxp", "vista-", "-win2003", "win8", "windows", "linux"}) {
    const OsRange range = *parse_os_range(text);
    const OsSet set = OsSet::of(range);
    for (const Os os : all_os()) EXPECT_EQ(set.has(os), range.contains(os)) << text << os_id(os);
  }
  EXPECT_TRUE(OsSet::of(OsRange{}).empty());
  EXPECT_EQ(OsSet::of(OsRange{Os::winnt4, Os::server2025}).size() + 1, OsSet::all().size());
}

TEST(OsSet, EverySystemOfWindowsIsForClientsOrServers) {
  for (const Os os : all_os()) {
    EXPECT_EQ(kServerSystems.has(os) || kClientSystems.has(os), is_windows(os)) << os_id(os);
  }
  EXPECT_EQ(kServerSystems & kClientSystems, OsSet::of(Os::winnt4, Os::win2000));
}

}  // namespace
}  // namespace deadlight
