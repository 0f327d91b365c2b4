// The knowledge base as `deadlight kb` prints it: the small base of tests/data/knowledge/mini.
#include "report/kb_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/samples.h"

namespace deadlight::report {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

const knowledge::Knowledge& mini() {
  static const Result<knowledge::Loaded> kLoaded =
      knowledge::load(DEADLIGHT_TEST_DATA "/knowledge/mini", knowledge::Knowledge{});
  EXPECT_TRUE(kLoaded.has_value());
  static const knowledge::Knowledge kNothing;
  return kLoaded ? kLoaded->knowledge : kNothing;
}

std::string shown(std::string_view subject, int width = 80) {
  const auto text = kb_show_text(subject, mini(), style_of(width));
  return text ? *text : "error: " + text.error().message;
}

std::string listed(std::optional<KbKind> kind, Os os = Os::unknown, int width = 80) {
  const auto text = kb_list_text({kind, os}, mini(), style_of(width));
  return text ? *text : "error: " + text.error().message;
}

TEST(KbShow, AServiceWithEverythingAroundIt) {
  const std::string text = shown("srv", 200);
  expect_fits(text, 200);
  EXPECT_THAT(text, StartsWith("service LanmanServer: Server\n"));
  for (const std::string_view part :
       {"Lanman Server", "winnt4-win2000: services.exe, automatic",
        "svchost.exe -k netsvcs (documented)", "NetBT, win2000-win2003", "file-sharing-server",
        "4b324fc8-1670-01d3-1278-5a47bf6ee188 srvsvc", "<20> unique <computer> (documented)",
        "Certainty     documented", "https://example.org/handbook"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
}

TEST(KbShow, AFeatureWithItsSocketsAndClosers) {
  const std::string text = shown("raw-smb", 200);
  EXPECT_THAT(text, HasSubstr("tcp 445 on every address, win2000-server2025, held by NetBT, names "
                              "its owner, open by default, closes at the next start"));
  EXPECT_THAT(text,
              HasSubstr("smb_device_disable: Turn raw SMB off, win2000-win2003 (documented)"));
  EXPECT_THAT(text, HasSubstr("Closing 139 leaves it open."));
}

TEST(KbShow, ACloserWithChangesAndUndo) {
  const std::string text = shown("SMB_device_disable", 200);
  for (const std::string_view part :
       {"closer smb_device_disable: Turn raw SMB off", "after a reboot", "SmbDeviceEnabled = 0",
        "for each adapter", "Never with    name-lookup", "139 stays.", "Delete the value."}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(shown("rpcss_off"), HasSubstr("The computer cannot be used without it."));
}

TEST(KbShow, APortWithItsRegisteredNameAndAHint) {
  const std::string text = shown("445/tcp", 200);
  for (const std::string_view part :
       {"port 445/tcp\n", "Registered    microsoft-ds, Microsoft-DS (documented)",
        "Never to the internet.", "raw-smb: tcp 445",
        "win2000-win2003, server, NetBIOS off: listens on 445 (documented)",
        "A number alone proves nothing"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_EQ(shown("tcp/445", 200), text);
  EXPECT_THAT(shown("512"), AllOf(HasSubstr("port 512/tcp"), HasSubstr("port 512/udp"))) << "both";
  EXPECT_THAT(shown("65535/tcp"), HasSubstr("last"));
  EXPECT_THAT(shown("65535/udp"), StartsWith("error: nothing is known of port 65535"));
  EXPECT_THAT(shown("0/tcp"), StartsWith("error: '0' is no port"));
}

TEST(KbShow, AnRpcInterfaceInEachWayToWriteIt) {
  const std::string text = shown("{12345678-1234-ABCD-EF00-0123456789AB}", 200);
  EXPECT_THAT(text, HasSubstr("winspool"));
  EXPECT_THAT(text, HasSubstr("a service with the same number"));
  EXPECT_THAT(text, HasSubstr("Certainty     community"));
  EXPECT_EQ(shown("12345678-1234-abcd-ef00-0123456789ab", 200), text);
}

TEST(KbShow, ANetbiosSuffix) {
  const std::string text = shown("<1c>");
  EXPECT_THAT(text, HasSubstr("All controllers of a domain."));
  EXPECT_THAT(text, HasSubstr("Web servers."));
  EXPECT_THAT(shown("<FF>"), StartsWith("error: no NetBIOS suffix <FF> is known"));
}

TEST(KbShow, ASignByItsIdAndByWhatIsSeen) {
  const std::string text = shown("service-guard");
  EXPECT_THAT(text, AllOf(StartsWith("OS sign service-guard\n"), HasSubstr("winxp-win10"),
                          HasSubstr("client"), HasSubstr("community"),
                          HasSubstr("Measured for the tests")));
  EXPECT_EQ(shown("guard"), text);
  EXPECT_THAT(shown("start process.exe"),
              AllOf(HasSubstr("OS sign image-start"), Not(HasSubstr("Edition"))));
}

TEST(KbShow, RolesCapabilitiesGroupsAndSources) {
  EXPECT_THAT(shown("file-server"), HasSubstr("role file-server"));
  EXPECT_THAT(shown("file-sharing-server"),
              AllOf(HasSubstr("capability file-sharing-server"), HasSubstr("LanmanServer"),
                    HasSubstr("smb_device_disable")));
  EXPECT_THAT(shown("netsvcs"), AllOf(HasSubstr("group "), HasSubstr("Movable")));
  EXPECT_THAT(shown("lab"), AllOf(HasSubstr("source Lab"), HasSubstr("Cited by")));
}

TEST(KbShow, WhatIsNotThereNamesWhatIsNear) {
  EXPECT_THAT(shown("smb"), AllOf(StartsWith("error: 'smb' is not in the knowledge base; near are"),
                                  HasSubstr("raw-smb")));
  EXPECT_THAT(shown("qqq"), HasSubstr("`deadlight kb list KIND` shows the names there are"));
  EXPECT_THAT(shown(" "), StartsWith("error: show what?"));
}

TEST(KbShow, EverySubjectFits) {
  for (const int width : {60, 80, 200}) {
    for (const auto& row : mini().services) expect_fits(shown(row.id, width), width);
    for (const auto& row : mini().features) expect_fits(shown(row.id, width), width);
    for (const auto& row : mini().closers) expect_fits(shown(row.id, width), width);
    for (const auto& row : mini().rpc) expect_fits(shown(row.uuid, width), width);
  }
}

TEST(KbShowJson, HasTheSameAndTheSources) {
  const auto text = kb_show_json("LanmanServer", mini());
  ASSERT_TRUE(text) << text.error().message;
  const json document = json::parse(*text);
  EXPECT_EQ(document.at("schema"), "deadlight.kb-show/1");
  const json& row = document.at("rows").at(0);
  EXPECT_EQ(row.at("kind"), "service");
  EXPECT_EQ(row.at("id"), "LanmanServer");
  EXPECT_EQ(row.at("certainty"), "documented");
  EXPECT_THAT(row.at("sources"), ElementsAre("handbook", "lab"));
  EXPECT_TRUE(row.at("protected_because").is_null());
  EXPECT_EQ(document.at("sources").at(0).at("url"), "https://example.org/handbook");
}

TEST(KbList, CountsByKindAndCertainty) {
  const std::string text = listed({});
  expect_fits(text, 80);
  EXPECT_THAT(text, HasSubstr("KIND          ROWS  documented  community  inferred"));
  EXPECT_THAT(text, HasSubstr("rpc           3     2           1\n"));
  EXPECT_THAT(text, HasSubstr("5 registered names of ports"));
}

TEST(KbList, EveryKindFitsAndNamesEachRow) {
  for (const std::string_view id :
       {"services", "features", "closers", "ports", "roles", "capabilities", "groups", "rpc",
        "netbios", "smb", "signs", "sources"}) {
    const auto kind = parse_kb_kind(id);
    ASSERT_TRUE(kind) << id;
    for (const int width : {60, 80, 200}) expect_fits(listed(*kind, Os::unknown, width), width);
  }
  EXPECT_THAT(listed(KbKind::rpc, Os::unknown, 200),
              HasSubstr("4b324fc8-1670-01d3-1278-5a47bf6ee188  srvsvc"));
  EXPECT_THAT(listed(KbKind::netbios), HasSubstr("<1C>"));
  EXPECT_THAT(listed(KbKind::signs, Os::unknown, 200),
              HasSubstr("service-guard                         Guard      winxp to win10, client"));
  EXPECT_THAT(listed(KbKind::ports), HasSubstr("445/tcp"));
}

TEST(KbList, OfOneSystemOnly) {
  const std::string xp = listed(KbKind::services, Os::winxp);
  EXPECT_THAT(xp, AllOf(HasSubstr("DiscoverySvc"), Not(HasSubstr("rpcbind"))));
  EXPECT_THAT(listed(KbKind::services, Os::linux), Not(HasSubstr("DiscoverySvc")));
  EXPECT_THAT(listed(KbKind::ports, Os::winxp), Not(HasSubstr("111/tcp")));
  EXPECT_THAT(listed(KbKind::ports, Os::linux), HasSubstr("111/tcp"));
  EXPECT_THAT(listed(KbKind::signs, Os::winxp),
              AllOf(HasSubstr("service-guard"), Not(HasSubstr("Service-Directory"))));
  EXPECT_THAT(listed(KbKind::roles, Os::linux),
              StartsWith("error: roles are the same on every system; leave --os out"));
  EXPECT_THAT(parse_kb_kind("service").error().message,
              HasSubstr("'service' is no kind; there are services features"));
}

TEST(KbListJson, RowsHaveAllThatShowHas) {
  const json document = json::parse(*kb_list_json({KbKind::rpc, Os::winxp}, mini()));
  EXPECT_EQ(document.at("schema"), "deadlight.kb-list/1");
  EXPECT_EQ(document.at("kind"), "rpc");
  EXPECT_EQ(document.at("os"), "winxp");
  ASSERT_THAT(document.at("rows"), SizeIs(3));
  EXPECT_EQ(document.at("rows").at(2).at("title"), "srvsvc");
  EXPECT_THAT(document.at("rows").at(2).at("transports"), SizeIs(2));
  const json counts = json::parse(*kb_list_json({}, mini()));
  EXPECT_EQ(counts.at("counts").at("netbios"), 3);
  EXPECT_EQ(counts.at("counts").at("registered_ports"), 5);
  EXPECT_TRUE(counts.at("os").is_null());
}

TEST(KbCheck, SaysWhatWasReadOrEachProblem) {
  const knowledge::Checked fine{2, {{"closer", 1}, {"source", 3}}, {}};
  EXPECT_EQ(kb_check_text("dir", fine), "dir: no problem; 2 files, rows: closer 1, source 3\n");
  const knowledge::Checked broken{1, {}, {"a.toml:1: one", "a.toml:2: two"}};
  EXPECT_EQ(kb_check_text("dir", broken), "a.toml:1: one\na.toml:2: two\n");
  const json document = json::parse(kb_check_json("dir", broken));
  EXPECT_EQ(document.at("schema"), "deadlight.kb-check/1");
  EXPECT_THAT(document.at("problems"), SizeIs(2));
  EXPECT_THAT(json::parse(kb_check_json("", fine)).at("problems"), IsEmpty());
}

}  // namespace
}  // namespace deadlight::report
