#pragma once

#include <string>

#include "knowledge/facts.h"
#include "knowledge/network_facts.h"

namespace deadlight::knowledge {

/// What tells a row from the others of its kind, as messages show it: "445/tcp", "<20> unique
/// <computer>". Two rows with one id say the same thing twice.
std::string row_id(const PortFact& row);
std::string row_id(const GroupFact& row);
std::string row_id(const RpcInterfaceFact& row);
std::string row_id(const NetbiosSuffixFact& row);
std::string row_id(const SmbTransportFact& row);
template <class Row>
std::string row_id(const Row& row) {
  return std::string(row.id);
}

/// "1B": the 16th byte of a NetBIOS name as tools print it.
std::string suffix_text(std::uint8_t suffix);

}  // namespace deadlight::knowledge
