#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/linux/nft_reach.h"
#include "model/snapshot.h"

namespace deadlight::linux_host {

/// What was read of one network namespace's firewall.
struct FirewallRead {
  Ruleset rules;
  std::string failure;  ///< why the rules could not be read; empty if they were
};

/// That of the namespace that the calling thread is in. An answer takes 2 ms, and 1 ms more for
/// each 1,000 rules.
FirewallRead read_firewall();

/// By a namespace's name in LiveFacts; "" is the own one.
using Firewalls = std::map<std::string, FirewallRead, std::less<>>;

/// Says of each open socket whom the rules let through, and adds an endpoint for each port that is
/// published without a socket. Notes what could not be seen.
void apply_firewalls(const Firewalls& firewalls, Snapshot& snapshot);

}  // namespace deadlight::linux_host
