#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "knowledge/overlay.h"
#include "knowledge/places.h"

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
  std::vector<RpcInterfaceFact> rpc;
  std::vector<NetbiosSuffixFact> netbios;
  std::vector<SmbTransportFact> smb;
  std::vector<OsSignFact> os_signs;
  PortRegistry registry;  ///< of the last file that holds one
};

/// What was read from one or more TOML texts, and everything that was wrong with them.
struct Reading {
  Rows rows;
  std::vector<std::string> problems;  ///< "x.toml:12: unknown key 'foo' in …"
  Places places;
};

/// Adds the rows of one file. A text that is no TOML at all is one problem.
void read_rows(std::string_view toml, const std::string& name, Overlay& overlay, Reading& reading);

/// True for a text with rows of other kinds than a role; false for one that is no TOML, too.
bool holds_rows(std::string_view toml);

/// Adds the one role of a role file: its keys at the top, or below one [[role]].
void read_role(std::string_view toml, const std::string& name, Overlay& overlay, Reading& reading);

}  // namespace deadlight::knowledge
