#include "execute/linux/config_text.h"

#include <gtest/gtest.h>

namespace deadlight::execute {
namespace {

Pattern pattern(std::string_view text) {
  auto compiled = Pattern::compile(text);
  if (!compiled) throw std::runtime_error(compiled.error().message);
  return *compiled;
}

struct ReplaceCase {
  const char* name;
  const char* line;
  const char* with;
  bool continued;
  const char* text;
  const char* expected;
  std::size_t lines;
};

const ReplaceCase kReplaceCases[] = {
    {"TheFirstIsReplacedTheRestGoes", "^bind\\s", "bind 127.0.0.1", false,
     "# bind 1.2.3.4\nbind 0.0.0.0\nport 6379\nbind ::\n",
     "# bind 1.2.3.4\nbind 127.0.0.1\nport 6379\n# bind ::\n", 2},
    {"EachIsRewrittenWhereItTakesPartsOver", "^(listen\\s+)(\\d+)$", "$1lo:$2", false,
     "listen 80\nlisten unix:/x\nlisten 443", "listen lo:80\nlisten unix:/x\nlisten lo:443", 2},
    {"AllBecomeCommentsWhereNothingIsWritten", "^a\\s", "", false, "a 1\nb 2\na 3",
     "# a 1\nb 2\n# a 3", 2},
    {"LinesThatGoOnGoWithIt", "^inet_interfaces\\s*=", "inet_interfaces = loopback-only", true,
     "inet_interfaces = all,\n  localhost\n# note\n\tmore\nmydomain = x\n  y\n",
     "inet_interfaces = loopback-only\n#  localhost\n# note\n#\tmore\nmydomain = x\n  y\n", 1},
    {"NothingMatches", "^a\\s", "b", false, "c\n", "c\n", 0},
    {"EmptyText", "^a", "b", false, "", "", 0},
    {"CarriageReturnsStay", "^a$", "b", false, "a\r\nc\r\n", "a\r\nc\r\n", 0},
};

class ReplaceLines : public testing::TestWithParam<ReplaceCase> {};

TEST_P(ReplaceLines, GivesTheText) {
  const ReplaceCase& row = GetParam();
  const EditedText edited = replace_lines(row.text, pattern(row.line), row.with, row.continued);
  EXPECT_EQ(edited.text, row.expected);
  EXPECT_EQ(edited.lines, row.lines);
}

INSTANTIATE_TEST_SUITE_P(Rows, ReplaceLines, testing::ValuesIn(kReplaceCases),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ConfigText, ALineIsAddedBehindTheLast) {
  EXPECT_EQ(with_line("", "a = 1"), "a = 1\n");
  EXPECT_EQ(with_line("x\n", "a = 1"), "x\na = 1\n");
  EXPECT_EQ(with_line("x", "a = 1"), "x\na = 1\n");
}

TEST(ConfigText, CommentsSetNothing) {
  const Pattern line = pattern("listen_addresses\\s*=");
  EXPECT_EQ(find_line("  # listen_addresses = '*'\n", line), std::nullopt);
  EXPECT_EQ(find_line("x\nlisten_addresses = '*' # all\n", line), 2U);
}

struct BlockCase {
  const char* name;
  const char* text;
  std::optional<std::size_t> expected;
};

const BlockCase kBlockCases[] = {
    {"EachSaysWhereItListens", "http {\n server {\n  listen 80;\n }\n}\n", std::nullopt},
    {"OneDoesNot", "http {\n server {\n  listen 80;\n }\n server {\n  root /x;\n }\n}\n", 5},
    {"BraceInALineOfItsOwn", "server\n{\n root /x;\n}\n", 2},
    {"InAComment", "server {\n # listen 80;\n}\n", 1},
    {"CommentedOutAsAWhole", "#server {\n#  root /x;\n#}\n", std::nullopt},
    {"OtherBlocksDoNotCount", "upstream x {\n server 127.0.0.1:1;\n}\nmap $a $b { default 1; }\n",
     std::nullopt},
    {"OnOneLine", "server { listen 80; }\nserver { root /x; }\n", 2},
    {"Unbalanced", "}\n}\nserver {\n", std::nullopt},
    {"InABlockOfIts", "server {\n location / {\n  listen 1;\n }\n}\n", std::nullopt},
};

class Blocks : public testing::TestWithParam<BlockCase> {};

TEST_P(Blocks, FindsTheOneWithoutTheLine) {
  EXPECT_EQ(find_block_without(GetParam().text, "server", pattern("\\blisten\\s")),
            GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Rows, Blocks, testing::ValuesIn(kBlockCases),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace deadlight::execute
