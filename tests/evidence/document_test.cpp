#include "evidence/document.h"

#include <gtest/gtest.h>

#include "evidence/limits.h"
#include "evidence/reading.h"

namespace deadlight::evidence {
namespace {

using namespace std::string_literals;

std::vector<std::string> lines(const std::string& bytes) {
  const auto document = Document::decode("a", bytes);
  EXPECT_TRUE(document);
  std::vector<std::string> out;
  for (std::size_t i = 0; i < document->line_count(); ++i) out.emplace_back(document->line(i));
  return out;
}

struct BytesCase {
  const char* name;
  std::string bytes;
  std::vector<std::string> lines;
};

const BytesCase kTexts[] = {
    {"Plain", "a\nb\n", {"a", "b"}},
    {"NoLastLineEnd", "a\nb", {"a", "b"}},
    {"Crlf", "a\r\nb\r\n", {"a", "b"}},
    {"CrCrlf", "a\r\r\nb", {"a", "b"}},
    {"EmptyLines", "\n\na\n", {"", "", "a"}},
    {"Nothing", "", {}},
    {"Utf8Mark",
     "\xEF\xBB\xBF"
     "a",
     {"a"}},
    {"Utf8", "ü€😀", {"ü€😀"}},
    {"Utf16Little",
     "\xFF\xFE"
     "a\0\xFC\0\r\0\n\0=\xD8\0\xDE"s,
     {"aü", "😀"}},
    {"Utf16Big",
     "\xFE\xFF"
     "\0a\0\r\0\n\0b"s,
     {"a", "b"}},
    {"Utf16WithoutMark", "T\0C\0P\0\n\0x\0"s, {"TCP", "x"}},
    {"Utf16OddByte",
     "\xFF\xFE"
     "a\0b"s,
     {"a\uFFFD"}},
    {"Utf16LoneSurrogate",
     "\xFF\xFE"
     "\x00\xD8"
     "a\0"s,
     {"\uFFFD"
      "a"}},
    {"CodePage1252", "Ger\xE4t", {"Gerät"}},
    {"CodePage850", "ABH\x99REN", {"ABHÖREN"}},
    {"CrAlone", "a\rb", {"a", "b"}},
    {"NulBytes",
     "a\0b"s,
     {"a\uFFFD"
      "b"}},
    {"NoBreakSpace",
     "a\xC2\xA0"
     "b",
     {"a b"}},
    {"OverlongUtf8", "üü\xC0\xAF", {"üü\uFFFD\uFFFD"}},
    {"SurrogateInUtf8", "üüü\xED\xA0\x80", {"üüü\uFFFD\uFFFD\uFFFD"}},
    {"TruncatedUtf8", "üüa\xE2\x82", {"üüa\uFFFD\uFFFD"}},
};

TEST(Document, TextIsDecodedIntoLines) {
  for (const BytesCase& row : kTexts) EXPECT_EQ(lines(row.bytes), row.lines) << row.name;
}

TEST(Document, TooManyBytesAreRefused) {
  const auto document = Document::decode("big.txt", std::string(kInputBytesMax + 1, ' '));
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, Errc::limit);
  EXPECT_EQ(document.error().message, "big.txt: larger than 268435456 bytes; give a smaller file");
}

TEST(Document, TooManyLinesAreRefused) {
  EXPECT_EQ(Document::decode("a", std::string(kLinesMax, '\n'))->line_count(), kLinesMax);
  const auto document = Document::decode("long.txt", std::string(kLinesMax + 1, '\n'));
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().message, "long.txt: more than 16777216 lines; give a smaller file");
}

TEST(Shown, CutsBetweenLetters) {
  EXPECT_EQ(shown("short"), "short");
  EXPECT_EQ(shown(std::string(59, 'a') + "üü"), std::string(59, 'a') + "…");
}

TEST(Document, AddressesAndRulersBehindAMarkStay) {
  const auto document = Document::decode("a", ">> ---- --\n>> ::   80\n>> ::1  81\n");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->line(0), "   ---- --");
  EXPECT_EQ(document->line(1), "   ::   80");
  EXPECT_EQ(document->line(2), "   ::1  81");
  const auto bare = Document::decode("a", "::   80\n::   81\n::1 82\n:: note\n");
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->line(0), "::   80");
  EXPECT_EQ(bare->line(2), "::1 82");
}

}  // namespace
}  // namespace deadlight::evidence
