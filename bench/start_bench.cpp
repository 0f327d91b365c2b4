// From the start of the process to the printed plan, for one host's evidence; beside it, in the
// same run, the floor: a process that does nothing.

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "run.h"

namespace {

constexpr int kRuns = 101;
const std::string kListings = DEADLIGHT_TEST_DATA "/walkthroughs/";

/// Milliseconds; below 0 if it could not run.
double median(const Arguments& arguments) {
  std::vector<double> times(kRuns);
  for (double& time : times) time = 1000 * run_once(arguments);
  std::sort(times.begin(), times.end());
  return times.front() < 0 ? -1 : times[times.size() / 2];
}

void print(const char* name, const Arguments& arguments, double floor) {
  const double time = median(arguments);
  std::printf("%-44s %8.2f ms %6.1f x floor\n", name, time, time / floor);
}

}  // namespace

int main() {
  const std::string program = DEADLIGHT_PROGRAM;
  const double floor = median({"/bin/true"});
  std::printf("medians of %d runs; floor: /bin/true in %.2f ms\n", kRuns, floor);
  print("deadlight --version", {program, "--version"}, floor);
  print("plan, Windows XP, 16 sockets",
        {program, "plan", "--os", "winxp", "--from", kListings + "winxp/00-default.netstat.txt"},
        floor);
  print("plan, Windows 2000 with fport, 19 sockets",
        {program, "plan", "--os", "win2000", "--from", kListings + "win2000/00-default.netstat.txt",
         "--from", kListings + "win2000/00-default.fport.txt"},
        floor);
  print(
      "plan, Windows 2000 without owners",
      {program, "plan", "--os", "win2000", "--from", kListings + "win2000/00-default.netstat.txt"},
      floor);
  print("scan of this host", {program}, floor);
}
