#include "exposure/system_facts.h"

#include "base/text.h"

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

bool SystemFacts::is_proof(std::string_view service, std::string_view image,
                           bool began_with_services) const {
  const bool tells = !image.empty() && !istarts_with(image, "svchost");
  if (tells) return true;
  if (!is_modern_windows(os)) return began_with_services;
  const knowledge::ServiceFact* fact = kb->service(service);
  return fact != nullptr &&
         (fact->kind == knowledge::ServiceKind::driver || fact->always_runs.contains(os));
}

const SystemFacts& AllSystems::of(Os os) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<const SystemFacts>& facts = facts_[static_cast<std::size_t>(os)];
  if (!facts) facts = std::make_unique<const SystemFacts>(os, *kb_);
  return *facts;
}

}  // namespace deadlight
