#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "knowledge/folder.h"
#include "knowledge/knowledge.h"

namespace deadlight::knowledge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A sound base; each case below breaks it in one place.
constexpr std::string_view kSound = R"(
[[source]]
id = "s"
title = "S"
[[capability]]
id = "c"
title = "C"
[[service]]
id = "Driver"
title = "D"
kind = "driver"
os = "windows"
certainty = "inferred"
sources = ["s"]
[[service]]
id = "Base"
title = "B"
os = "win2000-winxp"
aliases = ["bs"]
certainty = "inferred"
sources = ["s"]
[[service]]
id = "Web"
title = "W"
os = "win2000-winxp"
provides = ["c"]
depends_on = ["Base"]
certainty = "inferred"
sources = ["s"]
[[service.hosted]]
image = "web.exe"
[[service]]
id = "Vital"
title = "V"
os = "win2000-winxp"
protected_because = "all stops"
certainty = "inferred"
sources = ["s"]
[[service]]
id = "a.service"
title = "U"
kind = "unit"
os = "linux"
coupled = ["a.socket"]
certainty = "inferred"
sources = ["s"]
[[service]]
id = "a.socket"
title = "U"
kind = "unit"
os = "linux"
certainty = "inferred"
sources = ["s"]
[[group]]
os = "win2000-winxp"
image = "svchost.exe"
group = "one"
services = ["Base", "Vital"]
certainty = "inferred"
sources = ["s"]
[[feature]]
id = "web"
title = "W"
purpose = "P"
os = "win2000-winxp"
provides = ["c"]
certainty = "inferred"
sources = ["s"]
[[feature.opens]]
protocol = "tcp"
port = 80
holder = "Web"
[[feature.opens]]
protocol = "tcp"
port = 8080
os = "winxp"
holder = "Web"
[[closer]]
id = "web_off"
title = "Web off"
os = "win2000-winxp"
phase = "services"
effect = "release"
when = "now"
certainty = "inferred"
sources = ["s"]
[[closer.change]]
kind = "service"
target = "Web"
type = "disabled"
reverse = "R"
[[closer]]
id = "web_narrow"
title = "Web narrow"
os = "win2000"
phase = "services"
effect = "narrow"
when = "restart"
targets = ["web:tcp/80"]
loses = ["c"]
companions = ["web_off"]
certainty = "inferred"
sources = ["s"]
[[closer.change]]
kind = "registry"
target = 'HKLM\A'
type = "REG_SZ"
reverse = "R"
[[port]]
protocol = "tcp"
port = 80
windows = "Web"
certainty = "inferred"
sources = ["s"]
[[role]]
id = "r"
title = "R"
purpose = "P"
extends = "q"
needs = ["c"]
disable = ["web_off", "bs"]
[[role]]
id = "q"
title = "Q"
purpose = "P"
)";

std::vector<std::string> problems_of(std::string_view toml) {
  const Folder folder;
  folder.write("x.toml", toml);
  const Result<Loaded> loaded = load(folder.path(), Knowledge{});
  if (!loaded) return {loaded.error().message};
  return check(loaded->knowledge);
}

struct Case {
  const char* name;
  const char* after;  ///< the first `replace` behind this text is replaced
  const char* replace;
  const char* by;
  const char* problem;
};

std::string broken(const Case& c) {
  std::string toml(kSound);
  const auto at = toml.find(c.replace, toml.find(c.after));
  EXPECT_NE(toml.find(c.after), std::string::npos) << c.after;
  EXPECT_NE(at, std::string::npos) << c.replace;
  return toml.replace(at, std::string_view(c.replace).size(), c.by);
}

constexpr const char* kSources = "sources = [\"s\"]";
constexpr const char* kOther = "sources = [\"t\"]";

