// Input that no friend wrote, and input at the limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "knowledge/folder.h"
#include "knowledge/loader.h"

namespace deadlight::knowledge {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kOneCapability = "[[capability]]\nid = 'a'\ntitle = 'A'\n";

TEST(LoaderHostile, AnEmptyFileHasNoRows) {
  for (const std::string_view text : {"", "\n\n", "# only a comment", "\xef\xbb\xbf"}) {
    EXPECT_EQ(complaint(text), "no error") << text;
  }
}

TEST(LoaderHostile, InvalidUtf8IsNamedWithItsLine) {
  EXPECT_THAT(complaint("[[capability]]\nid = '\xff\xfe'\n"),
              StartsWith("x.toml:2: no valid TOML"));
}

TEST(LoaderHostile, NulBytesAreRefused) {
  EXPECT_THAT(complaint(std::string("id = 'a'\n\0\n", 11)), StartsWith("x.toml:2: no valid TOML"));
}

TEST(LoaderHostile, NestingIsBounded) {
  constexpr int kMany = 200000;
  std::string dotted = "a";
  for (int i = 0; i < kMany; ++i) dotted += ".a";
  EXPECT_EQ(complaint("\n" + dotted + " = 1"), "x.toml:2: a key has more than 16 dots");
  EXPECT_EQ(complaint("[" + dotted + "]"), "x.toml:1: a key has more than 16 dots");
  EXPECT_EQ(complaint("x = {" + dotted + " = 1}"), "x.toml:1: a key has more than 16 dots");
  std::string quoted = "\"a\"";
  for (int i = 0; i < kMany; ++i) quoted += ". 'a'";
  EXPECT_EQ(complaint(quoted + " = 1"), "x.toml:1: a key has more than 16 dots");
  EXPECT_THAT(complaint("a = " + std::string(kMany, '[')), StartsWith("x.toml:1: no valid TOML"));
  std::string tables;
  for (int i = 0; i < kMany; ++i) tables += "{a=";
  EXPECT_THAT(complaint("a = " + tables), StartsWith("x.toml:1: no valid TOML"));
}

TEST(LoaderHostile, HeadingsWithoutAKeyAreRefused) {
  for (const std::string_view text : {"[[[1]]]", "[[)\"\x02", "[[=", "[[", "[", "[[\n", "[[]]"}) {
    EXPECT_THAT(complaint(text), StartsWith("x.toml:")) << text;
  }
}

TEST(LoaderHostile, NothingHidesADeepKeyBehindQuotes) {
  std::string dotted = "a";
  for (int i = 0; i < 1000; ++i) dotted += ".a";
  const std::string deep = "{" + dotted + " = 1}";
  for (const std::string& text :
       {"x = ['', " + deep + "]", "x = [\"\\\"\", " + deep + "]",
        "x = [\"\"\"b\"\"\"\", " + deep + "]", "x = ['''b''''', " + deep + "]",
        "x = [\"\"\"\"\"\", " + deep + "]"}) {
    EXPECT_EQ(complaint(text), "x.toml:1: a key has more than 16 dots") << text.substr(0, 20);
  }
}

TEST(LoaderHostile, MessagesStayOnOneLine) {
  EXPECT_EQ(complaint("\"a\\n\\u001bb\" = 1"),
            "x.toml:1: unknown key 'a??b' in the top of the file; known are source, capability, "
            "service, group, feature, closer, port, role, rpc_interface, netbios_suffix, "
            "smb_transport, os_sign");
  EXPECT_THAT(complaint("a = n\nec = 1"), StartsWith("x.toml:1: no valid TOML"));
}

TEST(LoaderHostile, CharactersOutsideAsciiNeedQuotes) {
  const std::string row = "[[capability]]\nid = 'a'\n";
  const std::string bare = "a character outside ASCII stands outside quotes; quote the text";
  EXPECT_EQ(complaint(row + "title = “A”"), "x.toml:3: " + bare) << "quotes of a word processor";
  EXPECT_EQ(complaint(row + "\ufcffitle = 'A'"), "x.toml:3: " + bare);
  EXPECT_EQ(complaint(row + "title = \"\\é\""),
            "x.toml:3: a backslash stands before a character outside ASCII; write two");
  EXPECT_EQ(complaint(row + "title = \"\"\"a \\\n  é\"\"\""),
            "x.toml:3: a line after '\\' begins with a character outside ASCII; let it begin with "
            "another word");
  EXPECT_EQ(complaint(row + "title = 33&3 \"é\""),
            "x.toml:3: a quote stands where no text can begin");
  EXPECT_EQ(complaint(row + "\"title\" = 'A' \"é\""),
            "x.toml:3: a quote stands where no text can begin");
  EXPECT_EQ(complaint("\xef\xbb\xbf# Überall\n" + row + "title = \"\"\"é\né \\\n e\"\"\""),
            "no error");
}

TEST(LoaderHostile, DotsInTextsAreNoKeys) {
  const std::string dots(100, '.');
  const std::string text = "# " + dots + "\n[[capability]]\nid = 'a' # \" " + dots +
                           "\ntitle = \"\"\"\n\\\"\"\" \"" + dots + "'\n" + dots + "\"\"\"\n" +
                           "[[capability]]\nid = '''b\"" + "'''\ntitle = 'x \\' # '" + dots;
  EXPECT_EQ(complaint(text), "no error");
}

TEST(LoaderHostile, AnUnclosedTextDoesNotHideADeepKey) {
  std::string dotted = "a";
  for (int i = 0; i < 1000; ++i) dotted += ".a";
  EXPECT_EQ(complaint("x = 'open\n" + dotted + " = 1"), "x.toml:2: a key has more than 16 dots");
}

TEST(LoaderLimit, ATextIsAtMostWhatACompilerTakes) {
  const std::string row = "[[capability]]\nid = 'a'\ntitle = '";
  EXPECT_EQ(complaint(row + std::string(65535, 'x') + "'"), "no error");
  EXPECT_EQ(complaint(row + std::string(65536, 'x') + "'"),
            "x.toml:3: 'title' in [[capability]] is longer than 65,535 bytes");
}

TEST(LoaderLimit, BytesOfAllFilesTogether) {
  const Folder folder;
  folder.write("a.toml", kOneCapability);
  folder.write("b.toml", "");
  std::filesystem::resize_file(folder.path() / "b.toml", 64 * 1024 * 1024);
  const Result<Loaded> loaded = load(folder.path(), Knowledge{});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Errc::limit);
  EXPECT_THAT(loaded.error().message, HasSubstr("b.toml"));
}

TEST(LoaderLimit, FilesAndDepthOfFolders) {
  const Folder many;
  for (int i = 0; i <= 4096; ++i) many.write(std::to_string(i) + ".toml", "");
  const Result<Loaded> loaded = load(many.path(), Knowledge{});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Errc::limit);
  EXPECT_THAT(loaded.error().message,
              EndsWith("more than 4096 .toml files; is it the right folder?"));

  const Folder deep;
  std::string path;
  for (int i = 0; i < 17; ++i) path += "d/";
  deep.write(path + "x.toml", kOneCapability);
  const Result<Loaded> nested = load(deep.path(), Knowledge{});
  ASSERT_FALSE(nested);
  EXPECT_EQ(nested.error().code, Errc::limit);
  EXPECT_THAT(nested.error().message, HasSubstr("nested deeper than 16"));
}

}  // namespace
}  // namespace deadlight::knowledge
