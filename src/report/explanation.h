#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exposure/exposure.h"
#include "knowledge/knowledge.h"

namespace deadlight::report {

/// What a person asked about, looked up on the host and in the knowledge base. Pointers lead into
/// the exposure and the knowledge base; nothing is owned.
struct Subject {
  std::string text;                  ///< as it is shown: "445/tcp", "LanmanServer"
  std::vector<Protocol> protocols;   ///< of a port number; empty for a name
  std::uint16_t port = 0;            ///< 0 for a name
  std::vector<const Exposed*> rows;  ///< open sockets and phantoms it is about
  std::vector<const knowledge::FeatureFact*> features;
  std::vector<std::string> services;  ///< ids; names that the knowledge base lacks as well
};

/// Errors: `malformed` for a port that is none; `not_found`.
Result<Subject> find_subject(std::string_view text, const Exposure& exposure,
                             const knowledge::Knowledge& kb);

/// One way to close it, or to limit who reaches it.
struct Way {
  std::string id;  ///< as `what-if` takes it
  std::string title;
  std::string effect;
  std::string when;
  std::vector<std::string> changes;
  std::vector<std::string> undo;
  std::string breaks;
  std::string limits;
  std::string certainty;  ///< "documented"; empty where no row of the base says it
};

/// What looks like a way to close it and is none here.
struct NoWay {
  std::string what;
  std::string why;
};

struct NeededBy {
  const knowledge::CapabilityFact* capability = nullptr;  ///< never nullptr
  std::vector<std::string> roles;
  bool by_this_role = false;
};

struct Explanation {
  Subject subject;
  std::vector<const knowledge::PortFact*> ports;
  std::vector<NeededBy> needed_by;
  std::vector<Way> ways;
  std::vector<Way> limits;
  std::vector<NoWay> no_ways;
  std::vector<const knowledge::SourceFact*> sources;
};

Result<Explanation> explain(std::string_view subject, const Exposure& exposure,
                            const knowledge::Knowledge& kb);

}  // namespace deadlight::report
