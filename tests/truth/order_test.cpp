#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "evidence/evidence.h"
#include "exposure/exposure.h"
#include "truth/trial.h"

namespace deadlight::truth {
namespace {

using Inputs = std::vector<evidence::Input>;

/// What is claimed of each socket, without the reasons, which name lines.
std::vector<std::string> claims(const Inputs& inputs, Os os) {
  const Result<Snapshot> snapshot = evidence::read(inputs, os, knowledge::builtin().signs());
  if (!snapshot) return {snapshot.error().message};
  std::vector<std::string> out;
  for (const Exposed& exposed : expose(*snapshot, Role(), knowledge::builtin()).endpoints) {
    out.push_back(fmt::format("{} {} {} {} [{}]{}", fact_text(exposed.endpoint),
                              confidence_id(exposed.owner.confidence), exposed.owner.service,
                              exposed.owner.process, fmt::join(exposed.owner.candidates, ","),
                              exposed.phantom ? " phantom" : ""));
  }
  return out;
}

Inputs inputs_of(const Trial& trial) {
  Inputs inputs;
  for (const Sheet& sheet : trial.sheets) inputs.push_back({sheet.name, sheet.bytes()});
  return inputs;
}

template <class List>
void shuffle(List& list, Dice& dice) {
  for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[dice.below(i)]);
}

TEST(TruthOrder, FilesInAnyOrderTellTheSame) {
  std::size_t compared = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const Trial trial = make_trial(seed);
    Inputs inputs = inputs_of(trial);
    if (inputs.size() < 2) continue;
    const std::vector<std::string> expected = claims(inputs, trial.host.os);
    Dice dice(seed);
    shuffle(inputs, dice);
    EXPECT_EQ(claims(inputs, trial.host.os), expected) << "seed " << seed;
    ++compared;
  }
  EXPECT_GT(compared, 100U);
}

TEST(TruthOrder, RowsInAnyOrderTellTheSame) {
  std::size_t compared = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Dice dice(seed);
    const TrueHost host = make_host(dice.pick(all_os()), dice.roll());
    const std::vector<Format> formats = formats_of(host.os);
    const auto format = std::find_if(formats.begin(), formats.end(), [](const Format& one) {
      return one.id == "netstat -ano" || one.id == "netstat -an" || one.id == "ss -tuanp";
    });
    if (format == formats.end()) continue;
    Sheet sheet;
    sheet.name = "host.txt";
    format->print(host, dice, sheet.page);
    const std::vector<std::string> expected = claims({{sheet.name, sheet.bytes()}}, host.os);
    const auto first_row = std::find_if(sheet.page.lines.begin(), sheet.page.lines.end(),
                                        [](const Line& line) { return !line.facts.empty(); });
    std::vector<Line> rows(first_row, sheet.page.lines.end());
    shuffle(rows, dice);
    std::move(rows.begin(), rows.end(), first_row);
    EXPECT_EQ(claims({{sheet.name, sheet.bytes()}}, host.os), expected) << "seed " << seed;
    ++compared;
  }
  EXPECT_GT(compared, 200U);
}

/// A generator that forgets a system, a format or a damage would pass every test.
TEST(TruthCoverage, EachFormatMeetsEachDamageItCan) {
  std::set<std::string> met;
  std::set<std::string> needed;
  for (const Os os : all_os()) {
    for (const Format& format : formats_of(os)) {
      for (const Damage& damage : damages()) {
        if (damage.netstat_only && !format.id.starts_with("netstat")) continue;
        needed.insert(fmt::format("{} | {}", format.id, damage.id));
      }
    }
  }
  for (std::uint64_t seed = 1; seed <= 30'000 && met.size() < needed.size(); ++seed) {
    for (const std::string& what : make_trial(seed).what) {
      met.insert(what.substr(0, what.find(" | ", what.find(" | ") + 1)));
    }
  }
  std::vector<std::string> missing;
  std::set_difference(needed.begin(), needed.end(), met.begin(), met.end(),
                      std::back_inserter(missing));
  EXPECT_TRUE(missing.empty()) << fmt::format("{}", fmt::join(missing, ", "));
}

}  // namespace
}  // namespace deadlight::truth
