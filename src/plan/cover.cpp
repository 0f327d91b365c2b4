#include "plan/cover.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace deadlight {
namespace {

constexpr int kTriesMax = 200'000;

/// Branch and bound: always decides the element with the fewest options, cheapest option first.
class Search {
 public:
  Search(std::size_t elements, const std::vector<CoverOption>& options)
      : options_(options), covering_(elements), covered_(elements, 0) {
    for (std::size_t i = 0; i < options.size(); ++i) {
      for (const std::size_t element : options[i].covers) covering_[element].push_back(i);
    }
    for (std::vector<std::size_t>& ways : covering_) {
      std::stable_sort(ways.begin(), ways.end(), [&](std::size_t a, std::size_t b) {
        return options_[a].cost < options_[b].cost;
      });
    }
  }

  std::vector<std::size_t> run() {
    descend(0);
    std::sort(best_.begin(), best_.end());
    return best_;
  }

 private:
  void descend(int cost) {
    // The first descent always ends, so that there is an answer whatever the limit.
    if (cost >= best_cost_ || (found_ && tries_++ > kTriesMax)) return;
    const std::size_t element = hardest_open();
    if (element == covering_.size()) {
      best_ = chosen_;
      best_cost_ = cost;
      found_ = true;
      return;
    }
    for (const std::size_t way : covering_[element]) {
      choose(way, +1);
      chosen_.push_back(way);
      descend(cost + options_[way].cost);
      chosen_.pop_back();
      choose(way, -1);
    }
  }

  std::size_t hardest_open() const {
    std::size_t hardest = covering_.size();
    for (std::size_t i = 0; i < covering_.size(); ++i) {
      if (covered_[i] > 0 || covering_[i].empty()) continue;
      if (hardest == covering_.size() || covering_[i].size() < covering_[hardest].size()) {
        hardest = i;
      }
    }
    return hardest;
  }

  void choose(std::size_t way, int by) {
    for (const std::size_t element : options_[way].covers) covered_[element] += by;
  }

  const std::vector<CoverOption>& options_;
  std::vector<std::vector<std::size_t>> covering_;
  std::vector<int> covered_;
  std::vector<std::size_t> chosen_;
  std::vector<std::size_t> best_;
  int best_cost_ = std::numeric_limits<int>::max();
  int tries_ = 0;
  bool found_ = false;
};

// What the others cover as well goes, dearest first.
void drop_superfluous(std::vector<std::size_t>& chosen, std::size_t elements,
                      const std::vector<CoverOption>& options) {
  std::vector<std::size_t> dearest_first = chosen;
  std::stable_sort(dearest_first.begin(), dearest_first.end(),
                   [&](std::size_t a, std::size_t b) { return options[a].cost > options[b].cost; });
  std::vector<int> covered(elements, 0);
  for (const std::size_t way : chosen) {
    for (const std::size_t element : options[way].covers) ++covered[element];
  }
  for (const std::size_t way : dearest_first) {
    const std::vector<std::size_t>& covers = options[way].covers;
    if (!std::all_of(covers.begin(), covers.end(), [&](std::size_t e) { return covered[e] > 1; })) {
      continue;
    }
    for (const std::size_t element : covers) --covered[element];
    std::erase(chosen, way);
  }
}

}  // namespace

std::vector<std::size_t> cheapest_cover(std::size_t elements,
                                        const std::vector<CoverOption>& options) {
  std::vector<std::size_t> chosen = Search(elements, options).run();
  drop_superfluous(chosen, elements, options);
  return chosen;
}

}  // namespace deadlight
