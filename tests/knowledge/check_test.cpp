#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "knowledge/knowledge.h"
#include "knowledge/sound_base.h"

namespace deadlight::knowledge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Case kCases[] = {
    {"SourceWithoutTitle", "[[source]]", "\"S\"", "''",
     "x.toml:4: source 's': title is empty; write it"},
    {"CapabilityWithoutTitle", "[[capability]]", "\"C\"", "''",
     "x.toml:7: capability 'c': title is empty; write it"},
    {"EmptyId", "[[capability]]", "title = \"C\"",
     "title = 'C'\n[[capability]]\nid = ''\ntitle='X'",
     "x.toml:8: 'id' in [[capability]] is empty; give the row one"},
    {"MissingId", "[[capability]]", "title = \"C\"", "title = 'C'\n[[capability]]\ntitle='X'",
     "x.toml:8: [[capability]] has no 'id'; add it"},

    {"ServiceWithoutTitle", "Vital", "\"V\"", "''",
     "x.toml:34: service 'Vital': title is empty; write it"},
    {"ServiceWithoutOs", "Driver", "os = \"windows\"", "",
     "x.toml:8: service 'Driver': os is missing; give a range such as win2000-winxp, vista- or "
     "linux"},
    {"ServiceWithoutSource", "Driver", kSources, "",
     "x.toml:8: service 'Driver': sources is empty; name at least one [[source]]"},
    {"ServiceSource", "Driver", kSources, kOther,
     "x.toml:14: service 'Driver': sources names 't', which is no [[source]]; add it to "
     "sources.toml"},
    {"ServiceCapability", "\"Web\"", "provides = [\"c\"]", "provides = ['d']",
     "x.toml:26: service 'Web': provides names 'd', which is no [[capability]]; correct the name "
     "or add it "
     "to capabilities.toml"},
    {"Dependency", "\"Web\"", "[\"Base\"]", "['Basis']",
     "x.toml:27: service 'Web': depends_on names 'Basis', which is no [[service]]; add a row for "
     "it"},
    {"DependencyByAlias", "\"Web\"", "[\"Base\"]", "['bs']",
     "x.toml:27: service 'Web': depends_on names 'bs', an alias; write 'Base'"},
    {"DependencyOnItself", "\"Web\"", "[\"Base\"]", "['Web']",
     "x.toml:27: service 'Web': depends_on names itself; take it out"},
    {"Coupled", "a.service", "[\"a.socket\"]", "['b.socket']",
     "x.toml:44: service 'a.service': coupled names 'b.socket', which is no [[service]]; add a row "
     "for it"},
    {"AliasOfTwo", "Vital", "title = \"V\"", "title = 'V'\naliases = ['BS']",
     "x.toml:35: service 'Vital': aliases has 'BS', which is a name of service 'Base' already; "
     "drop one"},
    {"AliasIsAnId", "Vital", "title = \"V\"", "title = 'V'\naliases = ['driver']",
     "x.toml:35: service 'Vital': aliases has 'driver', which is a name of service 'Driver' "
     "already; drop "
     "one"},
    {"ImageUnlikeTheGroups", "[[group]]", "\"Vital\"", "'Vital', 'Web'",
     "x.toml:30: service 'Web': hosted says web.exe on win2000, but group 'win2000-winxp "
     "svchost.exe one' "
     "says svchost.exe; correct one of them"},

    {"GroupWithoutImage", "[[group]]", "svchost.exe", "",
     "x.toml:56: group 'win2000-winxp  one': image is empty; write it"},
    {"GroupWithoutServices", "[[group]]", "[\"Base\", \"Vital\"]", "[]",
     "x.toml:58: group 'win2000-winxp svchost.exe one': services is empty; name the services or "
     "drop the row"},
    {"GroupSource", "[[group]]", kSources, kOther,
     "x.toml:60: group 'win2000-winxp svchost.exe one': sources names 't', which is no [[source]]; "
     "add it to "
     "sources.toml"},
    {"ServiceInTwoGroups", "[[group]]", "[[feature]]",
     "[[group]]\nos='winxp'\nimage='svchost.exe'\ngroup='two'\nservices=['base']\n"
     "certainty='inferred'\nsources=['s']\n[[feature]]",
     "x.toml:65: group 'winxp svchost.exe two': services names 'base', which group 'win2000-winxp "
     "svchost.exe "
     "one' has on winxp too; keep it in one, or name it in 'sometimes' of both"},

