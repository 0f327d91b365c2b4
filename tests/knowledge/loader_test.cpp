#include "knowledge/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "knowledge/folder.h"

namespace deadlight::knowledge {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kCapability = "[[capability]]\nid = 'a'\ntitle = 'A'\n";

TEST(Loader, ReadsEveryKeyOfAFeature) {
  const Loaded loaded = load_mini();
  const FeatureFact& smb = *loaded.knowledge.feature("raw-smb");
  EXPECT_EQ(smb.purpose, "Shares, straight over TCP.");
  EXPECT_EQ(smb.os.text(), "win2000-server2025");
  EXPECT_THAT(smb.provides, ElementsAre("file-sharing-server"));
  EXPECT_EQ(smb.history, "Worms have come this way.");
  EXPECT_EQ(smb.note, "Closing 139 leaves it open.");
  EXPECT_EQ(smb.certainty, Certainty::documented);
  EXPECT_THAT(smb.sources, ElementsAre("handbook"));
  ASSERT_EQ(smb.opens.size(), 1U);
  const OpensFact& opens = smb.opens[0];
  EXPECT_EQ(opens.port_first, 445);
  EXPECT_EQ(opens.port_last, 445);
  EXPECT_EQ(opens.os.text(), "win2000-server2025") << "the feature's own";
  EXPECT_EQ(opens.holder, "NetBT");
  EXPECT_TRUE(opens.distinctive);
  EXPECT_TRUE(opens.by_default);
  EXPECT_FALSE(opens.rpc);
  EXPECT_EQ(opens.released, Released::reboot);
}

TEST(Loader, ReadsThePortAsNumberRangeOrDynamic) {
  const Loaded loaded = load_mini();
  const FeatureFact& discovery = *loaded.knowledge.feature("discovery");
  ASSERT_EQ(discovery.opens.size(), 3U);
  EXPECT_TRUE(discovery.opens[0].matches_port(1900));
  EXPECT_EQ(discovery.opens[0].bind, Bind::each);
  EXPECT_TRUE(discovery.opens[1].dynamic());
  EXPECT_TRUE(discovery.opens[1].rpc);
  EXPECT_TRUE(discovery.opens[2].matches_port(2000));
  EXPECT_TRUE(discovery.opens[2].matches_port(2999));
  EXPECT_FALSE(discovery.opens[2].matches_port(3000));
  EXPECT_TRUE(discovery.opens[2].client);
  const FeatureFact& mapper = *loaded.knowledge.feature("rpc-endpoint-mapper");
  EXPECT_EQ(mapper.opens[1].os.text(), "winnt4-win2003");
  EXPECT_TRUE(mapper.opens[1].held_by_rpc);
}

TEST(Loader, ReadsEveryKeyOfACloser) {
  const Loaded loaded = load_mini();
  const CloserFact& closer = *loaded.knowledge.closer("smb_device_disable");
  EXPECT_EQ(closer.phase, Phase::smb);
  EXPECT_EQ(closer.effect, Effect::release);
  ASSERT_EQ(closer.targets.size(), 3U);
  EXPECT_TRUE(closer.targets[0].all);
  EXPECT_EQ(closer.targets[1].feature, "rpc-endpoint-mapper");
  EXPECT_FALSE(closer.targets[1].all);
  EXPECT_EQ(closer.targets[1].port, 135);
  EXPECT_EQ(closer.targets[2].protocol, Protocol::udp);
  EXPECT_EQ(closer.targets[2].port, 0);
  ASSERT_EQ(closer.changes.size(), 2U);
  EXPECT_EQ(closer.changes[0].target,
            "HKLM\\SYSTEM\\CurrentControlSet\\Services\\NetBT\\Parameters");
  EXPECT_EQ(closer.changes[0].name, "SmbDeviceEnabled");
  EXPECT_EQ(closer.changes[0].type, "REG_DWORD");
  EXPECT_EQ(closer.changes[0].data, "0");
  EXPECT_EQ(closer.changes[0].reverse, "Delete the value.");
  EXPECT_TRUE(closer.changes[1].each_adapter);
  EXPECT_THAT(closer.companions, ElementsAre("discovery_off"));
  EXPECT_EQ(closer.limits, "139 stays.");
  EXPECT_EQ(loaded.knowledge.closer("rpcss_off")->refused_because,
            "The computer cannot be used without it.");
}

TEST(Loader, ReadsServicesGroupsAndRoles) {
  const Loaded loaded = load_mini();
  const ServiceFact& server = *loaded.knowledge.service("LanmanServer");
  ASSERT_EQ(server.hosted.size(), 2U);
  EXPECT_EQ(server.hosted[0].image, "services.exe");
  EXPECT_EQ(server.hosted[0].start, StartType::automatic);
  ASSERT_EQ(server.depends_on.size(), 1U);
  EXPECT_EQ(server.depends_on[0].service, "NetBT");
  EXPECT_EQ(server.depends_on[0].os.text(), "win2000-win2003");
  EXPECT_THAT(loaded.knowledge.service("rpcbind.service")->coupled, ElementsAre("rpcbind.socket"));
  EXPECT_EQ(loaded.knowledge.group_of("DiscoverySvc", Os::winxp)->account,
            "NT AUTHORITY\\LocalService");
  const RoleFact& role = *loaded.knowledge.role("file-server");
  EXPECT_EQ(role.extends, "closed");
  EXPECT_THAT(role.disable, ElementsAre("discovery_off", "srv"));
  ASSERT_EQ(role.keep.size(), 1U);
  EXPECT_EQ(role.keep[0].port, 443);
  EXPECT_EQ(role.keep[0].protocol, Protocol::tcp);
  EXPECT_THAT(role.keep[0].from, ElementsAre("any"));
}

TEST(Loader, ProseBecomesOneLineAndKeepsItsLetters) {
  const Loaded loaded = load_mini();
  EXPECT_EQ(loaded.knowledge.service("LanmanServer")->breaks,
            "Shares of this computer; what another program?"
            "?/says of \"\\\\server\\pipe\" "
            "can no longer be opened.");
  EXPECT_EQ(loaded.knowledge.service("DiscoverySvc")->title, "Entdeckung für Geräte (日本語)");
}

TEST(Loader, RowsAreSortedWhateverTheFiles) {
  const Folder folder;
  folder.write("b.toml", "[[capability]]\nid='b'\ntitle=''\n[[capability]]\nid='C'\ntitle=''\n");
  folder.write("z/deep/a.toml", kCapability);
  const Result<Loaded> loaded = load(folder.path(), Knowledge{});
  ASSERT_TRUE(loaded);
  std::vector<Text> ids;
  for (const CapabilityFact& row : loaded->knowledge.capabilities) ids.push_back(row.id);
  EXPECT_THAT(ids, ElementsAre("a", "b", "C"));
}

TEST(Loader, OnlyTomlFilesCount) {
  const Folder folder;
  folder.write("a.toml", kCapability);
  folder.write("README.md", "not TOML at all [[[");
  folder.write(".#a.toml", "an editor's lock");
  const Result<Loaded> loaded = load(folder.path(), Knowledge{});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->knowledge.capabilities.size(), 1U);
}

