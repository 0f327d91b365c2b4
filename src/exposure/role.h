#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "knowledge/knowledge.h"

namespace deadlight {

struct Keep {
  Protocol protocol = Protocol::tcp;
  std::uint16_t port = 0;
  std::vector<std::string> from;  ///< who may reach it; empty: not said
  std::string why;
};

/// What a host is for, with everything that it extends put together.
struct Role {
  std::string id;
  std::string title;
  std::set<std::string> needs;  ///< capability ids
  std::vector<Keep> keep;
  std::vector<std::string> disable;  ///< services or closers wanted off whatever they hold
};

/// Errors: `not_found` (names the roles there are), `conflict` for roles that extend each other.
Result<Role> resolve_role(std::string_view id, const knowledge::Knowledge& kb);

/// True if a firewall knows what `from` means: "local-subnet", "10.0.0.0/8", "fd00::1"; not "domain
/// networks", which only the reader knows.
bool is_network(std::string_view from);

/// "443/tcp", "53/udp", "tcp/443", "443" (TCP); with networks "22/tcp from 10.0.0.0/8,
/// local-subnet". Errors: `malformed`.
Result<Keep> parse_keep(std::string_view text);

}  // namespace deadlight
