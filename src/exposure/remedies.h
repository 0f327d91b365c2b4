#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "exposure/role.h"
#include "knowledge/dependencies.h"
#include "knowledge/holder.h"
#include "knowledge/knowledge.h"
#include "model/snapshot.h"

namespace deadlight {

/// One way to make holders let go: a closer of the knowledge base, or "disable SERVICE" for a
/// service that has none.
struct Remedy {
  const knowledge::CloserFact* closer = nullptr;
  std::string service;  ///< with no closer: the service to disable

  /// The closer's id, or "disable:SERVICE".
  std::string id() const;
  friend bool operator==(const Remedy&, const Remedy&) = default;
};

/// What may be done on one host in one role. Refers to its arguments, which must outlive it.
class Remedies {
 public:
  Remedies(Os os, const Role& role, std::span<const Service> services,
           const knowledge::Knowledge& kb);

  /// From now on, what lets go of this socket is forbidden.
  void keep(const Endpoint& endpoint, const std::vector<knowledge::Holder>& holders);

  /// Every way to make `holder` let go of `endpoint` on this OS, forbidden ones included.
  std::vector<Remedy> ways(const knowledge::Holder& holder, const Endpoint& endpoint) const;
  /// Why it must not be done: what it takes from the role, or a protected service. Empty: it may.
  std::string forbidden(const Remedy& remedy) const;
  /// Capabilities that end with it.
  std::set<std::string> loses(const Remedy& remedy) const;
  /// Services that it switches off, those that depend on them included.
  std::vector<std::string> switches_off(const Remedy& remedy) const;
  /// True if its changes alone, without dependents, act on this holder of this socket.
  bool acts_on(const knowledge::CloserFact& closer, const knowledge::Holder& holder,
               const Endpoint& endpoint) const;

  const knowledge::Dependencies& dependencies() const { return dependencies_; }
  const knowledge::Knowledge& kb() const { return *kb_; }

 private:
  std::string service_of(const knowledge::Holder& holder) const;
  bool acts_on(const knowledge::CloserFact& closer, const knowledge::Holder& holder,
               const Endpoint& endpoint, std::string_view service) const;
  void need(std::string_view service, const std::string& because);

  Os os_;
  const Role* role_;
  const knowledge::Knowledge* kb_;
  knowledge::Dependencies dependencies_;
  std::map<std::string, std::string, ILess> needed_services_;  ///< with the reason
  std::vector<std::pair<Endpoint, std::vector<knowledge::Holder>>> kept_;
};

}  // namespace deadlight
