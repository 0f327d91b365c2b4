// Many hosts: the program plans for 10,000 folders of listings. Floor: cat of every file.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "run.h"
#include "support/random_host.h"

namespace {

namespace fs = std::filesystem;
using deadlight::Os;
using deadlight::Process;
using deadlight::Snapshot;

constexpr int kHosts = 10'000;
constexpr int kRuns = 5;
constexpr unsigned kSeed = 2003;
constexpr Os kSystems[] = {Os::win2000, Os::winxp,        Os::win2003,    Os::win7,
                           Os::win10,   Os::server2012r2, Os::server2019, Os::server2022};

std::string as_tasklist(const Snapshot& snapshot) {
  std::string text =
      "\r\nImage Name                     PID Services\r\n"
      "========================= ======== ============================================\r\n";
  for (const Process& process : snapshot.processes) {
    text += fmt::format("{:<25} {:>8} {}\r\n", process.image, process.pid,
                        fmt::join(process.services, ", "));
  }
  return text;
}

/// Returns the bytes written.
std::size_t make_hosts(const fs::path& root) {
  std::mt19937 random(kSeed);
  std::size_t bytes = 0;
  for (int i = 0; i < kHosts; ++i) {
    const Os os = kSystems[static_cast<std::size_t>(i) % std::size(kSystems)];
    const Snapshot host = deadlight::test::random_host(os, random);
    const fs::path folder = root / fmt::format("host-{:05}", i);
    fs::create_directories(folder);
    const std::string netstat = deadlight::test::as_netstat(host);
    std::ofstream(folder / "netstat.txt", std::ios::binary) << netstat;
    bytes += netstat.size();
    if (host.processes.empty()) continue;
    const std::string tasks = as_tasklist(host);
    std::ofstream(folder / "tasklist.txt", std::ios::binary) << tasks;
    bytes += tasks.size();
  }
  return bytes;
}

double best_of_runs(const Arguments& arguments) {
  double best = -1;
  for (int run = 0; run < kRuns; ++run) {
    const double seconds = run_once(arguments);
    if (seconds < 0) return seconds;
    if (best < 0 || seconds < best) best = seconds;
  }
  return best;
}

void print(const char* name, const Arguments& arguments, double floor) {
  const double seconds = best_of_runs(arguments);
  std::printf("%-36s %7.2f s %9.0f hosts/s %6.1f x floor\n", name, seconds, kHosts / seconds,
              seconds / floor);
}

}  // namespace

int main() {
  const fs::path root =
      fs::temp_directory_path() / fmt::format("deadlight-hosts-{}", static_cast<int>(getpid()));
  const std::size_t bytes = make_hosts(root);
  const std::string program = DEADLIGHT_PROGRAM;
  const double floor = best_of_runs({"find", root, "-type", "f", "-exec", "cat", "{}", "+"});
  std::printf("%d hosts, %.1f MB in %s; best of %d runs; floor: cat of all in %.2f s\n", kHosts,
              static_cast<double>(bytes) / 1e6, root.c_str(), kRuns, floor);
  print("plan", {program, "plan", "--from", root}, floor);
  print("plan --jobs 1", {program, "plan", "--jobs", "1", "--from", root}, floor);
  print("plan --json", {program, "plan", "--json", "--from", root}, floor);
  print("plan --role workstation", {program, "plan", "--role", "workstation", "--from", root},
        floor);
  fs::remove_all(root);
}
