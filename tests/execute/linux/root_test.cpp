#include "execute/linux/root.h"

#include <gmock/gmock.h>

#include "execute/linux/made_up_root.h"

namespace deadlight::execute {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> paths(const Root& root, std::string_view pattern) {
  const auto matches = root.matches(pattern);
  EXPECT_TRUE(matches) << matches.error().message;
  std::vector<std::string> result;
  if (!matches) return result;
  for (const Root::Match& match : *matches) {
    std::string text = match.path;
    for (const std::string& star : match.stars) text += " " + star;
    result.push_back(text);
  }
  return result;
}

TEST(Root, PatternsSayWhatTheirStarsStoodFor) {
  const test::MadeUpRoot host;
  host.file("/etc/postgresql/15/main/postgresql.conf", "");
  host.file("/etc/postgresql/9.6/other/postgresql.conf", "");
  host.file("/etc/postgresql/README", "");
  const auto root = Root::open(host.path());
  ASSERT_TRUE(root) << root.error().message;
  EXPECT_THAT(paths(*root, "/etc/postgresql/*/*/postgresql.conf"),
              ElementsAre("/etc/postgresql/15/main/postgresql.conf 15 main",
                          "/etc/postgresql/9.6/other/postgresql.conf 9.6 other"));
  EXPECT_THAT(paths(*root, "/etc/postgresql/*-*/x"), IsEmpty());
  EXPECT_THAT(paths(*root, "/none/*/x"), IsEmpty());
}

TEST(Root, AStarTakesPartsOfNamesButNoLeadingDot) {
  const test::MadeUpRoot host;
  for (const char* name :
       {"/d/a.conf", "/d/.hidden.conf", "/d/b.conf.bak", "/d/c.conf", "/d/x-y"}) {
    host.file(name, "");
  }
  const auto root = Root::open(host.path());
  ASSERT_TRUE(root) << root.error().message;
  EXPECT_THAT(paths(*root, "/d/*.conf"), ElementsAre("/d/a.conf a", "/d/c.conf c"));
  EXPECT_THAT(paths(*root, "/d/*-*"), ElementsAre("/d/x-y x y"));
  EXPECT_THAT(paths(*root, "/d/a.conf"), ElementsAre("/d/a.conf"));
}

TEST(Root, ManyMatchesAreTooMany) {
  const test::MadeUpRoot host;
  for (int i = 0; i <= 1000; ++i) host.file("/d/" + std::to_string(i), "");
  const auto root = Root::open(host.path());
  ASSERT_TRUE(root) << root.error().message;
  const auto matches = root->matches("/d/*");
  ASSERT_FALSE(matches);
  EXPECT_EQ(matches.error().code, Errc::limit);
}

TEST(Root, FollowsLinksAtTheEndOnRequest) {
  const test::MadeUpRoot host;
  host.file("/etc/sites-available/default", "");
  host.link("/etc/sites-enabled/default", "/etc/sites-available/default");
  host.link("/etc/sites-enabled/again", "../sites-enabled/default");
  host.link("/etc/round", "round");
  const auto root = Root::open(host.path());
  ASSERT_TRUE(root) << root.error().message;
  EXPECT_EQ(root->resolve("/etc/sites-enabled/again").value_or(""), "/etc/sites-available/default");
  EXPECT_EQ(root->resolve("/etc/none").value_or(""), "/etc/none");
  const auto round = root->resolve("/etc/round");
  ASSERT_FALSE(round);
  EXPECT_EQ(round.error().code, Errc::refused);
}

TEST(Root, NeedsAFolder) {
  const auto root = Root::open("/nowhere/at/all");
  ASSERT_FALSE(root);
  EXPECT_EQ(root.error().code, Errc::not_found);
}

}  // namespace
}  // namespace deadlight::execute
