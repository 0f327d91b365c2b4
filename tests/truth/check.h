#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "exposure/exposure.h"
#include "truth/damage.h"

namespace deadlight::truth {

/// Something that was read or claimed and is not so, or was lost without a word.
struct Finding {
  std::string kind;  ///< the same for findings of one cause: "wrong PID", "owner derived"
  std::string text;
};

/// What the sheets allow to know of a socket, a process or a service, compared with the truth. A
/// name may be spoilt only in a code page that a reader has to guess.
class TruthCheck {
 public:
  TruthCheck(const TrueHost& host, const std::vector<Sheet>& sheets);

  /// Nothing that was read is untrue.
  void nothing_invented(const Snapshot& snapshot);
  /// Every fact of the sheets was read, or its line is named.
  void nothing_lost(const Snapshot& snapshot);
  /// Owners are right, candidates contain the truth, nothing open is hidden.
  void owners_hold(const Exposure& exposure);

  const std::vector<Finding>& findings() const { return findings_; }
  /// Of each sheet: how many facts stand on it, and how many of them were read.
  const std::vector<std::pair<std::size_t, std::size_t>>& read_shares() const { return shares_; }
  /// Facts that were not read, but whose line is named.
  const std::vector<std::string>& named() const { return named_; }

 private:
  void found(std::string kind, std::string text);
  std::vector<const TrueSocket*> matching(const Endpoint& endpoint) const;
  std::vector<const TrueSocket*> same_place(const Endpoint& endpoint) const;
  void check_endpoint(const Endpoint& endpoint);
  void check_process(const Process& process);
  void check_service(const Service& service);
  void check_owner(const Exposed& exposed);
  void check_candidates(const Exposed& exposed, const std::vector<const TrueSocket*>& sockets);
  bool was_read(const Fact& fact, const Snapshot& snapshot) const;
  bool same_text(std::string_view read, std::string_view truth) const;
  bool same_image(std::string_view read, std::string_view truth) const;

  const TrueHost& host_;
  const std::vector<Sheet>& sheets_;
  bool spoilt_ = false;  ///< letters beyond ASCII may be wrong
  bool cut_off_ = false;
  std::vector<Finding> findings_;
  std::vector<std::pair<std::size_t, std::size_t>> shares_;
  std::vector<std::string> named_;
};

}  // namespace deadlight::truth
