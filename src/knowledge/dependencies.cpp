#include "knowledge/dependencies.h"

#include <algorithm>

#include "base/text.h"

namespace deadlight::knowledge {

Dependencies::Dependencies(Os os, std::span<const Service> evidence, const Knowledge& kb)
    : kb_(&kb) {
  for (const ServiceFact& service : kb.services) {
    if (!service.os.contains(os)) continue;
    for (const DependencyFact& dependency : service.depends_on) {
      if (dependency.os.contains(os)) add(service.id, dependency.service);
    }
  }
  for (const Service& service : evidence) {
    for (const std::string& needed : service.depends_on) {
      add(canonical(service.name), canonical(needed));
    }
  }
}

void Dependencies::add(std::string_view who, std::string_view needs) {
  needs_[std::string(who)].emplace_back(needs);
  needed_by_[std::string(needs)].emplace_back(who);
}

std::string Dependencies::canonical(std::string_view service) const {
  const ServiceFact* fact = kb_->service(service);
  return std::string(fact != nullptr ? fact->id : service);
}

std::vector<std::string> Dependencies::dependents(std::string_view service) const {
  return closure(service, needed_by_);
}

std::vector<std::string> Dependencies::requirements(std::string_view service) const {
  return closure(service, needs_);
}

std::vector<std::string> Dependencies::closure(std::string_view service, const Graph& graph) const {
  std::vector<std::string> found = {canonical(service)};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto next = graph.find(found[i]);
    if (next == graph.end()) continue;
    for (const std::string& name : next->second) {
      const bool known = std::any_of(found.begin(), found.end(), [&name](const std::string& other) {
        return iequals(other, name);
      });
      if (!known) found.push_back(name);
    }
  }
  return found;
}

}  // namespace deadlight::knowledge
