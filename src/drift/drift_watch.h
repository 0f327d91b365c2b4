#pragma once

#include <chrono>
#include <vector>

#include "drift/drift.h"
#include "exposure/exposure.h"

namespace deadlight {

/// What changes on one host, look by look. A listener that is new is told at once; one that is gone
/// only after a while, since a service that is started again is away for a moment.
class DriftWatch {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kGoneAfter{3};

  explicit DriftWatch(Exposure first) : known_(std::move(first)) {}

  /// What is to be told now; each drift once. `at` never goes back.
  std::vector<Drift> see(const Exposure& now, Clock::time_point at);

  /// True while something is gone that was not told yet: look again after kGoneAfter.
  bool waits() const { return !missing_.empty(); }

 private:
  struct Missing {
    Exposed exposed;
    Clock::time_point since;
  };

  Exposure known_;  ///< the last look, and what is missing for a moment only
  std::vector<Missing> missing_;
};

}  // namespace deadlight
