#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "knowledge/knowledge.h"

namespace deadlight::report {

/// One thing that a row of the knowledge base says, with its name in JSON and for a person.
struct KbField {
  std::string_view key;
  std::string_view label;
  std::vector<std::string> values;
  bool is_list = false;  ///< else there is one value or none
};

/// A row with everything that is known of it, as text and JSON print it.
struct KbEntry {
  std::string_view kind;  ///< "service", as the heading of its TOML table
  std::string id;
  std::string title;
  std::vector<KbField> fields;
  std::optional<knowledge::Certainty> certainty;  ///< none for what is no claim
  std::vector<knowledge::Text> sources;           ///< ids

  void text(std::string_view key, std::string_view label, std::string_view value);
  void list(std::string_view key, std::string_view label, std::vector<std::string> values);
  void list(std::string_view key, std::string_view label, knowledge::List<knowledge::Text> values);
  template <class Row>
  void rests_on(const Row& row) {
    certainty = row.certainty;
    sources.assign(row.sources.begin(), row.sources.end());
  }
};

KbEntry entry_of(const knowledge::ServiceFact& row, const knowledge::Knowledge& kb);
KbEntry entry_of(const knowledge::FeatureFact& row, const knowledge::Knowledge& kb);
KbEntry entry_of(const knowledge::CloserFact& row, const knowledge::Knowledge& kb);
KbEntry entry_of(const knowledge::PortFact& row, const knowledge::Knowledge& kb);
/// Of a port that may have no row: its registered name, and which features open it.
KbEntry port_entry(Protocol protocol, std::uint16_t port, const knowledge::Knowledge& kb);
KbEntry entry_of(const knowledge::RoleFact& row, const knowledge::Knowledge& kb);
KbEntry entry_of(const knowledge::CapabilityFact& row, const knowledge::Knowledge& kb);
KbEntry entry_of(const knowledge::GroupFact& row, const knowledge::Knowledge& kb);
KbEntry entry_of(const knowledge::RpcInterfaceFact& row, const knowledge::Knowledge& kb);
KbEntry entry_of(const knowledge::NetbiosSuffixFact& row, const knowledge::Knowledge& kb);
KbEntry entry_of(const knowledge::SmbTransportFact& row, const knowledge::Knowledge& kb);
KbEntry entry_of(const knowledge::OsSignFact& row, const knowledge::Knowledge& kb);
KbEntry entry_of(const knowledge::SourceFact& row, const knowledge::Knowledge& kb);

/// "tcp 445", "udp dynamic", "tcp 2000-2999".
std::string socket_of(const knowledge::OpensFact& opens);

}  // namespace deadlight::report
