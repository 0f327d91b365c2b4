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
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

const std::string kData = DEADLIGHT_TEST_DATA;
const std::string kXp = kData + "/walkthroughs/winxp/00-default.netstat.txt";
const std::string kWin2000 = kData + "/walkthroughs/win2000/00-default.netstat.txt";
const std::string kFport = kData + "/walkthroughs/win2000/00-default.fport.txt";

json parsed(const Ran& ran) {
  EXPECT_THAT(ran.err, IsEmpty());
  return json::parse(ran.out);
}

json steps_of(const std::string& host) {
  std::ifstream file(kData + "/walkthroughs/steps.json");
  return json::parse(file).at(host).at("steps");
}

std::size_t longest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) {
    // UTF-8: continuation bytes take no column.
    const auto columns = std::count_if(line.begin(), line.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    });
    longest = std::max(longest, static_cast<std::size_t>(columns));
  }
  return longest;
}

class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(std::filesystem::temp_directory_path() /
              ("deadlight-test-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string file(const std::string& name, const std::string& content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return (path_ / name).string();
  }
  std::string path(const std::string& name = {}) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

TEST(Scan, JsonKeepsThePromisedNames) {
  const Ran ran = run_program({"scan", "--from", kXp, "--os", "winxp", "--json"});
  EXPECT_EQ(ran.exit_code, 1);
  const json scan = parsed(ran);
  EXPECT_EQ(scan.at("schema"), "deadlight.exposure/1");
  EXPECT_EQ(scan.at("host").at("os"), "winxp");
  EXPECT_THAT(scan.at("endpoints"), SizeIs(16));
  EXPECT_THAT(scan.at("unread"), IsEmpty());
  const json& mapper = scan.at("endpoints").at(0);
  EXPECT_EQ(mapper.at("protocol"), "tcp");
  EXPECT_EQ(mapper.at("local"), "0.0.0.0:135");
  EXPECT_EQ(mapper.at("port"), 135);
  EXPECT_TRUE(mapper.at("remote").is_null());
  EXPECT_EQ(mapper.at("state"), "listening");
  EXPECT_EQ(mapper.at("pid"), 884);
  EXPECT_TRUE(mapper.contains("process"));
  EXPECT_EQ(mapper.at("owner").at("service"), "RpcSs");
  EXPECT_EQ(mapper.at("owner").at("feature"), "rpc-endpoint-mapper");
  EXPECT_EQ(mapper.at("owner").at("confidence"), "derived");
  EXPECT_TRUE(mapper.at("owner").at("candidates").is_array());
  EXPECT_THAT(mapper.at("owner").at("because"), Not(IsEmpty()));
  EXPECT_EQ(mapper.at("reach"), "any");
  EXPECT_EQ(mapper.at("verdict"), "unneeded");
  EXPECT_EQ(mapper.at("phantom"), false);
}

TEST(Scan, EveryUnreadLineIsNamed) {
  const TemporaryFolder folder;
  const std::string file =
      folder.file("damaged.txt",
                  "Active Connections\n\n  Proto  Local Address  Foreign Address  State  PID\n"
                  "  TCP    0.0.0.0:135   0.0.0.0:0   LISTENING   884\n"
                  "  TCP    0.0.0.0:70000 0.0.0.0:0   LISTENING   4\n"
                  "  what is this\n"
                  "  UDP    0.0.0.0:445   *:*                     4\n");
  const json scan = parsed(run_program({"--from", file, "--os", "winxp", "--json"}));
  EXPECT_THAT(scan.at("endpoints"), SizeIs(2));
  ASSERT_THAT(scan.at("unread"), SizeIs(2));
  EXPECT_EQ(scan.at("unread").at(0).at("file"), file);
  EXPECT_EQ(scan.at("unread").at(0).at("line"), 5);
  EXPECT_THAT(scan.at("unread").at(0).at("reason").get<std::string>(), HasSubstr("70000"));
  EXPECT_EQ(scan.at("unread").at(1).at("line"), 6);
}

TEST(Scan, RowThatCannotBeReadIsAFinding) {
  const std::string loopback = "TCP 127.0.0.1:5354 0.0.0.0:0 LISTENING 90\n";
  const std::vector<std::string> scan = {"scan", "--from", "-", "--os", "winxp"};
  EXPECT_EQ(run_program(scan, 80, loopback).exit_code, 0);
  EXPECT_EQ(run_program(scan, 80, loopback + "TCP 0.0.0.0:445 0.0.0.0:0 LISTE\n").exit_code, 1);
}

TEST(Scan, SeveralFilesMayFollowOneFrom) {
  const json scan =
      parsed(run_program({"scan", "--json", "--os", "win2000", "--from", kWin2000, kFport}));
  EXPECT_EQ(scan.at("endpoints").at(0).at("owner").at("service"), "SMTPSVC");
}

TEST(Scan, FolderOfListingsIsOneHost) {
  const TemporaryFolder folder;
  folder.file("a.txt", "TCP 0.0.0.0:445 0.0.0.0:0 LISTENING 4\n");
  folder.file("b.txt", "UDP 0.0.0.0:500 *:* 704\n");
  const json scan =
      parsed(run_program({"scan", "--from", folder.path(), "--os", "winxp", "--json"}));
  EXPECT_THAT(scan.at("endpoints"), SizeIs(2));
}

TEST(Scan, AllAddsConnections) {
  const std::string rows =
      "TCP 0.0.0.0:1367 0.0.0.0:0 LISTENING\n"
      "TCP 192.70.106.142:1367 192.70.106.76:22 ESTABLISHED\n";
  const std::vector<std::string> scan = {"scan", "--from", "-", "--os", "winxp", "--json"};
  EXPECT_THAT(parsed(run_program(scan, 80, rows)).at("endpoints"), IsEmpty());
  std::vector<std::string> all = scan;
  all.emplace_back("--all");
  const json with_all = parsed(run_program(all, 80, rows));
  ASSERT_THAT(with_all.at("endpoints"), SizeIs(2));
  EXPECT_EQ(with_all.at("endpoints").at(0).at("phantom"), true);
  EXPECT_EQ(with_all.at("endpoints").at(1).at("remote"), "192.70.106.76:22");
  // Server 2003 no longer shows them: there it is a listener.
  std::vector<std::string> later = scan;
  later[4] = "win2003";
  EXPECT_THAT(parsed(run_program(later, 80, rows)).at("endpoints"), SizeIs(1));
}

TEST(Scan, SnapshotReadsBackTheSame) {
  const TemporaryFolder folder;
  const std::string snapshot = folder.path("host.json");
  EXPECT_EQ(
      run_program({"scan", "--from", kXp, "--os", "winxp", "--snapshot", "-o", snapshot}).exit_code,
      0);
  const json direct = parsed(run_program({"scan", "--from", kXp, "--os", "winxp", "--json"}));
  const json again = parsed(run_program({"scan", "--from", snapshot, "--json"}));
  EXPECT_EQ(direct.at("endpoints"), again.at("endpoints"));
}

TEST(Scan, TableFitsTheTerminal) {
  for (const int columns : {80, 120, 200}) {
    const Ran ran = run_program({"scan", "--from", kXp, "--os", "winxp", "--why"}, columns);
    EXPECT_LE(longest_line(ran.out), static_cast<std::size_t>(columns));
    EXPECT_THAT(ran.out, Not(HasSubstr("\x1b")));
    EXPECT_THAT(ran.out, HasSubstr("RpcSs"));
  }
}

TEST(Scan, ThisHostIsReadWithoutArguments) {
  const json scan = parsed(run_program({"--json"}));
  EXPECT_EQ(scan.at("host").at("os"), "linux");
}

TEST(PlanCommand, ClosesBothWalkthroughs) {
  for (const std::vector<std::string>& files :
       {std::vector<std::string>{kXp}, std::vector<std::string>{kWin2000, kFport}}) {
    std::vector<std::string> arguments = {
        "plan", "--role", "closed", "--json", "--os", files.size() == 1 ? "winxp" : "win2000"};
    for (const std::string& file : files) {
      arguments.emplace_back("--from");
      arguments.push_back(file);
    }
    const Ran ran = run_program(arguments);
    EXPECT_EQ(ran.exit_code, 0);
    const json plan = parsed(ran);
    EXPECT_EQ(plan.at("schema"), "deadlight.plan/1");
    EXPECT_THAT(plan.at("steps").back().at("open_after"), IsEmpty());
    for (const json& step : plan.at("steps")) {
      for (const char* key : {"title", "closers", "changes", "reboot", "breaks", "undo"}) {
        EXPECT_TRUE(step.contains(key)) << key;
      }
    }
    for (const char* key : {"refused", "stuck", "not_taken"})
      EXPECT_TRUE(plan.contains(key)) << key;
  }
}

TEST(PlanCommand, WritesAFileWholeOrNotAtAll) {
  const TemporaryFolder folder;
  const std::string file = folder.path("plan.json");
  EXPECT_EQ(run_program({"plan", "--from", kXp, "--os", "winxp", "-o", file}).exit_code, 0);
  std::ifstream written(file);
  EXPECT_EQ(json::parse(written).at("schema"), "deadlight.plan/1");
  const Ran failed =
      run_program({"plan", "--from", kXp, "--os", "winxp", "-o", folder.path("no/plan.json")});
  EXPECT_EQ(failed.exit_code, 2);
  EXPECT_THAT(failed.err, HasSubstr("no/plan.json"));
  const auto entries = std::filesystem::directory_iterator(folder.path());
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1) << "a temporary file was left behind";
}

