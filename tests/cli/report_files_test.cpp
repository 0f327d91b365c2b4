#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "run_program.h"

namespace deadlight::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const std::string kListing =
    std::string(DEADLIGHT_TEST_DATA) + "/walkthroughs/winxp/00-default.netstat.txt";

class ReportFiles : public testing::Test {
 protected:
  ReportFiles()
      : folder_(std::filesystem::temp_directory_path() /
                ("deadlight-reports-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~ReportFiles() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  std::string content(const std::string& name) const {
    std::ifstream file(folder_ / name, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  std::size_t files() const {
    const auto all = std::filesystem::directory_iterator(folder_);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

  static Ran run(const std::string& command, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {command, "--from", kListing, "--os", "winxp"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }

 private:
  std::filesystem::path folder_;
};

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST_F(ReportFiles, SeveralAtOnceBesideTheTable) {
  const Ran ran =
      run("scan", {"--html", path("a.html"), "--csv", path("a.csv"), "--sarif", path("a.sarif")});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.err, IsEmpty());
  EXPECT_THAT(ran.out, HasSubstr("VERDICT"));
  EXPECT_THAT(content("a.html"), StartsWith("<!DOCTYPE html>"));
  EXPECT_EQ(lines_of(content("a.csv")), 17U);
  const json sarif = json::parse(content("a.sarif"));
  EXPECT_EQ(sarif.at("version"), "2.1.0");
  EXPECT_FALSE(sarif.at("runs").at(0).at("results").empty());
  EXPECT_EQ(files(), 3U) << "no temporary file stays";
}

TEST_F(ReportFiles, StandardOutputTakesTheTablesPlace) {
  const Ran csv = run("scan", {"--csv", "-"});
  EXPECT_EQ(csv.exit_code, 1);
  EXPECT_THAT(csv.out, StartsWith("host,os,role,protocol,"));
  EXPECT_EQ(lines_of(csv.out), 17U);
  const Ran sarif = run("plan", {"--sarif", "-"});
  EXPECT_EQ(json::parse(sarif.out).at("version"), "2.1.0");
}

TEST_F(ReportFiles, PlanWritesItsSteps) {
  const Ran ran = run("plan", {"--csv", path("p.csv"), "--html", path("p.html")});
  EXPECT_THAT(ran.out, HasSubstr("Left open"));
  EXPECT_THAT(content("p.csv"), StartsWith("host,os,role,step,"));
  EXPECT_GT(lines_of(content("p.csv")), 3U);
  EXPECT_THAT(content("p.html"), HasSubstr("id=\"plan\""));
}

TEST_F(ReportFiles, TheTableMayGoToAFileAndAReportToStandardOutput) {
  const Ran ran = run("plan", {"-o", path("plan.json"), "--csv", "-"});
  EXPECT_THAT(ran.out, StartsWith("host,os,role,step,"));
  EXPECT_EQ(json::parse(content("plan.json")).at("schema"), "deadlight.plan/1");
}

TEST_F(ReportFiles, TwoOutputsInOnePlaceAreRefused) {
  const std::vector<std::vector<std::string>> wrong = {{"--csv", "-", "--sarif", "-"},
                                                       {"--csv", "-", "--json"},
                                                       {"--html", path("x"), "--csv", path("x")},
                                                       {"-o", path("x"), "--csv", path("x")}};
  for (const auto& arguments : wrong) {
    const Ran ran = run("scan", arguments);
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_THAT(ran.out, IsEmpty());
    EXPECT_THAT(ran.err, HasSubstr("would both write to"));
    EXPECT_EQ(lines_of(ran.err), 1U);
  }
  EXPECT_EQ(files(), 0U);
}

TEST_F(ReportFiles, AFileThatCannotBeWrittenIsOneLine) {
  const Ran ran = run("scan", {"--html", path("no/such/folder.html")});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_THAT(ran.err, StartsWith("deadlight: "));
  EXPECT_EQ(lines_of(ran.err), 1U);
}

TEST_F(ReportFiles, SnapshotGivesNoFindings) {
  const Ran ran = run("scan", {"--snapshot", "--csv", path("x")});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(lines_of(ran.err), 1U);
  EXPECT_EQ(files(), 0U);
}

TEST_F(ReportFiles, TheSameBytesTwice) {
  for (const char* option : {"--html", "--csv", "--sarif"}) {
    run("plan", {option, path("one")});
    run("plan", {option, path("two")});
    EXPECT_FALSE(content("one").empty());
    EXPECT_EQ(content("one"), content("two")) << option;
  }
}

TEST_F(ReportFiles, WithoutACommandAsForScan) {
  const Ran ran = run_program({"--from", kListing, "--os", "winxp", "--html", "-"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, StartsWith("<!DOCTYPE html>"));
}

}  // namespace
}  // namespace deadlight::test
