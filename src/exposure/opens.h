#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "knowledge/holder.h"
#include "knowledge/knowledge.h"
#include "model/endpoint.h"

namespace deadlight {

/// One fact of the knowledge base that may explain a socket.
struct Match {
  const knowledge::FeatureFact* feature = nullptr;
  const knowledge::OpensFact* opens = nullptr;

  knowledge::Holder holder() const {
    return {std::string(opens->holder), std::string(feature->id), opens};
  }
};

/// Facts that fit a socket's protocol and port.
struct Matches {
  std::vector<Match> fixed;  ///< they name this very port
  std::vector<Match> vague;  ///< a range, or any dynamic port

  /// The fixed ones where there are any: they say more.
  const std::vector<Match>& best() const { return fixed.empty() ? vague : fixed; }
  /// The same among those whose holder is one of `services`.
  std::vector<Match> best_of(const std::vector<std::string>& services) const;
};

/// What the knowledge base says `os` can open, by port. Refers to `kb`, which must outlive it.
class OpensIndex {
 public:
  OpensIndex(Os os, const knowledge::Knowledge& kb);

  Matches matches_for(const Endpoint& endpoint) const;
  /// Ports that services have by default, but that an administrator may choose otherwise.
  const std::vector<const knowledge::OpensFact*>& movable(Protocol protocol) const {
    return (protocol == Protocol::tcp ? tcp_ : udp_).movable;
  }

 private:
  struct Table {
    std::unordered_map<std::uint16_t, std::vector<Match>> fixed;
    std::vector<Match> ranges;  ///< and dynamic ports, in the knowledge base's order
    std::vector<const knowledge::OpensFact*> movable;
  };

  Os os_;
  Table tcp_;
  Table udp_;
};

/// How many services are among the holders.
std::size_t holder_count(const std::vector<Match>& matches);

/// True if there is a match and each has the same holder.
bool one_holder(const std::vector<Match>& matches);

/// The fact of the one service that opens this port, where port and address say so by themselves;
/// else nullptr. Above the well-known ports a program may have the same number at one address.
const knowledge::OpensFact* only_opener(const std::vector<Match>& matches,
                                        const Endpoint& endpoint);

}  // namespace deadlight
