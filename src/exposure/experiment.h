#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "exposure/exposure.h"
#include "exposure/system_facts.h"

namespace deadlight {

/// Something was stopped, and then the sockets were listed again.
struct Experiment {
  std::vector<std::string> stopped;  ///< services, features or closers
  Snapshot after;
};

/// What a sequence of experiments proves of the sockets of its first listing.
class ExperimentResults {
 public:
  /// Errors: `not_found` if something that was stopped is no service, feature or closer.
  static Result<ExperimentResults> of(const Snapshot& first,
                                      std::span<const Experiment> experiments,
                                      const SystemFacts& system);

  /// Names the owner of a socket that went with what was stopped, and rules out what was stopped
  /// and did not take it along.
  void apply(Exposed& exposed) const;

 private:
  struct Finding {
    std::vector<knowledge::Holder> holders;
    /// Of a fact without a fixed port, which explains one socket; IPv6 apart.
    std::pair<const knowledge::OpensFact*, bool> vague = {nullptr, false};
    bool certain = false;
    std::string because;
  };
  struct Stopped;

  void read(const Snapshot& before, const Experiment& experiment, const Stopped& stopped);
  void explain_gone(const Endpoint& endpoint, const Stopped& stopped, const Snapshot& after);
  bool is_hosted_elsewhere(const Endpoint& endpoint, const Stopped& stopped) const;
  void doubt_crowds();
  void rule_out(const std::string& socket, const Stopped& stopped, const Snapshot& after);

  const Snapshot* first_ = nullptr;
  const SystemFacts* system_ = nullptr;
  std::map<std::string, Finding> gone_;  ///< by endpoint_text()
  std::map<std::string, std::map<std::string, std::string, ILess>> ruled_out_;  ///< with the reason
};

}  // namespace deadlight