TEST(PlanCommand, TextShowsStepsUndoAndRefusals) {
  const Ran ran = run_program({"plan", "--from", kXp, "--os", "winxp", "--role", "closed"});
  for (const char* text : {"SmbDeviceEnabled", "RpcSs", "netbt_driver_disable"}) {
    EXPECT_THAT(ran.out, HasSubstr(text));
  }
  EXPECT_LE(longest_line(ran.out), 80u);
}

// The walkthroughs once more, from the command line.
TEST(WhatIfCommand, FollowsTheWalkthroughOfXp) {
  const std::vector<std::vector<std::string>> requests = {
      {},
      {"disable:policyagent", "disable:ssdpsrv", "disable:w32time"},
      {"netbt_adapter_disable", "disable:lmhosts"},
      {"smb_device_disable"},
      {"disable:messenger"},
      {"disable:schedule"},
      {"dcom_protocols_no_tcp"},
      {"dnscache_maxcachedsockets"}};
  const json steps = steps_of("winxp");
  ASSERT_EQ(steps.size(), requests.size());
  std::vector<std::string> arguments = {"what-if", "--json", "--from", kXp, "--os", "winxp"};
  for (std::size_t i = 1; i < requests.size(); ++i) {
    arguments.insert(arguments.end(), requests[i].begin(), requests[i].end());
    const json result = parsed(run_program(arguments));
    EXPECT_EQ(result.at("open_after"), steps[i].at("open_after")) << steps[i].at("title");
  }
}

