#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>

namespace deadlight::truth {

/// Numbers from a seed, the same on every system (SplitMix64). Cheap to make: each part of a host
/// has its own, so that a change in one part leaves the others as they are.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t roll() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t value = state_;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31);
  }
  /// 0 to `limit` - 1.
  std::uint32_t below(std::size_t limit) { return static_cast<std::uint32_t>(roll() % limit); }
  std::uint32_t between(std::uint32_t first, std::uint32_t last) {
    return first + below(last - first + 1);
  }
  std::uint16_t port(std::uint16_t first, std::uint16_t last) {
    return static_cast<std::uint16_t>(between(first, last));
  }
  bool one_in(std::uint32_t count) { return below(count) == 0; }
  template <class Range>
  const auto& pick(const Range& range) {
    return *(std::begin(range) + below(std::size(range)));
  }

 private:
  std::uint64_t state_;
};

}  // namespace deadlight::truth