TEST(Loader, AnOverlayReplacesRowsAndKeepsTheRest) {
  const Loaded base = load_mini();
  const Folder folder;
  folder.write("mine.toml",
               "[[capability]]\nid = 'NAME-LOOKUP'\ntitle = 'Mine'\n"
               "[[capability]]\nid = 'new'\ntitle = 'New'\n"
               "[[port]]\nprotocol='tcp'\nport=445\nwindows='mine'\ncertainty='inferred'\n");
  const Result<Loaded> loaded = load(folder.path(), base.knowledge);
  ASSERT_TRUE(loaded) << loaded.error().message;
  const Knowledge& kb = loaded->knowledge;
  EXPECT_EQ(kb.capabilities.size(), base.knowledge.capabilities.size() + 1);
  EXPECT_EQ(kb.capability("name-lookup")->title, "Mine");
  EXPECT_EQ(kb.capability("new")->title, "New");
  EXPECT_EQ(kb.capability("file-sharing-server")->title, "Other computers open this one's shares");
  EXPECT_EQ(kb.ports.size(), base.knowledge.ports.size());
  EXPECT_EQ(kb.port(Protocol::tcp, 445)->windows_owner, "mine");
  EXPECT_EQ(kb.features.data(), base.knowledge.features.data()) << "untouched kinds are shared";
  EXPECT_EQ(base.knowledge.capability("name-lookup")->title, "Windows names are found");
}

TEST(Loader, AServiceIsFoundByTheAliasesOfTheRowThatReplacesIt) {
  const Loaded base = load_mini();
  const Folder folder;
  folder.write("mine.toml",
               "[[service]]\nid='LanmanServer'\ntitle='Mine'\nos='windows'\naliases=['shares']\n"
               "certainty='inferred'\n");
  const Result<Loaded> loaded = load(folder.path(), base.knowledge);
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_NE(loaded->knowledge.service("Shares"), nullptr);
  EXPECT_EQ(loaded->knowledge.service("Shares")->title, "Mine");
  EXPECT_EQ(loaded->knowledge.service("srv"), nullptr) << "its row is gone";
}

