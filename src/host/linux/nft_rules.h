#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "base/result.h"
#include "model/endpoint.h"

namespace deadlight::linux_host {

/// Addresses that begin with the first `bits` of `first`; or a range, `bits` being of no use then.
struct AddressSpan {
  IpAddress first;
  IpAddress last;

  bool contains(const IpAddress& address) const;
};

/// One condition of a rule on a packet, as far as it is understood.
struct RuleMatch {
  enum class Key {
    protocol,       ///< of the transport, by number
    local_port,     ///< of the destination
    family,         ///< "ipv4", "ipv6"
    local_address,  ///< of the destination
    local_type,     ///< whose address the destination is: "local", "broadcast", …
    device,         ///< that it came in by
    device_out,     ///< that it goes out by
    state,          ///< of connection tracking: "new", "established", …
    tcp_flags,      ///< of the first packet, which has SYN alone
    source,         ///< anything that depends on who asks, or how often
    no_way_back,    ///< true of packets that no answer could reach
    other,          ///< not understood; `names` has the name of a match of iptables
  };
  Key key = Key::other;
  bool negated = false;
  std::vector<PortRange> numbers;
  std::vector<AddressSpan> addresses;
  std::vector<std::string> names;
};

struct Rule {
  static constexpr std::size_t kNoChain = ~std::size_t{0};
  enum class Action { none, accept, drop, divert, jump, go_to, leave, other };

  std::uint32_t number = 0;  ///< its place in its chain, from 1; rows of a verdict map share it
  std::uint64_t handle = 0;  ///< the kernel's number for it
  bool of_iptables = false;  ///< JSON names parts of it without what they say
  std::vector<RuleMatch> matches;
  Action action = Action::none;
  std::string target;            ///< name of the chain of jump and go_to
  std::size_t chain = kNoChain;  ///< its place in Ruleset::chains
  std::string to_address;        ///< of divert, as written; empty for this host itself
  PortRange to_ports;            ///< of divert; 0 if the port stays
};

struct Chain {
  std::string family;  ///< "inet", "ip", "ip6", "netdev", "bridge", "arp"
  std::string table;
  std::string name;
  std::string hook;  ///< "prerouting", "input", …; empty for one that is only jumped to
  std::string type;  ///< "filter", "nat", "route"
  std::string device;
  std::int64_t priority = 0;
  bool drops = false;  ///< its policy
  std::vector<Rule> rules;

  std::string title() const { return family + ' ' + table + ' ' + name; }
};

/// An address of this network namespace's own.
struct OwnAddress {
  IpAddress ip;
  AddressSpan network;
  std::string device;
};

/// The rules of one network namespace.
struct Ruleset {
  std::vector<Chain>
      chains;  ///< base chains in the order in which a packet meets them, then others
  std::vector<OwnAddress> addresses;
  std::vector<std::string> legacy;  ///< tables of iptables-legacy, whose rules are not read

  /// That of a rule that jumps; nullptr if there is no such chain.
  const Chain* target(const Rule& rule) const {
    return rule.chain < chains.size() ? &chains[rule.chain] : nullptr;
  }
};

/// What `nft -j list ruleset` prints (libnftables-json(5)). What is not understood in a rule
/// becomes a match or action `other`. Errors: `malformed`, `limit`.
Result<Ruleset> parse_ruleset(std::string_view json);

}  // namespace deadlight::linux_host
