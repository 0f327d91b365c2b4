#pragma once

#include <string>

#include "knowledge/facts.h"

namespace deadlight::knowledge {

/// One thing that keeps a socket open. A socket stays open until the last of its holders lets go;
/// for a socket whose owner is not certain, every candidate counts as a holder.
struct Holder {
  std::string
      service;  ///< service id or name as the host has it; empty: a program, or nobody known
  std::string feature;               ///< feature id, or empty
  const OpensFact* opens = nullptr;  ///< the fact that explains the socket, or nullptr; not owned

  friend bool operator==(const Holder&, const Holder&) = default;
};

/// True if `target` names this holder's hold on `endpoint`.
bool aims_at(const TargetFact& target, const Holder& holder, const Endpoint& endpoint);

}  // namespace deadlight::knowledge
