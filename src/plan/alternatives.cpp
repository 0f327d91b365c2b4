#include "plan/alternatives.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "exposure/program.h"
#include "plan/changes.h"
#include "plan/choice.h"

namespace deadlight {
namespace {

using knowledge::CloserFact;
using knowledge::Effect;
using knowledge::Holder;
using knowledge::ServiceFact;

template <class Test>
bool acts_on_some(const CloserFact& closer, const Exposure& exposure, const Remedies& remedies,
                  Test&& wanted) {
  for (const Exposed& exposed : exposure.endpoints) {
    if (!is_listed(exposed) || !wanted(exposed)) continue;
    for (const Holder& holder : exposed.holders) {
      if (remedies.acts_on(closer, holder, exposed.endpoint)) return true;
    }
  }
  return false;
}

std::string with_limits(std::string_view text, const CloserFact& closer) {
  return closer.limits.empty() ? std::string(text) : fmt::format("{}: {}", text, closer.limits);
}

std::string why_not(const CloserFact& closer, const std::vector<Remedy>& taken,
                    const Remedies& remedies, simulated::SimulatedHost host) {
  if (closer.effect == Effect::harden) return with_limits("closes no port", closer);
  if (closer.effect == Effect::move) return with_limits("gives ports other numbers", closer);
  const Remedy remedy{&closer, {}};
  if (std::string forbidden = remedies.forbidden(remedy); !forbidden.empty()) {
    return forbidden;
  }
  const std::vector<std::string> before = host.listing();
  if (!apply(host, remedy)) return with_limits("cannot be done here", closer);
  host.reboot();
  if (host.listing() == before) return with_limits("closes nothing here by itself", closer);
  if (taken.empty()) return "nothing that it closes has to be closed";
  if (closer.effect == Effect::narrow) {
    return with_limits("leaves the sockets open on loopback", closer);
  }
  const std::set<std::string> lost = remedies.loses(remedy);
  if (lost.empty()) return with_limits("what was chosen closes the same with less", closer);
  return fmt::format("what was chosen closes the same; this ends {} as well",
                     join({lost.begin(), lost.end()}, ", "));
}

// The general ones, such as a block rule for any port, name no feature.
int scope_rank(const CloserFact& closer, const Exposed& exposed) {
  int rank = closer.targets.empty() ? 1 : 0;
  for (const Holder& holder : exposed.holders) {
    for (const knowledge::TargetFact& target : closer.targets) {
      if (iequals(target.feature, holder.feature)) rank = 3;
    }
  }
  if (rank > 0 && closer.certainty == knowledge::Certainty::documented) ++rank;
  return rank;
}

std::string scope_for(const Exposed& exposed, Os os, const knowledge::Knowledge& kb) {
  const CloserFact* best = nullptr;
  int best_rank = 0;
  for (const CloserFact& closer : kb.closers) {
    if (closer.effect != Effect::scope || !closer.os.contains(os)) continue;
    const int rank = scope_rank(closer, exposed);
    if (rank > best_rank) {
      best = &closer;
      best_rank = rank;
    }
  }
  return best != nullptr ? fmt::format("{}: {}", best->id, best->title) : std::string();
}

void refuse(std::vector<Refused>& refused, std::string what, std::string why) {
  const bool known = std::any_of(refused.begin(), refused.end(),
                                 [&what](const Refused& one) { return iequals(one.what, what); });
  if (!known) refused.push_back({std::move(what), std::move(why)});
}

std::string needed_by(std::string_view service, const Exposure& exposure,
                      const Remedies& remedies) {
  std::vector<std::string> users;
  for (const Exposed& exposed : exposure.endpoints) {
    if (!is_listed(exposed) || exposed.verdict != Verdict::needed) continue;
    for (const Holder& holder : exposed.holders) {
      if (holder.service.empty()) continue;
      const auto needs = remedies.dependencies().requirements(holder.service);
      if (std::any_of(needs.begin(), needs.end(),
                      [service](const std::string& name) { return iequals(name, service); })) {
        add_once(users, fmt::format("{} ({})", endpoint_text(exposed.endpoint), holder.service));
      }
    }
  }
  return users.empty() ? std::string() : "; kept here and in need of it: " + join(users, ", ");
}

}  // namespace

std::vector<NotTaken> alternatives(const Exposure& exposure, const std::vector<Remedy>& taken,
                                   const Remedies& remedies,
                                   const simulated::SimulatedHost& untouched) {
  std::vector<NotTaken> result;
  for (const CloserFact* closer : remedies.system().closers) {
    if (closer->effect == Effect::scope || !closer->refused_because.empty()) continue;
    const Remedy remedy{closer, {}};
    if (std::find(taken.begin(), taken.end(), remedy) != taken.end()) continue;
    const auto unwanted = [](const Exposed& exposed) {
      return exposed.verdict == Verdict::unneeded || exposed.verdict == Verdict::stuck;
    };
    if (!acts_on_some(*closer, exposure, remedies, unwanted)) continue;
    result.push_back({std::string(closer->id), std::string(closer->title),
                      why_not(*closer, taken, remedies, untouched)});
  }
  return result;
}

std::vector<Refused> refusals(const Exposure& exposure, const Remedies& remedies) {
  const knowledge::Knowledge& kb = remedies.kb();
  std::vector<Refused> refused;
  const auto refuse_service = [&](std::string_view name) {
    const ServiceFact* fact = kb.service(name);
    if (fact == nullptr || !fact->protected_on(exposure.host.os)) return false;
    refuse(refused, fmt::format("disable:{}", fact->id),
           fmt::format("{}{}", fact->protected_because, needed_by(fact->id, exposure, remedies)));
    return true;
  };
  for (const Exposed& exposed : exposure.endpoints) {
    if (!is_listed(exposed)) continue;
    for (const Holder& holder : exposed.holders) {
      // A port that only one service opens; a list of candidates would refuse half of Windows.
      if (exposed.owner.confidence != Confidence::candidate) refuse_service(holder.service);
    }
  }
  for (const std::string& wanted : exposure.role.disable) {
    if (refuse_service(wanted)) continue;
    const CloserFact* closer = kb.closer(wanted);
    const Remedy remedy{closer, closer == nullptr ? wanted : std::string()};
    if (closer != nullptr && !closer->os.contains(exposure.host.os)) continue;
    const std::string forbidden = remedies.forbidden(remedy);
    if (!forbidden.empty()) refuse(refused, remedy.id(), forbidden);
  }
  return refused;
}

std::vector<StuckEndpoint> stuck_endpoints(const Exposure& exposure,
                                           const knowledge::Knowledge& kb) {
  std::vector<StuckEndpoint> stuck;
  for (const Exposed& exposed : exposure.endpoints) {
    if (!is_listed(exposed) || exposed.verdict != Verdict::stuck) continue;
    // A container's sockets, and what is published for one, are not behind this host's own filter.
    const bool here = exposed.endpoint.net_namespace().empty() && !is_published(exposed.endpoint);
    stuck.push_back({endpoint_text(exposed.endpoint), exposed.verdict_reason,
                     here ? scope_for(exposed, exposure.host.os, kb) : ""});
  }
  return stuck;
}

}  // namespace deadlight
