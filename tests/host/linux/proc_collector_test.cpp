#include "host/linux/proc_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "host/linux/fake_proc.h"

namespace deadlight::linux_host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kAnyV4 = "00000000:0000";

const Endpoint* find(const Snapshot& snapshot, std::string_view text) {
  const auto found =
      std::find_if(snapshot.endpoints.begin(), snapshot.endpoints.end(),
                   [&](const Endpoint& endpoint) { return endpoint_text(endpoint) == text; });
  return found == snapshot.endpoints.end() ? nullptr : &*found;
}

/// Root may read everything, so a test of what may not be read runs as "nobody".
class WithoutRoot {
 public:
  WithoutRoot() : was_root_(geteuid() == 0 && seteuid(kNobody) == 0) {}
  ~WithoutRoot() {
    if (was_root_ && seteuid(0) != 0) std::abort();
  }
  WithoutRoot(const WithoutRoot&) = delete;
  WithoutRoot& operator=(const WithoutRoot&) = delete;

 private:
  static constexpr uid_t kNobody = 65534;
  bool was_root_;
};

Snapshot collected_from(const FakeProc& proc) {
  auto snapshot = collect(proc.root());
  return snapshot ? std::move(*snapshot) : Snapshot{};
}

TEST(ProcCollector, NamesProcessAndUnit) {
  FakeProc proc;
  proc.file("sys/kernel/hostname", "gargan\n");
  proc.table("tcp", {fake_row("00000000:0016", kAnyV4, "0A", 42)});
  proc.table("udp", {});
  proc.process({700, "sshd", "/usr/sbin/sshd", "0::/system.slice/ssh.service\n", {42}});
  const Snapshot snapshot = collected_from(proc);
  EXPECT_EQ(snapshot.host.name, "gargan");
  EXPECT_EQ(snapshot.host.os, Os::linux);
  const Endpoint* ssh = find(snapshot, "tcp 0.0.0.0:22");
  ASSERT_NE(ssh, nullptr);
  EXPECT_EQ(ssh->pid, 700U);
  EXPECT_EQ(ssh->process, "sshd");
  EXPECT_EQ(ssh->unit, "ssh.service");
  ASSERT_EQ(ssh->sources.size(), 1U);
  EXPECT_EQ(snapshot.evidence[ssh->sources[0].evidence].name, (proc.root() / "net/tcp").string());
  EXPECT_EQ(ssh->sources[0].line, 2U);
  ASSERT_NE(snapshot.service("ssh.service"), nullptr);
  EXPECT_EQ(snapshot.service("ssh.service")->state, ServiceState::running);
  ASSERT_NE(snapshot.process(700), nullptr);
  EXPECT_EQ(snapshot.process(700)->path, "/usr/sbin/sshd");
  EXPECT_THAT(snapshot.notes, IsEmpty());
}

TEST(ProcCollector, WorkersOfOneServiceAreOneRow) {
  FakeProc proc;
  proc.table("tcp", {fake_row("00000000:0050", kAnyV4, "0A", 42)});
  proc.table("udp", {});
  for (const std::uint32_t pid : {812U, 810U, 811U}) {
    proc.process({pid, "nginx", "/usr/sbin/nginx", "0::/system.slice/nginx.service\n", {42}});
  }
  const Snapshot snapshot = collected_from(proc);
  ASSERT_EQ(snapshot.endpoints.size(), 1U);
  EXPECT_EQ(snapshot.endpoints[0].pid, 810U);
}

TEST(ProcCollector, TwoProgramsOnOneSocketAreTwoRows) {
  FakeProc proc;
  proc.table("tcp", {fake_row("00000000:1F90", kAnyV4, "0A", 42)});
  proc.table("udp", {});
  proc.process({20, "bash", "/bin/bash", "0::/user.slice/session-3.scope\n", {42}});
  proc.process({21, "python3", "/usr/bin/python3", "0::/user.slice/session-3.scope\n", {42}});
  const Snapshot snapshot = collected_from(proc);
  ASSERT_EQ(snapshot.endpoints.size(), 2U);
  EXPECT_EQ(snapshot.endpoints[0].process, "bash");
  EXPECT_EQ(snapshot.endpoints[1].process, "python3");
}

TEST(ProcCollector, InitIsNamedOnlyWhereItIsAlone) {
  FakeProc proc;
  proc.table("tcp", {fake_row("00000000:0277", kAnyV4, "0A", 42),
                     fake_row("00000000:006F", kAnyV4, "0A", 43)});
  proc.table("udp", {});
  proc.process({1, "systemd", "/lib/systemd/systemd", "0::/init.scope\n", {42, 43}});
  proc.process({90, "cupsd", "/usr/sbin/cupsd", "0::/system.slice/cups.service\n", {42}});
  const Snapshot snapshot = collected_from(proc);
  ASSERT_EQ(snapshot.endpoints.size(), 2U);
  EXPECT_EQ(find(snapshot, "tcp 0.0.0.0:631")->unit, "cups.service");
  EXPECT_EQ(find(snapshot, "tcp 0.0.0.0:111")->process, "systemd");
}

