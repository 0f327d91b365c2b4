#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "base/text.h"
#include "truth/trial.h"

/// Many made-up hosts. `--only KIND` shows examples of one kind of finding; `--named "netstat -ano
/// | glued"` what was named unread instead of read, of such sheets. Exit code 1 if something untrue
/// was read or claimed.
namespace deadlight::truth {
namespace {

constexpr std::string_view kUsage =
    "truth_million [--hosts N] [--seed N] [--threads N] [--show N] [--only KIND] [--named SHEET]";

struct Options {
  std::uint64_t hosts = 1'000'000;
  std::uint64_t seed = 1;
  unsigned threads = 1;
  unsigned show = 2;  ///< examples of each kind
  std::string_view only;
  std::string_view named;
};

/// What all threads share.
struct Run {
  Options options;
  std::atomic<std::uint64_t> next = 0;
  std::mutex mutex;
  Tally tally;
  std::map<std::string, unsigned> shown;
};

void show(Run& run, const Trial& trial, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    if (!run.options.only.empty() && finding.kind != run.options.only) continue;
    {
      const std::lock_guard lock(run.mutex);
      if (run.shown[finding.kind]++ >= run.options.show) continue;
    }
    const Trial small = shrunk(trial, finding.kind);
    for (const Finding& left : check_trial(small).findings) {
      if (left.kind != finding.kind) continue;
      const std::string text = report(small, left);
      const std::lock_guard lock(run.mutex);
      std::fwrite(text.data(), 1, text.size(), stdout);
      std::puts("");
      std::fflush(stdout);
      break;
    }
  }
}

void show_named(Run& run, const Trial& trial, const Outcome& outcome) {
  for (std::size_t i = 0; i < trial.sheets.size(); ++i) {
    if (run.options.named.empty() || !trial.what[i].starts_with(run.options.named)) continue;
    for (const std::string& fact : outcome.named) {
      if (!fact.starts_with(trial.sheets[i].name + ":")) continue;
      const std::lock_guard lock(run.mutex);
      fmt::print("seed {} ({}): not read, but named: {}\n", trial.seed, trial.what[i], fact);
    }
  }
}

void work(Run& run) {
  constexpr std::uint64_t kBatch = 100;
  for (;;) {
    const std::uint64_t first = run.next.fetch_add(kBatch);
    if (first >= run.options.hosts) return;
    Tally tally;
    for (std::uint64_t i = first; i < std::min(first + kBatch, run.options.hosts); ++i) {
      const Trial trial = make_trial(run.options.seed + i);
      const Outcome outcome = check_trial(trial);
      tally.add(trial, outcome);
      show_named(run, trial, outcome);
      if (!outcome.findings.empty()) show(run, trial, outcome.findings);
    }
    const std::lock_guard lock(run.mutex);
    run.tally.add(tally);
    if (run.tally.trials % 10'000 == 0) {
      fmt::print(stderr, "\r{} hosts, {} findings ", run.tally.trials, run.tally.findings.size());
    }
  }
}

/// Nullopt for what is no option, and for an option without its value.
std::optional<Options> parse(int count, char** words) {
  Options options;
  if (count % 2 == 0) return std::nullopt;
  for (int i = 1; i < count; i += 2) {
    const std::string_view word = words[i];
    const std::string_view value = words[i + 1];
    const auto amount = number<std::uint64_t>(value);
    if (word == "--only") {
      options.only = value;
    } else if (word == "--named") {
      options.named = value;
    } else if (!amount) {
      return std::nullopt;
    } else if (word == "--hosts") {
      options.hosts = *amount;
    } else if (word == "--seed") {
      options.seed = *amount;
    } else if (word == "--threads") {
      options.threads = static_cast<unsigned>(*amount);
    } else if (word == "--show") {
      options.show = static_cast<unsigned>(*amount);
    } else {
      return std::nullopt;
    }
  }
  return options;
}

int run(int count, char** words) {
  const std::optional<Options> options = parse(count, words);
  if (!options) {
    fmt::print(stderr, "usage: {}\n", kUsage);
    return 2;
  }
  Run run;
  run.options = *options;
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < run.options.threads; ++i) threads.emplace_back([&run] { work(run); });
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  fmt::print("\n{} hosts with {} sockets in {:.0f} s\n", run.tally.trials, run.tally.sockets,
             taken.count());
  for (const auto& [place, share] : run.tally.shares) {
    if (share.second < share.first) {
      fmt::print("{:>9} of {} facts read: {}\n", share.second, share.first, place);
    }
  }
  for (const auto& [kind, findings] : run.tally.findings) fmt::print("{:>9} {}\n", findings, kind);
  return run.tally.findings.empty() ? 0 : 1;
}

}  // namespace
}  // namespace deadlight::truth

int main(int count, char** words) { return deadlight::truth::run(count, words); }
