#pragma once

#include <cstddef>
#include <vector>

namespace deadlight {

/// One thing that can be done: what it costs (above 0), and which elements it covers (each below
/// the number of elements, ascending).
struct CoverOption {
  int cost = 0;
  std::vector<std::size_t> covers;
};

/// The cheapest options that together cover every one of `elements` that any option covers, as
/// ascending indices into `options`. Exact, but for inputs that take more than some 200,000 tries:
/// then the best found, with nothing superfluous in it. Equal costs: the earlier options.
std::vector<std::size_t> cheapest_cover(std::size_t elements,
                                        const std::vector<CoverOption>& options);

}  // namespace deadlight