TEST(WhatIfCommand, FollowsTheWalkthroughOf2000) {
  const std::vector<std::vector<std::string>> requests = {
      {},
      {"disable:iisadmin"},
      {"disable:policyagent"},
      {"disable:msdtc"},
      {"netbt_adapter_disable", "disable:lmhosts"},
      {"smb_device_disable"},
      {"disable:messenger"},
      {"disable:schedule", "disable:RasMan"},
      {"dcom_protocols_no_tcp"}};
  const json steps = steps_of("win2000");
  ASSERT_EQ(steps.size(), requests.size());
  std::vector<std::string> arguments = {"what-if", "--json", "--from", kWin2000,
                                        "--from",  kFport,   "--os",   "win2000"};
  for (std::size_t i = 1; i < requests.size(); ++i) {
    arguments.insert(arguments.end(), requests[i].begin(), requests[i].end());
    const json result = parsed(run_program(arguments));
    EXPECT_EQ(result.at("open_after"), steps[i].at("open_after")) << steps[i].at("title");
  }
}

TEST(WhatIfCommand, RefusalHasItsOwnExitCode) {
  const Ran ran = run_program({"what-if", "--from", kXp, "--os", "winxp", "disable:RpcSs"});
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_THAT(ran.err, HasSubstr("never switched off"));
}