TEST(Loader, AGroupIsReplacedByTheSameGroupOfTheSameSystems) {
  const Loaded base = load_mini();
  const Folder folder;
  folder.write("mine.toml",
               "[[group]]\nos='winxp-'\nimage='SVCHOST.exe'\ngroup='netsvcs'\n"
               "services=['Other']\ncertainty='inferred'\n");
  const Result<Loaded> loaded = load(folder.path(), base.knowledge);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->knowledge.groups.size(), base.knowledge.groups.size());
  EXPECT_EQ(loaded->knowledge.group_of("LanmanServer", Os::winxp), nullptr);
  EXPECT_NE(loaded->knowledge.group_of("Other", Os::winxp), nullptr);
}

struct Fault {
  const char* name;
  const char* toml;
  const char* message;
};

constexpr Fault kFaults[] = {
    {"UnknownKey", "[[capability]]\nid='a'\ntitle='A'\nfoo=1",
     "x.toml:4: unknown key 'foo' in [[capability]]; known are id, title"},
    {"UnknownKeyInASocket",
     "[[feature]]\nid='f'\ncertainty='inferred'\n[[feature.opens]]\nprotocol='tcp'\nport=1\n"
     "prot=2",
     "x.toml:7: unknown key 'prot' in [[feature.opens]]; known are protocol, port, os, bind, "
     "holder, rpc, held_by_rpc, distinctive, by_default, client, released"},
    {"UnknownKind", "\n[[features]]\nid='f'",
     "x.toml:2: unknown key 'features' in the top of the file; known are source, capability, "
     "service, group, feature, closer, port, role, rpc_interface, netbios_suffix, smb_transport, "
     "os_sign"},
    {"NumberForText", "[[capability]]\nid=3",
     "x.toml:2: 'id' in [[capability]] is a whole number; it must be a text"},
    {"TextForList", "[[group]]\nos='linux'\nimage='i'\nservices='a'\ncertainty='inferred'",
     "x.toml:4: 'services' in [[group]] is a text; it must be a list"},
    {"NumberInList", "[[role]]\nid='r'\nneeds=[\n 'a',\n 7]",
     "x.toml:5: 'needs' in [[role]] is a list of texts; a whole number stands in it"},
    {"EmptyTextInList", "[[role]]\nid='r'\nneeds=[' ']",
     "x.toml:3: 'needs' in [[role]] is a list of texts; an empty one stands in it"},
    {"TextForFlag",
     "[[feature]]\nid='f'\ncertainty='inferred'\n[[feature.opens]]\nprotocol='tcp'\nport=1\n"
     "rpc='yes'",
     "x.toml:7: 'rpc' in [[feature.opens]] is a text; it must be true or false"},
    {"DateForText", "[[capability]]\nid=1979-05-27",
     "x.toml:2: 'id' in [[capability]] is a fraction or a date; it must be a text"},
    {"OneTableForMany", "[feature]\nid='f'", "x.toml:1: write [[feature]] for [feature]"},
    {"TextForTables", "feature='f'",
     "x.toml:1: 'feature' in the top of the file is a text; it must be a list"},
    {"NumbersForTables", "feature=[1]",
     "x.toml:1: 'feature' in the top of the file is a list of tables; a whole number stands in it"},
    {"NoId", "[[capability]]\ntitle='A'", "x.toml:1: [[capability]] has no 'id'; add it"},
    {"NoCertainty", "[[service]]\nid='a'", "x.toml:1: [[service]] has no 'certainty'; add it"},
    {"NoPhase", "[[closer]]\nid='a'\neffect='release'\nwhen='now'\ncertainty='inferred'",
     "x.toml:1: [[closer]] has no 'phase'; add it"},
    {"NoReverse",
     "[[closer]]\nid='a'\nphase='smb'\neffect='release'\nwhen='now'\ncertainty='inferred'\n"
     "[[closer.change]]\nkind='manual'\ntarget='t'",
     "x.toml:7: [[closer.change]] has no 'reverse'; add it"},
    {"BadWord", "[[service]]\nid='a'\ncertainty='sure'",
     "x.toml:3: 'certainty' in [[service]] is 'sure'; it must be one of documented, community, "
     "inferred"},
    {"BadOs", "[[service]]\nid='a'\nos='win2003-win2000'\ncertainty='inferred'",
     "x.toml:3: 'os' in [[service]] is 'win2003-win2000'; it must be an OS range such as "
     "win2000-winxp, vista-, windows or linux"},
    {"BadDependencyOs",
     "[[service]]\nid='a'\nos='linux'\ndepends_on=['b@win20']\ncertainty='inferred'",
     "x.toml:4: 'depends_on' in [[service]] is 'b@win20'; it must be a service, or service@range "
     "with an OS range"},
    {"BadPort", "[[port]]\nprotocol='tcp'\nport=65536\ncertainty='inferred'",
     "x.toml:3: 'port' in [[port]] is '65536'; it must be a port from 1 to 65535"},
    {"BadPortRange",
     "[[feature]]\nid='f'\ncertainty='inferred'\n[[feature.opens]]\nprotocol='tcp'\n"
     "port='20-10'",
     "x.toml:6: 'port' in [[feature.opens]] is '20-10'; it must be a port such as 135, a range "
     "such as \"2000-9999\" or \"dynamic\""},
    {"BadTarget",
     "[[closer]]\nid='a'\nphase='smb'\neffect='release'\nwhen='now'\ncertainty='inferred'\n"
     "targets=['f:tcp/x']",
     "x.toml:7: 'targets' in [[closer]] is 'f:tcp/x'; it must be feature, feature:udp, "
     "feature:tcp/135 or feature:tcp/rpc"},
    {"BadKeep", "[[role]]\nid='r'\n[[role.keep]]\nport='443'",
     "x.toml:4: 'port' in [[role.keep]] is '443'; it must be a port and a protocol such as "
     "\"443/tcp\""},
    {"LineBreakInAName", "[[capability]]\nid=\"a\\nb\"",
     "x.toml:2: 'id' in [[capability]] has a line break; write it on one line"},
    {"EscapeSequence", "[[capability]]\nid='a'\ntitle=\"\\u001b[31m\"",
     "x.toml:3: 'title' in [[capability]] has a control character; leave it out"},
    {"MoreThanOneProblem", "[[capability]]\nid=1\ntitle=2",
     "x.toml:2: 'id' in [[capability]] is a whole number; it must be a text (and 1 more)"},
};

