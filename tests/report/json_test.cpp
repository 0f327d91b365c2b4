#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/report.h"
#include "report/samples.h"

namespace deadlight::report {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> keys_of(const Json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

using Keys = std::vector<std::string>;

TEST(ExposureJson, KeepsItsNames) {
  const Json json = Json::parse(exposure_json(sample_exposure(), {}));
  EXPECT_EQ(json["schema"], "deadlight.exposure/1");
  EXPECT_EQ(keys_of(json), (Keys{"schema", "host", "role", "evidence", "summary", "endpoints",
                                 "other_sockets", "units", "unread", "skipped", "notes"}));
  EXPECT_EQ(keys_of(json["host"]), (Keys{"name", "os", "os_title", "os_basis", "os_confidence"}));
  const Json& smb = json["endpoints"][2];
  EXPECT_EQ(keys_of(smb),
            (Keys{"protocol", "local", "port", "remote", "state", "pid", "process", "unit", "owner",
                  "reach", "verdict", "verdict_reason", "phantom", "sources", "live"}));
  EXPECT_EQ(smb["live"], nullptr);
  EXPECT_EQ(keys_of(smb["owner"]),
            (Keys{"service", "feature", "confidence", "candidates", "others_possible", "because"}));
  EXPECT_EQ(keys_of(json["unread"][0]), (Keys{"file", "line", "reason"}));
  EXPECT_EQ(keys_of(json["skipped"][0]), (Keys{"file", "first_line", "last_line"}));
}

TEST(ExposureJson, WhatALiveHostSays) {
  Exposure exposure = sample_exposure();
  LiveFacts live;
  live.net_namespace = "container web";
  live.uid = 33;
  live.dual_stack = true;
  live.sockets = 12;
  live.ports = {{5000, 5011}};
  exposure.endpoints[2].endpoint.live = live;
  exposure.other_sockets = {{"vsock", "cid 3 port 22", "listening", "", 0, 7, "sshd", "", {}}};
  const Json json = Json::parse(exposure_json(exposure, {}));
  EXPECT_EQ(json["endpoints"][2]["live"], (Json{{"net_namespace", "container web"},
                                                {"uid", 33},
                                                {"cgroup", nullptr},
                                                {"dual_stack", true},
                                                {"activates", nullptr},
                                                {"filter", "unread"},
                                                {"filter_because", nullptr},
                                                {"forwards_to", nullptr},
                                                {"sockets", 12},
                                                {"ports", {{{"first", 5000}, {"last", 5011}}}},
                                                {"addresses", 1},
                                                {"remotes", 0},
                                                {"processes", 0}}));
  EXPECT_EQ(json["units"], Json::array());
  EXPECT_EQ(json["other_sockets"][0]["local"], "cid 3 port 22");
  EXPECT_EQ(json["other_sockets"][0]["unit"], nullptr);
}

TEST(ExposureJson, HowUnitsAreSetUp) {
  Exposure exposure = sample_exposure();
  UnitState unit;
  unit.active = "active";
  unit.enablement = "enabled";
  unit.triggered_by = {"x.socket"};
  Service service;
  service.name = "x.service";
  service.unit = unit;
  exposure.services = {service, Service{}};
  const Json json = Json::parse(exposure_json(exposure, {}));
  EXPECT_EQ(json["units"], Json::array({Json{{"name", "x.service"},
                                             {"active", "active"},
                                             {"enablement", "enabled"},
                                             {"preset", nullptr},
                                             {"triggers", Json::array()},
                                             {"triggered_by", {"x.socket"}},
                                             {"required_by", Json::array()},
                                             {"drop_ins", Json::array()}}}));
}

TEST(ExposureJson, ValuesOfAListener) {
  const Json json = Json::parse(exposure_json(sample_exposure(), {}));
  const Json& smb = json["endpoints"][3];
  EXPECT_EQ(smb["protocol"], "tcp");
  EXPECT_EQ(smb["local"], "[::]:445");
  EXPECT_EQ(smb["port"], 445);
  EXPECT_EQ(smb["remote"], nullptr);
  EXPECT_EQ(smb["state"], "listening");
  EXPECT_EQ(smb["pid"], 4);
  EXPECT_EQ(smb["process"], "System");
  EXPECT_EQ(smb["owner"]["service"], "NetBT");
  EXPECT_EQ(smb["owner"]["confidence"], "derived");
  EXPECT_EQ(smb["verdict"], "unneeded");
  EXPECT_EQ(smb["phantom"], false);
  EXPECT_EQ(smb["sources"][0], (Json{{"file", "xp.txt"}, {"line", 7}}));
}

TEST(ExposureJson, WhatIsNotKnownIsNull) {
  const Json json = Json::parse(exposure_json(sample_exposure(), {}));
  const Json& unknown = json["endpoints"][5];
  EXPECT_EQ(unknown["local"], "[fe80::d8b5:1234:5678:9abc%12]:31337");
  EXPECT_EQ(unknown["process"], nullptr);
  EXPECT_EQ(unknown["owner"]["service"], nullptr);
  EXPECT_EQ(unknown["owner"]["feature"], nullptr);
  EXPECT_EQ(unknown["owner"]["confidence"], "unknown");
  EXPECT_EQ(unknown["owner"]["candidates"], Json::array());
}

TEST(ExposureJson, ConnectionsAndPhantomsOnlyWhenAsked) {
  Style style;
  EXPECT_EQ(Json::parse(exposure_json(sample_exposure(), style))["endpoints"].size(), 8U);
  style.connections = true;
  const Json json = Json::parse(exposure_json(sample_exposure(), style));
  ASSERT_EQ(json["endpoints"].size(), 10U);
  EXPECT_EQ(json["endpoints"][8]["phantom"], true);
  EXPECT_EQ(json["endpoints"][9]["remote"], "192.70.106.76:22");
  EXPECT_EQ(json["summary"]["verdicts"]["unneeded"], 4);
  EXPECT_EQ(json["summary"]["phantoms"], 1);
}

TEST(ExposureJson, BytesThatAreNoUtf8DoNotBreakIt) {
  Exposure exposure = sample_exposure();
  exposure.endpoints[0].owner.process = "\xff\xfe\x01";
  const Json json = Json::parse(exposure_json(exposure, {}));
  EXPECT_EQ(json["endpoints"][0]["process"], "\xef\xbf\xbd\xef\xbf\xbd\x01");
}

TEST(PlanJson, KeepsItsNames) {
  const Json json = Json::parse(plan_json(sample_plan()));
  EXPECT_EQ(json["schema"], "deadlight.plan/1");
  EXPECT_EQ(keys_of(json),
            (Keys{"schema", "host", "role", "open_before", "steps", "open_after", "kept", "local",
                  "unexplained", "stuck", "refused", "not_taken", "unread", "notes"}));
  EXPECT_EQ(keys_of(json["steps"][0]),
            (Keys{"title", "phase", "closers", "changes", "reboot", "restart", "closes",
                  "also_stops", "breaks", "warnings", "why", "undo", "open_after"}));
  EXPECT_EQ(keys_of(json["steps"][0]["changes"][0]),
            (Keys{"kind", "target", "name", "type", "data", "text", "undo", "restarts"}));
  EXPECT_EQ(keys_of(json["stuck"][0]), (Keys{"endpoint", "why", "scope"}));
  EXPECT_EQ(keys_of(json["refused"][0]), (Keys{"what", "why"}));
  EXPECT_EQ(keys_of(json["not_taken"][0]), (Keys{"closer", "title", "why"}));
}

TEST(PlanJson, ListingAfterTheLastStep) {
  const Json json = Json::parse(plan_json(sample_plan()));
  EXPECT_EQ(json["open_after"], (Json{"tcp 0.0.0.0:135", "tcp 0.0.0.0:1025"}));
  EXPECT_EQ(json["open_after"], json["steps"][1]["open_after"]);
  EXPECT_EQ(json["steps"][1]["phase"], "smb");
  EXPECT_EQ(json["steps"][1]["changes"][0]["data"], "0");
}

TEST(PlanJson, EmptyPlanHasAllLists) {
  const Json json = Json::parse(plan_json({}));
  for (const char* key : {"steps", "refused", "stuck", "not_taken", "open_after", "kept"}) {
    EXPECT_EQ(json[key], Json::array()) << key;
  }
}

TEST(WhatIfJson, KeepsItsNames) {
  const Json json = Json::parse(what_if_json(sample_what_if()));
  EXPECT_EQ(json["schema"], "deadlight.what-if/1");
  EXPECT_EQ(keys_of(json),
            (Keys{"schema", "host", "changes", "open_before", "open_at_once", "open_after",
                  "closes", "also_stops", "breaks", "warnings", "unread", "reboot"}));
  EXPECT_EQ(json["open_after"], (Json{"tcp 0.0.0.0:135", "tcp 0.0.0.0:1025"}));
}

TEST(ExplainJson, NamesWaysAndWhatIsNone) {
  const auto text = explain_json("445/tcp", sample_exposure(), sample_knowledge());
  ASSERT_TRUE(text);
  const Json json = Json::parse(*text);
  EXPECT_EQ(json["schema"], "deadlight.explain/1");
  EXPECT_EQ(json["ways"][0]["closer"], "smb_device_disable");
  EXPECT_EQ(json["limits"][0]["closer"], "smb_firewall");
  EXPECT_EQ(json["endpoints"].size(), 2U);
  EXPECT_EQ(json["not_working"].size(), 2U);
  EXPECT_EQ(json["needed_by"][0]["roles"], Json{"internal-file-server"});
}

TEST(EveryJson, EndsWithANewline) {
  EXPECT_EQ(plan_json(sample_plan()).back(), '\n');
  EXPECT_EQ(exposure_json(sample_exposure(), {}).back(), '\n');
}

}  // namespace
}  // namespace deadlight::report
