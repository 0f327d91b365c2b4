// What tells one system from another: one fault each, for check_test.cpp.
#include <gtest/gtest.h>

#include "knowledge/sound_base.h"

namespace deadlight::knowledge {
namespace {

constexpr Case kSignCases[] = {
    {"SignWithoutName", "[[os_sign]]", "image = \"one.exe\"\n", "",
     "x.toml:149: os_sign 'one': image is missing; name a process by image, or a service by "
     "service"},
    {"SignWithBothNames", "[[os_sign]]", "image = \"one.exe\"",
     "image = 'one.exe'\nservice = 'One'",
     "x.toml:152: os_sign 'one': service stands beside image; make two rows of it"},
    {"SignWithoutOs", "[[os_sign]]", "\"winxp\"", "''",
     "x.toml:152: os_sign 'one': os is missing; give a range such as win2000-winxp, vista- or "
     "linux"},
    {"SignOfUnknownOs", "[[os_sign]]", "\"winxp\"", "'win99'",
     "x.toml:152: 'os' in [[os_sign]] is 'win99'; it must be an OS range such as win2000-winxp, "
     "vista-, windows or linux"},
    {"SignOfUnknownEdition", "[[os_sign]]", "\"server\"", "'home'",
     "x.toml:159: 'edition' in [[os_sign]] is 'home'; it must be one of any, client, server"},
    {"SignOfNoSystem", "[[os_sign]]", "\"win2000-winxp\"", "'winxp'",
     "x.toml:159: os_sign 'two': edition leaves no system of winxp; leave it out or correct the "
     "os"},
    {"SignWithoutSource", "[[os_sign]]", kSources, "",
     "x.toml:149: os_sign 'one': sources is empty; name at least one [[source]]"},
    {"SignSource", "[[os_sign]]", kSources, kOther,
     "x.toml:154: os_sign 'one': sources names 't', which is no [[source]]; add it to "
     "sources.toml"},
    {"SignOfAnotherSign", "[[os_sign]]", "service = \"Two\"", "image = 'ONE.exe'",
     "x.toml:157: os_sign 'two': image is 'ONE.exe', as in os_sign 'one'; a row that replaces "
     "that one has its id"},
};

INSTANTIATE_TEST_SUITE_P(BrokenSigns, CheckRule, testing::ValuesIn(kSignCases), name_of);

}  // namespace
}  // namespace deadlight::knowledge
