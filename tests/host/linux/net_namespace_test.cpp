#include "host/linux/net_namespace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "host/linux/cgroup_tree.h"
#include "host/linux/fake_proc.h"

namespace deadlight::linux_host {
namespace {

struct ContainerCase {
  const char* name;
  const char* path;
  const char* expected;
};
// Paths as the runtimes make them, with systemd's or their own cgroup driver.
const ContainerCase kContainers[] = {
    {"DockerScope",
     "/system.slice/docker-3f1ab2c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f80.scope",
     "3f1ab2c4d5e6"},
    {"DockerFolder", "/docker/3f1ab2c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f80",
     "3f1ab2c4d5e6"},
    {"Podman",
     "/machine.slice/libpod-9f1ab2c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f80.scope/"
     "container",
     "9f1ab2c4d5e6"},
    {"CriO",
     "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/"
     "crio-af1ab2c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f80.scope",
     "af1ab2c4d5e6"},
    {"KubernetesFolder",
     "/kubepods/burstable/pod7c9/bf1ab2c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f80",
     "bf1ab2c4d5e6"},
    {"Lxc", "/lxc.payload.web/system.slice/nginx.service", "web"},
    {"OldLxc", "/lxc/web/init.scope", "web"},
    {"Machined", "/machine.slice/machine-web.scope/init.scope", "web"},
    {"Nspawn", "/machine.slice/systemd-nspawn@web.service/payload/init.scope", "web"},
    {"Service", "/system.slice/ssh.service", ""},
    {"NotAnId", "/system.slice/docker-compose.scope", ""},
    {"Root", "/", ""},
    {"Nothing", "", ""},
};
class ContainerOfCgroup : public testing::TestWithParam<ContainerCase> {};
TEST_P(ContainerOfCgroup, IsNamed) {
  EXPECT_EQ(container_of_cgroup(GetParam().path), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(Rows, ContainerOfCgroup, testing::ValuesIn(kContainers),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(NameNamespaces, ByContainerElseByNumber) {
  FakeProc proc;
  proc.process({10, "nginx", "", "0::/lxc.payload.web/system.slice/nginx.service\n", {}});
  proc.process({20, "sh", "", "0::/user.slice/session-1.scope\n", {}});
  ProcessList list;
  list.namespaces = {{4026532001, 10, ""}, {4026532002, 20, ""}, {4026532003, 30, ""}};
  name_namespaces(list, proc.root());
  EXPECT_EQ(list.namespaces[0].name, "container web");
  EXPECT_EQ(list.namespaces[1].name, "netns 4026532002");
  EXPECT_EQ(list.namespaces[2].name, "netns 4026532003");
}

TEST(ListProcesses, HasThisOneAndRises) {
  const ProcessList list = list_processes("/proc");
  EXPECT_TRUE(std::is_sorted(list.pids.begin(), list.pids.end()));
  EXPECT_TRUE(std::binary_search(list.pids.begin(), list.pids.end(), getpid()));
  EXPECT_THAT(list_processes("/nowhere").pids, testing::IsEmpty());
}

TEST(CgroupTree, ByHandleAndByWalkTheSamePath) {
  auto tree = CgroupTree::open();
  if (!tree) GTEST_SKIP() << tree.error().message;
  EXPECT_EQ(tree->path(1), "/");
  EXPECT_EQ(tree->path(0xFFFFFFFFFFFF), std::nullopt);
  // A folder of another kind knows no such handles, and is walked.
  FakeProc folder;
  folder.file("system.slice/ssh.service/cgroup.procs", "12\n7\n0\nx\n");
  auto walked = CgroupTree::open(folder.root());
  ASSERT_TRUE(walked);
  struct stat facts {};
  ASSERT_EQ(stat((folder.root() / "system.slice/ssh.service").c_str(), &facts), 0);
  EXPECT_EQ(walked->path(facts.st_ino), "/system.slice/ssh.service");
  EXPECT_EQ(walked->path(0), std::nullopt);
  EXPECT_THAT(walked->processes("/system.slice/ssh.service"), testing::ElementsAre(7, 12));
  EXPECT_THAT(walked->processes("/gone.service"), testing::IsEmpty());
}

}  // namespace
}  // namespace deadlight::linux_host
