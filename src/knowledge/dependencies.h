#pragma once

#include <map>
#include <memory>
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
/// Refers to `kb`, which must outlive it. Copies are cheap and safe to read from any thread.
class Dependencies {
 public:
  Dependencies(Os os, std::span<const Service> evidence, const Knowledge& kb);
  /// Those of `system` and what the evidence of one of its hosts adds.
  Dependencies(const Dependencies& system, std::span<const Service> evidence);

  /// `service` and everything that cannot run without it, nearest first.
  std::vector<std::string> dependents(std::string_view service) const;
  /// `service` and everything that it cannot run without, nearest first.
  std::vector<std::string> requirements(std::string_view service) const;
  /// The knowledge base's id for `service`, or `service` itself.
  std::string canonical(std::string_view service) const;
  const Knowledge& kb() const { return *kb_; }

 private:
  using Graph = std::map<std::string, std::vector<std::string>, ILess>;

  struct Graphs {
    Graph needs;
    Graph needed_by;

    void add(std::string_view who, std::string_view needed);
  };

  void add_evidence(std::span<const Service> evidence);
  std::vector<std::string> closure(std::string_view service, const Graph& graph) const;

  const Knowledge* kb_;
  /// Never changed once made; shared, since one graph serves all hosts of a system.
  std::shared_ptr<const Graphs> graphs_;
};

}  // namespace deadlight::knowledge