    {"FeatureWithoutTitle", "[[feature]]", "\"W\"", "''",
     "x.toml:63: feature 'web': title is empty; write it"},
    {"FeatureWithoutPurpose", "[[feature]]", "\"P\"", "''",
     "x.toml:64: feature 'web': purpose is empty; write it"},
    {"FeatureSource", "[[feature]]", kSources, "sources = []",
     "x.toml:68: feature 'web': sources is empty; name at least one [[source]]"},
    {"FeatureCapability", "[[feature]]", "[\"c\"]", "['d']",
     "x.toml:66: feature 'web': provides names 'd', which is no [[capability]]; correct the name "
     "or add it to "
     "capabilities.toml"},
    {"Holder", "[[feature.opens]]", "\"Web\"", "'Webb'",
     "x.toml:69: feature 'web': opens names 'Webb', which is no [[service]]; add a row for it"},
    {"NoHolder", "[[feature.opens]]", "holder = \"Web\"", "",
     "x.toml:69: feature 'web': opens tcp/80 has no holder; name the service that keeps it open"},
    {"SocketBeyondItsFeature", "[[feature.opens]]", "holder = \"Web\"",
     "holder = 'Driver'\nos = 'winnt4-win2003'",
     "x.toml:69: feature 'web': opens tcp/80 has an os beyond that of its feature (winnt4 "
     "win2003); narrow it "
     "or widen the feature's"},
    {"HolderNotThere", "\"Web\"", "os = \"win2000-winxp\"", "os = 'winxp'",
     "x.toml:69: feature 'web': opens tcp/80 is held by 'Web', which is not there on win2000; "
     "correct either "
     "os"},
    {"HolderWithoutImage", "\"Web\"", "image = \"web.exe\"", "image = 'web.exe'\nos = 'winxp'",
     "x.toml:70: feature 'web': opens tcp/80 is held by 'Web', which has no image on win2000; add "
     "it to a "
     "[[group]] or give a [[service.hosted]]"},

    {"CloserWithoutTitle", "[[closer]]", "\"Web off\"", "''",
     "x.toml:80: closer 'web_off': title is empty; write it"},
    {"CloserWithoutSource", "[[closer]]", kSources, "",
     "x.toml:78: closer 'web_off': sources is empty; name at least one [[source]]"},
    {"CloserSource", "[[closer]]", kSources, kOther,
     "x.toml:86: closer 'web_off': sources names 't', which is no [[source]]; add it to "
     "sources.toml"},
    {"CloserWithoutChange", "web_narrow",
     "[[closer.change]]\nkind = \"registry\"\ntarget = "
     "'HKLM\\A'\ntype = \"REG_SZ\"\nreverse = \"R\"\n",
     "",
     "x.toml:92: closer 'web_narrow': change is missing; say what is changed in a "
     "[[closer.change]]"},
    {"ChangeWithoutReverse", "[[closer.change]]", "reverse = \"R\"", "reverse = ' '",
     "x.toml:87: closer 'web_off': change of service 'Web' has no reverse; say how it is undone"},
    {"ChangeWithoutTarget", "web_narrow", "kind = \"registry\"\ntarget = 'HKLM\\A'",
     "kind = 'manual'\ntarget = ''",
     "x.toml:104: closer 'web_narrow': change of manual '' has no target; say what is changed"},
    {"CloserLoses", "web_narrow", "loses = [\"c\"]", "loses = ['d']",
     "x.toml:100: closer 'web_narrow': loses names 'd', which is no [[capability]]; correct the "
     "name or add it "
     "to capabilities.toml"},
    {"Companion", "web_narrow", "[\"web_off\"]", "['web_on']",
     "x.toml:101: closer 'web_narrow': companions names 'web_on', which is no [[closer]]; correct "
     "the name"},
    {"CompanionOfItself", "web_narrow", "[\"web_off\"]", "['Web_Narrow']",
     "x.toml:101: closer 'web_narrow': companions names itself; take it out"},
    {"TargetFeature", "web_narrow", "web:tcp/80", "wob",
     "x.toml:99: closer 'web_narrow': targets names 'wob', which is no [[feature]]; correct the "
     "name"},
    {"TargetPort", "web_narrow", "web:tcp/80", "web:tcp/81",
     "x.toml:99: closer 'web_narrow': targets names 'web:tcp/81', but that feature opens no such "
     "socket on "
     "win2000; correct the target or the os"},
    {"TargetProtocol", "web_narrow", "web:tcp/80", "web:udp",
     "x.toml:99: closer 'web_narrow': targets names 'web:udp', but that feature opens no such "
     "socket on "
     "win2000; correct the target or the os"},
    {"TargetOnAnotherSystem", "web_narrow", "os = \"win2000\"", "os = 'win2003'",
     "x.toml:99: closer 'web_narrow': targets names 'web:tcp/80', but that feature opens no such "
     "socket on "
     "win2003; correct the target or the os"},
    {"ChangedService", "[[closer.change]]", "\"Web\"", "'Webb'",
     "x.toml:87: closer 'web_off': change names 'Webb', which is no [[service]]; add a row for it"},
    {"ChangeIsNotOff", "[[closer.change]]", "disabled", "manual",
     "x.toml:87: closer 'web_off': change of service 'Web' needs type = \"disabled\"; manual is "
     "not off"},
    {"RegistryKey", "web_narrow", "HKLM", "LOCAL",
     "x.toml:104: closer 'web_narrow': change of registry 'LOCAL\\A' is no registry key; begin it "
     "with HKLM\\"},
    {"RegistryType", "web_narrow", "REG_SZ", "DWORD",
     "x.toml:104: closer 'web_narrow': change of registry 'HKLM\\A' has no registry type; give "
     "type = "
     "\"REG_DWORD\" or the like"},
    {"AdapterData", "web_narrow", "kind = \"registry\"\ntarget = 'HKLM\\A'",
     "kind = 'adapter'\ntarget = 'NetbiosOptions'",
     "x.toml:104: closer 'web_narrow': change of adapter 'NetbiosOptions' has no data; give the "
     "adapter "
     "option's new value"},
    {"ReleasesNothing", "web_narrow", "targets = [\"web:tcp/80\"]", "",
     "x.toml:97: closer 'web_narrow': effect is 'narrow', but it lets no socket go; give targets, "
     "or write "
     "effect = \"harden\" and say so in limits"},

