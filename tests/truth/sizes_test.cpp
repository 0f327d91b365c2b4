#include "truth/sizes.h"

#include <gtest/gtest.h>

namespace deadlight::truth {
namespace {

#ifdef DEADLIGHT_SANITIZED
constexpr std::size_t kOverhead = 2;  // of memory, for what a sanitizer keeps beside it
#else
constexpr std::size_t kOverhead = 1;
#endif

/// Cases of `truth_sizes` at a hundredth of their size. One whose time grows faster than its input
/// runs into the limit of measure() and counts as dead.
TEST(Sizes, EveryShapeIsReadOrRefusedInBoundedMemory) {
  constexpr std::size_t kShrink = 100;
  constexpr std::size_t kPeakMibMax = 512 * kOverhead;
  for (const SizeCase& one : size_cases()) {
    const SizeResult result = measure(one, one.rows / kShrink);
    EXPECT_FALSE(result.crashed) << one.id;
    EXPECT_FALSE(result.answer.empty()) << one.id;
    EXPECT_LT(result.peak_mib, kPeakMibMax) << one.id;
  }
}

TEST(Sizes, AFileOfTwoGigabytesIsRefusedBeforeItFillsTheMemory) {
  const SizeResult result = measure_file(std::size_t{2} << 30);
  EXPECT_FALSE(result.crashed);
  EXPECT_TRUE(result.refused);
  EXPECT_NE(result.answer.find("larger than"), std::string::npos) << result.answer;
  EXPECT_LT(result.peak_mib, 1024 * kOverhead);
}

}  // namespace
}  // namespace deadlight::truth
