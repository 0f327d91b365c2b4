#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "exposure/exposure.h"
#include "knowledge/knowledge.h"

namespace deadlight::report {

/// A box of the picture. `y` is its middle.
struct GraphNode {
  std::string label;
  std::string detail;
  Verdict verdict = Verdict::unknown;  ///< the most urgent one that is in it
  bool folded = false;                 ///< stands for several that had no room of their own
  int y = 0;
};

/// A curve from a node of one column to a node of the next.
struct GraphEdge {
  std::size_t from = 0;
  std::size_t to = 0;
  Verdict verdict = Verdict::unknown;
  bool certain = true;  ///< false: at least one owner in it is only a candidate, or not known
  std::size_t sockets = 0;
};

/// Features, processes and ports in three columns, and what joins them.
struct Graph {
  std::array<std::vector<GraphNode>, 3> columns;
  std::array<std::vector<GraphEdge>, 2> edges;  ///< between columns 0 and 1, 1 and 2
  int height = 0;
};

inline constexpr int kGraphPitch = 38;  ///< least distance between the middles of two nodes

/// No column has more than this; what does not fit is folded into the last node.
inline constexpr std::size_t kGraphNodesMax = 32;

/// Of what is_listed(). Ports share a node where there are too many for one each.
Graph graph_of(const Exposure& exposure, const knowledge::Knowledge& kb);

}  // namespace deadlight::report
