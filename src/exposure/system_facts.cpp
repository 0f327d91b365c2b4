#include "exposure/system_facts.h"

namespace deadlight {

SystemFacts::SystemFacts(Os system, const knowledge::Knowledge& base)
    : os(system),
      kb(&base),
      opens(system, base),
      containers(containers_of(system, base)),
      dependencies(system, {}, base) {
  for (const knowledge::CloserFact& closer : base.closers) {
    if (closer.os.contains(system)) closers.push_back(&closer);
  }
}

const SystemFacts& AllSystems::of(Os os) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<const SystemFacts>& facts = facts_[static_cast<std::size_t>(os)];
  if (!facts) facts = std::make_unique<const SystemFacts>(os, *kb_);
  return *facts;
}

}  // namespace deadlight
