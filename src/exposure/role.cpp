#include "exposure/role.h"

#include <fmt/format.h>

#include "base/ip.h"
#include "base/text.h"

namespace deadlight {
namespace {

std::string role_names(const knowledge::Knowledge& kb) {
  std::vector<std::string> names;
  for (const knowledge::RoleFact& role : kb.roles) names.emplace_back(role.id);
  return join(names, ", ");
}

// A name ("local-subnet", "domain networks") is for people; what looks like an address must be one.
bool is_scope(std::string_view text) {
  if (trim(text).empty()) return false;
  const auto slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  const bool numeric =
      address.find_first_not_of("0123456789.:abcdefABCDEF") == std::string_view::npos &&
      address.find_first_of(".:") != std::string_view::npos;
  return !numeric || is_network(text);
}

Result<> add(Role& role, const knowledge::RoleFact& fact) {
  for (const auto need : fact.needs) role.needs.emplace(need);
  for (const auto name : fact.disable) role.disable.emplace_back(name);
  for (const knowledge::KeepFact& keep : fact.keep) {
    for (const std::string_view from : keep.from) {
      if (is_scope(from)) continue;
      return fail(Errc::malformed,
                  fmt::format("role '{}': keep {} {}: from '{}' is no address or network; write "
                              "10.0.0.0/8, any, or a name",
                              fact.id, protocol_id(keep.protocol), keep.port, from));
    }
    role.keep.push_back(
        {keep.protocol, keep.port, {keep.from.begin(), keep.from.end()}, std::string(keep.why)});
  }
  return {};
}

Result<Keep> malformed_keep(std::string_view text) {
  return fail(Errc::malformed,
              fmt::format("'{}' is no port to keep; write it as 443/tcp or 53/udp", text));
}

Result<Keep> parse_port_to_keep(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '/');
  if (parts.size() > 2) return malformed_keep(text);
  std::string_view port = parts[0];
  std::string_view protocol = parts.size() == 2 ? parts[1] : "tcp";
  if (parse_protocol(port)) std::swap(port, protocol);
  const auto number_of_port = number<std::uint16_t>(port);
  const auto parsed_protocol = parse_protocol(protocol);
  if (!number_of_port || *number_of_port == 0 || !parsed_protocol) return malformed_keep(text);
  return Keep{*parsed_protocol, *number_of_port, {}, "asked for with --keep"};
}

}  // namespace

Result<Role> resolve_role(std::string_view id, const knowledge::Knowledge& kb) {
  Role role;
  std::set<std::string, ILess> seen;
  std::string_view next = id;
  while (!next.empty()) {
    const knowledge::RoleFact* fact = kb.role(next);
    if (fact == nullptr) {
      return fail(Errc::not_found, fmt::format("role '{}' is not known; there are {}, or give a "
                                               "role file (its name ends in .toml)",
                                               next, role_names(kb)));
    }
    if (!seen.emplace(fact->id).second) {
      return fail(
          Errc::conflict,
          fmt::format("role '{}' extends itself by way of '{}'; remove one 'extends'", id, next));
    }
    if (role.id.empty()) {
      role.id = fact->id;
      role.title = fact->title;
    }
    DEADLIGHT_TRY(add(role, *fact));
    next = fact->extends;
  }
  return role;
}

bool is_network(std::string_view from) {
  if (from == "local-subnet") return true;
  const auto slash = from.find('/');
  const auto ip = parse_ip(from.substr(0, slash));
  if (!ip || !ip->zone.empty()) return false;
  if (slash == std::string_view::npos) return true;
  const auto bits = number<int>(from.substr(slash + 1));
  return bits && *bits >= 0 && *bits <= (ip->v6 ? 128 : 32);
}

Result<Keep> parse_keep(std::string_view text) {
  constexpr std::string_view kFrom = " from ";
  const auto from = text.find(kFrom);
  if (from == std::string_view::npos) return parse_port_to_keep(text);
  Keep keep = DEADLIGHT_TRY(parse_port_to_keep(trim(text.substr(0, from))));
  for (const std::string_view part : split(text.substr(from + kFrom.size()), ',')) {
    const std::string_view network = trim(part);
    if (!is_network(network)) {
      return fail(Errc::malformed, fmt::format("'{}' is no network; write it as 10.0.0.0/8, or "
                                               "local-subnet for this host's own",
                                               network));
    }
    keep.from.emplace_back(network);
  }
  return keep;
}

}  // namespace deadlight
