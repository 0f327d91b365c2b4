#pragma once

#include <limits>

#include "base/result.h"

namespace deadlight::execute::test {

/// Stops a made-up process at a chosen instant: whoever has done a part of something asks it
/// whether the process still runs. Once it does not, nothing that the process calls has an effect.
class Fuse {
 public:
  /// The process dies at instant number `last` from now, counted from 0.
  void burn_at(long last) {
    last_ = last;
    instants_ = 0;
    dead_ = false;
  }
  void never() { burn_at(std::numeric_limits<long>::max()); }

  bool alive() {
    if (!dead_ && instants_++ == last_) dead_ = true;
    return !dead_;
  }
  bool dead() const { return dead_; }
  long instants() const { return instants_; }

 private:
  long last_ = std::numeric_limits<long>::max();
  long instants_ = 0;
  bool dead_ = false;
};

inline tl::unexpected<Error> killed() { return fail(Errc::io, "killed"); }

}  // namespace deadlight::execute::test