constexpr Case kCases[] = {
    {"SourceWithoutTitle", "[[source]]", "\"S\"", "''", "source 's': title is empty; write it"},
    {"CapabilityWithoutTitle", "[[capability]]", "\"C\"", "''",
     "capability 'c': title is empty; write it"},
    {"EmptyId", "[[capability]]", "title = \"C\"",
     "title = 'C'\n[[capability]]\nid = ''\ntitle='X'",
     "capability '': id is empty; give the row an id"},

    {"ServiceWithoutTitle", "Vital", "\"V\"", "''", "service 'Vital': title is empty; write it"},
    {"ServiceWithoutOs", "Driver", "os = \"windows\"", "",
     "service 'Driver': os is missing; give a range such as win2000-winxp, vista- or linux"},
    {"ServiceWithoutSource", "Driver", kSources, "",
     "service 'Driver': sources is empty; name at least one [[source]]"},
    {"ServiceSource", "Driver", kSources, kOther,
     "service 'Driver': sources names 't', which is no [[source]]; add it to sources.toml"},
    {"ServiceCapability", "\"Web\"", "provides = [\"c\"]", "provides = ['d']",
     "service 'Web': provides names 'd', which is no [[capability]]; correct the name or add it "
     "to capabilities.toml"},
    {"Dependency", "\"Web\"", "[\"Base\"]", "['Basis']",
     "service 'Web': depends_on names 'Basis', which is no [[service]]; add a row for it"},
    {"DependencyByAlias", "\"Web\"", "[\"Base\"]", "['bs']",
     "service 'Web': depends_on names 'bs', an alias; write 'Base'"},
    {"DependencyOnItself", "\"Web\"", "[\"Base\"]", "['Web']",
     "service 'Web': depends_on names itself; take it out"},
    {"Coupled", "a.service", "[\"a.socket\"]", "['b.socket']",
     "service 'a.service': coupled names 'b.socket', which is no [[service]]; add a row for it"},
    {"AliasOfTwo", "Vital", "title = \"V\"", "title = 'V'\naliases = ['BS']",
     "service 'Vital': aliases has 'BS', which is a name of service 'Base' already; drop one"},
    {"AliasIsAnId", "Vital", "title = \"V\"", "title = 'V'\naliases = ['driver']",
     "service 'Vital': aliases has 'driver', which is a name of service 'Driver' already; drop "
     "one"},
    {"ImageUnlikeTheGroups", "[[group]]", "\"Vital\"", "'Vital', 'Web'",
     "service 'Web': hosted says web.exe on win2000, but group 'win2000-winxp svchost.exe one' "
     "says svchost.exe; correct one of them"},

    {"GroupWithoutImage", "[[group]]", "svchost.exe", "",
     "group 'win2000-winxp  one': image is empty; write it"},
    {"GroupWithoutServices", "[[group]]", "[\"Base\", \"Vital\"]", "[]",
     "group 'win2000-winxp svchost.exe one': services is empty; name the services or drop the row"},
    {"GroupSource", "[[group]]", kSources, kOther,
     "group 'win2000-winxp svchost.exe one': sources names 't', which is no [[source]]; add it to "
     "sources.toml"},
    {"ServiceInTwoGroups", "[[group]]", "[[feature]]",
     "[[group]]\nos='winxp'\nimage='svchost.exe'\ngroup='two'\nservices=['base']\n"
     "certainty='inferred'\nsources=['s']\n[[feature]]",
     "group 'winxp svchost.exe two': services names 'base', which group 'win2000-winxp svchost.exe "
     "one' has on winxp too; keep it in one"},

    {"FeatureWithoutTitle", "[[feature]]", "\"W\"", "''",
     "feature 'web': title is empty; write it"},
    {"FeatureWithoutPurpose", "[[feature]]", "\"P\"", "''",
     "feature 'web': purpose is empty; write it"},
    {"FeatureSource", "[[feature]]", kSources, "sources = []",
     "feature 'web': sources is empty; name at least one [[source]]"},
    {"FeatureCapability", "[[feature]]", "[\"c\"]", "['d']",
     "feature 'web': provides names 'd', which is no [[capability]]; correct the name or add it to "
     "capabilities.toml"},
    {"Holder", "[[feature.opens]]", "\"Web\"", "'Webb'",
     "feature 'web': opens names 'Webb', which is no [[service]]; add a row for it"},
    {"NoHolder", "[[feature.opens]]", "holder = \"Web\"", "",
     "feature 'web': opens tcp/80 has no holder; name the service that keeps it open"},
    {"SocketBeyondItsFeature", "[[feature.opens]]", "holder = \"Web\"",
     "holder = 'Driver'\nos = 'winnt4-win2003'",
     "feature 'web': opens tcp/80 has an os beyond that of its feature (winnt4 win2003); narrow it "
     "or widen the feature's"},
    {"HolderNotThere", "\"Web\"", "os = \"win2000-winxp\"", "os = 'winxp'",
     "feature 'web': opens tcp/80 is held by 'Web', which is not there on win2000; correct either "
     "os"},
    {"HolderWithoutImage", "\"Web\"", "image = \"web.exe\"", "image = 'web.exe'\nos = 'winxp'",
     "feature 'web': opens tcp/80 is held by 'Web', which has no image on win2000; add it to a "
     "[[group]] or give a [[service.hosted]]"},

    {"CloserWithoutTitle", "[[closer]]", "\"Web off\"", "''",
     "closer 'web_off': title is empty; write it"},
    {"CloserWithoutSource", "[[closer]]", kSources, "",
     "closer 'web_off': sources is empty; name at least one [[source]]"},
    {"CloserSource", "[[closer]]", kSources, kOther,
     "closer 'web_off': sources names 't', which is no [[source]]; add it to sources.toml"},
    {"CloserWithoutChange", "web_narrow",
     "[[closer.change]]\nkind = \"registry\"\ntarget = "
     "'HKLM\\A'\ntype = \"REG_SZ\"\nreverse = \"R\"\n",
     "", "closer 'web_narrow': change is missing; say what is changed in a [[closer.change]]"},
    {"ChangeWithoutReverse", "[[closer.change]]", "reverse = \"R\"", "reverse = ' '",
     "closer 'web_off': change of service 'Web' has no reverse; say how it is undone"},
    {"ChangeWithoutTarget", "web_narrow", "kind = \"registry\"\ntarget = 'HKLM\\A'",
     "kind = 'manual'\ntarget = ''",
     "closer 'web_narrow': change of manual '' has no target; say what is changed"},
    {"CloserLoses", "web_narrow", "loses = [\"c\"]", "loses = ['d']",
     "closer 'web_narrow': loses names 'd', which is no [[capability]]; correct the name or add it "
     "to capabilities.toml"},
    {"Companion", "web_narrow", "[\"web_off\"]", "['web_on']",
     "closer 'web_narrow': companions names 'web_on', which is no [[closer]]; correct the name"},
    {"CompanionOfItself", "web_narrow", "[\"web_off\"]", "['Web_Narrow']",
     "closer 'web_narrow': companions names itself; take it out"},
    {"TargetFeature", "web_narrow", "web:tcp/80", "wob",
     "closer 'web_narrow': targets names 'wob', which is no [[feature]]; correct the name"},
    {"TargetPort", "web_narrow", "web:tcp/80", "web:tcp/81",
     "closer 'web_narrow': targets names 'web:tcp/81', but that feature opens no such socket on "
     "win2000; correct the target or the os"},
    {"TargetProtocol", "web_narrow", "web:tcp/80", "web:udp",
     "closer 'web_narrow': targets names 'web:udp', but that feature opens no such socket on "
     "win2000; correct the target or the os"},
    {"TargetOnAnotherSystem", "web_narrow", "os = \"win2000\"", "os = 'win2003'",
     "closer 'web_narrow': targets names 'web:tcp/80', but that feature opens no such socket on "
     "win2003; correct the target or the os"},
    {"ChangedService", "[[closer.change]]", "\"Web\"", "'Webb'",
     "closer 'web_off': change names 'Webb', which is no [[service]]; add a row for it"},
    {"ChangeIsNotOff", "[[closer.change]]", "disabled", "manual",
     "closer 'web_off': change of service 'Web' needs type = \"disabled\"; manual is not off"},
    {"RegistryKey", "web_narrow", "HKLM", "LOCAL",
     "closer 'web_narrow': change of registry 'LOCAL\\A' is no registry key; begin it with HKLM\\"},
    {"RegistryType", "web_narrow", "REG_SZ", "DWORD",
     "closer 'web_narrow': change of registry 'HKLM\\A' has no registry type; give type = "
     "\"REG_DWORD\" or the like"},
    {"AdapterData", "web_narrow", "kind = \"registry\"\ntarget = 'HKLM\\A'",
     "kind = 'adapter'\ntarget = 'NetbiosOptions'",
     "closer 'web_narrow': change of adapter 'NetbiosOptions' has no data; give the adapter "
     "option's new value"},
    {"ReleasesNothing", "web_narrow", "targets = [\"web:tcp/80\"]", "",
     "closer 'web_narrow': effect is 'narrow', but it lets no socket go; give targets, or write "
     "effect = \"harden\" and say so in limits"},

    {"PortSource", "[[port]]", kSources, kOther,
     "port 'tcp/80': sources names 't', which is no [[source]]; add it to sources.toml"},
    {"PortSaysNothing", "[[port]]", "windows = \"Web\"", "",
     "port 'tcp/80': windows says nothing; fill windows, linux, abuse or exposure"},

    {"RoleWithoutTitle", "[[role]]", "\"R\"", "''", "role 'r': title is empty; write it"},
    {"RoleWithoutPurpose", "[[role]]", "\"P\"", "''", "role 'r': purpose is empty; write it"},
    {"RoleNeeds", "[[role]]", "needs = [\"c\"]", "needs = ['d']",
     "role 'r': needs names 'd', which is no [[capability]]; correct the name or add it to "
     "capabilities.toml"},
    {"RoleExtends", "[[role]]", "\"q\"", "'x'",
     "role 'r': extends names 'x', which is no [[role]]; correct the name"},
    {"RoleDisables", "[[role]]", "\"bs\"", "'x'",
     "role 'r': disable names 'x', which is no [[service]] and no [[closer]]; correct the name"},
};