TEST(ProcCollector, CutNameIsCompletedFromTheProgramFile) {
  FakeProc proc;
  proc.table("tcp", {});
  proc.table("udp", {fake_row("00000000:0035", kAnyV4, "07", 42),
                     fake_row("00000000:0043", kAnyV4, "07", 43)});
  proc.process({50, "systemd-resolve", "/lib/systemd/systemd-resolved (deleted)", "", {42}});
  proc.process({51, "my own name", "/usr/bin/python3", "", {43}});
  const Snapshot snapshot = collected_from(proc);
  EXPECT_EQ(find(snapshot, "udp 0.0.0.0:53")->process, "systemd-resolved");
  EXPECT_EQ(find(snapshot, "udp 0.0.0.0:67")->process, "my own name");
}

TEST(ProcCollector, SocketWithoutProcessIsCountedInANote) {
  FakeProc proc;
  proc.table("tcp", {fake_row("00000000:0801", kAnyV4, "0A", 0),
                     fake_row("0300000A:A0F2", "4C6A46C0:0016", "06", 0)});
  proc.table("udp", {});
  const Snapshot snapshot = collected_from(proc);
  ASSERT_NE(find(snapshot, "tcp 0.0.0.0:2049"), nullptr);
  EXPECT_FALSE(find(snapshot, "tcp 0.0.0.0:2049")->pid);
  EXPECT_THAT(snapshot.notes, ElementsAre(HasSubstr("1 open port has no process: the kernel")));
}

TEST(ProcCollector, UnreadableDescriptorsAskForRoot) {
  const WithoutRoot without_root;
  FakeProc proc;
  proc.table("tcp", {fake_row("00000000:0016", kAnyV4, "0A", 42)});
  proc.table("udp", {});
  proc.process({700, "sshd", "/usr/sbin/sshd", "", {42}});
  std::filesystem::permissions(proc.root() / "700/fd", std::filesystem::perms::none);
  const Snapshot snapshot = collected_from(proc);
  std::filesystem::permissions(proc.root() / "700/fd", std::filesystem::perms::owner_all);
  EXPECT_THAT(snapshot.notes, ElementsAre(HasSubstr("run as root to see whose")));
}

TEST(ProcCollector, ProcessThatIsGoneLosesOnlyItsName) {
  FakeProc proc;
  proc.table("tcp", {fake_row("00000000:0016", kAnyV4, "0A", 42)});
  proc.table("udp", {});
  proc.process({700, "sshd", "/usr/sbin/sshd", "", {42}});
  for (const char* file : {"700/comm", "700/exe", "700/cgroup"}) {
    std::filesystem::remove(proc.root() / file);
  }
  proc.file("701/comm", "half\n");
  const Snapshot snapshot = collected_from(proc);
  ASSERT_EQ(snapshot.endpoints.size(), 1U);
  EXPECT_EQ(snapshot.endpoints[0].pid, 700U);
  EXPECT_EQ(snapshot.endpoints[0].process, "");
  EXPECT_EQ(snapshot.endpoints[0].unit, "");
}

TEST(ProcCollector, WithoutIpv6TheRestIsRead) {
  FakeProc proc;
  proc.table("tcp", {fake_row("00000000:0016", kAnyV4, "0A", 42)});
  proc.table("udp", {});
  const Snapshot snapshot = collected_from(proc);
  EXPECT_EQ(snapshot.endpoints.size(), 1U);
  EXPECT_EQ(snapshot.evidence.size(), 2U);
}

TEST(ProcCollector, MissingTableIsAnErrorThatNamesIt) {
  FakeProc proc;
  const auto snapshot = collect(proc.root());
  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code, Errc::io);
  EXPECT_THAT(snapshot.error().message, HasSubstr((proc.root() / "net/tcp").string()));
}

TEST(ProcCollector, OtherTextInPlaceOfATableIsMalformed) {
  FakeProc proc;
  proc.file("net/tcp", "nothing of the kind\n");
  const auto snapshot = collect(proc.root());
  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code, Errc::malformed);
}

TEST(ProcCollector, BrokenRowIsUnread) {
  FakeProc proc;
  proc.table("tcp", {"   0: nonsense", fake_row("00000000:0016", kAnyV4, "0A", 42)});
  proc.table("udp", {});
  const Snapshot snapshot = collected_from(proc);
  EXPECT_EQ(snapshot.endpoints.size(), 1U);
  ASSERT_EQ(snapshot.unread.size(), 1U);
  EXPECT_EQ(snapshot.unread[0].line, 2U);
}

}  // namespace
}  // namespace deadlight::linux_host
