#include "base/pattern.h"

#include <gtest/gtest.h>

namespace deadlight {
namespace {

TEST(Pattern, FindsWithoutDifferenceOfCase) {
  const auto pattern = Pattern::compile("^\\s*ListenAddress\\s");
  ASSERT_TRUE(pattern) << pattern.error().message;
  EXPECT_TRUE(pattern->matches("  listenaddress 0.0.0.0"));
  EXPECT_FALSE(pattern->matches("#ListenAddress 0.0.0.0"));
}

TEST(Pattern, ReplacesWithWhatTheGroupsMatched) {
  const auto pattern = Pattern::compile("^(\\s*listen\\s+)(?:\\*:)?(\\d+)");
  ASSERT_TRUE(pattern) << pattern.error().message;
  // A group's digit is one: what follows it may be a digit as well.
  EXPECT_EQ(pattern->replace("  listen *:80 default_server;", "$1127.0.0.1:$2"),
            "  listen 127.0.0.1:80 default_server;");
  EXPECT_EQ(pattern->replace("  listen unix:/run/x;", "$1"), std::nullopt);
}

TEST(Pattern, AGroupThatMatchedNothingIsEmpty) {
  const auto pattern = Pattern::compile("^(a)?b");
  ASSERT_TRUE(pattern) << pattern.error().message;
  EXPECT_EQ(pattern->replace("bc", "<$1$2>$"), "<>$c");
}

TEST(Pattern, SaysWhatIsNone) {
  const auto broken = Pattern::compile("(");
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, Errc::malformed);
  EXPECT_EQ(broken.error().message.rfind("'(' is no regular expression: ", 0), 0U);
  EXPECT_FALSE(Pattern::compile(""));
  EXPECT_FALSE(Pattern::compile(std::string(513, 'a')));
}

TEST(Pattern, LongLinesNeverMatch) {
  const auto pattern = Pattern::compile("^(.*)x");
  ASSERT_TRUE(pattern) << pattern.error().message;
  EXPECT_TRUE(pattern->matches(std::string(2047, 'a') + "x"));
  EXPECT_FALSE(pattern->matches(std::string(2048, 'a') + "x"));
  EXPECT_EQ(pattern->replace(std::string(1'000'000, 'a') + "x", ""), std::nullopt);
}

}  // namespace
}  // namespace deadlight
