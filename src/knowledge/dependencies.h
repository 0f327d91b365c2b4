#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "knowledge/knowledge.h"
#include "model/snapshot.h"

namespace deadlight::knowledge {

/// Who needs whom among the services of one host: the knowledge base's facts for its OS, and what
/// the host's own evidence adds. Names come out as the knowledge base spells them, else as given.
/// Refers to both arguments of the constructor, which must outlive it.
class Dependencies {
 public:
  Dependencies(Os os, std::span<const Service> evidence, const Knowledge& kb);

  /// `service` and everything that cannot run without it, nearest first.
  std::vector<std::string> dependents(std::string_view service) const;
  /// `service` and everything that it cannot run without, nearest first.
  std::vector<std::string> requirements(std::string_view service) const;
  /// The knowledge base's id for `service`, or `service` itself.
  std::string canonical(std::string_view service) const;

 private:
  using Graph = std::map<std::string, std::vector<std::string>, ILess>;

  void add(std::string_view who, std::string_view needs);
  std::vector<std::string> closure(std::string_view service, const Graph& graph) const;

  const Knowledge* kb_;
  Graph needs_;
  Graph needed_by_;
};

}  // namespace deadlight::knowledge