TEST(ExplainCommand, SaysWhatWhoHistoryAndEveryWay) {
  const Ran ran = run_program({"explain", "445/tcp", "--from", kXp, "--os", "winxp"});
  EXPECT_EQ(ran.exit_code, 0);
  for (const char* text :
       {"445", "NetBT", "smb_device_disable", "netbt_driver_disable", "2017", "printer sharing"}) {
    EXPECT_THAT(ran.out, HasSubstr(text));
  }
}

TEST(ExplainCommand, SaysWhatDoesNotWorkThere) {
  const Ran ran = run_program({"explain", "135/tcp", "--from", kXp, "--os", "winxp"});
  for (const char* text : {"dcom_protocols_no_tcp", "dcom_disable", "rpcss_disable_DO_NOT"}) {
    EXPECT_THAT(ran.out, HasSubstr(text));
  }
}

struct ErrorCase {
  std::vector<std::string> arguments;
  const char* says;
};

TEST(Errors, AreOneLineWithWhatWhereAndWhatToDo) {
  const TemporaryFolder folder;
  const std::string prose = folder.file("letter.txt", "Dear administrator,\n\nall is well.\n");
  const std::string empty = folder.file("empty.txt", "");
  const std::string broken = folder.file("broken.json", "{\"schema\": \"deadlight.snapshot/1\", ");
  const std::string role = folder.file("role.toml", "id = \"x\"\ntitel = \"X\"\n");
  const ErrorCase cases[] = {
      {{"scan", "--from", folder.path("missing.txt")}, "missing.txt"},
      {{"scan", "--from", prose}, "letter.txt"},
      {{"scan", "--from", empty}, "empty.txt"},
      {{"scan", "--from", broken}, "broken.json"},
      {{"scan", "--from", kXp, "--os", "windows-xp"}, "winxp"},
      {{"plan", "--role", "webserver", "--from", kXp}, "public-web-server"},
      {{"plan", "--role", role, "--from", kXp}, "titel"},
      {{"plan", "--keep", "http", "--from", kXp}, "443/tcp"},
      {{"what-if", "--from", kXp, "--os", "winxp", "nonsense"}, "disable:SERVICE"},
      {{"what-if", "--from", kXp}, "--help"},
      {{"frobnicate"}, "--help"},
      {{"scan", "--colour"}, "--help"},
      {{"explain", "banana/tcp", "--from", kXp}, "banana"},
      {{"scan", "--knowledge", folder.path("nowhere")}, "nowhere"},
      {{"scan", "--from", kXp, "-o", ""}, "the value is empty"},
      {{"plan", "--from", kXp, "--role", ""}, "the value is empty"},
      {{"scan", "--from", ""}, "the value is empty"},
      {{"kb", "list", "--os", ""}, "the value is empty"},
  };
  for (const ErrorCase& one : cases) {
    const Ran ran = run_program(one.arguments);
    EXPECT_EQ(ran.exit_code, 2) << ran.err;
    EXPECT_THAT(ran.err, StartsWith("deadlight: "));
    EXPECT_THAT(ran.err, HasSubstr(one.says));
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
    EXPECT_THAT(ran.err, Not(HasSubstr("!"))) << ran.err;
    EXPECT_THAT(ran.out, IsEmpty());
  }
}

constexpr const char* kTasks =
    "Image Name                     PID Services\n"
    "========================= ======== ============================================\n"
    "svchost.exe                    884 RpcSs\n";

