#include "report/table.h"

#include <gtest/gtest.h>

#include "base/text_width.h"
#include "report/page.h"
#include "report/samples.h"

namespace deadlight::report {
namespace {

using Lines = std::vector<std::string>;

TEST(Printable, EscapesOfForeignNamesDoNotReachTheTerminal) {
  EXPECT_EQ(printable("evil\x1b[2J\x07.exe"), "evil?[2J?.exe");
  EXPECT_EQ(printable("csi \xc2\x9b"
                      "31m"),
            "csi ?31m");
  EXPECT_EQ(printable("exe.\xe2\x80\xae"
                      "txt"),
            "exe.?txt");
}

TEST(Printable, BrokenUtf8BecomesQuestionMarks) {
  EXPECT_EQ(printable("a\xff\xc3"), "a??");
  EXPECT_EQ(printable("\xc0\xaf"), "??");
  EXPECT_EQ(printable("\xed\xa0\x80"), "?");
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "????");
  EXPECT_EQ(printable("Büro 端口"), "Büro 端口");
}

TEST(Columns, CountsCharactersNotBytes) {
  EXPECT_EQ(columns_in("Büro"), 4);
  EXPECT_EQ(columns_in("端口"), 4);
  EXPECT_EQ(columns_in("e\xcc\x81"), 1);
}

TEST(Wrap, BreaksAtBlanks) {
  EXPECT_EQ(wrap("one two  three", 7), (Lines{"one two", "three"}));
  EXPECT_EQ(wrap("", 7), Lines{""});
}

TEST(Wrap, LongWordBreaksAfterASeparator) {
  EXPECT_EQ(wrap("HKLM\\SYSTEM\\Services", 14), (Lines{"HKLM\\SYSTEM\\", "Services"}));
  EXPECT_EQ(wrap("aaaaaaaaaa", 4), (Lines{"aaaa", "aaaa", "aa"}));
}

TEST(Wrap, WideCharacterInOneColumnStillMovesOn) {
  EXPECT_EQ(wrap("端口", 1), (Lines{"端", "口"}));
  EXPECT_EQ(wrap("ab", -3), (Lines{"a", "b"}));
}

TEST(WrapList, ItemsStayWhole) {
  EXPECT_EQ(wrap_list({"tcp 0.0.0.0:135", "udp 0.0.0.0:135"}, 20),
            (Lines{"tcp 0.0.0.0:135,", "udp 0.0.0.0:135"}));
}

TEST(Table, WidestColumnShrinksAndWraps) {
  Table table({{"A"}, {"TEXT", 6}}, 2);
  table.row({{"1"}, {"some longer text"}});
  EXPECT_EQ(table.render(style_of(16)),
            "  A  TEXT\n"
            "  1  some longer\n"
            "     text\n");
}

TEST(Table, ColourIsOnlyAddedWhereWanted) {
  Table table({{"A"}});
  table.row({{"red", Colour::red}});
  Style style = style_of(80);
  EXPECT_EQ(table.render(style), "A\nred\n");
  style.colour = true;
  EXPECT_EQ(table.render(style), "\x1b[1mA\x1b[0m\n\x1b[31mred\x1b[0m\n");
}

TEST(Compact, KeepsEveryEndpoint) {
  EXPECT_EQ(compact({"tcp 0.0.0.0:135", "tcp 0.0.0.0:445", "tcp [::]:135", "udp 0.0.0.0:135"}),
            (Lines{"tcp 0.0.0.0: 135 445", "tcp [::]: 135", "udp 0.0.0.0: 135"}));
}

}  // namespace
}  // namespace deadlight::report
