#include "exposure/role.h"

#include <gmock/gmock.h>

namespace deadlight {
namespace {

using testing::HasSubstr;

struct KeepCase {
  const char* text;
  Protocol protocol;
  std::uint16_t port;
};

TEST(Keep, IsWrittenInEveryUsualWay) {
  for (const KeepCase& one : {KeepCase{"443/tcp", Protocol::tcp, 443},
                              {"53/udp", Protocol::udp, 53},
                              {"tcp/22", Protocol::tcp, 22},
                              {"8080", Protocol::tcp, 8080}}) {
    const Result<Keep> keep = parse_keep(one.text);
    ASSERT_TRUE(keep) << one.text;
    EXPECT_EQ(keep->protocol, one.protocol) << one.text;
    EXPECT_EQ(keep->port, one.port) << one.text;
  }
}

TEST(Keep, NamesWhoMayReachIt) {
  const Result<Keep> keep = parse_keep("22/tcp from 10.0.0.0/8,local-subnet, fd00::1");
  ASSERT_TRUE(keep) << keep.error().message;
  EXPECT_EQ(keep->port, 22);
  EXPECT_EQ(keep->from, (std::vector<std::string>{"10.0.0.0/8", "local-subnet", "fd00::1"}));
  for (const char* text : {"22/tcp from ", "22/tcp from 10.0.0.0/33", "22/tcp from nobody",
                           "22/tcp from 10.0.0.0/8,", "22/tcp from ::1/x"}) {
    const Result<Keep> wrong = parse_keep(text);
    ASSERT_FALSE(wrong) << text;
    EXPECT_THAT(wrong.error().message, HasSubstr("10.0.0.0/8")) << text;
  }
}

TEST(Keep, ErrorShowsHowToWriteIt) {
  for (const char* text : {"", "http", "70000/tcp", "0/tcp", "1/2/3", "443/dccp", "-1"}) {
    const Result<Keep> keep = parse_keep(text);
    ASSERT_FALSE(keep) << text;
    EXPECT_THAT(keep.error().message, HasSubstr("443/tcp")) << text;
  }
}

TEST(Role, UnknownOneNamesThoseThereAre) {
  const Result<Role> role = resolve_role("web", knowledge::builtin());
  ASSERT_FALSE(role);
  EXPECT_THAT(role.error().message, HasSubstr("'web' is not known"));
  EXPECT_THAT(role.error().message, HasSubstr("public-web-server"));
}

TEST(Role, OwnRoleFileExtendsABuiltInOne) {
  const auto loaded = knowledge::load_role(
      "id = \"intranet\"\ntitle = \"Intranet\"\nextends = \"public-web-server\"\n"
      "needs = [\"remote-desktop-in\"]\n",
      "intranet.toml", knowledge::builtin());
  ASSERT_TRUE(loaded) << loaded.error().message;
  const Result<Role> role = resolve_role(loaded->role_id, loaded->knowledge);
  ASSERT_TRUE(role) << role.error().message;
  EXPECT_TRUE(role->needs.contains("remote-desktop-in"));
  EXPECT_TRUE(role->needs.contains("web-server"));
  EXPECT_EQ(role->title, "Intranet");
}

TEST(Role, RolesThatExtendEachOtherAreRefused) {
  const auto role = knowledge::load_role("id = \"a\"\ntitle = \"A\"\nextends = \"a\"\n", "a.toml",
                                         knowledge::builtin());
  ASSERT_FALSE(role);
  EXPECT_THAT(role.error().message, HasSubstr("cannot extend itself"));
}

struct ScopeCase {
  const char* from;
  bool good;
};

TEST(Role, ScopeThatLooksLikeANetworkMustBeOne) {
  const ScopeCase cases[] = {{"any", true},          {"local-subnet", true},
                             {"10.0.0.0/8", true},   {"domain networks", true},
                             {"fe80::/10", true},    {"10.0.0.9", true},
                             {"10.0.0.0/33", false}, {"10.0.0", false},
                             {"300.1.1.1", false}};
  for (const ScopeCase& one : cases) {
    const auto loaded = knowledge::load_role(
        "id = \"own\"\ntitle = \"Own\"\n[[keep]]\nport = \"22/tcp\"\nfrom = [\"" +
            std::string(one.from) + "\"]\nwhy = \"needed\"\n",
        "own.toml", knowledge::builtin());
    ASSERT_TRUE(loaded) << loaded.error().message;
    const Result<Role> role = resolve_role(loaded->role_id, loaded->knowledge);
    EXPECT_EQ(role.has_value(), one.good) << one.from;
    if (!role) {
      EXPECT_THAT(role.error().message, HasSubstr("is no address or network")) << one.from;
    }
  }
}

}  // namespace
}  // namespace deadlight
