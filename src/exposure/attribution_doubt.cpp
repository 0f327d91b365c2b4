#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "exposure/attribution.h"
#include "exposure/dynamic_ports.h"

// What speaks against a claim: others in the process that may have opened the port as well.
namespace deadlight {
namespace {

// Up to Server 2003 ports are given out in order from 1025 on: what starts with the system has one
// of the first, and a library that somebody put into a service host one of the later.
constexpr std::uint16_t kFirstDynamicPort = 1025;
constexpr std::uint16_t kBootPorts = 32;

}  // namespace

bool Attribution::is_of_system(std::string_view service) const {
  const std::vector<Container>& containers = system_->containers;
  return kb_->service(service) != nullptr ||
         std::any_of(containers.begin(), containers.end(),
                     [service](const Container& one) { return one.hosts(service); });
}

// Any service may open a dynamic port, and many a well-known one: that only one of those that are
// known does proves nothing where one is in the process that nobody wrote down.
bool Attribution::may_be_unknown_service(Exposed& exposed, const ProcessView& view,
                                         PortRule rule) const {
  const bool modern = is_modern_windows(snapshot_->host.os);
  const bool service_host = view.image.empty() || istarts_with(view.image, "svchost");
  // Any service may be a client, whose port fport and old netstats show like a listener's.
  const bool shared = service_host || (rule.dynamic && view.services.size() > 1);
  const bool late = shared && exposed.endpoint.port >= kFirstDynamicPort + kBootPorts;
  const bool guessed = view.guessed && (view.services.size() > 1 || !rule.vague);
  const bool any_host = service_host && !view.image.empty() && view.group.empty();
  const bool open = modern || (any_host && !view.began_with_services) || (rule.vague && late);
  if (!view.services_observed && (open || guessed)) {
    exposed.owner.because.emplace_back(
        "but which services are in this process is not known, and another one may open such a "
        "port: a task list with services would tell");
    return true;
  }
  return add_unknown_services(exposed, view);
}

bool Attribution::add_unknown_services(Exposed& exposed, const ProcessView& view) const {
  bool unknown = false;
  for (const std::string& name : view.services) {
    if (is_of_system(name)) continue;
    exposed.holders.push_back({name, "", nullptr});
    exposed.owner.because.push_back(
        fmt::format("but {}, of which nothing is known, may open one as well", name));
    unknown = true;
  }
  return unknown;
}

// An RPC server and a site on a port of its own choice have one socket a process and protocol.
bool Attribution::only_rpc_socket(const ProcessView& view, const Exposed& exposed,
                                  const Match& match) const {
  const bool exact =
      match.opens->port_first != 0 && match.opens->port_first == match.opens->port_last;
  if (match.opens->client || exact) return true;
  const auto count = view.vague_sockets.find({match.opens, exposed.endpoint.local.is_v6()});
  return count == view.vague_sockets.end() || count->second <= 1;
}

// A service that is not on its usual port may have been given this one, if it is none of those
// that what starts with the system gets.
bool Attribution::add_moved_services(Exposed& exposed, const ProcessView& view,
                                     std::string_view claimed) const {
  if (exposed.endpoint.port < kFirstDynamicPort + kBootPorts) return false;
  bool moved = false;
  for (const knowledge::OpensFact* opens : opens_.movable(exposed.endpoint.protocol)) {
    const std::string_view name = opens->holder;
    const auto is_it = [name](const std::string& service) { return iequals(service, name); };
    const auto is_there = [&](const Endpoint* socket) {
      return socket->protocol == opens->protocol && socket->port == opens->port_first &&
             one_holder(opens_.matches_for(*socket).best_of(view.services));
    };
    const auto is_held = [name](const knowledge::Holder& one) {
      return iequals(one.service, name);
    };
    if (iequals(name, claimed) ||
        std::any_of(exposed.holders.begin(), exposed.holders.end(), is_held) ||
        std::none_of(view.services.begin(), view.services.end(), is_it) ||
        std::any_of(view.sockets.begin(), view.sockets.end(), is_there)) {
      continue;
    }
    exposed.holders.push_back({std::string(name), "", nullptr});
    exposed.owner.because.push_back(
        fmt::format("but {} is not on its usual port {} {}: it may be its", name,
                    protocol_id(opens->protocol), opens->port_first));
    moved = true;
  }
  if (moved) add_unknown_services(exposed, view);
  return moved;
}

}  // namespace deadlight
