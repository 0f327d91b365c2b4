#include "model/os.h"

#include <gtest/gtest.h>

namespace deadlight {
namespace {

TEST(Os, EveryIdIsReadBack) {
  for (const Os os : all_os()) EXPECT_EQ(parse_os(os_id(os)), os);
  EXPECT_EQ(all_os().size(), 18U);
  EXPECT_FALSE(parse_os("win95"));
  EXPECT_FALSE(parse_os(""));
  EXPECT_EQ(os_title(Os::win2000), "Windows 2000");
}

TEST(Os, KnowsItsFamily) {
  EXPECT_TRUE(is_windows(Os::winnt4));
  EXPECT_FALSE(is_windows(Os::linux));
  EXPECT_FALSE(is_modern_windows(Os::win2003));
  EXPECT_TRUE(is_modern_windows(Os::vista));
  EXPECT_FALSE(is_modern_windows(Os::linux));
}

struct RangeCase {
  const char* range;
  Os os;
  bool contains;
};

const RangeCase kRanges[] = {
    {"win2000-winxp", Os::win2000, true},  {"win2000-winxp", Os::winxp, true},
    {"win2000-winxp", Os::win2003, false}, {"win2000-winxp", Os::winnt4, false},
    {"win2000", Os::win2000, true},        {"win2000", Os::winxp, false},
    {"vista-", Os::win2003, false},        {"vista-", Os::server2025, true},
    {"vista-", Os::linux, false},          {"-win2003", Os::winnt4, true},
    {"-win2003", Os::vista, false},        {"windows", Os::server2016, true},
    {"windows", Os::linux, false},         {"linux", Os::linux, true},
    {"win10", Os::server2019, true},       {"win7-win10", Os::server2022, true},
};

TEST(OsRange, ContainsBothEndsAndTheirServers) {
  for (const RangeCase& row : kRanges) {
    const auto range = parse_os_range(row.range);
    ASSERT_TRUE(range) << row.range;
    EXPECT_EQ(range->contains(row.os), row.contains) << row.range << " " << os_id(row.os);
  }
}

TEST(OsRange, NonsenseIsRefused) {
  for (const char* text : {"-", "", "win95", "winxp-win95"}) {
    EXPECT_FALSE(parse_os_range(text)) << text;
  }
}

}  // namespace
}  // namespace deadlight
