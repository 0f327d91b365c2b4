#include "plan/choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "plan/changes.h"
#include "plan/cover.h"

namespace deadlight {
namespace {

using knowledge::ChangeFact;
using knowledge::ChangeKind;
using knowledge::Effect;
using knowledge::When;
using simulated::Grip;
using simulated::SimulatedHost;

constexpr std::size_t kHoldersMax = 4096;

// Weights: losing a capability outweighs a reboot, and a reboot outweighs a change that is harder
// to undo. A single step costs something, so that fewer steps win among equals.
constexpr int kStepCost = 10;
constexpr int kCapabilityCost = 10;
constexpr int kRebootCost = 4;
constexpr int kRestartCost = 1;
constexpr int kManualCost = 15;
constexpr int kUndescribedCost = 8;  // "disable:SERVICE": nobody wrote down what that does
constexpr int kNarrowCost = 5;
constexpr int kCommunityCost = 6;
constexpr int kInferredCost = 8;

/// A hold on a socket that has to end: indices into the simulated host.
struct Atom {
  std::size_t socket;
  std::size_t holder;
};

struct Goal {
  std::vector<const Exposed*> sockets;  ///< all listed ones, in the simulated host's order
  std::vector<Atom> atoms;
};

Goal goal_of(const Exposure& exposure) {
  Goal goal;
  std::set<HoldKey> seen;
  for (const Exposed& exposed : exposure.endpoints) {
    if (!is_listed(exposed)) continue;
    if (exposed.verdict == Verdict::unneeded) {
      for (std::size_t i = 0; i < exposed.holders.size(); ++i) {
        const knowledge::OpensFact* opens = exposed.holders[i].opens;
        // The endpoint mapper's hold ends with the RPC servers', which are atoms of their own.
        const bool for_others = opens != nullptr && opens->held_by_rpc;
        if (!for_others && seen.insert(hold_key(exposed.holders[i], exposed.endpoint)).second) {
          goal.atoms.push_back({goal.sockets.size(), i});
        }
      }
    }
    goal.sockets.push_back(&exposed);
  }
  return goal;
}

std::vector<Remedy> allowed_remedies(const Goal& goal, const Remedies& remedies) {
  std::vector<Remedy> result;
  for (const Atom& atom : goal.atoms) {
    const Exposed& exposed = *goal.sockets[atom.socket];
    for (Remedy& way : remedies.ways(exposed.holders[atom.holder], exposed.endpoint)) {
      if (std::find(result.begin(), result.end(), way) != result.end()) continue;
      if (remedies.forbidden(way).empty()) result.push_back(std::move(way));
    }
  }
  return result;
}

bool disturbs_needed(const SimulatedHost& host, const Goal& goal) {
  for (std::size_t i = 0; i < goal.sockets.size(); ++i) {
    if (goal.sockets[i]->verdict != Verdict::needed) continue;
    for (std::size_t j = 0; j < goal.sockets[i]->holders.size(); ++j) {
      const knowledge::OpensFact* opens = goal.sockets[i]->holders[j].opens;
      const bool for_others = opens != nullptr && opens->held_by_rpc;
      if (!for_others && host.grip(i, j) != Grip::held) return true;
    }
  }
  return false;
}

std::vector<std::size_t> covered_by(const Remedy& remedy, const Goal& goal, SimulatedHost host) {
  if (!apply(host, remedy)) return {};
  host.reboot();
  if (disturbs_needed(host, goal)) return {};
  std::vector<std::size_t> covered;
  for (std::size_t i = 0; i < goal.atoms.size(); ++i) {
    if (host.grip(goal.atoms[i].socket, goal.atoms[i].holder) != Grip::held) covered.push_back(i);
  }
  return covered;
}

int certainty_cost(knowledge::Certainty certainty) {
  switch (certainty) {
    case knowledge::Certainty::community:
      return kCommunityCost;
    case knowledge::Certainty::inferred:
      return kInferredCost;
    case knowledge::Certainty::documented:
      break;
  }
  return 0;
}

}  // namespace

int cost_of(const Remedy& remedy, const Remedies& remedies) {
  int cost = kStepCost + kCapabilityCost * static_cast<int>(remedies.loses(remedy).size());
  const knowledge::CloserFact* closer = remedy.closer;
  if (closer == nullptr) return cost + kUndescribedCost;
  cost += certainty_cost(closer->certainty) + static_cast<int>(closer->changes.size());
  if (closer->when == When::reboot) cost += kRebootCost;
  if (closer->when == When::restart) cost += kRestartCost;
  if (closer->effect == Effect::narrow) cost += kNarrowCost;
  for (const ChangeFact& change : closer->changes) {
    if (change.kind == ChangeKind::manual) cost += kManualCost;
  }
  return cost;
}

Result<std::vector<Remedy>> choose_remedies(const Exposure& exposure, const Remedies& remedies,
                                            const SimulatedHost& host) {
  const Goal goal = goal_of(exposure);
  if (goal.atoms.size() > kHoldersMax) {
    return fail(Errc::limit, fmt::format("more than {} holders of unneeded sockets; plan for fewer "
                                         "hosts or files at a time",
                                         kHoldersMax));
  }
  const std::vector<Remedy> ways = allowed_remedies(goal, remedies);
  std::vector<CoverOption> options;
  for (const Remedy& way : ways) {
    options.push_back({cost_of(way, remedies), covered_by(way, goal, host)});
  }
  std::vector<Remedy> chosen;
  for (const std::size_t index : cheapest_cover(goal.atoms.size(), options)) {
    chosen.push_back(ways[index]);
  }
  return chosen;
}

}  // namespace deadlight
