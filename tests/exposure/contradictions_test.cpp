#include <gmock/gmock.h>

#include "evidence/evidence.h"
#include "support/hosts.h"

namespace deadlight {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSockets =
    "Proto  Local Address  Foreign Address  State  PID\n"
    "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 884\n"
    "TCP 0.0.0.0:1025 0.0.0.0:0 LISTENING 976\n"
    "UDP 0.0.0.0:1026 *:* 1152\n";

std::string task_list(const std::vector<std::pair<int, std::string>>& rows) {
  std::string text =
      "\nImage Name                   PID Services\n"
      "========================= ====== =============================================\n";
  for (const auto& [pid, rest] : rows) {
    std::string image = rest.substr(0, rest.find(' '));
    std::string number = std::to_string(pid);
    text += image + std::string(26 - image.size() + 6 - number.size() - 1, ' ') + number + " " +
            rest.substr(rest.find(' ') + 1) + "\n";
  }
  return text;
}

const std::vector<std::pair<int, std::string>> kThisBoot = {{4, "System N/A"},
                                                            {300, "smss.exe N/A"},
                                                            {350, "csrss.exe N/A"},
                                                            {400, "winlogon.exe N/A"},
                                                            {500, "services.exe N/A"},
                                                            {884, "svchost.exe RpcSs"},
                                                            {976, "svchost.exe Schedule"},
                                                            {1152, "svchost.exe Dnscache"}};

Snapshot read_two(const std::string& sockets, const std::string& other) {
  const std::vector<evidence::Input> inputs = {{"netstat.txt", sockets}, {"tasks.txt", other}};
  const auto snapshot = evidence::read(inputs, Os::winxp, {});
  EXPECT_TRUE(snapshot);
  return *snapshot;
}

TEST(Contradictions, NoneInFilesOfOneTime) {
  const Exposure exposure = test::expose_as(read_two(kSockets, task_list(kThisBoot)), "closed");
  EXPECT_THAT(exposure.notes, Not(Contains(HasSubstr("different times"))));
  EXPECT_EQ(test::socket_of(exposure, "tcp 0.0.0.0:1025").owner.confidence, Confidence::observed);
}

TEST(Contradictions, TaskListOfAnotherBootNamesNobody) {
  auto rows = kThisBoot;
  for (auto& [pid, rest] : rows) pid = pid == 4 ? 4 : pid + 1000;
  rows.emplace_back(976, "notepad.exe N/A");
  const Exposure exposure = test::expose_as(read_two(kSockets, task_list(rows)), "closed");
  EXPECT_THAT(exposure.notes, Contains(testing::AllOf(HasSubstr("netstat.txt"),
                                                      HasSubstr("tasks.txt does not name"),
                                                      HasSubstr("collect both again"))));
  const Owner& owner = test::socket_of(exposure, "tcp 0.0.0.0:1025").owner;
  EXPECT_NE(owner.process, "notepad.exe");
  EXPECT_NE(owner.confidence, Confidence::observed);
}

TEST(Contradictions, ImageThatCannotHoldThePortIsNotBelieved) {
  auto rows = kThisBoot;
  for (auto& [pid, rest] : rows) {
    if (pid == 884) rest = "notepad.exe N/A";
  }
  const Exposure exposure = test::expose_as(read_two(kSockets, task_list(rows)), "closed");
  EXPECT_THAT(exposure.notes, Contains(HasSubstr("PID 884 is notepad.exe in tasks.txt")));
  EXPECT_NE(test::socket_of(exposure, "udp 0.0.0.0:1026").owner.confidence, Confidence::observed);
}

TEST(Contradictions, OneNewProcessIsNoOtherBoot) {
  auto rows = kThisBoot;
  rows.pop_back();
  const Exposure exposure = test::expose_as(read_two(kSockets, task_list(rows)), "closed");
  EXPECT_THAT(exposure.notes, Not(Contains(HasSubstr("different times"))));
}

TEST(Contradictions, StoppedServiceWhosePortIsOpenIsReported) {
  const Exposure exposure =
      test::expose_as(read_two("Proto  Local Address  Foreign Address  State  PID\n"
                               "TCP 0.0.0.0:3389 0.0.0.0:0 LISTENING 976\n",
                               "SERVICE_NAME: TermService\n"
                               "        TYPE               : 20  WIN32_SHARE_PROCESS\n"
                               "        STATE              : 1  STOPPED\n"),
                      "closed");
  EXPECT_THAT(exposure.notes, Contains(HasSubstr("TermService is stopped in tasks.txt")));
  EXPECT_EQ(test::socket_of(exposure, "tcp 0.0.0.0:3389").owner.service, "TermService");
}

}  // namespace
}  // namespace deadlight
