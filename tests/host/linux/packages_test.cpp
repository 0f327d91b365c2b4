#include "host/linux/packages.h"

#include <gmock/gmock.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>

#include "host/calls/command.h"

namespace deadlight::linux_host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

/// A root folder with a dpkg of its own; gone with the object.
class MadeRoot {
 public:
  MadeRoot() {
    std::string name = testing::TempDir() + "packagesXXXXXX";
    path_ = mkdtemp(name.data());
    std::filesystem::create_directories(path_ / "var/lib/dpkg/info");
  }
  ~MadeRoot() { std::filesystem::remove_all(path_); }
  MadeRoot(const MadeRoot&) = delete;
  MadeRoot& operator=(const MadeRoot&) = delete;

  void put(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / "var/lib/dpkg" / name) << text;
  }
  std::map<std::string, std::string> find(const std::set<std::string>& paths) const {
    return find_packages(paths, path_);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

TEST(Packages, ProgramAndVersion) {
  const MadeRoot root;
  root.put("info/web.list", "/.\n/usr\n/usr/sbin/web\n");
  root.put("info/webby.list", "/usr/sbin/webby\n");
  root.put("status",
           "Package: webby\nVersion: 9\n\nPackage: web\nStatus: install ok installed\n"
           "Architecture: amd64\nVersion: 1.2-3\n\n");
  EXPECT_THAT(root.find({"/usr/sbin/web"}), ElementsAre(Pair("/usr/sbin/web", "web 1.2-3")));
  EXPECT_THAT(root.find({"/usr/local/bin/own", "/usr/sbin/we"}), IsEmpty());
}

TEST(Packages, EitherNameWhereBinIsALink) {
  const MadeRoot root;
  root.put("info/old.list", "/sbin/old\n");
  root.put("info/new:amd64.list", "/usr/bin/new\n");
  root.put("status", "Package: new\nArchitecture: amd64\nVersion: 2\n");
  EXPECT_THAT(root.find({"/usr/sbin/old", "/bin/new"}),
              ElementsAre(Pair("/bin/new", "new 2"), Pair("/usr/sbin/old", "old")));
}

TEST(Packages, DivertedProgramIsOfTheOneThatListsIt) {
  const MadeRoot root;
  root.put("info/plain.list", "/usr/bin/tool\n");
  root.put("info/special.list", "/usr/bin/tool\n");
  root.put("diversions", "/usr/bin/tool\n/usr/bin/tool.plain\nspecial\n");
  EXPECT_THAT(root.find({"/usr/bin/tool", "/usr/bin/tool.plain"}),
              ElementsAre(Pair("/usr/bin/tool", "special"), Pair("/usr/bin/tool.plain", "plain")));
}

TEST(Packages, WithoutDpkgThereAreNone) {
  EXPECT_THAT(find_packages({"/usr/bin/env"}, "/nonexistent"), IsEmpty());
}

TEST(Packages, RpmIsAskedWhereItHasADatabase) {
  if (geteuid() != 0 || !std::filesystem::exists("/usr/bin/rpmbuild")) {
    GTEST_SKIP() << "needs root and rpmbuild (package rpm)";
  }
  const MadeRoot root;
  std::ofstream(root.path() / "web.spec")
      << "Name: web\nVersion: 1.2\nRelease: 3\nSummary: x\nLicense: x\nBuildArch: noarch\n"
         "%description\nx\n%install\nmkdir -p %{buildroot}/usr/sbin\n"
         "echo > %{buildroot}/usr/sbin/web\n%files\n/usr/sbin/web\n";
  const std::string top = "_topdir " + (root.path() / "build").string();
  const auto built = run_command({"/usr/bin/rpmbuild", "-bb", "--quiet", "--define", top,
                                  (root.path() / "web.spec").string()});
  ASSERT_TRUE(built) << built.error().message;
  const auto installed = run_command(
      {"/usr/bin/rpm", "--root", root.path().string(), "--dbpath", "/var/lib/rpm", "-i", "--nodeps",
       "--force-debian", (root.path() / "build/RPMS/noarch/web-1.2-3.noarch.rpm").string()});
  ASSERT_TRUE(installed) << installed.error().message;
  std::ofstream(root.path() / "usr/sbin/own") << "";
  EXPECT_THAT(root.find({"/usr/sbin/web", "/usr/sbin/own"}),
              ElementsAre(Pair("/usr/sbin/web", "web 1.2-3")));
}

TEST(Packages, OfThisMachine) {
  if (!std::filesystem::exists("/var/lib/dpkg/info/coreutils.list")) {
    GTEST_SKIP() << "this machine has no package coreutils of dpkg";
  }
  EXPECT_THAT(find_packages({"/usr/bin/env"}, "/"),
              ElementsAre(Pair("/usr/bin/env", HasSubstr("coreutils "))));
}

TEST(Packages, DamagedDiversionsAreLeftOut) {
  EXPECT_THAT(parse_diversions(""), IsEmpty());
  EXPECT_THAT(parse_diversions("/a\n/b\n\n"), IsEmpty());
  EXPECT_THAT(parse_diversions("/a\n/b"), IsEmpty());
  EXPECT_THAT(parse_diversions("a\nb\nc\n"), IsEmpty());
}

}  // namespace
}  // namespace deadlight::linux_host
