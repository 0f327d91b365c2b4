#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "truth/sizes.h"

/// Prints what inputs of enormous size cost: truth_sizes [WORD OF A CASE [PARTS OF ITS SIZE]]. Exit
/// code 1 if the reader of one of them died.
int main(int count, char** words) {
  using namespace deadlight::truth;
  const std::string_view wanted = count > 1 ? words[1] : "";
  const std::size_t parts = count > 2 ? std::strtoul(words[2], nullptr, 10) : 1;
  bool crashed = false;
  const auto print = [&crashed](std::string_view id, const SizeResult& result) {
    crashed = crashed || result.crashed;
    fmt::print("{:<44} {:>6} MB {:>7.2f} s {:>6} MiB  {}{}\n", id, result.bytes / 1'000'000,
               result.seconds, result.peak_mib, result.crashed ? "DIED " : "", result.answer);
    std::fflush(stdout);
  };
  for (const SizeCase& one : size_cases()) {
    if (one.id.find(wanted) != std::string_view::npos)
      print(one.id, measure(one, one.rows / parts));
  }
  constexpr std::size_t kTwoGigabytes = std::size_t{2} << 30;
  if (wanted.empty()) print("a file of 2 GiB", measure_file(kTwoGigabytes));
  return crashed ? 1 : 0;
}
