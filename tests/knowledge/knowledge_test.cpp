#include "knowledge/knowledge.h"

#include <gtest/gtest.h>

#include "knowledge/folder.h"

namespace deadlight::knowledge {
namespace {

TEST(Lookup, FindsRowsWithoutDifferenceOfCase) {
  const Knowledge kb = mini();
  ASSERT_NE(kb.service("RPCSS"), nullptr);
  EXPECT_EQ(kb.service("RPCSS")->id, "RpcSs");
  ASSERT_NE(kb.source("LAB"), nullptr);
  EXPECT_EQ(kb.source("LAB")->id, "Lab");
  ASSERT_NE(kb.feature("Raw-SMB"), nullptr);
  EXPECT_EQ(kb.feature("Raw-SMB")->title, "SMB without NetBIOS");
  ASSERT_NE(kb.closer("SMB_Device_Disable"), nullptr);
  EXPECT_EQ(kb.closer("SMB_Device_Disable")->when, When::reboot);
  ASSERT_NE(kb.role("CLOSED"), nullptr);
  EXPECT_EQ(kb.role("CLOSED")->title, "Closed");
  ASSERT_NE(kb.capability("Name-Lookup"), nullptr);
}

TEST(Lookup, EveryRowIsFoundByItsOwnId) {
  const Knowledge kb = mini();
  ASSERT_EQ(kb.services.size(), 6U);
  for (const ServiceFact& row : kb.services) EXPECT_EQ(kb.service(row.id), &row);
  for (const FeatureFact& row : kb.features) EXPECT_EQ(kb.feature(row.id), &row);
  for (const CloserFact& row : kb.closers) EXPECT_EQ(kb.closer(row.id), &row);
  for (const PortFact& row : kb.ports) EXPECT_EQ(kb.port(row.protocol, row.port), &row);
}

TEST(Lookup, AServiceIsFoundByItsAlias) {
  const Knowledge kb = mini();
  ASSERT_NE(kb.service("SRV"), nullptr);
  EXPECT_EQ(kb.service("SRV")->id, "LanmanServer");
  ASSERT_NE(kb.service("lanman server"), nullptr);
  EXPECT_EQ(kb.service("lanman server")->id, "LanmanServer");
}

TEST(Lookup, UnknownNamesGiveNothing) {
  const Knowledge kb = mini();
  for (const std::string_view name : {"", "RpcS", "RpcSsX", "zzz", "\xff"}) {
    EXPECT_EQ(kb.service(name), nullptr) << name;
    EXPECT_EQ(kb.feature(name), nullptr) << name;
    EXPECT_EQ(kb.closer(name), nullptr) << name;
    EXPECT_EQ(kb.role(name), nullptr) << name;
  }
  EXPECT_EQ(Knowledge{}.service("RpcSs"), nullptr);
  EXPECT_EQ(Knowledge{}.port(Protocol::tcp, 445), nullptr);
}

TEST(Lookup, APortIsKnownByProtocolAndNumber) {
  const Knowledge kb = mini();
  ASSERT_NE(kb.port(Protocol::tcp, 445), nullptr);
  EXPECT_EQ(kb.port(Protocol::tcp, 445)->windows_owner, "SMB");
  EXPECT_EQ(kb.port(Protocol::udp, 445), nullptr);
  EXPECT_EQ(kb.port(Protocol::tcp, 1900), nullptr);
  ASSERT_NE(kb.port(Protocol::udp, 1900), nullptr);
}

TEST(Grouping, HoldsOnlyOnItsSystems) {
  const Knowledge kb = mini();
  ASSERT_NE(kb.group_of("LanmanServer", Os::winxp), nullptr);
  EXPECT_EQ(kb.group_of("LanmanServer", Os::winxp)->group, "netsvcs");
  EXPECT_EQ(kb.group_of("LanmanServer", Os::win2000), nullptr);
  EXPECT_EQ(kb.group_of("LanmanServer", Os::linux), nullptr);
  EXPECT_EQ(kb.group_of("LanmanServer", Os::unknown), nullptr);
}

TEST(Grouping, TakesAliasesAndNamesWithoutARow) {
  const Knowledge kb = mini();
  ASSERT_NE(kb.group_of("srv", Os::win10), nullptr);
  EXPECT_EQ(kb.group_of("srv", Os::win10)->group, "netsvcs");
  ASSERT_NE(kb.group_of("notinanyrow", Os::winxp), nullptr);
  EXPECT_EQ(kb.group_of("nobody", Os::winxp), nullptr);
}

TEST(Grouping, TheImageComesFromTheGroupElseFromTheService) {
  const Knowledge kb = mini();
  const ServiceFact& server = *kb.service("LanmanServer");
  EXPECT_EQ(kb.image_of(server, Os::win2000), "services.exe");
  EXPECT_EQ(kb.image_of(server, Os::winxp), "svchost.exe");
  EXPECT_EQ(kb.image_of(server, Os::linux), "");
  EXPECT_EQ(kb.image_of(*kb.service("NetBT"), Os::winxp), "System");
}

TEST(Words, AreThoseOfTheToml) {
  EXPECT_EQ(certainty_id(Certainty::community), "community");
  EXPECT_EQ(effect_id(Effect::narrow), "narrow");
  EXPECT_EQ(when_id(When::restart), "restart");
  EXPECT_EQ(change_kind_id(ChangeKind::user_right), "user_right");
  EXPECT_EQ(phase_title(Phase::netbt), "NetBIOS over TCP/IP");
  EXPECT_EQ(phase_title(Phase::leftovers), "Leftovers");
}

}  // namespace
}  // namespace deadlight::knowledge
