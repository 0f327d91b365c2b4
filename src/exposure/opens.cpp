#include "exposure/opens.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/text.h"
#include "exposure/dynamic_ports.h"

namespace deadlight {
namespace {

std::vector<Match> held_by(const std::vector<Match>& matches,
                           const std::vector<std::string>& services) {
  std::vector<Match> result;
  std::copy_if(matches.begin(), matches.end(), std::back_inserter(result), [&](const Match& match) {
    return std::any_of(services.begin(), services.end(), [&match](const std::string& name) {
      return iequals(name, match.opens->holder);
    });
  });
  return result;
}

// The first port that programs are given or choose (IANA: the well-known ports end before it).
constexpr std::uint16_t kFirstUserPort = 1024;

// netstat without -n gives the wildcard address and those of adapters the same name.
bool may_be_one_address(const Endpoint& endpoint) {
  return endpoint.local.ip ? !endpoint.local.ip->is_any() : !endpoint.local.is_unnamed();
}

}  // namespace

std::vector<Match> Matches::best_of(const std::vector<std::string>& services) const {
  std::vector<Match> result = held_by(fixed, services);
  return result.empty() ? held_by(vague, services) : result;
}

OpensIndex::OpensIndex(Os os, const knowledge::Knowledge& kb) : os_(os) {
  for (const knowledge::FeatureFact& feature : kb.features) {
    for (const knowledge::OpensFact& opens : feature.opens) {
      if (!opens.os.contains(os)) continue;
      Table& table = opens.protocol == Protocol::tcp ? tcp_ : udp_;
      const bool exact = !opens.dynamic() && opens.port_first == opens.port_last;
      (exact ? table.fixed[opens.port_first] : table.ranges).push_back({&feature, &opens});
      if (exact && !opens.distinctive) table.movable.push_back(&opens);
    }
  }
}

Matches OpensIndex::matches_for(const Endpoint& endpoint) const {
  Matches result;
  if (endpoint.protocol != Protocol::tcp && endpoint.protocol != Protocol::udp) return result;
  const Table& table = endpoint.protocol == Protocol::tcp ? tcp_ : udp_;
  if (const auto fixed = table.fixed.find(endpoint.port); fixed != table.fixed.end()) {
    result.fixed = fixed->second;
  }
  const bool dynamic = is_dynamic_port(endpoint.port, os_);
  const bool loopback = endpoint.local.is_loopback();
  for (const Match& match : table.ranges) {
    // A server for others does not listen on loopback alone; a helper of this host does.
    const knowledge::Bind bind = match.opens->bind;
    if (loopback && (bind == knowledge::Bind::any || bind == knowledge::Bind::adapter)) continue;
    const bool fits = match.opens->dynamic() ? dynamic : match.opens->matches_port(endpoint.port);
    if (fits) result.vague.push_back(match);
  }
  return result;
}

std::size_t holder_count(const std::vector<Match>& matches) {
  std::set<std::string_view> holders;
  for (const Match& match : matches) holders.insert(match.opens->holder);
  return holders.size();
}

bool one_holder(const std::vector<Match>& matches) {
  return !matches.empty() &&
         std::all_of(matches.begin(), matches.end(), [&matches](const Match& match) {
           return iequals(match.opens->holder, matches.front().opens->holder);
         });
}

const knowledge::OpensFact* only_opener(const std::vector<Match>& matches,
                                        const Endpoint& endpoint) {
  if (!one_holder(matches)) return nullptr;
  const knowledge::OpensFact* opens = matches.front().opens;
  const bool by_chance = opens->bind == knowledge::Bind::any && endpoint.port >= kFirstUserPort &&
                         may_be_one_address(endpoint);
  return opens->distinctive && !by_chance ? opens : nullptr;
}

}  // namespace deadlight
