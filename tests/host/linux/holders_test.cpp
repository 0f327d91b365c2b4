// Who holds a socket: by /proc, made up and real, and by BPF.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/linux/bpf_holders.h"
#include "host/linux/fake_proc.h"
#include "host/linux/net_namespace.h"
#include "host/linux/net_sandbox.h"
#include "host/linux/proc_walk.h"

namespace deadlight::linux_host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<CgroupMembers> kNoCgroups;

std::vector<WantedSocket> wanted(std::initializer_list<std::uint32_t> inodes,
                                 std::uint64_t cgroup) {
  std::vector<WantedSocket> result;
  for (const std::uint32_t inode : inodes) result.push_back({inode, 0, cgroup});
  return result;
}

std::vector<std::uint32_t> pids_of(const Holders& holders) {
  std::vector<std::uint32_t> pids;
  for (const HolderProcess& process : holders.processes) pids.push_back(process.pid);
  return pids;
}

TEST(InodeTable, FindsTheFirstOfEach) {
  std::vector<WantedSocket> sockets;
  for (std::uint32_t i = 0; i < 5000; ++i) sockets.push_back({i % 2500 * 7 + 1, 0, 0});
  sockets.push_back({0, 0, 0});
  const InodeTable table(sockets);
  for (std::uint32_t i = 0; i < 2500; ++i) ASSERT_EQ(table.find(i * 7 + 1), i);
  EXPECT_EQ(table.find(2), InodeTable::kNone);
  EXPECT_EQ(InodeTable({}).find(1), InodeTable::kNone);
}

TEST(ProcWalk, FindsAHolderOfEachSocket) {
  FakeProc proc;
  proc.process({10, "one", "", "", {101, 102}});
  proc.process({20, "two", "", "", {103}});
  const std::vector<std::uint32_t> pids = {10, 20};
  const Holders holders =
      walk_processes({proc.root(), pids, kNoCgroups}, wanted({101, 103, 999}, 0), {});
  EXPECT_THAT(holders.holdings, ElementsAre(Holding{101, 10}, Holding{103, 20}));
  ASSERT_EQ(holders.processes.size(), 2U);
  EXPECT_EQ(holders.process(20)->comm, "two");
  EXPECT_EQ(holders.process(30), nullptr);
  EXPECT_FALSE(holders.limit_reached);
}

TEST(ProcWalk, LooksInTheCgroupOfTheSocketFirstAndStopsThere) {
  FakeProc proc;
  for (const std::uint32_t pid : {10U, 20U, 30U}) proc.process({pid, "x", "", "", {101}});
  const std::vector<std::uint32_t> pids = {10, 20, 30};
  const std::vector<CgroupMembers> cgroups = {{5, {20, 30}, false}};
  WalkOptions options;
  options.threads = 1;
  EXPECT_THAT(pids_of(walk_processes({proc.root(), pids, cgroups}, wanted({101}, 5), options)),
              ElementsAre(20));
  options.complete = true;
  EXPECT_THAT(pids_of(walk_processes({proc.root(), pids, cgroups}, wanted({101}, 5), options)),
              ElementsAre(10, 20, 30));
}

TEST(ProcWalk, InitEndsNoSearch) {
  FakeProc proc;
  proc.process({1, "systemd", "", "", {101}});
  proc.process({50, "systemd", "", "", {102}});
  proc.process({60, "sshd", "", "", {101, 102}});
  const std::vector<std::uint32_t> pids = {1, 50, 60};
  const std::vector<CgroupMembers> cgroups = {{5, {1}, true}, {6, {50}, true}};
  std::vector<WantedSocket> sockets = wanted({101}, 5);
  sockets.push_back({102, 0, 6});
  EXPECT_THAT(walk_processes({proc.root(), pids, cgroups}, sockets, {}).holdings,
              ElementsAre(Holding{101, 1}, Holding{101, 60}, Holding{102, 50}, Holding{102, 60}));
}

TEST(ProcWalk, AProcessThatIsGoneIsNoError) {
  FakeProc proc;
  const std::vector<std::uint32_t> pids = {77};
  const Holders holders = walk_processes({proc.root(), pids, kNoCgroups}, wanted({101}, 0), {});
  EXPECT_THAT(holders.holdings, IsEmpty());
  EXPECT_EQ(holders.unreadable, 0U);
}

std::uint32_t inode_of(int handle) {
  struct stat facts {};
  fstat(handle, &facts);
  return static_cast<std::uint32_t>(facts.st_ino);
}

TEST(BpfHolders, AreThoseThatProcShows) {
  const TestSocket own = bind_socket({SOCK_STREAM, "127.0.0.1"});
  ASSERT_TRUE(own);
  const TestProcess heir([] { return true; });  // has it open as well
  ASSERT_TRUE(heir.ready());
  const std::vector<WantedSocket> sockets = wanted({inode_of(own.handle.get()), 4294967295U}, 0);
  const auto found = bpf_holders(sockets, {100, 100});
  if (!found) GTEST_SKIP() << found.error().message;
  const std::vector<std::uint32_t> pids = list_processes("/proc").pids;
  WalkOptions options;
  options.complete = true;
  const Holders walked = walk_processes({"/proc", pids, kNoCgroups}, sockets, options);
  EXPECT_EQ(found->holdings, walked.holdings);
  EXPECT_THAT(pids_of(*found), testing::UnorderedElementsAre(getpid(), heir.pid()));
  ASSERT_NE(found->process(heir.pid()), nullptr);
  EXPECT_EQ(found->process(heir.pid())->comm, walked.process(heir.pid())->comm);
  EXPECT_NE(found->process(heir.pid())->cgroup, 0U);
}

TEST(BpfHolders, FindsMoreThanFitAtFirst) {
  // Room for processes is made for one, and there are more.
  const auto found = bpf_holders({}, {});
  if (!found) GTEST_SKIP() << found.error().message;
  EXPECT_THAT(found->holdings, IsEmpty());
  EXPECT_THAT(found->processes, IsEmpty());
}

TEST(BpfHolders, WithoutTheRightItSaysWhy) {
  if (!has_bpf()) GTEST_SKIP() << "built without BPF";
  if (geteuid() != 0) GTEST_SKIP() << "takes root, to give it up";
  const TestProcess nobody([] {
    if (setuid(65534) != 0) return false;
    const auto found = bpf_holders({}, {});
    return !found && found.error().message.starts_with("BPF: ");
  });
  EXPECT_TRUE(nobody.ready());
}

}  // namespace
}  // namespace deadlight::linux_host
