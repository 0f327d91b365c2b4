#pragma once

#include <set>
#include <string>
#include <string_view>

#include "base/text.h"
#include "knowledge/knowledge.h"
#include "model/snapshot.h"

namespace deadlight {

/// Which services the evidence leaves as possibly running. Refers to `kb`, which must outlive
/// it.
class RunningServices {
 public:
  RunningServices(const Snapshot& snapshot, const knowledge::Knowledge& kb);

  /// False only if the evidence says that `service` does not run: it is shown stopped, or a task
  /// list of the whole host does not name it. Drivers and processes stand in no such list.
  bool may_run(std::string_view service) const;
  /// True only if the evidence says that `service` runs.
  bool does_run(std::string_view service) const;
  /// True if the evidence names every service that runs.
  bool is_complete() const { return complete_; }

 private:
  bool read_titles(const Snapshot& snapshot);
  bool lists_a_whole_host(const Snapshot& snapshot) const;

  const knowledge::Knowledge* kb_;
  std::set<std::string, ILess> running_;
  std::set<std::string, ILess> stopped_;
  bool complete_ = false;
};

}  // namespace deadlight