class LoaderFault : public testing::TestWithParam<Fault> {};

TEST_P(LoaderFault, IsNamedWithFileLineAndKey) {
  EXPECT_EQ(complaint(GetParam().toml), GetParam().message);
}
INSTANTIATE_TEST_SUITE_P(Toml, LoaderFault, testing::ValuesIn(kFaults),
                         [](const auto& fault) { return std::string(fault.param.name); });

TEST(Loader, ARowTwiceNamesBothPlaces) {
  const Folder folder;
  folder.write("a.toml", kCapability);
  folder.write("b.toml", "\n[[capability]]\nid = 'A'\ntitle = 'again'\n");
  const Result<Loaded> loaded = load(folder.path(), Knowledge{});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, Errc::malformed);
  const std::string at = folder.path().string();
  EXPECT_EQ(loaded.error().message,
            at + "/b.toml:2: capability 'A' is already in " + at + "/a.toml:1; merge the two");
}

TEST(Loader, APortOrAGroupTwiceIsAProblem) {
  const std::string port = "[[port]]\nprotocol='tcp'\nport=1\ncertainty='inferred'\n";
  EXPECT_THAT(complaint(port + port), HasSubstr("port '1/tcp' is already in"));
  const std::string group =
      "[[group]]\nos='linux'\nimage='i'\nservices=['a']\ncertainty='inferred'\n";
  EXPECT_THAT(complaint(group + group), HasSubstr("group 'linux i' is already in"));
}

TEST(Loader, AllProblemsAreToldToWhoWantsThem) {
  const Folder folder;
  folder.write("a.toml", "[[capability]]\nid=1\n");
  folder.write("b.toml", "= broken");
  folder.write("c.toml", kCapability);
  const auto reading = read_folder(folder.path(), Knowledge{});
  ASSERT_TRUE(reading);
  EXPECT_THAT(reading->problems, ElementsAre(HasSubstr("a.toml:2: "), HasSubstr("b.toml:1: ")));
  EXPECT_NE(reading->loaded.knowledge.capability("a"), nullptr);
}

TEST(Loader, AFolderThatIsNotThereOrHoldsNothing) {
  const Folder folder;
  const Result<Loaded> missing = load(folder.path() / "none", Knowledge{});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_THAT(missing.error().message, HasSubstr("none: cannot read the folder"));
  const Result<Loaded> empty = load(folder.path(), Knowledge{});
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, Errc::not_found);
  EXPECT_THAT(empty.error().message,
              EndsWith("no .toml file in it or below; is it the right folder?"));
}

}  // namespace
}  // namespace deadlight::knowledge
