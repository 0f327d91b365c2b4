#include "evidence/support.h"

namespace deadlight::evidence::test {
namespace {

const std::string kRow = "TCP 0.0.0.0:1 0.0.0.0:0 LISTENING 4\n";

struct AroundCase {
  const char* name;
  std::string text;
  std::vector<std::string> unread;
  std::vector<std::string> skipped;
};

const AroundCase kAround[] = {
    {"SentenceAfterTable", kRow + "This is the end of the listing.\n", {}, {"2-2"}},
    {"FragmentAfterTable", kRow + "0.0.0\n", {"2: not a row of this listing"}, {}},
    {"TwoFragmentsAfterTable",
     kRow + "0.0.0\nLISTENING 44\n",
     {"2: not a row of this listing", "3: not a row of this listing"},
     {}},
    {"FragmentBeforeTable", "wibble\n" + kRow, {"1: not a row of this listing"}, {}},
    {"TitleBeforeTable", "--[ Windows XP ]--\n" + kRow, {}, {"1-1"}},
    {"TextFarFromTable", "wibble\n\n" + kRow + "\nwobble\n", {}, {"1-1", "5-5"}},
    {"ParagraphsAreOneRange", kRow + "\nOne.\n\nTwo.\nThree.\n", {}, {"3-6"}},
    {"EvenASentenceInsideATable",
     kRow + "This sentence stands between two rows.\n" + kRow,
     {"2: not a row of this listing"},
     {}},
    {"DamagedRowFarFromTable",
     kRow + "\ntcp 10.0.0.3:80 is what it said\n",
     {"3: 'is' has no port"},
     {}},
    {"DrawnLine", kRow + "-----------\n", {}, {"2-2"}},
    {"OtherCommand", kRow + "C:\\>ipconfig\n", {}, {"2-2"}},
    {"PortsInASentence",
     kRow + "\nIt uses UDP ports 137, 138 and TCP port 139 on *:* too.\n",
     {},
     {"3-3"}},
};

TEST(Unread, TextAroundATableIsAccountedFor) {
  for (const AroundCase& row : kAround) {
    const Snapshot snapshot = read_text(row.text);
    EXPECT_EQ(unread(snapshot), row.unread) << row.name;
    EXPECT_EQ(skipped(snapshot), row.skipped) << row.name;
  }
}

}  // namespace
}  // namespace deadlight::evidence::test