class CheckRule : public testing::TestWithParam<Case> {};

TEST_P(CheckRule, NamesTheRowTheKeyAndWhatToDo) {
  EXPECT_THAT(problems_of(broken(GetParam())), ElementsAre(GetParam().problem));
}
INSTANTIATE_TEST_SUITE_P(Broken, CheckRule, testing::ValuesIn(kCases),
                         [](const auto& c) { return std::string(c.param.name); });

TEST(Check, ASoundBaseHasNoProblems) { EXPECT_THAT(problems_of(kSound), IsEmpty()); }

TEST(Check, ACloserWithoutOsIsNamed) {
  const Case no_os{"", "web_off", "os = \"win2000-winxp\"", "", ""};
  EXPECT_THAT(problems_of(broken(no_os)),
              testing::Contains("closer 'web_off': os is missing; give a range such as "
                                "win2000-winxp, vista- or linux"));
}

TEST(Check, RolesThatExtendEachOther) {
  const Case circle{"", "\"q\"\ntitle", "title = \"Q\"", "title = 'Q'\nextends = 'R'", ""};
  EXPECT_THAT(problems_of(broken(circle)),
              ElementsAre("role 'q': extends goes round in a circle; a role cannot extend itself",
                          "role 'r': extends goes round in a circle; a role cannot extend itself"));
}

