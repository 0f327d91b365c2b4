#include "exposure/exposure.h"

#include <algorithm>

#include "base/text.h"
#include "exposure/attribution.h"
#include "exposure/contradictions.h"
#include "exposure/evident.h"
#include "exposure/experiment.h"
#include "exposure/live_notes.h"
#include "exposure/outside.h"
#include "exposure/phantom.h"
#include "exposure/remedies.h"
#include "exposure/shared_sockets.h"
#include "exposure/system_facts.h"
#include "exposure/verdict.h"

namespace deadlight {

std::string_view confidence_id(Confidence confidence) {
  switch (confidence) {
    case Confidence::observed:
      return "observed";
    case Confidence::derived:
      return "derived";
    case Confidence::candidate:
      return "candidate";
    case Confidence::unknown:
      break;
  }
  return "unknown";
}

std::string candidates_text(const Owner& owner) {
  return join(owner.candidates, ", ") + (owner.others_possible ? ", or a program" : "");
}

std::string_view reach_id(Reach reach) {
  switch (reach) {
    case Reach::adapter:
      return "adapter";
    case Reach::link:
      return "link";
    case Reach::loopback:
      return "loopback";
    case Reach::limited:
      return "limited";
    case Reach::filtered:
      return "filtered";
    case Reach::unknown:
      return "unknown";
    case Reach::any:
      break;
  }
  return "any";
}

std::string_view verdict_id(Verdict verdict) {
  switch (verdict) {
    case Verdict::needed:
      return "needed";
    case Verdict::unneeded:
      return "unneeded";
    case Verdict::stuck:
      return "stuck";
    case Verdict::local:
      return "local";
    case Verdict::outbound:
      return "outbound";
    case Verdict::unknown:
      break;
  }
  return "unknown";
}

bool is_listed(const Exposed& exposed) { return exposed.endpoint.is_open() && !exposed.phantom; }

namespace {

struct Request {
  const Snapshot& snapshot;
  const Role& role;
  const SystemFacts& system;
  const ExperimentResults* experiments;  ///< nullptr for none
  Confidence best;                       ///< what an owner can be at most
};

void note_sharers(Exposed& exposed, const SharedSocket& shared) {
  if (shared.others.empty()) return;
  constexpr std::size_t kNamedMax = 8;
  std::vector<std::string> pids;
  for (const std::uint32_t pid : shared.others) {
    if (pids.size() < kNamedMax) pids.push_back(std::to_string(pid));
  }
  const std::size_t more = shared.others.size() - pids.size();
  exposed.owner.because.push_back("shared with PID " + join(pids, ", ") +
                                  (more > 0 ? " and " + std::to_string(more) + " more" : ""));
}

void name_owners(Exposure& exposure, const Request& request) {
  const Snapshot& snapshot = request.snapshot;
  const SystemFacts& system = request.system;
  const std::vector<bool> phantom = find_phantoms(snapshot.endpoints, system.os, system.opens);
  const std::vector<bool> doubtful = find_doubtful(snapshot.endpoints, system.os, system.opens);
  const Attribution attribution(snapshot, phantom, system);
  const std::vector<SharedSocket> shared = find_shared(snapshot.endpoints, system.os);
  exposure.endpoints.reserve(snapshot.endpoints.size());
  for (std::size_t i = 0; i < snapshot.endpoints.size(); ++i) {
    if (shared[i].left_out) continue;
    Exposed exposed;
    exposed.endpoint = snapshot.endpoints[i];
    exposed.phantom = phantom[i];
    if (is_listed(exposed)) {
      attribution.name_owner(exposed);
      exposed.owner.confidence = std::max(exposed.owner.confidence, request.best);
      if (request.experiments != nullptr) request.experiments->apply(exposed);
      summarise_holders(exposed);
      if (doubtful[i]) {
        exposed.owner.because.emplace_back(
            "it may be a phantom: this Windows shows the port of an outgoing connection as "
            "listening as well, and one connection uses this port");
      }
    } else {
      exposed.owner.process = exposed.endpoint.process;
      if (!exposed.owner.process.empty()) exposed.owner.confidence = Confidence::observed;
    }
    note_sharers(exposed, shared[i]);
    exposure.endpoints.push_back(std::move(exposed));
  }
  find_evident(exposure, attribution.running());
}

Exposure expose_trusted(const Request& request) {
  const Snapshot& snapshot = request.snapshot;
  Exposure exposure;
  exposure.host = snapshot.host;
  exposure.role = request.role;
  exposure.evidence = snapshot.evidence;
  exposure.services = snapshot.services;
  exposure.unread = snapshot.unread;
  exposure.skipped = snapshot.skipped;
  exposure.other_sockets = snapshot.other_sockets;
  exposure.notes = snapshot.notes;
  name_owners(exposure, request);
  note_outside_view(exposure, snapshot);
  note_firewall(exposure, snapshot);
  note_units(exposure, snapshot);
  note_packages(exposure, snapshot);
  note_filters(exposure);
  judge(exposure, request.system);
  return exposure;
}

Exposure expose_with(const Request& request) {
  const auto with = [&request](const Snapshot& snapshot, Confidence best) {
    return expose_trusted({snapshot, request.role, request.system, request.experiments, best});
  };
  if (request.snapshot.endpoints.empty() && !request.snapshot.outside.empty()) {
    return with(seen_from_outside(request.snapshot), Confidence::candidate);
  }
  const auto trusted = without_contradictions(request.snapshot, request.system);
  return with(trusted ? *trusted : request.snapshot, request.best);
}

}  // namespace

Exposure expose(const Snapshot& snapshot, const Role& role, const knowledge::Knowledge& kb) {
  return expose(snapshot, role, SystemFacts(snapshot.host.os, kb));
}

Exposure expose(const Snapshot& snapshot, const Role& role, const SystemFacts& system) {
  return expose_with({snapshot, role, system, nullptr, Confidence::observed});
}

Result<Exposure> expose(const Snapshot& first, std::span<const Experiment> experiments,
                        const Role& role, const SystemFacts& system) {
  const ExperimentResults results =
      DEADLIGHT_TRY(ExperimentResults::of(first, experiments, system));
  Exposure exposure = expose_with({first, role, system, &results, Confidence::observed});
  exposure.notes.emplace_back(
      "this is the first listing; the later ones only prove whose its sockets were");
  return exposure;
}

std::vector<const knowledge::CloserFact*> closers_for(const knowledge::Holder& holder, Os os,
                                                      const knowledge::Knowledge& kb) {
  const Role nothing;
  const Remedies remedies(os, nothing, {}, kb);
  Endpoint endpoint;
  if (holder.opens != nullptr) {
    endpoint.protocol = holder.opens->protocol;
    endpoint.port = holder.opens->port_first;
  }
  std::vector<const knowledge::CloserFact*> result;
  for (const Remedy& remedy : remedies.ways(holder, endpoint)) {
    if (remedy.closer != nullptr) result.push_back(remedy.closer);
  }
  return result;
}

}  // namespace deadlight
