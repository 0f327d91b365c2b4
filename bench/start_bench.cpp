// From the start of the process to the printed plan, for one host's evidence; beside it, in the
// same run, the floor: a process that does nothing.

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace {

constexpr int kRuns = 101;
const std::string kListings = DEADLIGHT_TEST_DATA "/walkthroughs/";

using Arguments = std::vector<std::string>;

/// Milliseconds until the process has ended, output to /dev/null; below 0 if it could not run.
double run_once(const Arguments& arguments) {
  std::vector<char*> raw;
  for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  const auto start = std::chrono::steady_clock::now();
  pid_t child = 0;
  const int failed = posix_spawn(&child, raw.front(), &actions, nullptr, raw.data(), environ);
  int status = 0;
  if (failed == 0) waitpid(child, &status, 0);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  posix_spawn_file_actions_destroy(&actions);
  return failed == 0 && WIFEXITED(status) && WEXITSTATUS(status) <= 1 ? took.count() : -1;
}

double median(const Arguments& arguments) {
  std::vector<double> times(kRuns);
  for (double& time : times) time = run_once(arguments);
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
