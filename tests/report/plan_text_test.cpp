#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/report.h"
#include "report/samples.h"

namespace deadlight::report {
namespace {

using testing::HasSubstr;

TEST(PlanText, At80Columns) {
  const std::string text = plan_text(sample_plan(), style_of(80));
  expect_fits(text, 80);
  expect_file("plan-80.txt", text);
}

TEST(PlanText, At200Columns) {
  const std::string text = plan_text(sample_plan(), style_of(200));
  expect_fits(text, 200);
  expect_file("plan-200.txt", text);
}

TEST(PlanText, EmptyPlanSaysWhy) {
  Plan plan;
  plan.host.os = Os::linux;
  plan.role.id = "workstation";
  EXPECT_THAT(plan_text(plan, style_of(80)), HasSubstr("Nothing to change: nothing is open."));
  plan.open_before = {"tcp 0.0.0.0:22"};
  EXPECT_THAT(plan_text(plan, style_of(80)),
              HasSubstr("no open port is both unneeded and closed by a setting"));
}

TEST(PlanText, LastStepThatLeavesNothingSaysSo) {
  Plan plan = sample_plan();
  plan.steps.back().open_after.clear();
  EXPECT_THAT(plan_text(plan, style_of(80)), HasSubstr("Left open     nothing\n"));
  EXPECT_THAT(plan_text(plan, style_of(80)), HasSubstr("5 open ports now, 0 left after 2 steps"));
}

TEST(PlanSummary, OneLineForEachStep) {
  const std::string text = plan_summary(sample_plan(), style_of(80));
  expect_fits(text, 80);
  EXPECT_THAT(text, HasSubstr("2 steps would take 5 open ports to 2."));
  EXPECT_THAT(text, HasSubstr("1. Stop and disable Windows Time: closes 1 port\n"));
  EXPECT_THAT(text, HasSubstr("closes 2 ports, after a reboot\n"));
}

TEST(PlanSummary, EmptyPlanHasNone) { EXPECT_EQ(plan_summary({}, style_of(80)), ""); }

TEST(WhatIfText, At80Columns) {
  const std::string text = what_if_text(sample_what_if(), style_of(80));
  expect_fits(text, 80);
  expect_file("what-if-80.txt", text);
}

TEST(WhatIfText, ChangeThatClosesNothingSaysSo) {
  WhatIf result = sample_what_if();
  result.closes.clear();
  result.reboot = false;
  result.open_after = result.open_before;
  const std::string text = what_if_text(result, style_of(80));
  EXPECT_THAT(text, HasSubstr("Closes        nothing\n"));
  EXPECT_THAT(text, HasSubstr("Open then     4 ports\n"));
}

TEST(PlanText, FitsEveryWidthFrom60Up) {
  for (int width = 60; width <= 210; ++width) {
    expect_fits(plan_text(sample_plan(), style_of(width)), width);
    expect_fits(what_if_text(sample_what_if(), style_of(width)), width);
  }
}

}  // namespace
}  // namespace deadlight::report
