#include "drift/drift_watch.h"

#include <algorithm>
#include <utility>

namespace deadlight {

std::vector<Drift> DriftWatch::see(const Exposure& now, Clock::time_point at) {
  std::vector<Drift> told;
  std::vector<Missing> still_missing;
  for (Drift& row : compare(known_, now).rows) {
    if (row.kind != DriftKind::gone) {
      told.push_back(std::move(row));
      continue;
    }
    const auto known = std::find_if(missing_.begin(), missing_.end(), [&row](const Missing& one) {
      return endpoint_text(one.exposed.endpoint) == endpoint_text(row.before->endpoint);
    });
    const Clock::time_point since = known != missing_.end() ? known->since : at;
    if (at - since >= kGoneAfter) {
      told.push_back(std::move(row));
    } else {
      still_missing.push_back({*std::move(row.before), since});
    }
  }
  known_ = now;
  missing_ = std::move(still_missing);
  for (const Missing& one : missing_) known_.endpoints.push_back(one.exposed);
  return told;
}

}  // namespace deadlight
