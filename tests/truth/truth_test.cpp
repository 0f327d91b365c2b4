#include <gtest/gtest.h>

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

/// Every host whose number leaves `rest` when divided by kThreads.
void check_share(unsigned rest, Tally& tally) {
  for (std::uint64_t i = rest; i < kHosts; i += kThreads) {
    const Trial trial = make_trial(kFirstSeed + i);
    tally.add(trial, check_trial(trial));
  }
}

TEST(Truth, MadeUpHostsAreReadAndExplainedRightly) {
  Tally tallies[kThreads];
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kThreads; ++i) {
    threads.emplace_back(check_share, i, std::ref(tallies[i]));
  }
  for (std::thread& thread : threads) thread.join();
  Tally all;
  for (const Tally& tally : tallies) all.add(tally);
  EXPECT_EQ(all.trials, kHosts);
  for (const auto& [kind, count] : all.findings) {
    ADD_FAILURE() << count << " x " << kind << "; truth_million --hosts " << kHosts
                  << " shows examples";
  }
}

}  // namespace
}  // namespace deadlight::truth
