// Many hosts, and sequences of listings, as a user runs them.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "run_program.h"

namespace deadlight::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

const fs::path kWalkthroughs = fs::path(DEADLIGHT_TEST_DATA) / "walkthroughs";

class Hosts : public testing::Test {
 protected:
  Hosts()
      : root_(fs::temp_directory_path() / ("deadlight-hosts-test-" + std::to_string(getpid()))) {
    fs::remove_all(root_);
    for (const char* name : {"alpha", "bravo", "charlie"})
      add(name, "winxp/00-default.netstat.txt");
    add("delta", "win2000/00-default.netstat.txt");
    add("delta", "win2000/00-default.fport.txt");
  }
  ~Hosts() override { fs::remove_all(root_); }

  void add(const std::string& host, const std::string& file) const {
    fs::create_directories(root_ / host);
    fs::copy(kWalkthroughs / file, root_ / host);
  }

  static std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }

  fs::path root_;
};

TEST_F(Hosts, OneLineEachInOrderThenASummaryByFeature) {
  const Ran ran = run_program({"plan", "--from", root_, "--jobs", "3"});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  const std::vector<std::string> lines = lines_of(ran.out);
  ASSERT_GE(lines.size(), 6u);
  EXPECT_THAT(lines[0], StartsWith("HOST"));
  EXPECT_THAT(lines[1], StartsWith("alpha"));
  EXPECT_THAT(lines[1], HasSubstr("winxp"));
  EXPECT_THAT(lines[4], StartsWith("delta"));
  EXPECT_THAT(lines[4], HasSubstr("win2000"));
  EXPECT_THAT(ran.out, HasSubstr("4 hosts read"));
  EXPECT_THAT(ran.out, HasSubstr("smb_device_disable (4)"));
  EXPECT_THAT(ran.err, IsEmpty());
}

TEST_F(Hosts, JobsChangeNothing) {
  const Ran one = run_program({"plan", "--from", root_, "--jobs", "1", "--json"});
  const Ran many = run_program({"plan", "--from", root_, "--jobs", "8", "--json"});
  EXPECT_EQ(one.out, many.out);
}

TEST_F(Hosts, HostThatCannotBeReadDoesNotStopTheRest) {
  fs::create_directories(root_ / "broken");
  std::ofstream(root_ / "broken" / "x.txt") << "nothing known\n";
  const Ran ran = run_program({"plan", "--from", root_});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, HasSubstr("broken   error: "));
  EXPECT_THAT(ran.out, HasSubstr("4 hosts read, 1 not"));
}

TEST_F(Hosts, HostWithoutAListOfSocketsIsNotClean) {
  fs::create_directories(root_ / "tasks");
  std::ofstream(root_ / "tasks" / "tasks.txt")
      << "Image Name                     PID Services\n"
         "========================= ======== ============================================\n"
         "svchost.exe                    884 RpcSs\n";
  const Ran ran = run_program({"plan", "--from", root_});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, HasSubstr("lists no sockets"));
}

TEST_F(Hosts, NothingReadableIsAnError) {
  const fs::path empty = root_ / "delta" / "none";
  fs::create_directories(empty / "host");
  EXPECT_EQ(run_program({"plan", "--from", empty}).exit_code, 2);
}

TEST_F(Hosts, JsonLinesArePlansAndEndWithTheSummary) {
  const Ran ran = run_program({"plan", "--from", root_, "--json"});
  const std::vector<std::string> lines = lines_of(ran.out);
  ASSERT_THAT(lines, SizeIs(5));
  const json first = json::parse(lines.front());
  EXPECT_EQ(first.at("schema"), "deadlight.plan/1");
  EXPECT_EQ(first.at("name"), "alpha");
  EXPECT_EQ(first.at("folder"), (root_ / "alpha").string());
  EXPECT_THAT(first.at("steps"), Not(IsEmpty()));
  const json single = json::parse(run_program({"plan", "--from", root_ / "alpha", "--json"}).out);
  EXPECT_EQ(first.at("steps"), single.at("steps"));
  const json summary = json::parse(lines.back());
  EXPECT_EQ(summary.at("schema"), "deadlight.hosts/1");
  EXPECT_EQ(summary.at("hosts"), 4);
  EXPECT_EQ(summary.at("failed"), 0);
  EXPECT_EQ(summary.at("features").at(0).at("open_hosts"), 4);
}

TEST_F(Hosts, OutputFileIsWholeOrNotThere) {
  const fs::path file = root_ / "alpha" / "out.jsonl";
  const Ran ran = run_program({"scan", "--from", root_, "--json", "-o", file});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  EXPECT_EQ(json::parse(line).at("schema"), "deadlight.exposure/1");
  const Ran refused = run_program({"plan", "--from", root_, "-o", root_ / "none" / "x"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("cannot write"));
}

TEST_F(Hosts, ReportsOfOneHostAreRefused) {
  const Ran ran = run_program({"plan", "--from", root_, "--html", root_ / "x.html"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("are of one host"));
  EXPECT_EQ(run_program({"plan", "--from", root_, "--jobs", "0"}).exit_code, 2);
}

std::string walkthrough(const std::string& name) {
  return (kWalkthroughs / "win2000" / name).string();
}

TEST(Experiments, OrderOfTheCommandLineIsTheOrderOfEvents) {
  const Ran ran = run_program({"scan",      "--os",
                               "win2000",   "--json",
                               "--from",    walkthrough("00-default.netstat.txt"),
                               "--stopped", "iisadmin",
                               "--from",    walkthrough("01-after-iis.netstat.txt"),
                               "--stopped", "policyagent",
                               "--from",    walkthrough("02-after-ipsec.netstat.txt"),
                               "--stopped", "msdtc",
                               "--from",    walkthrough("03-after-msdtc.netstat.txt"),
                               "--stopped", "netbt_adapter_disable",
                               "--stopped", "lmhosts",
                               "--from",    walkthrough("04-after-netbt.netstat.txt"),
                               "--stopped", "smb_device_disable",
                               "--from",    walkthrough("05-after-smb-direct.netstat.txt")});
  EXPECT_THAT(ran.err, IsEmpty());
  std::size_t observed = 0;
  const json scan = json::parse(ran.out);
  for (const json& row : scan.at("endpoints")) {
    observed += row.at("owner").at("confidence") == "observed" ? 1U : 0U;
  }
  EXPECT_THAT(scan.at("endpoints"), SizeIs(19));
  EXPECT_EQ(observed, 15u);
}

TEST(Experiments, StoppedNeedsAListingOnBothSides) {
  const std::string file = walkthrough("00-default.netstat.txt");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"plan", "--from", file, "--stopped", "msdtc"},
        std::vector<std::string>{"plan", "--stopped", "msdtc", "--from", file},
        std::vector<std::string>{"plan", "--stopped", "msdtc"}}) {
    const Ran ran = run_program(arguments);
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_THAT(ran.err, HasSubstr("--stopped stands between two listings"));
  }
}

}  // namespace
}  // namespace deadlight::test