    {"ServiceNeverWith", "Vital", "title = \"V\"", "title = 'V'\nnever_with = ['d']",
     "x.toml:35: service 'Vital': never_with names 'd', which is no [[capability]]; correct the "
     "name or add "
     "it to capabilities.toml"},
    {"AlwaysRunsWhereItIsNot", "Vital", "title = \"V\"", "title = 'V'\nalways_runs = 'winxp-'",
     "x.toml:35: service 'Vital': always_runs covers win2003, but the service is on win2000-winxp "
     "only; correct one of them"},
    {"CloserNeverWith", "web_narrow", "loses = [\"c\"]", "loses = ['c']\nnever_with = ['d']",
     "x.toml:101: closer 'web_narrow': never_with names 'd', which is no [[capability]]; correct "
     "the name or "
     "add it to capabilities.toml"},
    {"SometimesIsAService", "[[group]]", "[\"Base\", \"Vital\"]",
     "['Base', 'Vital']\nsometimes = ['Web']",
     "x.toml:59: group 'win2000-winxp svchost.exe one': sometimes names 'Web', which 'services' "
     "lacks; add it "
     "there too"},
    {"ServiceSometimesInOneOfTwoGroups", "[[group]]", "[[feature]]",
     "[[group]]\nos='winxp'\nimage='svchost.exe'\ngroup='two'\nservices=['base']\n"
     "sometimes=['Base']\ncertainty='inferred'\nsources=['s']\n[[feature]]",
     "x.toml:65: group 'winxp svchost.exe two': services names 'base', which group 'win2000-winxp "
     "svchost.exe "
     "one' has on winxp too; keep it in one, or name it in 'sometimes' of both"},

    {"PortSource", "[[port]]", kSources, kOther,
     "x.toml:114: port '80/tcp': sources names 't', which is no [[source]]; add it to "
     "sources.toml"},
    {"PortSaysNothing", "[[port]]", "windows = \"Web\"", "",
     "x.toml:109: port '80/tcp': windows says nothing; fill windows, linux, abuse or exposure"},

    {"RoleWithoutTitle", "[[role]]", "\"R\"", "''",
     "x.toml:140: role 'r': title is empty; write it"},
    {"RoleWithoutPurpose", "[[role]]", "\"P\"", "''",
     "x.toml:141: role 'r': purpose is empty; write it"},
    {"RoleNeeds", "[[role]]", "needs = [\"c\"]", "needs = ['d']",
     "x.toml:143: role 'r': needs names 'd', which is no [[capability]]; correct the name or add "
     "it to "
     "capabilities.toml"},
    {"RoleExtends", "[[role]]", "\"q\"", "'x'",
     "x.toml:142: role 'r': extends names 'x', which is no [[role]]; correct the name"},
    {"RoleDisables", "[[role]]", "\"bs\"", "'x'",
     "x.toml:144: role 'r': disable names 'x', which is no [[service]] and no [[closer]]; correct "
     "the name"},
};

