#include "evidence/markup.h"

#include <gtest/gtest.h>

namespace deadlight::evidence {
namespace {

struct MarkupCase {
  const char* name;
  const char* text;
  const char* plain;  ///< '/' stands for a soft break
};

const MarkupCase kMarkupCases[] = {
    {"Break", "a<br>b<BR />c", "a/b/c"},
    {"BreakAtALineEndIsOne", "a<br>\nb", "a\nb"},
    {"TagsThatOnlyDress", "<b>a</b><font color=red>b</font>", "ab"},
    {"Cells", "<tr><td>a</td><td>b</td></tr><tr><td>c</td></tr>", "a  b/c"},
    {"CellsOnLinesOfTheirOwn", "<tr>\n<td>a</td>\n<td>\n b\n</td>\n</tr>\nx", "a   b\n\n\n\n\n\nx"},
    {"TextInATableKeepsItsLines", "<tr><td>a\nb\nc</td></tr>", "a\nb\nc"},
    {"Entities", "a&nbsp;&lt;b&gt;&amp;&#65;", "a <b>&A"},
    {"UnknownEntityStays", "a&foo;b&c", "a&foo;b&c"},
    {"ScriptIsHidden", "a<script>x <br> y</script>b", "ab"},
    {"LinesOfWhatIsHiddenCount", "a<!-- x\ny -->b", "a\nb"},
    {"AngleBracketsOfNamesStay", "GARGAN <20> <unknown>", "GARGAN <20> <unknown>"},
    {"BoardCode", "[code]a[/code][b]b[/b]", "a/b"},
    {"ProgramNamesStay", "[svchost.exe] [System]", "[svchost.exe] [System]"},
    {"AddressesStay", "[::]:135 [fe80::1%12]:546", "[::]:135 [fe80::1%12]:546"},
    {"UnclosedTag", "a <br", "a <br"},
};

TEST(Markup, IsTakenAwayAsABrowserWould) {
  for (const MarkupCase& row : kMarkupCases) {
    std::string plain = without_markup(row.text);
    for (char& c : plain) c = c == kSoftBreak ? '/' : c;
    EXPECT_EQ(plain, row.plain) << row.name;
  }
}

TEST(Markup, IsLookedForBeforeTextIsCopied) {
  EXPECT_TRUE(has_markup("a<br>"));
  EXPECT_TRUE(has_markup("[code]a"));
  EXPECT_TRUE(has_markup("a&nbsp;b"));
  EXPECT_FALSE(has_markup("TCP [::]:135 [::]:0 LISTENING <none>"));
}

TEST(Markup, TablesOfPipesAreTold) {
  EXPECT_TRUE(is_pipe_row("| TCP | 0.0.0.0:135 |"));
  EXPECT_TRUE(is_pipe_row("TCP | 0.0.0.0:135 | 0.0.0.0:0 | LISTENING"));
  EXPECT_FALSE(is_pipe_row("| msrpc-enum:"));
  EXPECT_FALSE(is_pipe_row("netstat -ano | find \"135\""));
}

}  // namespace
}  // namespace deadlight::evidence
