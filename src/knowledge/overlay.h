#pragma once

#include <deque>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "knowledge/knowledge.h"

namespace deadlight::knowledge {

/// Owns the text and the lists of rows that were read from TOML. Only grows: a view that keep()
/// returned stays valid as long as the overlay. One thread writes.
class Overlay {
 public:
  Text keep(std::string text) { return texts_.emplace_back(std::move(text)); }

  template <class Row>
  List<Row> keep(std::vector<Row> rows) {
    if (rows.empty()) return {};
    return std::get<Lists<Row>>(lists_).emplace_back(std::move(rows));
  }

 private:
  template <class Row>
  using Lists = std::deque<std::vector<Row>>;

  std::deque<std::string> texts_;
  std::tuple<Lists<Text>, Lists<HostedFact>, Lists<DependencyFact>, Lists<OpensFact>,
             Lists<TargetFact>, Lists<ChangeFact>, Lists<KeepFact>, Lists<SourceFact>,
             Lists<CapabilityFact>, Lists<ServiceFact>, Lists<AliasFact>, Lists<GroupFact>,
             Lists<FeatureFact>, Lists<CloserFact>, Lists<PortFact>, Lists<RoleFact>,
             Lists<RpcInterfaceFact>, Lists<NetbiosSuffixFact>, Lists<SmbTransportFact>,
             Lists<OsSignFact>, Lists<RegisteredPort>>
      lists_;
};

}  // namespace deadlight::knowledge