TEST(Check, StoppingWhatAHolderNeedsIsARelease) {
  const Case base_off{"", "[[closer.change]]", "\"Web\"", "'Base'", ""};
  EXPECT_THAT(problems_of(broken(base_off)), IsEmpty());
  const Case driver_off{"", "[[closer.change]]", "\"Web\"", "'Driver'", ""};
  EXPECT_THAT(problems_of(broken(driver_off)),
              ElementsAre("closer 'web_off': effect is 'release', but it lets no socket go; give "
                          "targets, or write effect = \"harden\" and say so in limits"));
}

TEST(Check, AProtectedServiceIsOnlyEverRefused) {
  std::string toml = broken({"", "[[closer.change]]", "\"Web\"", "'Vital'", ""});
  EXPECT_THAT(problems_of(toml),
              testing::Contains("closer 'web_off': change of service 'Vital' is protected; say in "
                                "refused_because why it is never done"));
  toml.insert(toml.find("title = \"Web off\""), "refused_because = 'all stops'\n");
  EXPECT_THAT(problems_of(toml), IsEmpty());
}

TEST(Check, UnitsAndServicesAreToldApart) {
  const Case unit{"", "[[closer.change]]", "target = \"Web\"", "target = 'a.service'", ""};
  EXPECT_THAT(problems_of(broken(unit)),
              testing::Contains("closer 'web_off': change of service 'a.service' is a unit; write "
                                "kind = \"unit\""));
  const Case service{"", "[[closer.change]]", "kind = \"service\"", "kind = 'unit'", ""};
  EXPECT_THAT(problems_of(broken(service)),
              ElementsAre("closer 'web_off': change of unit 'Web' is no unit; write kind = "
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
                                     "port 'udp/7': id is there twice; keep one of the rows"}));
}

TEST(Check, TheTestsOwnBaseIsSound) {
  const Result<Loaded> mini = load(DEADLIGHT_TEST_DATA "/knowledge/mini", Knowledge{});
  ASSERT_TRUE(mini) << mini.error().message;
  EXPECT_THAT(check(mini->knowledge), IsEmpty());
}

}  // namespace
}  // namespace deadlight::knowledge
