#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "truth/trial.h"

namespace deadlight::truth {
namespace {

#ifdef DEADLIGHT_SANITIZED
constexpr std::uint64_t kHosts = 1'000;  // these builds take ten times as long
#else
constexpr std::uint64_t kHosts = 10'000;
#endif
constexpr unsigned kThreads = 2;
constexpr std::uint64_t kFirstSeed = 1;

/// What is still found, and how often at most in all these hosts: nearly all of it after damage. A
/// number here may only become smaller; a kind that is not here may not be found.
struct Known {
  std::string_view kind;
  std::uint64_t limit;
};
constexpr Known kKnown[] = {
    {"lost without a word", 8},
    {"wrong owner, derived", 3},
};

/// Every host whose number leaves `rest` when divided by kThreads.
void check_share(unsigned rest, Tally& tally) {
  for (std::uint64_t i = rest; i < kHosts; i += kThreads) {
    const Trial trial = make_trial(kFirstSeed + i);
    tally.add(trial, check_trial(trial));
  }
}

/// The kind alone: a tally's keys also name format and damage.
std::map<std::string, std::uint64_t> by_kind(const Tally& tally) {
  std::map<std::string, std::uint64_t> kinds;
  for (const auto& [key, count] : tally.findings) kinds[key.substr(0, key.find(" | "))] += count;
  return kinds;
}

TEST(Truth, MadeUpHostsAreReadAndExplainedNoWorseThanKnown) {
  Tally tallies[kThreads];
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kThreads; ++i) {
    threads.emplace_back(check_share, i, std::ref(tallies[i]));
  }
  for (std::thread& thread : threads) thread.join();
  Tally all;
  for (const Tally& tally : tallies) all.add(tally);
  EXPECT_EQ(all.trials, kHosts);
  for (const auto& [kind, count] : by_kind(all)) {
    const auto* known = std::find_if(std::begin(kKnown), std::end(kKnown),
                                     [&kind = kind](const Known& row) { return row.kind == kind; });
    const std::uint64_t limit = known == std::end(kKnown) ? 0 : known->limit;
    EXPECT_LE(count, limit) << kind << "; truth_million --only '" << kind << "' shows examples";
    std::cout << "known: " << count << " x " << kind << " in " << kHosts << " hosts\n";
  }
}

}  // namespace
}  // namespace deadlight::truth
