#pragma once

#include <string>
#include <vector>

#include "host/linux/nft_rules.h"
#include "model/live_facts.h"

namespace deadlight::linux_host {

/// What anybody's first packet to a socket of this namespace looks like. One that the rules forward
/// has the address and port behind the rule.
struct Caller {
  Protocol protocol = Protocol::tcp;
  std::uint16_t port = 0;
  IpAddress local;     ///< 0.0.0.0 or :: if the socket takes every address; its family counts
  std::string device;  ///< that the socket is bound to, or empty
  bool forwarded = false;
};

/// Whom the rules let through, and which of them decide.
struct Passage {
  Filter filter = Filter::open;
  std::string because;
};

/// Follows the packet through the chains of its hooks. What comes in by lo is not looked at.
/// Whatever is not understood makes it `unknown` if it could matter. Takes up to 1 ms for each
/// 10,000 rules.
Passage passage(const Ruleset& rules, const Caller& caller);

/// The wider one of two families' passages, saying what is true of which if they differ.
Passage widest(const Passage& v4, const Passage& v6);

/// A port of this namespace whose visitors a rule sends somewhere else.
struct Published {
  Protocol protocol = Protocol::tcp;
  PortRange ports;
  IpAddress local;             ///< that it is published on; 0.0.0.0 or :: for every one
  bool both_families = false;  ///< or for every one of the other family too
  std::string to_address;      ///< "172.17.0.2"
  PortRange to_ports;
  std::string rule;  ///< "rule 3 of ip nat DOCKER"
};

struct Publications {
  std::vector<Published> ports;
  std::vector<std::string> notes;  ///< rules that name no port
};

/// Those that chains of type nat at prerouting name, reached by jumps too; redirections to this
/// host itself are none.
Publications published_ports(const Ruleset& rules);

}  // namespace deadlight::linux_host
