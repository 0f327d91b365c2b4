#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "report/report.h"
#include "report/samples.h"
#include "report/table.h"

namespace deadlight::report {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string text_of(const Exposure& exposure, const Style& style) {
  return exposure_text(exposure, sample_knowledge(), style);
}

TEST(ExposureText, At80Columns) {
  const std::string text = text_of(sample_exposure(), style_of(80));
  expect_fits(text, 80);
  expect_file("exposure-80.txt", text);
}

TEST(ExposureText, At200ColumnsReasonsHaveAColumn) {
  const std::string text = text_of(sample_exposure(), style_of(200));
  expect_fits(text, 200);
  expect_file("exposure-200.txt", text);
}

TEST(ExposureText, AllAndWhyAndVerbose) {
  Style style = style_of(80);
  style.connections = style.reasons = style.verbose = true;
  const std::string text = text_of(sample_exposure(), style);
  expect_fits(text, 80);
  expect_file("exposure-everything-80.txt", text);
}

TEST(ExposureText, FitsEveryWidthFrom60Up) {
  Style style;
  style.connections = style.reasons = true;
  for (int width = 60; width <= 210; ++width) {
    style.width = width;
    expect_fits(text_of(sample_exposure(), style), width);
  }
}

TEST(ExposureText, ColourChangesNoWord) {
  Style style = style_of(80);
  style.colour = true;
  std::string coloured = text_of(sample_exposure(), style);
  EXPECT_THAT(coloured, HasSubstr("\x1b[31munneeded\x1b[0m"));
  for (auto start = coloured.find('\x1b'); start != std::string::npos;
       start = coloured.find('\x1b')) {
    coloured.erase(start, coloured.find('m', start) - start + 1);
  }
  EXPECT_EQ(coloured, text_of(sample_exposure(), style_of(80)));
}

TEST(ExposureText, UnknownComesFirst) {
  const std::string text = text_of(sample_exposure(), style_of(80));
  EXPECT_LT(text.find("31337/tcp"), text.find("445/tcp"));
}

TEST(ExposureText, ARowForManySocketsSaysHowMany) {
  Exposure exposure = sample_exposure();
  Exposed& row = exposure.endpoints[5];
  LiveFacts live;
  live.sockets = 40;
  live.ports = {{31337, 31376}};
  live.addresses = 3;
  live.processes = 7;
  live.net_namespace = "container web";
  row.endpoint.live = live;
  row.owner.process = "worker";
  exposure.other_sockets = {{"packet", "eth0, whole frames", "bound", "", 0, 9, "tcpdump", "", {}}};
  const std::string text = text_of(exposure, style_of(120));
  EXPECT_THAT(text, HasSubstr("31337-31376/tcp"));
  EXPECT_THAT(text, HasSubstr("and 2 more"));
  EXPECT_THAT(text, HasSubstr("worker (7 processes)"));
  EXPECT_THAT(text, HasSubstr(", in container web"));
  EXPECT_THAT(text, HasSubstr("Sockets without a port, which are not judged"));
  EXPECT_THAT(text, HasSubstr("tcpdump (9)"));
  EXPECT_THAT(text_of(sample_exposure(), style_of(120)), Not(HasSubstr("which are not judged")));
}

TEST(ExposureText, TenUnreadLinesThenTheirNumber) {
  const std::string text = text_of(sample_exposure(), style_of(80));
  EXPECT_THAT(text, HasSubstr("12 lines were not understood:"));
  EXPECT_THAT(text, HasSubstr("xp.txt:39: port 70000 is above 65535"));
  EXPECT_THAT(text, Not(HasSubstr("xp.txt:40")));
  EXPECT_THAT(text, HasSubstr("and 2 more: --verbose"));
}

TEST(ExposureText, NothingOpenIsSaid) {
  Exposure exposure = sample_exposure();
  exposure.endpoints.clear();
  exposure.unread.clear();
  const std::string text = text_of(exposure, style_of(80));
  EXPECT_THAT(text, HasSubstr("Nothing is open."));
  EXPECT_THAT(text, Not(HasSubstr("PORT")));
}

TEST(ExposureText, NothingReadIsNotNothingOpen) {
  Exposure exposure = sample_exposure();
  exposure.endpoints.clear();
  const std::string text = text_of(exposure, style_of(120));
  EXPECT_THAT(text, HasSubstr("No open port could be read, but lines that may be some were not"));
  EXPECT_THAT(text, Not(HasSubstr("Nothing is open")));
}

TEST(ExposureText, ListingWithoutProcessesHasNoColumnForThem) {
  Exposure exposure = sample_exposure();
  for (Exposed& row : exposure.endpoints) {
    row.endpoint.pid.reset();
    row.owner.process.clear();
  }
  EXPECT_THAT(text_of(exposure, style_of(80)), Not(HasSubstr("PROCESS")));
}

TEST(ExposureText, KnownProcessAloneIsNoOwner) {
  Exposure exposure = sample_exposure();
  exposure.endpoints = {exposure.endpoints[5]};
  exposure.endpoints[0].owner.process = "System";
  EXPECT_THAT(text_of(exposure, style_of(80)), HasSubstr("Nobody could be named\n"));
}

TEST(ExposureText, HostileProcessNameStaysInItsPlace) {
  Exposure exposure = sample_exposure();
  exposure.endpoints[0].owner.process = "a\x1b[2J\r\n" + std::string(3000, 'x');
  exposure.host.name = "\x1b]0;title\x07";
  expect_fits(text_of(exposure, style_of(80)), 80);
}

TEST(ExposureText, FiftyThousandRowsAreGroupedInReasonableTime) {
  Exposure exposure = sample_exposure();
  const std::vector<Exposed> rows = exposure.endpoints;
  for (int i = 0; i < 5000; ++i) {
    exposure.endpoints.insert(exposure.endpoints.end(), rows.begin(), rows.end());
  }
  const std::string text = text_of(exposure, style_of(80));
  EXPECT_THAT(text, HasSubstr("40008 open ports"));
}

}  // namespace
}  // namespace deadlight::report
