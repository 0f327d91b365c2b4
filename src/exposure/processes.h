#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "exposure/containers.h"
#include "exposure/opens.h"
#include "exposure/registrations.h"
#include "exposure/system_facts.h"
#include "knowledge/knowledge.h"
#include "model/snapshot.h"

namespace deadlight {

/// A process that holds sockets, and what is known of the services in it.
struct ProcessView {
  std::uint32_t pid = 0;
  std::string image;                       ///< as evidence names it; empty if none does
  std::vector<std::string> services;       ///< in it for certain; empty if not known
  bool services_observed = false;          ///< the system named all of `services`
  bool began_with_services = false;        ///< its PID is among those of the system's services
  bool guessed = false;                    ///< what it is follows from sockets and PIDs alone
  bool contested = false;                  ///< another process looks just like it
  bool disguised = false;                  ///< it has the name of another program
  std::string group;                       ///< svchost -k, where its command line is known
  std::vector<std::string> at_least;       ///< services that it hosts, perhaps among others
  std::vector<const Container*> possible;  ///< kinds of process it may be; not owned
  std::vector<const Endpoint*> sockets;    ///< open ones; not owned
  /// How many sockets a fact without a fixed port explains best, IPv4 and IPv6 apart.
  std::map<std::pair<const knowledge::OpensFact*, bool>, int> vague_sockets;
  std::vector<std::string> because;

  /// The only kind of process it can be, or nullptr.
  const Container* container() const { return possible.size() == 1 ? possible.front() : nullptr; }
  bool is_system() const { return container() != nullptr && container()->image == kSystemImage; }
};

/// Works out which kind of process each PID is: from what evidence says of it, from ports that only
/// one service of this OS opens, and by elimination, since each service host runs once. Refers to
/// its arguments, which must outlive it; not for Linux, where the kernel names the unit.
class ProcessSolver {
 public:
  ProcessSolver(const Snapshot& snapshot, const std::vector<bool>& phantom,
                const SystemFacts& system, const Registrations& registrations);

  /// nullptr for a PID without open sockets.
  const ProcessView* find(std::uint32_t pid) const;
  const std::vector<Container>& containers() const { return system_->containers; }

 private:
  void collect(const std::vector<bool>& phantom);
  const Process* evidence_of(std::uint32_t pid) const;
  void read_evidence(ProcessView& view) const;
  void read_registrations(ProcessView& view) const;
  void read_command_line(ProcessView& view, const Process& process) const;
  void narrow_by_image(ProcessView& view) const;
  bool is_kernel(const ProcessView& view) const;
  bool may_be(const ProcessView& view, const Container& container) const;
  void narrow_by_ports(ProcessView& view) const;
  void withdraw_double_claims();
  bool exclude_taken();
  void count_vague(ProcessView& view) const;
  void eliminate();
  bool started_with_service_hosts(const ProcessView& view) const;
  void find_boot();
  const knowledge::OpensFact* opener_of(const Endpoint& socket) const;
  bool may_be_moved_service(const Container& container, const ProcessView& view) const;
  bool explains_alone(const std::string& service, const ProcessView& view) const;
  bool is_seen_in(const Container& container, const std::string& service) const;
  bool explains(const Container& container, const ProcessView& view) const;

  const Snapshot* snapshot_;
  const SystemFacts* system_;
  const Registrations* registrations_;
  std::unordered_map<std::uint32_t, const Process*> processes_;
  std::vector<ProcessView> views_;  ///< by PID
  std::uint32_t first_host_ = 0;    ///< lowest PID of a service host that is known
  std::uint32_t last_host_ = 0;     ///< highest; the same where there are less than two
};

/// True if evidence's name of a process means `image`: fport and net-tools cut ".exe".
bool is_image(std::string_view evidence, std::string_view image);

/// "host.txt:7", or "/proc/net/tcp" for a system call; empty without a source.
std::string source_text(const Snapshot& snapshot, const Sources& sources);

}  // namespace deadlight
