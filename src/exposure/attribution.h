#pragma once

#include <unordered_map>
#include <vector>

#include "exposure/exposure.h"
#include "exposure/opens.h"
#include "exposure/processes.h"
#include "exposure/registrations.h"
#include "exposure/running.h"
#include "exposure/system_facts.h"

namespace deadlight {

/// Names the owner of each socket: the system's own answer first, then the process's services, then
/// what the knowledge base leaves as possible. Refers to its arguments, which must outlive it.
class Attribution {
 public:
  Attribution(const Snapshot& snapshot, const std::vector<bool>& phantom,
              const SystemFacts& system);
  Attribution(const Attribution&) = delete;
  Attribution& operator=(const Attribution&) = delete;

  /// Fills `holders` of `exposed` from its endpoint, and of `owner` what does not follow from them.
  void name_owner(Exposed& exposed) const;
  const RunningServices& running() const { return running_; }

 private:
  void from_unit(Exposed& exposed) const;
  void from_socket_unit(Exposed& exposed, const Matches& matches) const;
  std::vector<Match> run_by(const Matches& matches, std::string_view process) const;
  bool from_components(Exposed& exposed) const;
  void from_process(Exposed& exposed, const ProcessView& view) const;
  void from_kernel(Exposed& exposed, const Matches& matches) const;
  void from_services(Exposed& exposed, const ProcessView& view, const Matches& matches) const;
  bool is_of_system(std::string_view service) const;
  /// How much a fact of the knowledge base says of the port that it explains.
  struct PortRule {
    bool vague = false;    ///< a range or any dynamic port
    bool dynamic = false;  ///< any dynamic port
  };
  bool may_be_unknown_service(Exposed& exposed, const ProcessView& view, PortRule rule) const;
  bool add_unknown_services(Exposed& exposed, const ProcessView& view) const;
  bool add_moved_services(Exposed& exposed, const ProcessView& view,
                          std::string_view claimed) const;
  void from_possible(Exposed& exposed, const ProcessView& view, const Matches& matches) const;
  void from_listed(Exposed& exposed, const Process& process) const;
  void from_port(Exposed& exposed, const Matches& matches) const;

  void from_rpc(Exposed& exposed) const;
  bool is_alone_by_default(const std::string& service) const;
  void from_urls(Exposed& exposed) const;
  void add_holders(Exposed& exposed, const Registered& registered) const;
  void doubt_guessed_system(Exposed& exposed) const;

  void hold(Exposed& exposed, std::string_view service, const Matches& matches) const;
  void candidates(Exposed& exposed, const std::vector<Match>& matches) const;
  void program(Exposed& exposed) const;
  Matches running(const Matches& matches) const;
  void count_vague(const std::vector<bool>& phantom);
  void from_image(Exposed& exposed, const Matches& matches) const;
  bool only_rpc_socket(const ProcessView& view, const Exposed& exposed, const Match& match) const;
  bool always_runs(const knowledge::OpensFact& opens) const;
  std::string known_title(std::string_view service) const;

  const Snapshot* snapshot_;
  /// Processes by id, on a system that is not known. Not owned.
  std::unordered_map<std::uint32_t, const Process*> listed_;
  const knowledge::Knowledge* kb_;
  /// By protocol: more sockets on dynamic ports, without a process, than services that open one.
  bool crowded_[2] = {false, false};
  const SystemFacts* system_;
  const OpensIndex& opens_;
  RunningServices running_;
  Registrations registrations_;
  ProcessSolver solver_;  ///< refers to running_
};

/// Fills the rest of `owner`: service, feature and candidates.
void summarise_holders(Exposed& exposed);

}  // namespace deadlight