TEST_P(CheckRule, NamesTheRowTheKeyAndWhatToDo) {
  EXPECT_THAT(problems_in(broken(GetParam())), ElementsAre(GetParam().problem));
}
INSTANTIATE_TEST_SUITE_P(Broken, CheckRule, testing::ValuesIn(kCases), name_of);

TEST(Check, ASoundBaseHasNoProblems) { EXPECT_THAT(problems_in(sound_base()), IsEmpty()); }

TEST(Check, ACloserWithoutOsIsNamed) {
  const Case no_os{"", "web_off", "os = \"win2000-winxp\"", "", ""};
  EXPECT_THAT(problems_in(broken(no_os)),
              testing::Contains("x.toml:78: closer 'web_off': os is missing; give a range such as "
                                "win2000-winxp, vista- or linux"));
}

TEST(Check, RolesThatExtendEachOther) {
  const Case circle{"", "\"q\"\ntitle", "title = \"Q\"", "title = 'Q'\nextends = 'R'", ""};
  EXPECT_THAT(
      problems_in(broken(circle)),
      ElementsAre(
          "x.toml:148: role 'q': extends goes round in a circle; a role cannot extend itself",
          "x.toml:142: role 'r': extends goes round in a circle; a role cannot extend itself"));
}

TEST(Check, StoppingWhatAHolderNeedsIsARelease) {
  const Case base_off{"", "[[closer.change]]", "\"Web\"", "'Base'", ""};
  EXPECT_THAT(problems_in(broken(base_off)), IsEmpty());
  const Case driver_off{"", "[[closer.change]]", "\"Web\"", "'Driver'", ""};
  EXPECT_THAT(
      problems_in(broken(driver_off)),
      ElementsAre(
          "x.toml:83: closer 'web_off': effect is 'release', but it lets no socket go; give "
          "targets, or write effect = \"harden\" and say so in limits"));
}

TEST(Check, AProtectedServiceIsOnlyEverRefused) {
  std::string toml = broken({"", "[[closer.change]]", "\"Web\"", "'Vital'", ""});
  EXPECT_THAT(problems_in(toml),
              testing::Contains(
                  "x.toml:87: closer 'web_off': change of service 'Vital' is protected; say in "
                  "refused_because why it is never done"));
  toml.insert(toml.find("title = \"Web off\""), "refused_because = 'all stops'\n");
  EXPECT_THAT(problems_in(toml), IsEmpty());
}

TEST(Check, UnitsAndServicesAreToldApart) {
  const Case unit{"", "[[closer.change]]", "target = \"Web\"", "target = 'a.service'", ""};
  EXPECT_THAT(problems_in(broken(unit)),
              testing::Contains(
                  "x.toml:87: closer 'web_off': change of service 'a.service' is a unit; write "
                  "kind = \"unit\""));
  const Case service{"", "[[closer.change]]", "kind = \"service\"", "kind = 'unit'", ""};
  EXPECT_THAT(
      problems_in(broken(service)),
      ElementsAre("x.toml:87: closer 'web_off': change of unit 'Web' is no unit; write kind = "
                  "\"service\""));
}

TEST(Check, RowsWithOneIdAreToldWhoeverMadeThem) {
  const CapabilityFact twice[] = {{.id = "a", .title = "A"}, {.id = "A", .title = "B"}};
  PortFact port;
  port.protocol = Protocol::udp;
  port.port = 7;
  const PortFact ports[] = {port, port};
  Knowledge kb;
  kb.capabilities = twice;
  kb.ports = ports;
  EXPECT_THAT(check(kb),
              testing::IsSupersetOf({"capability 'A': id is there twice; keep one of the rows",
                                     "port '7/udp': id is there twice; keep one of the rows"}));
}

TEST(Check, TheTestsOwnBaseIsSound) {
  const Result<Loaded> mini = load(DEADLIGHT_TEST_DATA "/knowledge/mini", Knowledge{});
  ASSERT_TRUE(mini) << mini.error().message;
  EXPECT_THAT(check(mini->knowledge), IsEmpty());
}

}  // namespace
}  // namespace deadlight::knowledge
