#include "exposure/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/text.h"
#include "exposure/dynamic_ports.h"
#include "exposure/phantom.h"
#include "exposure/processes.h"

namespace deadlight {

using knowledge::CloserFact;
using knowledge::Holder;

/// What one command of an experiment took away, as the knowledge base knows it.
struct ExperimentResults::Stopped {
  std::string words;                      ///< as the user gave them
  std::set<std::string, ILess> services;  ///< with those that depend on them
  std::set<std::string, ILess> features;  ///< of which closers or the user let go
  std::vector<const CloserFact*> closers;

  bool is_match(const Match& match, const Endpoint& endpoint) const {
    if (services.contains(std::string(match.opens->holder)) ||
        features.contains(std::string(match.feature->id))) {
      return true;
    }
    return std::any_of(closers.begin(), closers.end(), [&](const CloserFact* closer) {
      return std::any_of(closer->targets.begin(), closer->targets.end(), [&](const auto& target) {
        return knowledge::aims_at(target, match.holder(), endpoint);
      });
    });
  }
};

namespace {

using OpenSockets = std::map<std::string, const Endpoint*>;

OpenSockets open_sockets(const Snapshot& snapshot, const SystemFacts& system) {
  const std::vector<bool> phantom = find_phantoms(snapshot.endpoints, system.os, system.opens);
  OpenSockets open;
  for (std::size_t i = 0; i < snapshot.endpoints.size(); ++i) {
    const Endpoint& endpoint = snapshot.endpoints[i];
    if (endpoint.is_open() && !phantom[i]) open.try_emplace(endpoint_text(endpoint), &endpoint);
  }
  return open;
}

std::string file_of(const Snapshot& snapshot) {
  std::vector<std::string> names;
  for (const Evidence& evidence : snapshot.evidence) names.push_back(evidence.name);
  return names.empty() ? "the next listing" : join(names, ", ");
}

/// Dynamic ports that a later listing shows for the first time: each may be an old socket that its
/// process has opened again.
class FreshSockets {
 public:
  FreshSockets(const OpenSockets& before, const OpenSockets& after, Os os) : os_(os) {
    for (const auto& [text, fresh] : after) {
      if (before.contains(text) || !is_dynamic_port(fresh->port, os)) continue;
      owners_.emplace(fresh->protocol, fresh->pid);
    }
  }

  bool may_be(const Endpoint& gone) const {
    if (!is_dynamic_port(gone.port, os_)) return false;
    const auto first = owners_.lower_bound({gone.protocol, std::nullopt});
    const bool any = first != owners_.end() && first->first == gone.protocol;
    // One without a process, which is the first of its protocol, may be anybody's.
    return any && (!gone.pid || !first->second || owners_.contains({gone.protocol, gone.pid}));
  }

