// Owners by what processes have registered: RPC interfaces in the endpoint map, URLs in HTTP.sys.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "exposure/attribution.h"

namespace deadlight {
namespace {

using knowledge::Holder;

bool is_named(const Exposed& exposed, std::string_view service) {
  return std::any_of(exposed.holders.begin(), exposed.holders.end(),
                     [&](const Holder& holder) { return iequals(holder.service, service); });
}

// A socket of one service on which only another one has registered: somebody is wrong.
bool disagrees(const Exposed& exposed, const Registered& registered) {
  return exposed.owner.confidence == Confidence::derived && !registered.others &&
         std::none_of(registered.services.begin(), registered.services.end(),
                      [&](const std::string& name) { return is_named(exposed, name); });
}

}  // namespace

void Attribution::add_holders(Exposed& exposed, const Registered& registered) const {
  const Matches matches = opens_.matches_for(exposed.endpoint);
  for (const std::string& name : registered.services) {
    const std::string service = kb_->service_id(name);
    if (is_named(exposed, service)) continue;
    const std::vector<Match> held = matches.best_of({service});
    for (const Match& match : held) exposed.holders.push_back(match.holder());
    if (held.empty()) exposed.holders.push_back({service, "", nullptr});
  }
}

bool Attribution::is_alone_by_default(const std::string& service) const {
  const std::vector<Container>& containers = system_->containers;
  const auto home = std::find_if(containers.begin(), containers.end(),
                                 [&](const Container& one) { return one.hosts(service); });
  return home != containers.end() && home->services.size() == 1;
}

// Services of one process answer on each other's endpoints, so that only a single one is an owner.
void Attribution::from_rpc(Exposed& exposed) const {
  const Endpoint& endpoint = exposed.endpoint;
  const Registered* registered = registrations_.rpc(endpoint.protocol, endpoint.port);
  if (registered == nullptr) return;
  Owner& owner = exposed.owner;
  owner.because.insert(owner.because.end(), registered->because.begin(), registered->because.end());
  if (owner.confidence == Confidence::observed && !exposed.holders.empty()) return;
  if (disagrees(exposed, *registered)) {
    add_holders(exposed, *registered);
    owner.confidence = Confidence::candidate;
    owner.because.emplace_back("the two do not agree: neither is certain");
    return;
  }
  if (owner.confidence == Confidence::derived || registered->others ||
      registered->services.size() != 1) {
    return;
  }
  const std::string& service = *registered->services.begin();
  if (!is_alone_by_default(service)) {
    add_holders(exposed, *registered);
    owner.confidence = Confidence::candidate;
    owner.because.push_back(
        fmt::format("another service of its process may have opened it: they answer on each "
                    "other's endpoints"));
    return;
  }
  exposed.holders.clear();
  add_holders(exposed, *registered);
  owner.confidence = Confidence::derived;
  owner.because.push_back(fmt::format("nothing but {} is registered on it", service));
}

// The kernel holds the port for every process that has registered a URL there.
void Attribution::from_urls(Exposed& exposed) const {
  if (exposed.endpoint.protocol != Protocol::tcp) return;
  const Registered* registered = registrations_.urls(exposed.endpoint.port);
  if (registered == nullptr) return;
  Owner& owner = exposed.owner;
  owner.because.insert(owner.because.end(), registered->because.begin(), registered->because.end());
  if (registered->services.empty()) return;
  if (registered->others) {
    add_holders(exposed, *registered);
    owner.confidence = Confidence::candidate;
    return;
  }
  exposed.holders.clear();
  add_holders(exposed, *registered);
  const bool one = registered->services.size() == 1;
  owner.confidence = !one                ? Confidence::candidate
                     : registered->alone ? Confidence::observed
                                         : Confidence::derived;
}

}  // namespace deadlight
