#include "plan/cover.h"

#include <gmock/gmock.h>

#include <random>

namespace deadlight {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Cover, TakesOneForManyWhereItIsCheaper) {
  EXPECT_THAT(cheapest_cover(3, {{10, {0}}, {10, {1}}, {10, {2}}, {15, {0, 1, 2}}}),
              ElementsAre(3u));
}

TEST(Cover, TakesManyWhereOneIsDear) {
  EXPECT_THAT(cheapest_cover(2, {{10, {0}}, {10, {1}}, {50, {0, 1}}}), ElementsAre(0u, 1u));
}

TEST(Cover, LeavesOutWhatNobodyCovers) {
  EXPECT_THAT(cheapest_cover(3, {{10, {1}}}), ElementsAre(0u));
  EXPECT_THAT(cheapest_cover(3, {}), IsEmpty());
}

int cost_of(const std::vector<std::size_t>& chosen, const std::vector<CoverOption>& options) {
  int cost = 0;
  for (const std::size_t one : chosen) cost += options[one].cost;
  return cost;
}

bool covers_all(std::size_t elements, unsigned subset, const std::vector<CoverOption>& options) {
  std::vector<bool> covered(elements, false);
  for (std::size_t i = 0; i < options.size(); ++i) {
    if ((subset >> i & 1U) == 0) continue;
    for (const std::size_t element : options[i].covers) covered[element] = true;
  }
  return std::find(covered.begin(), covered.end(), false) == covered.end();
}

// Against every subset there is.
TEST(Cover, IsTheCheapestOfAll) {
  std::mt19937 random(20021);
  for (int round = 0; round < 300; ++round) {
    constexpr std::size_t kElements = 6;
    std::vector<CoverOption> options(10);
    for (std::size_t i = 0; i < options.size(); ++i) {
      options[i].cost = 1 + static_cast<int>(random() % 20);
      for (std::size_t element = 0; element < kElements; ++element) {
        if (random() % 3 == 0 || element == i) options[i].covers.push_back(element);
      }
    }
    int cheapest = 1 << 20;
    for (unsigned subset = 0; subset < 1U << options.size(); ++subset) {
      if (!covers_all(kElements, subset, options)) continue;
      int cost = 0;
      for (std::size_t i = 0; i < options.size(); ++i) {
        if ((subset >> i & 1U) != 0) cost += options[i].cost;
      }
      cheapest = std::min(cheapest, cost);
    }
    EXPECT_EQ(cost_of(cheapest_cover(kElements, options), options), cheapest) << "round " << round;
  }
}

TEST(Cover, EndsOnInputsTooLargeToTryAll) {
  std::mt19937 random(7);
  constexpr std::size_t kElements = 200;
  std::vector<CoverOption> options(400);
  for (std::size_t i = 0; i < options.size(); ++i) {
    options[i].cost = 10 + static_cast<int>(random() % 7);
    for (std::size_t element = 0; element < kElements; ++element) {
      if (random() % 20 == 0 || element == i) options[i].covers.push_back(element);
    }
  }
  const std::vector<std::size_t> chosen = cheapest_cover(kElements, options);
  std::vector<bool> covered(kElements, false);
  for (const std::size_t one : chosen) {
    for (const std::size_t element : options[one].covers) covered[element] = true;
  }
  EXPECT_EQ(std::count(covered.begin(), covered.end(), true), static_cast<int>(kElements));
}

}  // namespace
}  // namespace deadlight
