#include "evidence/csv.h"

#include <gmock/gmock.h>

namespace deadlight::evidence {
namespace {

using testing::ElementsAre;

TEST(Csv, CellsAreReadAsRfc4180WritesThem) {
  EXPECT_THAT(csv_cells(R"("System Idle Process","0","8 K")", ','),
              ElementsAre("System Idle Process", "0", "8 K"));
  EXPECT_THAT(csv_cells(R"("say ""hi"", twice",x,,)", ','),
              ElementsAre("say \"hi\", twice", "x", "", ""));
  EXPECT_THAT(csv_cells("a;\"b;c\"; d ", ';'), ElementsAre("a", "b;c", "d"));
  EXPECT_THAT(csv_cells("", ','), ElementsAre(""));
  EXPECT_THAT(csv_cells("\"\"", ','), ElementsAre(""));
  EXPECT_THAT(csv_cells("a\tb\r", '\t'), ElementsAre("a", "b"));
}

TEST(Csv, BadQuotesLoseNothing) {
  EXPECT_THAT(csv_cells(R"("open,cell)", ','), ElementsAre("open,cell"));
  EXPECT_THAT(csv_cells(R"("a"b,c)", ','), ElementsAre(R"("a"b)", "c"));
  EXPECT_THAT(csv_cells(R"(a"b,c)", ','), ElementsAre("a\"b", "c"));
  EXPECT_THAT(csv_cells("\"", ','), ElementsAre(""));
  EXPECT_THAT(csv_cells("\"a\" ", ','), ElementsAre("a"));
}

TEST(Csv, OpenRecordsAreKnown) {
  EXPECT_TRUE(csv_is_open(R"(1,"two lines)", ','));
  EXPECT_FALSE(csv_is_open(R"(1,"one ""line""",2)", ','));
  EXPECT_FALSE(csv_is_open(R"(1"2,3)", ',')) << "a quote inside of a cell opens nothing";
}

TEST(Csv, PastTheLimitTheLastCellHoldsTheRest) {
  const std::vector<std::string> cells = csv_cells(std::string(1'000'000, ','), ',');
  ASSERT_EQ(cells.size(), kCellsMax);
  EXPECT_EQ(cells.back().size(), 1'000'000 - kCellsMax + 1);
}

TEST(Csv, SeparatorAndColumnsComeFromTheHeader) {
  EXPECT_EQ(csv_separator("Name,PID"), ',');
  EXPECT_EQ(csv_separator(R"("a,b,c";"PID")"), ';');
  EXPECT_EQ(csv_separator("Name\tPID"), '\t');
  EXPECT_EQ(csv_separator("Name"), '\0');
  EXPECT_EQ(csv_column({"Name", "PID"}, "pid"), 1U);
  EXPECT_EQ(csv_column({"Name", "PID"}, "Id"), std::string::npos);
}

}  // namespace
}  // namespace deadlight::evidence
