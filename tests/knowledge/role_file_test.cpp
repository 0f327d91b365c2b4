#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "knowledge/folder.h"
#include "knowledge/loader.h"

namespace deadlight::knowledge {
namespace {

using testing::StartsWith;

struct RoleFileFault {
  const char* name;
  const char* toml;
  const char* message;
};

TEST(RoleFile, HoldsARoleWithOrWithoutItsHeading) {
  const Loaded base = load_mini();
  for (const std::string_view text :
       {"id='mine'\ntitle='Mine'\nextends='file-server'\nneeds=['name-lookup']\n"
        "[[keep]]\nport='22/tcp'\nfrom=['10.0.0.0/8']\n",
        "[[role]]\nid='mine'\ntitle='Mine'\nextends='file-server'\nneeds=['name-lookup']\n"
        "[[role.keep]]\nport='22/tcp'\nfrom=['10.0.0.0/8']\n"}) {
    const Result<Loaded> loaded = load_role(text, "mine.toml", base.knowledge);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->role_id, "mine");
    const RoleFact* role = loaded->knowledge.role("mine");
    ASSERT_NE(role, nullptr);
    EXPECT_EQ(role->extends, "file-server");
    ASSERT_EQ(role->keep.size(), 1U);
    EXPECT_EQ(role->keep[0].port, 22);
    EXPECT_EQ(loaded->knowledge.roles.size(), base.knowledge.roles.size() + 1);
    EXPECT_NE(loaded->knowledge.feature("raw-smb"), nullptr);
  }
}

TEST(RoleFile, MayReplaceARoleOfTheSameName) {
  const Loaded base = load_mini();
  const Result<Loaded> loaded = load_role("id='CLOSED'\ntitle='Mine'", "r.toml", base.knowledge);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->knowledge.roles.size(), base.knowledge.roles.size());
  EXPECT_EQ(loaded->knowledge.role("closed")->title, "Mine");
}

constexpr RoleFileFault kRoleFaults[] = {
    {"Empty", "", "r.toml:1: the top of the file has no 'id'; add it"},
    {"Misspelt", "id='a'\ntitel='A'",
     "r.toml:2: unknown key 'titel' in the top of the file; known are id, title, purpose, extends, "
     "needs, keep, disable"},
    {"Two", "[[role]]\nid='a'\n[[role]]\nid='b'", "r.toml:1: 2 roles; a role file holds one"},
    {"None", "role=[]", "r.toml:1: 0 roles; a role file holds one"},
    {"OtherRows", "[[role]]\nid='a'\n[[source]]\nid='s'",
     "r.toml:3: unknown key 'source' in the top of the file; known are role"},
    {"UnknownCapability", "id='a'\nneeds=['flying']",
     "r.toml:2: role 'a': needs names 'flying', which is no [[capability]]; correct the name or "
     "add "
     "it to capabilities.toml"},
    {"UnknownParent", "id='a'\nextends='b'",
     "r.toml:2: role 'a': extends names 'b', which is no [[role]]; correct the name"},
    {"ItsOwnParent", "id='a'\nextends='A'",
     "r.toml:2: role 'a': extends goes round in a circle; a role cannot extend itself"},
    {"NothingToDisable", "id='a'\ndisable=['nothing']",
     "r.toml:2: role 'a': disable names 'nothing', which is no [[service]] and no [[closer]]; "
     "correct the name"},
    {"BareTable", "[role]\nid='a'", "r.toml:1: write [[role]] for [role]"},
};

class RoleFault : public testing::TestWithParam<RoleFileFault> {};

TEST_P(RoleFault, IsNamed) {
  const Loaded base = load_mini();
  const Result<Loaded> loaded = load_role(GetParam().toml, "r.toml", base.knowledge);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Errc::malformed);
  EXPECT_THAT(loaded.error().message, StartsWith(GetParam().message));
}
INSTANTIATE_TEST_SUITE_P(Toml, RoleFault, testing::ValuesIn(kRoleFaults),
                         [](const auto& fault) { return std::string(fault.param.name); });

}  // namespace
}  // namespace deadlight::knowledge
