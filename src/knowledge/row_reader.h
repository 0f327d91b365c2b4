#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "knowledge/overlay.h"

namespace deadlight::knowledge {

/// Rows as they were read, in the order of the files.
struct Rows {
  std::vector<SourceFact> sources;
  std::vector<CapabilityFact> capabilities;
  std::vector<ServiceFact> services;
  std::vector<GroupFact> groups;
  std::vector<FeatureFact> features;
  std::vector<CloserFact> closers;
  std::vector<PortFact> ports;
  std::vector<RoleFact> roles;
};

/// What was read from one or more TOML texts, and everything that was wrong with them.
struct Reading {
  Rows rows;
  std::vector<std::string> problems;          ///< "x.toml:12: unknown key 'foo' in …"
  std::map<std::string, std::string> places;  ///< row's key → "x.toml:12", for rows given twice
};

/// Adds the rows of one file. A text that is no TOML at all is one problem.
void read_rows(std::string_view toml, const std::string& name, Overlay& overlay, Reading& reading);

/// Adds the one role of a role file: its keys at the top, or below one [[role]].
void read_role(std::string_view toml, const std::string& name, Overlay& overlay, Reading& reading);

}  // namespace deadlight::knowledge
