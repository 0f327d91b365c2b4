#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "report/report.h"
#include "report/samples.h"

namespace deadlight::report {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;
using testing::StartsWith;

DriftReport sample_drift() {
  const Exposure exposure = sample_exposure();
  DriftReport report;
  report.rows.push_back({DriftKind::appeared, std::nullopt, exposure.endpoints[2]});
  report.rows.push_back({DriftKind::gone, exposure.endpoints[3], std::nullopt});
  report.rows.push_back({DriftKind::changed, exposure.endpoints[0], exposure.endpoints[1]});
  report.passing = 2;
  return report;
}

TEST(DriftText, FitsAndSaysWhatHappened) {
  for (const int width : {60, 80, 200}) {
    const std::string text = drift_text(sample_drift(), style_of(width));
    expect_fits(text, width);
    EXPECT_THAT(text, StartsWith("+ 445/tcp "));
    EXPECT_THAT(text, HasSubstr("\n- 445/tcp "));
    EXPECT_THAT(text, HasSubstr("\n~ "));
    EXPECT_THAT(text, HasSubstr("2 UDP sockets"));
  }
}

TEST(DriftText, SaysThatNothingChanged) {
  EXPECT_EQ(drift_text({}, style_of(80)), "The same ports are open, by the same owners.\n");
}

TEST(DriftJson, KeepsItsNames) {
  const Exposure exposure = sample_exposure();
  const Json json = Json::parse(drift_json(sample_drift(), exposure, exposure));
  EXPECT_EQ(json["schema"], "deadlight.drift/1");
  EXPECT_EQ(json["changes"].size(), 3u);
  EXPECT_EQ(json["changes"][0]["change"], "appeared");
  EXPECT_EQ(json["changes"][0]["before"], nullptr);
  EXPECT_EQ(json["changes"][0]["now"]["port"], 445);
  EXPECT_EQ(json["changes"][2]["change"], "changed");
  EXPECT_EQ(json["not_compared"], 2);
}

TEST(DriftJson, AnEventIsOneLine) {
  const Exposure exposure = sample_exposure();
  const std::string line =
      drift_json_line(sample_drift().rows[0], "2026-11-30T04:00:00Z", exposure, exposure);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const Json json = Json::parse(line);
  EXPECT_EQ(json["schema"], "deadlight.drift-event/1");
  EXPECT_EQ(json["time"], "2026-11-30T04:00:00Z");
  EXPECT_EQ(json["now"]["port"], 445);
}

}  // namespace
}  // namespace deadlight::report