 private:
  Os os_;
  std::set<std::pair<Protocol, std::optional<std::uint32_t>>> owners_;
};

void add_service(std::set<std::string, ILess>& services, std::string_view name,
                 const knowledge::Dependencies& dependencies) {
  for (std::string& one : dependencies.dependents(name)) services.insert(std::move(one));
}

}  // namespace

Result<ExperimentResults> ExperimentResults::of(const Snapshot& first,
                                                std::span<const Experiment> experiments,
                                                const SystemFacts& system) {
  ExperimentResults results;
  results.first_ = &first;
  results.system_ = &system;
  const knowledge::Dependencies dependencies(system.dependencies, first.services);
  const Snapshot* before = &first;
  for (const Experiment& experiment : experiments) {
    Stopped stopped;
    stopped.words = join(experiment.stopped, ", ");
    for (const std::string& name : experiment.stopped) {
      const CloserFact* closer = system.kb->closer(name);
      const knowledge::FeatureFact* feature = system.kb->feature(name);
      const bool known = system.kb->service(name) != nullptr || first.service(name) != nullptr;
      if (!known && closer == nullptr && feature == nullptr) {
        return fail(Errc::not_found,
                    fmt::format("--stopped: '{}' is no service, feature or closer that is known; "
                                "'deadlight kb list services' names them",
                                name));
      }
      if (known) add_service(stopped.services, name, dependencies);
      if (feature != nullptr) stopped.features.emplace(feature->id);
      if (closer == nullptr) continue;
      stopped.closers.push_back(closer);
      for (const knowledge::ChangeFact& change : closer->changes) {
        if (change.kind == knowledge::ChangeKind::service) {
          add_service(stopped.services, change.target, dependencies);
        }
      }
    }
    results.read(*before, experiment, stopped);
    before = &experiment.after;
  }
  results.doubt_crowds();
  return results;
}

void ExperimentResults::read(const Snapshot& before, const Experiment& experiment,
                             const Stopped& stopped) {
  const OpenSockets was_open = open_sockets(before, *system_);
  const OpenSockets is_open = open_sockets(experiment.after, *system_);
  const OpenSockets first_open = open_sockets(*first_, *system_);
  const FreshSockets fresh(was_open, is_open, system_->os);
  for (const auto& [text, endpoint] : was_open) {
    const auto first = first_open.find(text);
    if (first == first_open.end() || gone_.contains(text)) continue;
    if (is_open.contains(text)) {
      rule_out(text, stopped, experiment.after);
    } else if (!fresh.may_be(*endpoint)) {
      explain_gone(*first->second, stopped, experiment.after);
    }
  }
}

void ExperimentResults::explain_gone(const Endpoint& endpoint, const Stopped& stopped,
                                     const Snapshot& after) {
  const Matches matches = system_->opens.matches_for(endpoint);
  const auto find = [&](const std::vector<Match>& among) {
    std::vector<Match> found;
    std::copy_if(among.begin(), among.end(), std::back_inserter(found),
                 [&](const Match& match) { return stopped.is_match(match, endpoint); });
    return found;
  };
  std::vector<Match> found = find(matches.fixed);
  if (found.empty() && matches.fixed.empty()) found = find(matches.vague);
  if (is_hosted_elsewhere(endpoint, stopped)) found.clear();
  const std::string source = source_text(*first_, endpoint.sources);
  Finding finding;
  finding.because = fmt::format("gone after {} was stopped ({}, not in {})", stopped.words, source,
                                file_of(after));
  if (found.empty()) {
    // It may have been another's that let go with it, or any program's that ended by chance.
    finding.because += "; nothing that was stopped is known to open such a port";
  } else {
    for (const Match& match : found) finding.holders.push_back(match.holder());
    finding.certain = one_holder(found);
    if (matches.fixed.empty()) finding.vague = {found.front().opens, endpoint.local.is_v6()};
  }
  gone_.emplace(endpoint_text(endpoint), std::move(finding));
}

// A task list names all services of its process, and what was stopped is not among them.
bool ExperimentResults::is_hosted_elsewhere(const Endpoint& endpoint,
                                            const Stopped& stopped) const {
  const Process* process = endpoint.pid ? first_->process(*endpoint.pid) : nullptr;
  if (process == nullptr || !process->services_known || !stopped.closers.empty()) return false;
  return std::none_of(process->services.begin(), process->services.end(),
                      [&](const std::string& name) {
                        return stopped.services.contains(system_->kb->service_id(name));
                      });
}

// Where more sockets went than what was stopped opens, some were a client's that ended by chance.
void ExperimentResults::doubt_crowds() {
  std::map<std::pair<const knowledge::OpensFact*, bool>, int> sockets;
  for (const auto& [text, finding] : gone_) {
    if (finding.vague.first != nullptr) ++sockets[finding.vague];
  }
  for (auto& [text, finding] : gone_) {
    if (finding.vague.first != nullptr && sockets[finding.vague] > 1) {
      finding.certain = false;
      finding.because += "; more such sockets went than it opens: one may be a client's";
      finding.holders.push_back({});
    }
    if (finding.certain) finding.because = "observed by experiment: " + finding.because;
  }
}

// A socket that a service holds until the next boot may stay though the service is stopped.
void ExperimentResults::rule_out(const std::string& socket, const Stopped& stopped,
                                 const Snapshot& after) {
  for (const std::string& service : stopped.services) {
    ruled_out_[socket].try_emplace(
        service, fmt::format("not of {}: still open after {} was stopped ({})", service,
                             stopped.words, file_of(after)));
  }
}

void ExperimentResults::apply(Exposed& exposed) const {
  const std::string text = endpoint_text(exposed.endpoint);
  Owner& owner = exposed.owner;
  if (const auto gone = gone_.find(text); gone != gone_.end()) {
    const Finding& finding = gone->second;
    owner.because.push_back(finding.because);
    if (finding.holders.empty() || owner.confidence == Confidence::observed) return;
    exposed.holders = finding.holders;
    owner.confidence = finding.certain ? Confidence::observed : Confidence::candidate;
    return;
  }
  const auto stayed = ruled_out_.find(text);
  if (stayed == ruled_out_.end() || owner.confidence != Confidence::candidate) return;
  const auto is_out = [&](const Holder& holder) {
    const bool at_once =
        holder.opens == nullptr || holder.opens->released == knowledge::Released::stop;
    const auto reason = stayed->second.find(holder.service);
    if (!at_once || reason == stayed->second.end()) return false;
    owner.because.push_back(reason->second);
    return true;
  };
  std::erase_if(exposed.holders, is_out);
  if (exposed.holders.empty()) owner.confidence = Confidence::unknown;
}

}  // namespace deadlight
