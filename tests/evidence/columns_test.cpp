#include "evidence/columns.h"

#include <gtest/gtest.h>

#include <string>

namespace deadlight::evidence {
namespace {

TEST(Columns, RulerGivesCellsByPosition) {
  const std::string heading = "Image Name                PID Services";
  const auto columns = Columns::from_ruler("====================== ====== ========", 3);
  ASSERT_TRUE(columns);
  EXPECT_EQ(columns->size(), 3U);
  EXPECT_EQ(columns->find(heading, "image name"), 0U);
  EXPECT_EQ(columns->find(heading, "State"), std::string_view::npos);
  const std::string row = "System Idle Process         0 N/A  ";
  EXPECT_EQ(columns->cell(row, 0), "System Idle Process");
  EXPECT_EQ(columns->cell(row, 1), "0");
  EXPECT_EQ(columns->cell(row, 2), "N/A");
  EXPECT_EQ(columns->cell("smss.exe", 1), "") << "the line is too short";
  EXPECT_EQ(columns->cell(row, 7), "");
}

TEST(Columns, PositionsCountLettersNotBytes) {
  const auto columns = Columns::from_ruler("------ ---");
  ASSERT_TRUE(columns);
  EXPECT_EQ(columns->cell("Größe  4", 0), "Größe");
  EXPECT_EQ(columns->cell("Größe  4", 1), "4");
}

TEST(Columns, WideNumbersMoveToTheLeft) {
  const auto columns = Columns::from_ruler("------ --- ----");
  ASSERT_TRUE(columns);
  const std::string row = "ab 123456 xyz";
  EXPECT_EQ(columns->cell(row, 1, true), "123456");
  EXPECT_EQ(columns->cell(row, 0, true), "ab");
  EXPECT_EQ(columns->cell(row, 0), "ab 1234");
}

TEST(Columns, RowsThatStandUnderTheRulerAreAligned) {
  const auto columns = Columns::from_ruler("----    ----- --");
  ASSERT_TRUE(columns);
  EXPECT_FALSE(columns->may_be_collapsed());
  EXPECT_TRUE(columns->aligned("abc     12345  7")) << "the last one ends under its dashes";
  EXPECT_TRUE(columns->aligned("äöü     123"));
  EXPECT_TRUE(columns->aligned("abc 123456789 7")) << "a wide number moves to the left";
  EXPECT_TRUE(columns->aligned(""));
  EXPECT_FALSE(columns->aligned("abc    12 7"));
  EXPECT_TRUE(Columns::from_ruler("---- ----- --")->may_be_collapsed());
}

TEST(Columns, OnlyDashesAreARuler) {
  EXPECT_FALSE(Columns::from_ruler("---- text"));
  EXPECT_FALSE(Columns::from_ruler("---- ===="));
  EXPECT_FALSE(Columns::from_ruler(""));
  EXPECT_FALSE(Columns::from_ruler("   "));
  EXPECT_FALSE(Columns::from_ruler("----", 2));
  EXPECT_TRUE(Columns::from_ruler("---- ----\r", 2));
}

TEST(Columns, HeadingsNeedTwoBlanksOrATab) {
  const auto columns = Columns::from_heading("Local Address    State  PID");
  ASSERT_TRUE(columns);
  EXPECT_EQ(columns->size(), 3U);
  EXPECT_EQ(columns->cell("0.0.0.0:135      LISTEN 884", 1), "LISTEN");
  EXPECT_FALSE(Columns::from_heading("Local Address State"));
  EXPECT_FALSE(Columns::from_heading(""));
}

TEST(Columns, TabsSeparateWhereTheHeadingHasThem) {
  const auto columns = Columns::from_heading("Name\tDisplay Name\tState");
  ASSERT_TRUE(columns);
  EXPECT_EQ(columns->cell("a long name of a service\tX Y\tRunning", 0), "a long name of a service");
  EXPECT_EQ(columns->cell("a long name of a service\tX Y\tRunning", 1), "X Y");
  EXPECT_EQ(columns->cell("a\t\tRunning", 2), "Running");
  EXPECT_EQ(columns->cell("a\t", 2), "");
}

TEST(Columns, PastTheLimitTheLastColumnHoldsTheRest) {
  std::string ruler;
  for (int i = 0; i < 500'000; ++i) ruler += "- ";
  const auto columns = Columns::from_ruler(ruler);
  ASSERT_TRUE(columns);
  EXPECT_EQ(columns->size(), kColumnsMax);
  EXPECT_EQ(columns->cell(ruler, kColumnsMax - 1).size(), 999'999 - 2 * (kColumnsMax - 1));
}

TEST(KeyValue, KeyEndsAtTheFirstSeparator) {
  const auto field = key_value("  Local Address   : 10.0.0.1:80 \r");
  ASSERT_TRUE(field);
  EXPECT_EQ(field->key, "Local Address");
  EXPECT_EQ(field->value, "10.0.0.1:80");
  EXPECT_EQ(key_value("Id=ssh.service", '=')->value, "ssh.service");
  EXPECT_EQ(key_value("State :")->value, "");
  EXPECT_FALSE(key_value("no separator"));
  EXPECT_FALSE(key_value(" : value"));
  EXPECT_FALSE(key_value(std::string(65, 'k') + ": value"));
}

}  // namespace
}  // namespace deadlight::evidence
