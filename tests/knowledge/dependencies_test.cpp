#include "knowledge/dependencies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "knowledge/folder.h"

namespace deadlight::knowledge {
namespace {

using testing::ElementsAre;

Service service(std::string name, std::vector<std::string> depends_on) {
  Service result;
  result.name = std::move(name);
  result.depends_on = std::move(depends_on);
  return result;
}

TEST(Dependencies, HoldOnlyOnTheirSystems) {
  const Knowledge kb = mini();
  EXPECT_THAT(Dependencies(Os::winxp, {}, kb).dependents("netbt"),
              ElementsAre("NetBT", "LanmanServer"));
  EXPECT_THAT(Dependencies(Os::win10, {}, kb).dependents("netbt"), ElementsAre("NetBT"));
  EXPECT_THAT(Dependencies(Os::winxp, {}, kb).requirements("srv"),
              ElementsAre("LanmanServer", "NetBT"));
}

TEST(Dependencies, TheHostsOwnEvidenceAddsToThem) {
  const Knowledge kb = mini();
  const Service own[] = {service("Extra", {"srv"}), service("More", {"extra"})};
  const Dependencies dependencies(Os::winxp, own, kb);
  EXPECT_THAT(dependencies.dependents("NetBT"),
              ElementsAre("NetBT", "LanmanServer", "Extra", "More"));
}

TEST(Dependencies, CirclesEnd) {
  const Knowledge kb = mini();
  const Service own[] = {service("A", {"B"}), service("B", {"A"})};
  const Dependencies dependencies(Os::winxp, own, kb);
  EXPECT_THAT(dependencies.dependents("A"), ElementsAre("A", "B"));
  EXPECT_THAT(dependencies.requirements("A"), ElementsAre("A", "B"));
}

}  // namespace
}  // namespace deadlight::knowledge
