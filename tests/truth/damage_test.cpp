#include <gtest/gtest.h>

#include "truth/damage_rows.h"
#include "truth/printers.h"

namespace deadlight::truth {
namespace {

std::size_t titles(const Sheet& sheet) {
  std::size_t count = 0;
  for (const Line& line : sheet.page.lines) count += line.text.starts_with("   ") ? 1 : 0;
  return count;
}

TEST(Damage, NoTitleOfAListOfServicesIsLost) {
  // Nothing else would show it: whether a service runs would be beyond everybody's knowledge.
  std::size_t shortened = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const TrueHost host = make_host(Os::winxp, seed);
    Dice dice(seed);
    Sheet whole;
    print_net_start(host, dice, whole.page);
    Sheet less = whole;
    lost_lines(less, host, dice);
    EXPECT_EQ(titles(less), titles(whole)) << seed;
    shortened += less.page.lines.size() < whole.page.lines.size() ? 1 : 0;
  }
  EXPECT_GT(shortened, 0U);
}

}  // namespace
}  // namespace deadlight::truth
