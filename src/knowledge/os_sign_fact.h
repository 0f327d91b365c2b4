#pragma once

#include "knowledge/fact_types.h"
#include "model/os_set.h"

namespace deadlight::knowledge {

/// Where a thing is that not every edition of a Windows has; kClientSystems and kServerSystems.
enum class Edition { any, client, server };
std::string_view edition_id(Edition edition);

/// A process or a service that only some systems have, so that seeing it tells which it may be.
struct OsSignFact {
  Text id;
  Text image;    ///< of a process: "wininit.exe"; empty if it is a service
  Text service;  ///< key name: "BFE"; empty if it is a process
  OsRange os;
  Edition edition = Edition::any;  ///< leaves only these of `os`
  Certainty certainty = Certainty::inferred;
  List<Text> sources;

  Text name() const { return image.empty() ? service : image; }
  OsSet systems() const;
};

}  // namespace deadlight::knowledge
