#include "base/unit_name.h"

#include <gtest/gtest.h>

#include <string>

namespace deadlight {
namespace {

TEST(UnitName, Names) {
  EXPECT_TRUE(is_unit_name("ssh.service"));
  EXPECT_TRUE(is_unit_name("dev-disk\\x2did@a:b.socket"));
  EXPECT_FALSE(is_unit_name("system.slice"));
  EXPECT_FALSE(is_unit_name(".service"));
  EXPECT_FALSE(is_unit_name("a b.service"));
  EXPECT_FALSE(is_unit_name(std::string(300, 'a') + ".service"));
}

TEST(UnitName, TheLastOneOfAPathCounts) {
  EXPECT_EQ(unit_in_path("/system.slice/ssh.service"), "ssh.service");
  EXPECT_EQ(unit_in_path("/user.slice/user@1000.service/app.slice/pipewire.service/x"),
            "pipewire.service");
  EXPECT_EQ(unit_in_path("/user.slice/user@1000.service/init.scope"), "user@1000.service");
  EXPECT_EQ(unit_in_path("/system.slice/podman.service/libpod/container"), "podman.service");
  EXPECT_EQ(unit_in_path("/machine.slice/machine-web.scope/payload/system.slice/ssh.service"),
            "machine-web.scope");
  EXPECT_EQ(unit_in_path("/lxc.payload.web/system.slice/ssh.service"), "");
  EXPECT_EQ(unit_in_path("/payload/init.scope"), "");
  EXPECT_EQ(unit_in_path("/"), "");
  EXPECT_EQ(unit_in_path(""), "");
}

}  // namespace
}  // namespace deadlight
