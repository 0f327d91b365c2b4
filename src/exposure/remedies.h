#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/text.h"
#include "exposure/exposure.h"
#include "exposure/role.h"
#include "exposure/system_facts.h"
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

/// What decides which remedies end a hold: many sockets of one holder are one thing to do.
using HoldKey =
    std::tuple<std::string, std::string, const knowledge::OpensFact*, Protocol, std::uint16_t>;
HoldKey hold_key(const knowledge::Holder& holder, const Endpoint& endpoint);

/// What may be done on one host in one role. Refers to its arguments, which must outlive it. Not
/// thread-safe: it remembers what it has worked out.
class Remedies {
 public:
  Remedies(Os os, const Role& role, std::span<const Service> services,
           const knowledge::Knowledge& kb);
  /// `system` is of the exposure's OS.
  Remedies(const Exposure& exposure, const SystemFacts& system);

  /// From now on, what lets go of this socket is forbidden.
  void keep(const Endpoint& endpoint, const std::vector<knowledge::Holder>& holders);

  /// Every way to make `holder` let go of `endpoint` on this OS, forbidden ones included.
  std::vector<Remedy> ways(const knowledge::Holder& holder, const Endpoint& endpoint) const;
  /// Why it must not be done: what it takes from the role, or a protected service. Empty: it may.
  std::string forbidden(const Remedy& remedy) const;
  /// Capabilities that end with it.
  const std::set<std::string>& loses(const Remedy& remedy) const;
  /// Services that it switches off, those that depend on them included.
  const std::vector<std::string>& switches_off(const Remedy& remedy) const;
  /// True if its changes alone, without dependents, act on this holder of this socket.
  bool acts_on(const knowledge::CloserFact& closer, const knowledge::Holder& holder,
               const Endpoint& endpoint) const;

  const knowledge::Dependencies& dependencies() const { return dependencies_; }
  const knowledge::Knowledge& kb() const { return *system_->kb; }
  const SystemFacts& system() const { return *system_; }

 private:
  struct Effects {
    std::vector<std::string> switches_off;
    std::set<std::string> loses;
  };

  void need_capabilities();
  bool shares_image(std::string_view a, std::string_view b) const;
  void need(std::string_view service, const std::string& because);
  std::string service_of(const knowledge::Holder& holder) const;
  bool acts_on(const knowledge::CloserFact& closer, const knowledge::Holder& holder,
               const Endpoint& endpoint, std::string_view service) const;
  const Effects& effects(const Remedy& remedy) const;
  std::string never_here(const Remedy& remedy) const;
  std::string closes_kept(const knowledge::CloserFact& closer) const;

  std::unique_ptr<const SystemFacts> own_system_;  ///< where none was given
  const SystemFacts* system_;
  const Role* role_;
  knowledge::Dependencies dependencies_;
  std::map<std::string, std::string> evident_;                 ///< as Exposure::evident
  std::set<std::string> capabilities_;                         ///< needed or evident
  std::map<std::string, std::string, ILess> needed_services_;  ///< with the reason
  std::vector<std::pair<Endpoint, knowledge::Holder>> kept_;
  std::set<HoldKey> kept_keys_;
  mutable std::map<std::pair<const knowledge::CloserFact*, std::string>, Effects> effects_;
};

}  // namespace deadlight
