#include "exposure/exposure.h"

#include <algorithm>

#include "exposure/attribution.h"
#include "exposure/phantom.h"
#include "exposure/remedies.h"
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

std::string_view reach_id(Reach reach) {
  switch (reach) {
    case Reach::adapter:
      return "adapter";
    case Reach::link:
      return "link";
    case Reach::loopback:
      return "loopback";
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

Exposure expose(const Snapshot& snapshot, const Role& role, const knowledge::Knowledge& kb) {
  Exposure exposure;
  exposure.host = snapshot.host;
  exposure.role = role;
  exposure.evidence = snapshot.evidence;
  exposure.services = snapshot.services;
  exposure.unread = snapshot.unread;
  exposure.skipped = snapshot.skipped;
  exposure.notes = snapshot.notes;
  const OpensIndex opens(snapshot.host.os, kb);
  const std::vector<bool> phantom = find_phantoms(snapshot.endpoints, snapshot.host.os, opens);
  const Attribution attribution(snapshot, phantom, opens, kb);
  for (std::size_t i = 0; i < snapshot.endpoints.size(); ++i) {
    Exposed exposed;
    exposed.endpoint = snapshot.endpoints[i];
    exposed.phantom = phantom[i];
    if (is_listed(exposed)) {
      attribution.name_owner(exposed);
    } else {
      exposed.owner.process = exposed.endpoint.process;
      if (!exposed.owner.process.empty()) exposed.owner.confidence = Confidence::observed;
    }
    exposure.endpoints.push_back(std::move(exposed));
  }
  judge(exposure, kb);
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
