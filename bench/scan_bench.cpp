// This host's sockets with their owners, against the tools that people use, in the same run: a load
// of its own in namespaces of its own. Run as root.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "run.h"
#include "scan_load.h"

namespace {

constexpr int kRuns = 5;

constexpr Shape kShapes[] = {{"60 processes", 60, 1, 1, false},
                             {"1,000 processes of one unit", 1000, 10, 20, false},
                             {"1,000 processes, a unit each", 1000, 10, 20, true},
                             {"10 processes", 10, 1000, 4500, false}};

struct Measured {
  double milliseconds = -1;
  double processor = 0;  ///< milliseconds of all its threads: what other work on the machine hides
  long peak_kilobytes = 0;
};

double in_milliseconds(const timeval& time) {
  return 1e3 * static_cast<double>(time.tv_sec) + 1e-3 * static_cast<double>(time.tv_usec);
}

Measured run_measured(const Arguments& arguments) {
  std::vector<char*> raw;
  for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  const auto start = std::chrono::steady_clock::now();
  pid_t child = 0;
  const int failed = posix_spawnp(&child, raw.front(), &actions, nullptr, raw.data(), environ);
  int status = 0;
  rusage usage{};
  if (failed == 0) wait4(child, &status, 0, &usage);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  posix_spawn_file_actions_destroy(&actions);
  const bool ran = failed == 0 && WIFEXITED(status) && WEXITSTATUS(status) <= 1;
  const double processor = in_milliseconds(usage.ru_utime) + in_milliseconds(usage.ru_stime);
  return ran ? Measured{took.count(), processor, usage.ru_maxrss} : Measured{};
}

Measured median(const Arguments& arguments) {
  std::vector<Measured> all;
  for (int run = 0; run <= kRuns; ++run) {
    const Measured one = run_measured(arguments);
    if (one.milliseconds < 0) return one;
    if (run > 0) all.push_back(one);  // the first one warms up
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.milliseconds < b.milliseconds; });
  return all[all.size() / 2];
}

struct Row {
  const char* name;
  Arguments arguments;
  Measured result = {};
};

void print(const std::vector<Row>& rows, const Measured floors[2], const Measured& ss) {
  std::printf("  %-30s %9s %8s %9s %9s %8s %9s\n", "", "wall", "x floor", "ss / it", "processor",
              "ss / it", "peak");
  for (const Row& row : rows) {
    const Measured& result = row.result;
    if (result.milliseconds < 0) {
      std::printf("  %-30s not installed, or failed\n", row.name);
      continue;
    }
    const bool all = std::strstr(row.name, "all") != nullptr || std::strstr(row.name, "-anp");
    std::printf("  %-30s %6.2f ms %8.2f %9.2f %6.1f ms %8.2f %5.1f MiB\n", row.name,
                result.milliseconds, result.milliseconds / floors[all ? 1 : 0].milliseconds,
                ss.milliseconds / result.milliseconds, result.processor,
                ss.processor / result.processor, static_cast<double>(result.peak_kilobytes) / 1024);
  }
}

bool measure(const Shape& shape) {
  const Load load(shape);
  if (!load.ready()) {
    std::printf("%s: the sockets could not be made\n", shape.name);
    return false;
  }
  const std::string program = DEADLIGHT_PROGRAM;
  const std::string floor = DEADLIGHT_SCAN_FLOOR;
  std::vector<Row> rows = {{"floor, listeners", {floor, "listeners"}},
                           {"floor, all states", {floor, "all"}},
                           {"deadlight scan --owner unit", {program, "scan", "--owner", "unit"}},
                           {"deadlight scan", {program, "scan"}},
                           {"deadlight scan --no-bpf", {program, "scan", "--no-bpf"}},
                           {"deadlight scan --all", {program, "scan", "--all"}},
                           {"ss -tulpn", {"ss", "-tulpn"}},
                           {"ss -anp", {"ss", "-anp"}},
                           {"netstat -tulpn", {"netstat", "-tulpn"}},
                           {"lsof -nP -i", {"lsof", "-nP", "-i"}}};
  for (Row& row : rows) row.result = median(row.arguments);
  std::printf("%s, %d sockets, %d of them listen%s; ss is ss -tulpn\n", shape.name, shape.sockets(),
              shape.processes * shape.listeners,
              load.has_units() ? "" : "; no cgroups to put them into, so no unit");
  const Measured floors[] = {rows[0].result, rows[1].result};
  print(rows, floors, rows[6].result);
  std::fflush(stdout);
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::printf("medians of %d runs after one to warm up, from start to end of the process\n", kRuns);
  bool good = true;
  for (std::size_t i = 0; i < std::size(kShapes); ++i) {
    // One shape alone, by its number from 1.
    if (argc > 1 && std::to_string(i + 1) != argv[1]) continue;
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
      enter_own_namespaces();
      std::exit(measure(kShapes[i]) ? 0 : 1);
    }
    int status = 1;
    waitpid(child, &status, 0);
    good = good && status == 0;
  }
  return good ? 0 : 1;
}
