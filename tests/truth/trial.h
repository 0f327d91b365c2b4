#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "truth/check.h"

namespace deadlight::truth {

/// One made-up host, what was printed of it and what happened to that. All follows from `seed`.
struct Trial {
  std::uint64_t seed = 0;
  TrueHost host;
  std::vector<Sheet> sheets;
  std::vector<std::string> what;  ///< of each sheet: "netstat -ano, de, glued, CP850"
  bool os_given = true;           ///< as --os would
};
Trial make_trial(std::uint64_t seed);

struct Outcome {
  std::vector<Finding> findings;
  /// Of each sheet: how many facts stand on it, and how many of them were read.
  std::vector<std::pair<std::size_t, std::size_t>> shares;
  std::vector<std::string> named;  ///< facts that were not read, but whose line is named
};
/// Reads, exposes and checks.
Outcome check_trial(const Trial& trial);

/// The same with as few lines as still lead to a finding of `kind`.
Trial shrunk(Trial trial, const std::string& kind);

/// Everything that a bug report needs.
std::string report(const Trial& trial, const Finding& finding);

/// Counts over many trials.
struct Tally {
  std::uint64_t trials = 0;
  std::uint64_t sockets = 0;
  /// Facts on sheets, and those that were read, by format and damage.
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> shares;
  std::map<std::string, std::uint64_t> findings;  ///< by kind, format and damage
  void add(const Trial& trial, const Outcome& outcome);
  void add(const Tally& other);
};

}  // namespace deadlight::truth
