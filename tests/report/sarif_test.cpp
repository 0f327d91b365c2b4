#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "report/report.h"
#include "report/samples.h"

namespace deadlight::report {
namespace {

using Json = nlohmann::json;

Json sarif_of(const Exposure& exposure) {
  return Json::parse(exposure_sarif(exposure, sample_knowledge(), "0.1.0"));
}

Json run_of(const Exposure& exposure) { return sarif_of(exposure).at("runs").at(0); }

const Json& result_at(const Json& run, const std::string& socket) {
  for (const Json& result : run.at("results")) {
    if (result.at("locations").at(0).at("logicalLocations").at(0).at("name") == socket) {
      return result;
    }
  }
  throw std::runtime_error("no result for " + socket);
}

std::string fingerprint_at(const Json& run, const std::string& socket) {
  return result_at(run, socket).at("partialFingerprints").at("deadlightEndpoint/v1");
}

// What the published schema requires of the objects that are written, and which values it allows.
void check_message(const Json& message) {
  ASSERT_TRUE(message.is_object());
  EXPECT_TRUE(message.contains("text") || message.contains("id"));
  EXPECT_TRUE(message.at("text").is_string());
}

void check_location(const Json& location) {
  if (location.contains("physicalLocation")) {
    const Json& place = location.at("physicalLocation");
    ASSERT_TRUE(place.contains("artifactLocation") || place.contains("address"));
    EXPECT_TRUE(place.at("artifactLocation").at("uri").is_string());
    if (place.contains("region")) {
      EXPECT_GE(place.at("region").at("startLine").get<int>(), 1);
    }
  }
  if (location.contains("logicalLocations")) {
    EXPECT_TRUE(location["logicalLocations"].is_array());
  }
}

void check_level(const Json& level) {
  const std::set<std::string> levels = {"none", "note", "warning", "error"};
  EXPECT_TRUE(levels.contains(level.get<std::string>())) << level;
}

void check_rules(const Json& rules) {
  std::set<std::string> ids;
  for (const Json& rule : rules) {
    EXPECT_TRUE(ids.insert(rule.at("id").get<std::string>()).second) << "rules are unique";
    check_message(rule.at("shortDescription"));
    check_message(rule.at("fullDescription"));
    check_message(rule.at("help"));
    check_level(rule.at("defaultConfiguration").at("level"));
  }
}

void check_result(const Json& result, const Json& rules) {
  const std::set<std::string> kinds = {"notApplicable", "pass", "fail",
                                       "review",        "open", "informational"};
  check_message(result.at("message"));
  check_level(result.at("level"));
  EXPECT_TRUE(kinds.contains(result.at("kind").get<std::string>()));
  // The standard: a level other than "none" only with the kind "fail".
  EXPECT_EQ(result.at("kind"), "fail");
  ASSERT_LT(result.at("ruleIndex").get<std::size_t>(), rules.size());
  EXPECT_EQ(rules.at(result.at("ruleIndex").get<std::size_t>()).at("id"), result.at("ruleId"));
  for (const Json& location : result.at("locations")) check_location(location);
  for (const Json& value : result.at("partialFingerprints")) EXPECT_TRUE(value.is_string());
}

TEST(Sarif, HasWhatTheSchemaRequires) {
  const Json log = sarif_of(sample_exposure());
  EXPECT_EQ(log.at("version"), "2.1.0");
  EXPECT_THAT(log.at("$schema").get<std::string>(), testing::EndsWith("sarif-schema-2.1.0.json"));
  ASSERT_EQ(log.at("runs").size(), 1U);
  const Json& run = log.at("runs").at(0);
  const Json& driver = run.at("tool").at("driver");
  EXPECT_EQ(driver.at("name"), "Deadlight");
  EXPECT_EQ(driver.at("semanticVersion"), "0.1.0");
  check_rules(driver.at("rules"));
  for (const Json& result : run.at("results")) check_result(result, driver.at("rules"));
  for (const Json& invocation : run.at("invocations")) {
    EXPECT_TRUE(invocation.at("executionSuccessful").is_boolean());
    for (const Json& notification : invocation.at("toolExecutionNotifications")) {
      check_message(notification.at("message"));
      check_level(notification.at("level"));
    }
  }
  EXPECT_TRUE(run.at("columnKind") == "unicodeCodePoints" ||
              run.at("columnKind") == "utf16CodeUnits");
}

TEST(Sarif, OneResultForEachFinding) {
  const Json run = run_of(sample_exposure());
  EXPECT_EQ(run.at("results").size(), 6U);
  EXPECT_EQ(result_at(run, "tcp 0.0.0.0:135").at("level"), "note");
  EXPECT_EQ(result_at(run, "tcp 0.0.0.0:445").at("level"), "warning");
  EXPECT_EQ(result_at(run, "tcp [fe80::d8b5:1234:5678:9abc%12]:31337").at("level"), "error");
}

TEST(Sarif, RulesAreFeaturesOrSayThatThereIsNone) {
  const Json run = run_of(sample_exposure());
  EXPECT_EQ(result_at(run, "tcp 0.0.0.0:445").at("ruleId"), "raw-smb");
  EXPECT_EQ(result_at(run, "tcp 0.0.0.0:1025").at("ruleId"), "uncertain-owner");
  EXPECT_EQ(result_at(run, "tcp [fe80::d8b5:1234:5678:9abc%12]:31337").at("ruleId"),
            "unknown-owner");
  EXPECT_THAT(run.at("tool").at("driver").at("rules").at(1).at("help").at("text"),
              testing::HasSubstr("deadlight explain raw-smb"));
}

TEST(Sarif, LocationsAreFileAndLine) {
  const Json run = run_of(sample_exposure());
  const Json& place =
      result_at(run, "tcp 0.0.0.0:445").at("locations").at(0).at("physicalLocation");
  EXPECT_EQ(place.at("artifactLocation").at("uri"), "xp.txt");
  EXPECT_EQ(place.at("region").at("startLine"), 7);
}

TEST(Sarif, PathsBecomeUris) {
  Exposure exposure = sample_exposure();
  exposure.evidence[0].name = "/evidence/host a#1%.txt";
  exposure.endpoints[2].endpoint.sources = {{0, 0}};
  const Json run = run_of(exposure);
  const Json& place =
      result_at(run, "tcp 0.0.0.0:445").at("locations").at(0).at("physicalLocation");
  EXPECT_EQ(place.at("artifactLocation").at("uri"), "file:///evidence/host%20a%231%25.txt");
  EXPECT_FALSE(place.contains("region"));
}

TEST(Sarif, StandardInputIsNoFile) {
  Exposure exposure = sample_exposure();
  exposure.evidence[0].name = "-";
  const Json run = run_of(exposure);
  EXPECT_FALSE(
      result_at(run, "tcp 0.0.0.0:445").at("locations").at(0).contains("physicalLocation"));
}

TEST(Sarif, FingerprintsOutliveProcessIdsAndDynamicPorts) {
  Exposure exposure = sample_exposure();
  const Json before = run_of(exposure);
  exposure.endpoints[2].endpoint.pid = 4711;
  exposure.endpoints[4].endpoint.port = 1031;
  const Json after = run_of(exposure);
  EXPECT_EQ(fingerprint_at(before, "tcp 0.0.0.0:445"), "tcp|any|raw-smb|445");
  EXPECT_EQ(fingerprint_at(after, "tcp 0.0.0.0:445"), "tcp|any|raw-smb|445");
  EXPECT_EQ(fingerprint_at(after, "tcp 0.0.0.0:1031"), fingerprint_at(before, "tcp 0.0.0.0:1025"));
  EXPECT_THAT(fingerprint_at(after, "tcp 0.0.0.0:1031"), testing::EndsWith("|dynamic"));
}

TEST(Sarif, FingerprintsAreUnique) {
  const Json run = run_of(sample_exposure());
  std::set<std::string> seen;
  for (const Json& result : run.at("results")) {
    const Json& value = result.at("partialFingerprints").at("deadlightEndpoint/v1");
    EXPECT_TRUE(seen.insert(value.get<std::string>()).second) << value;
  }
  EXPECT_EQ(seen.size(), run.at("results").size());
}

TEST(Sarif, UnreadLinesAreNotifications) {
  const Json run = run_of(sample_exposure());
  const Json& notifications = run.at("invocations").at(0).at("toolExecutionNotifications");
  ASSERT_EQ(notifications.size(), 13U);
  EXPECT_EQ(notifications[0].at("message").at("text"), "port 70000 is above 65535");
  EXPECT_EQ(
      notifications[0].at("locations").at(0).at("physicalLocation").at("region").at("startLine"),
      30);
  EXPECT_EQ(notifications[12].at("level"), "note");
}

TEST(Sarif, NothingOpenIsAnEmptyListOfResults) {
  const Json run = run_of({});
  EXPECT_EQ(run.at("results"), Json::array());
  EXPECT_EQ(run.at("tool").at("driver").at("rules"), Json::array());
}

TEST(Sarif, HostileNamesStayText) {
  Exposure exposure = sample_exposure();
  exposure.host.name = "\xff\x1b]0;x\x07";
  exposure.endpoints[4].owner.candidates = {"a\"b\n", "\u202egpj.exe"};
  const Json run = run_of(exposure);
  EXPECT_EQ(run.at("automationDetails").at("id"), "deadlight/??]0;x?/");
  EXPECT_EQ(fingerprint_at(run, "tcp 0.0.0.0:1025"), "tcp|any|a\"b +?gpj.exe|dynamic");
}

TEST(Sarif, TheSameTwice) {
  EXPECT_EQ(exposure_sarif(sample_exposure(), sample_knowledge(), "1"),
            exposure_sarif(sample_exposure(), sample_knowledge(), "1"));
}

}  // namespace
}  // namespace deadlight::report
