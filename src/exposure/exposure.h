#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exposure/role.h"
#include "knowledge/holder.h"
#include "knowledge/knowledge.h"
#include "model/snapshot.h"

namespace deadlight {

/// `observed`: the system said so; `derived`: the only possibility left; `candidate`: one of those
/// listed; `unknown`: nobody could be named.
enum class Confidence { observed, derived, candidate, unknown };
std::string_view confidence_id(Confidence confidence);

/// Who can reach a socket. By its address alone: `adapter` is one unicast address, `link` a
/// link-local or multicast one. By the firewall's rules as well, where they were read: `limited`
/// lets some through, by source, interface or the like; `filtered` nobody but this host, though the
/// socket is open; `unknown`: a rule that is not understood decides.
enum class Reach { any, adapter, link, loopback, limited, filtered, unknown };
std::string_view reach_id(Reach reach);

enum class Verdict { needed, unneeded, stuck, local, outbound, unknown };
std::string_view verdict_id(Verdict verdict);

struct Owner {
  std::string process;  ///< image name; empty if not known
  std::string service;  ///< the one service, also when it is the only candidate; else empty
  std::string feature;  ///< the one feature that all holders share; else empty
  Confidence confidence = Confidence::unknown;
  std::vector<std::string> candidates;  ///< services it may be, for `candidate`
  std::vector<std::string> because;     ///< the chain of reasons, each with its evidence
  /// True if it may as well be a program, or a service that nobody wrote down, for `candidate`.
  bool others_possible = false;
  /// True if known services run in `process`, none of which is known to open this port.
  bool known_program = false;
};

/// "MSSQLSERVER, or a program": for `candidate`.
std::string candidates_text(const Owner& owner);

struct Exposed {
  Endpoint endpoint;
  Owner owner;
  std::vector<knowledge::Holder> holders;  ///< who keeps it open, or may
  Reach scope = Reach::any;                ///< by its address alone
  Reach reach = Reach::any;                ///< scope and the firewall's rules together
  Verdict verdict = Verdict::unknown;
  std::string verdict_reason;
  std::optional<Answer> outside;  ///< what a scan from outside saw of it
  bool phantom = false;  ///< shown as listening by the tool, but only an outgoing connection's port
};

struct Exposure {
  Host host;
  Role role;
  std::vector<Evidence> evidence;
  std::vector<Exposed> endpoints;  ///< every socket, phantoms and connections included
  std::vector<OtherSocket> other_sockets;
  std::vector<Service> services;
  std::vector<Unread> unread;
  std::vector<Skipped> skipped;
  std::vector<std::string> notes;
  /// Capabilities that the host evidently has whatever its role says, with the reason:
  /// "domain-controller", "NTDS runs here (tasks.txt:12)".
  std::map<std::string, std::string> evident;
};

struct SystemFacts;
struct Experiment;

/// Owners, reach and verdicts of everything in `snapshot`. Never fails: what is not known is said.
Exposure expose(const Snapshot& snapshot, const Role& role, const knowledge::Knowledge& kb);
/// The same for one of many hosts; `system` is of the snapshot's OS.
Exposure expose(const Snapshot& snapshot, const Role& role, const SystemFacts& system);

/// The same for the first of several listings, between which something was stopped.
/// Errors: `not_found` if what was stopped is not known.
Result<Exposure> expose(const Snapshot& first, std::span<const Experiment> experiments,
                        const Role& role, const SystemFacts& system);

/// True for what a list of open ports shows: open, and no phantom.
bool is_listed(const Exposed& exposed);

/// Closers that make this holder let go on `os` (release or narrow), refused ones not among them.
/// The generic "disable:SERVICE" is not in the knowledge base and not among them either.
std::vector<const knowledge::CloserFact*> closers_for(const knowledge::Holder& holder, Os os,
                                                      const knowledge::Knowledge& kb);

}  // namespace deadlight
