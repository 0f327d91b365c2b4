#include "knowledge/dependencies.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"

namespace deadlight::knowledge {

Dependencies::Dependencies(Os os, std::span<const Service> evidence, const Knowledge& kb)
    : kb_(&kb) {
  Graphs graphs;
  for (const ServiceFact& service : kb.services) {
    if (!service.os.contains(os)) continue;
    for (const DependencyFact& dependency : service.depends_on) {
      if (dependency.os.contains(os)) graphs.add(service.id, dependency.service);
    }
  }
  graphs_ = std::make_shared<const Graphs>(std::move(graphs));
  add_evidence(evidence);
}

Dependencies::Dependencies(const Dependencies& system, std::span<const Service> evidence)
    : Dependencies(system) {
  add_evidence(evidence);
}

void Dependencies::add_evidence(std::span<const Service> evidence) {
  const auto adds = [](const Service& service) { return !service.depends_on.empty(); };
  if (std::none_of(evidence.begin(), evidence.end(), adds)) return;
  Graphs graphs = *graphs_;
  for (const Service& service : evidence) {
    for (const std::string& needed : service.depends_on) {
      graphs.add(canonical(service.name), canonical(needed));
    }
  }
  graphs_ = std::make_shared<const Graphs>(std::move(graphs));
}

void Dependencies::Graphs::add(std::string_view who, std::string_view needed) {
  needs[std::string(who)].emplace_back(needed);
  needed_by[std::string(needed)].emplace_back(who);
}

std::string Dependencies::canonical(std::string_view service) const {
  return kb_->service_id(service);
}

std::vector<std::string> Dependencies::dependents(std::string_view service) const {
  return closure(service, graphs_->needed_by);
}

std::vector<std::string> Dependencies::requirements(std::string_view service) const {
  return closure(service, graphs_->needs);
}

std::vector<std::string> Dependencies::closure(std::string_view service, const Graph& graph) const {
  const std::string first = canonical(service);
  std::vector<std::string> found = {first};
  std::set<std::string_view, ILess> seen = {first};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto next = graph.find(found[i]);
    if (next == graph.end()) continue;
    for (const std::string& name : next->second) {
      if (seen.insert(name).second) found.push_back(name);
    }
  }
  return found;
}

}  // namespace deadlight::knowledge
