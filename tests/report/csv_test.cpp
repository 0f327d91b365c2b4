#include <gmock/gmock.h>

#include "base/text.h"
#include "report/report.h"
#include "report/samples.h"

namespace deadlight::report {
namespace {

using Cells = std::vector<std::string>;

// RFC 4180: fields in quotes may hold commas, doubled quotes and line ends.
std::vector<Cells> parse_csv(const std::string& text) {
  std::vector<Cells> lines(1, Cells(1));
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
      lines.back().back() += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      lines.back().emplace_back();
    } else if (!quoted && c == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
      ++i;
      lines.emplace_back(1);
    } else {
      lines.back().back() += c;
    }
  }
  EXPECT_FALSE(quoted);
  EXPECT_EQ(lines.back(), Cells{""}) << "the last line ends in CRLF";
  lines.pop_back();
  return lines;
}

std::string cell_of(const std::vector<Cells>& lines, std::size_t line, std::string_view column) {
  for (std::size_t i = 0; i < lines[0].size(); ++i) {
    if (lines[0][i] == column) return lines.at(line).at(i);
  }
  ADD_FAILURE() << "no column " << column;
  return {};
}

Exposure with_process(const std::string& name) {
  Exposure exposure = sample_exposure();
  exposure.endpoints.resize(1);
  exposure.endpoints[0].owner.process = name;
  return exposure;
}

std::string process_of(const std::string& name) {
  return cell_of(parse_csv(exposure_csv(with_process(name), {})), 1, "process");
}

TEST(ExposureCsv, KeepsItsColumns) {
  const auto lines = parse_csv(exposure_csv(sample_exposure(), {}));
  EXPECT_EQ(lines[0], (Cells{"host",    "os",         "role",          "protocol",
                             "local",   "port",       "remote",        "state",
                             "pid",     "process",    "unit",          "service",
                             "feature", "confidence", "candidates",    "others_possible",
                             "because", "reach",      "verdict",       "verdict_reason",
                             "phantom", "sources",    "net_namespace", "uid"}));
  for (const Cells& line : lines) EXPECT_EQ(line.size(), lines[0].size());
}

TEST(ExposureCsv, OneLineAnEndpoint) {
  const auto lines = parse_csv(exposure_csv(sample_exposure(), {}));
  ASSERT_EQ(lines.size(), 9U);
  EXPECT_EQ(cell_of(lines, 1, "local"), "0.0.0.0:135");
  EXPECT_EQ(cell_of(lines, 1, "verdict"), "stuck");
  EXPECT_EQ(cell_of(lines, 1, "sources"), "xp.txt:7");
  EXPECT_EQ(cell_of(lines, 5, "candidates"),
            "Schedule; RasMan; winmgmt; Browser; lanmanworkstation; wuauserv");
  EXPECT_EQ(cell_of(lines, 1, "others_possible"), "false");
  EXPECT_EQ(cell_of(lines, 6, "process"), "");
}

TEST(ExposureCsv, EmptyCellsKeepTheirPlace) {
  Exposure exposure = sample_exposure();
  exposure.host.name.clear();
  exposure.role.id.clear();
  const auto lines = parse_csv(exposure_csv(exposure, {}));
  EXPECT_EQ(lines[1].size(), lines[0].size());
  EXPECT_EQ(cell_of(lines, 1, "host"), "");
  EXPECT_EQ(cell_of(lines, 1, "os"), "winxp");
  EXPECT_EQ(cell_of(lines, 1, "protocol"), "tcp");
}

TEST(ExposureCsv, ConnectionsOnlyWhenAsked) {
  Style style;
  style.connections = true;
  const auto lines = parse_csv(exposure_csv(sample_exposure(), style));
  ASSERT_EQ(lines.size(), 11U);
  EXPECT_EQ(cell_of(lines, 9, "phantom"), "true");
  EXPECT_EQ(cell_of(lines, 10, "remote"), "192.70.106.76:22");
}

TEST(ExposureCsv, QuotesWhatHasCommasAndQuotes) {
  EXPECT_EQ(process_of("a,b"), "a,b");
  EXPECT_EQ(process_of("say \"hi\", you"), "say \"hi\", you");
  EXPECT_THAT(exposure_csv(with_process("say \"hi\""), {}),
              testing::HasSubstr("\"say \"\"hi\"\"\""));
}

TEST(ExposureCsv, FormulasAreTextWithAnApostrophe) {
  EXPECT_EQ(process_of("=cmd|'/c calc'!A0"), "'=cmd|'/c calc'!A0");
  for (const char* start : {"=1+1", "+1", "-1", "@SUM(A1)"}) {
    EXPECT_EQ(process_of(start), std::string("'") + start);
  }
  EXPECT_EQ(process_of("\t=1"), "' =1");
  EXPECT_EQ(process_of("\r=1"), "'?=1");
  EXPECT_EQ(process_of("\uff1d1"), "'\uff1d1");
  EXPECT_EQ(process_of("a=1"), "a=1");
}

TEST(ExposureCsv, StandardInputAsASourceIsNoFormula) {
  Exposure exposure = sample_exposure();
  exposure.evidence[0].name = "-";
  EXPECT_EQ(cell_of(parse_csv(exposure_csv(exposure, {})), 1, "sources"), "'-:7");
}

TEST(ExposureCsv, NoControlCharacterGetsThrough) {
  EXPECT_EQ(process_of("a\nb\x1b[2J\x80\u202e"), "a b?[2J??");
}

TEST(PlanCsv, OneLineAStep) {
  const auto lines = parse_csv(plan_csv(sample_plan()));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(cell_of(lines, 1, "step"), "1");
  EXPECT_EQ(cell_of(lines, 1, "also_stops"), "Dependent1; Dependent2");
  EXPECT_EQ(cell_of(lines, 2, "phase"), "smb");
  EXPECT_EQ(cell_of(lines, 2, "reboot"), "true");
  EXPECT_EQ(cell_of(lines, 2, "closes"), "tcp 0.0.0.0:445; udp 0.0.0.0:445");
  EXPECT_EQ(cell_of(lines, 2, "open_after"), "tcp 0.0.0.0:135; tcp 0.0.0.0:1025");
}

TEST(PlanCsv, NoStepsIsAHeaderAlone) { EXPECT_EQ(parse_csv(plan_csv({})).size(), 1U); }

}  // namespace
}  // namespace deadlight::report
