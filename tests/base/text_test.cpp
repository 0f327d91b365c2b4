#include "base/text.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace deadlight {
namespace {

using Views = std::vector<std::string_view>;

TEST(Text, ComparesNamesWithoutCase) {
  EXPECT_TRUE(iequals("Dnscache", "DNSCACHE"));
  EXPECT_FALSE(iequals("Dnscache", "Dnscach"));
  EXPECT_TRUE(iless("alg.exe", "BITS"));
  EXPECT_FALSE(iless("BITS", "alg.exe"));
  EXPECT_FALSE(iless("RpcSs", "rpcss"));
  EXPECT_TRUE(istarts_with("HKLM\\System", "hklm\\"));
  EXPECT_FALSE(istarts_with("HK", "HKLM"));
  EXPECT_TRUE(icontains("C:\\WINNT\\system32", "\\winnt\\"));
  EXPECT_TRUE(icontains("x", ""));
  EXPECT_FALSE(icontains("", "x"));
  EXPECT_EQ(to_lower("SvcHost.EXE Ä"), "svchost.exe Ä");
}

TEST(Text, CutsTextIntoParts) {
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(trim(" \r\n"), "");
  EXPECT_EQ(split("a,,b,", ','), (Views{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), (Views{""}));
  EXPECT_EQ(words("  TCP\t0.0.0.0:135\r\n"), (Views{"TCP", "0.0.0.0:135"}));
  EXPECT_EQ(words(" \t"), Views{});
  EXPECT_EQ(join({"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(join({"", "", "c"}, ", "), ", , c");
  EXPECT_EQ(join({}, ", "), "");
}

TEST(Text, ReadsWholeNumbersOnly) {
  EXPECT_EQ(number<std::uint16_t>("65535"), 65535);
  EXPECT_FALSE(number<std::uint16_t>("65536"));
  EXPECT_FALSE(number<std::uint16_t>("-1"));
  EXPECT_FALSE(number<std::uint16_t>("+1"));
  EXPECT_FALSE(number<std::uint16_t>(" 1"));
  EXPECT_FALSE(number<std::uint16_t>("1x"));
  EXPECT_FALSE(number<std::uint16_t>(""));
}

}  // namespace
}  // namespace deadlight
