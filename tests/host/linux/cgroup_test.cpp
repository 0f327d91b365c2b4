#include "host/linux/cgroup.h"

#include <gtest/gtest.h>

namespace deadlight::linux_host {
namespace {

struct CgroupCase {
  const char* name;
  const char* text;
  const char* unit;
};

class UnitOfCgroup : public testing::TestWithParam<CgroupCase> {};

TEST_P(UnitOfCgroup, IsFound) { EXPECT_EQ(unit_of_cgroup(GetParam().text), GetParam().unit); }

const CgroupCase kCgroupCases[] = {
    {"Unified", "0::/system.slice/ssh.service\n", "ssh.service"},
    {"UnifiedWithoutNewline", "0::/system.slice/ssh.service", "ssh.service"},
    {"Init", "0::/init.scope\n", "init.scope"},
    {"OldHierarchies",
     "12:pids:/system.slice/x.service\n1:name=systemd:/system.slice/nginx.service\n",
     "nginx.service"},
    {"SideBySideSystemdWins",
     "1:name=systemd:/system.slice/cron.service\n0::/system.slice/other.service\n", "cron.service"},
    {"SideBySideUnifiedWhereSystemdSaysNothing",
     "9:name=systemd:/\n0::/system.slice/cron.service\n", "cron.service"},
    {"OtherControllersDoNotCount", "4:memory:/system.slice/a.service\n0::/\n", ""},
    {"BelowTheService", "0::/system.slice/podman.service/libpod/container\n", "podman.service"},
    {"UserUnit", "0::/user.slice/user-1000.slice/user@1000.service/app.slice/pipewire.service\n",
     "pipewire.service"},
    {"Session", "0::/user.slice/user-1000.slice/session-3.scope\n", "session-3.scope"},
    {"Instance", "0::/system.slice/system-getty.slice/getty@tty1.service\n", "getty@tty1.service"},
    {"EscapedName", "0::/system.slice/dev\\x2dx.service\n", "dev\\x2dx.service"},
    {"ContainerWithoutUnit", "0::/docker/0123456789abcdef\n", ""},
    {"UnitOfAContainerIsNoneHere", "0::/lxc.payload.web/system.slice/ssh.service\n", ""},
    {"SliceAlone", "0::/system.slice\n", ""},
    {"SuffixAlone", "0::/system.slice/.service\n", ""},
    {"StrangeCharacters", "0::/system.slice/a b;c.service\n", ""},
    {"Empty", "", ""},
    {"NoColons", "nonsense\n", ""},
};
INSTANTIATE_TEST_SUITE_P(Rows, UnitOfCgroup, testing::ValuesIn(kCgroupCases),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace deadlight::linux_host