TEST(Errors, AListWithoutSocketsDoesNotMeanThatNothingIsOpen) {
  const TemporaryFolder folder;
  const std::string tasks = folder.file("tasks.txt", kTasks);
  for (const char* command : {"scan", "plan"}) {
    const Ran ran = run_program({command, "--from", tasks, "--os", "winxp"});
    EXPECT_EQ(ran.exit_code, 2);
    EXPECT_THAT(ran.err, EndsWith("tasks.txt (tasklist) lists no sockets, so what is open is not "
                                  "known; add the output of netstat -ano, ss -tulpn or another "
                                  "tool that does\n"));
    EXPECT_THAT(ran.out, IsEmpty());
  }
  EXPECT_EQ(
      run_program({"what-if", "--from", tasks, "--os", "winxp", "disable:messenger"}).exit_code, 2);
  const std::string services =
      folder.file("services.csv",
                  "\"Status\",\"Name\",\"DisplayName\"\n\"Running\",\"Dnscache\",\"DNS Client\"\n");
  EXPECT_THAT(run_program({"scan", "--from", services}).err,
              HasSubstr("(powershell) lists no sockets"));
  const Ran with_list = run_program({"scan", "--from", tasks, "--from", kXp, "--os", "winxp"});
  EXPECT_THAT(with_list.out, HasSubstr("16 open ports"));
  EXPECT_EQ(run_program({"explain", "445/tcp", "--from", tasks, "--os", "winxp"}).exit_code, 0);
}

TEST(Scan, FoldersBesideFilesAreNamed) {
  const TemporaryFolder folder;
  folder.file("tasks.txt", kTasks);
  std::filesystem::copy(kXp, folder.path("netstat.txt"));
  std::filesystem::create_directory(folder.path("other"));
  const Ran ran = run_program({"scan", "--os", "winxp", "--from", folder.path("")}, 300);
  EXPECT_THAT(ran.out, HasSubstr("a folder in it was not read"));
}

constexpr const char* kXpLater =
    DEADLIGHT_TEST_DATA "/walkthroughs/winxp/01-after-services.netstat.txt";

TEST(Diff, SaysWhatClosedBetweenTwoListings) {
  const Ran ran = run_program({"diff", kXp, kXpLater, "--os", "winxp"});
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.out, StartsWith("- 5000/tcp 0.0.0.0 SSDPSRV, svchost.exe (1160)\n"));
  EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 7);
  const json drift =
      json::parse(run_program({"diff", kXp, kXpLater, "--os", "winxp", "--json"}).out);
  EXPECT_EQ(drift["changes"].size(), 7u);
}

TEST(Diff, TheSameListingIsClean) {
  const Ran ran = run_program({"diff", kXp, kXp, "--os", "winxp"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_EQ(ran.out, "The same ports are open, by the same owners.\n");
}

TEST(Errors, FullDiskIsSaid) {
  ASSERT_TRUE(std::filesystem::exists("/dev/full"));
  const std::string command = std::string("'") + DEADLIGHT_PROGRAM + "' --from '" + kXp +
                              "' --os winxp >/dev/full 2>/dev/null";
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 2);
}

TEST(Help, FitsAScreen) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--help"},
                                                    {"scan", "--help"},
                                                    {"plan", "--help"},
                                                    {"what-if", "--help"},
                                                    {"explain", "--help"},
                                                    {"diff", "--help"},
                                                    {"kb", "--help"},
                                                    {"kb", "list", "--help"},
                                                    {"kb", "show", "--help"},
                                                    {"kb", "check", "--help"}}) {
    const Ran ran = run_program(arguments);
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_LE(std::count(ran.out.begin(), ran.out.end(), '\n'), 50) << arguments.front();
    EXPECT_LE(longest_line(ran.out), 80u) << ran.out;
  }
}

TEST(Help, VersionIsOneLine) {
  const Ran ran = run_program({"--version"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.out, StartsWith("deadlight 0."));
  EXPECT_THAT(ran.out, EndsWith("\n"));
}

}  // namespace
}  // namespace deadlight::test
