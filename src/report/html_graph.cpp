#include "report/html_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "base/text.h"
#include "base/text_width.h"
#include "report/exposure_groups.h"
#include "report/html_parts.h"

namespace deadlight::report {
namespace {

constexpr std::size_t kLabelCharactersMax = 200;
constexpr std::size_t kPortsNamedMax = 3;  ///< in a node that stands for several ports

/// One row of the listing with the keys of its three nodes.
struct Path {
  const Exposed* row = nullptr;
  std::array<std::string, 3> keys;
};

Verdict more_urgent(Verdict a, Verdict b) { return urgency(a) <= urgency(b) ? a : b; }

std::string process_key(const Exposed& row) {
  const std::string text = process_text(row.endpoint, row.owner);
  return text == kNotKnown ? "Process not known" : text;
}

// A feature with needed and unneeded ports has a node for each verdict, so that each has a colour.
std::vector<Path> paths_of(const Exposure& exposure, const knowledge::Knowledge& kb) {
  std::vector<Path> paths;
  for (const Group& group : group_by_owner(exposure, kb)) {
    for (const Exposed* row : group.rows) {
      Path path;
      path.row = row;
      path.keys[0] = fmt::format("{}\n{}", printable(group.title), verdict_id(row->verdict));
      path.keys[1] = printable(process_key(*row));
      path.keys[2] =
          fmt::format("{}\n{}\n{}", path.keys[0], path.keys[1], port_text(row->endpoint));
      paths.push_back(std::move(path));
    }
  }
  std::stable_sort(paths.begin(), paths.end(), [](const Path& a, const Path& b) {
    return urgency(a.row->verdict) < urgency(b.row->verdict);
  });
  return paths;
}

std::size_t distinct(const std::vector<Path>& paths, std::size_t column) {
  std::set<std::string_view> keys;
  for (const Path& path : paths) keys.insert(path.keys[column]);
  return keys.size();
}

/// Numbers of the keys of one column: in order of first use, those past the last in one.
class Numbering {
 public:
  Numbering(const std::vector<Path>& paths, std::size_t column) {
    const bool fold = distinct(paths, column) > kGraphNodesMax;
    const std::size_t own_max = fold ? kGraphNodesMax - 1 : kGraphNodesMax;
    for (const Path& path : paths) {
      const std::string& key = path.keys[column];
      if (number_of_.contains(key)) continue;
      if (next_ >= own_max) ++folded_;
      number_of_.emplace(key, std::min(next_++, own_max));
    }
  }
  std::size_t number(const std::string& key) const { return number_of_.at(key); }
  std::size_t nodes() const { return std::min(next_, kGraphNodesMax); }
  std::size_t folded() const { return folded_; }

 private:
  std::map<std::string, std::size_t> number_of_;
  std::size_t next_ = 0;
  std::size_t folded_ = 0;
};

// "445/tcp", "tcp 135 445 udp 137 +3"
std::string ports_label(const std::vector<const Exposed*>& rows) {
  std::set<std::pair<Protocol, std::uint16_t>> ports;
  for (const Exposed* row : rows) ports.emplace(row->endpoint.protocol, row->endpoint.port);
  if (ports.size() == 1) return port_text(rows.front()->endpoint);
  std::string label;
  std::string_view before;
  std::size_t named = 0;
  for (const auto& [protocol, port] : ports) {
    if (named++ == kPortsNamedMax) break;
    const std::string_view name = protocol_id(protocol);
    if (name != before) label += fmt::format("{}{}", before.empty() ? "" : " ", name);
    label += fmt::format(" {}", port);
    before = name;
  }
  if (ports.size() > kPortsNamedMax) label += fmt::format(" +{}", ports.size() - kPortsNamedMax);
  return label;
}

std::string address_detail(const std::vector<const Exposed*>& rows) {
  std::set<std::string> addresses;
  bool any = false;
  for (const Exposed* row : rows) {
    addresses.insert(address_text(row->endpoint.local));
    any = any || row->scope == Reach::any;
  }
  if (any) return "any address";
  return addresses.size() == 1 ? *addresses.begin() : fmt::format("{} addresses", addresses.size());
}

// The feature's name for a manager; which service it is stands below.
void name_owner(GraphNode& node, const Exposed& row, const knowledge::Knowledge& kb) {
  const Owner& owner = row.owner;
  const knowledge::FeatureFact* feature =
      owner.feature.empty() ? nullptr : kb.feature(owner.feature);
  const bool program = owner.service.empty() && owner.candidates.empty() &&
                       !owner.process.empty() && owner.confidence != Confidence::unknown;
  if (feature == nullptr && program) {
    node.label = short_name(owner.process);
    node.detail = "not in the knowledge base";
    return;
  }
  if (feature == nullptr) {
    node.label = shortened(owner_title(row, kb), kLabelCharactersMax);
    return;
  }
  node.label = std::string(feature->title);
  if (!owner.candidates.empty()) {
    node.detail = "perhaps " + shortened(join(owner.candidates, ", "), kLabelCharactersMax);
  } else if (!owner.service.empty()) {
    node.detail = "service " + short_name(owner.service);
  }
}

GraphNode node_of(std::size_t column, const std::vector<const Exposed*>& rows,
                  const knowledge::Knowledge& kb) {
  GraphNode node;
  node.verdict = rows.front()->verdict;
  for (const Exposed* row : rows) node.verdict = more_urgent(node.verdict, row->verdict);
  if (column == 2) {
    node.label = ports_label(rows);
    node.detail = fmt::format("{} \u00b7 {}", verdict_title(node.verdict), address_detail(rows));
  } else if (column == 1) {
    node.label = shortened(process_key(*rows.front()), kLabelCharactersMax);
  } else {
    name_owner(node, *rows.front(), kb);
  }
  return node;
}

GraphNode folded_node(std::size_t column, std::size_t folded, Verdict verdict) {
  constexpr std::array<std::string_view, 3> kWhat = {"owners", "processes", "groups of ports"};
  GraphNode node;
  node.label = fmt::format("{} more {}", folded, kWhat[column]);
  node.detail = column == 2 ? "listed in the tables below" : "";
  node.verdict = verdict;
  node.folded = true;
  return node;
}

std::vector<GraphNode> nodes_of(const std::vector<Path>& paths, std::size_t column,
                                const Numbering& numbering, const knowledge::Knowledge& kb) {
  std::vector<std::vector<const Exposed*>> rows(numbering.nodes());
  for (const Path& path : paths) {
    rows[numbering.number(path.keys[column])].push_back(path.row);
  }
  std::vector<GraphNode> nodes;
  for (const auto& own : rows) nodes.push_back(node_of(column, own, kb));
  if (numbering.folded() > 0) {
    nodes.back() = folded_node(column, numbering.folded(), nodes.back().verdict);
  }
  return nodes;
}

std::vector<GraphEdge> edges_of(const std::vector<Path>& paths, std::size_t column,
                                const Numbering& left, const Numbering& right) {
  std::map<std::tuple<std::size_t, std::size_t, Verdict>, GraphEdge> edges;
  for (const Path& path : paths) {
    const std::size_t from = left.number(path.keys[column]);
    const std::size_t to = right.number(path.keys[column + 1]);
    const Confidence confidence = path.row->owner.confidence;
    GraphEdge& edge = edges[{from, to, path.row->verdict}];
    edge.from = from;
    edge.to = to;
    edge.verdict = path.row->verdict;
    edge.certain =
        edge.certain && confidence != Confidence::candidate && confidence != Confidence::unknown;
    ++edge.sockets;
  }
  std::vector<GraphEdge> result;
  for (auto& [key, edge] : edges) result.push_back(edge);
  return result;
}

/// Puts the nodes near `wanted`, in their order and at least kGraphPitch apart.
void place(std::vector<GraphNode>& nodes, const std::vector<int>& wanted, int height) {
  int free_from = kGraphPitch / 2;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    nodes[i].y = std::max(wanted[i], free_from);
    free_from = nodes[i].y + kGraphPitch;
  }
  int free_to = height - kGraphPitch / 2;
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
    node->y = std::min(node->y, free_to);
    free_to = node->y - kGraphPitch;
  }
}

/// Where each node of `column` would stand if only its neighbours to the right counted.
std::vector<int> wanted_places(const Graph& graph, std::size_t column) {
  std::vector<int> sum(graph.columns[column].size());
  std::vector<int> count(graph.columns[column].size());
  for (const GraphEdge& edge : graph.edges[column]) {
    sum[edge.from] += graph.columns[column + 1][edge.to].y;
    ++count[edge.from];
  }
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] /= std::max(count[i], 1);
  return sum;
}

// The order of first use keeps what is urgent at the top; a stable sort by place undoes crossings.
void sort_by_place(Graph& graph, std::size_t column, std::vector<int>& wanted) {
  std::vector<std::size_t> order(wanted.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return wanted[a] < wanted[b]; });
  std::vector<GraphNode> nodes;
  std::vector<std::size_t> place_of(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    nodes.push_back(std::move(graph.columns[column][order[i]]));
    place_of[order[i]] = i;
  }
  graph.columns[column] = std::move(nodes);
  for (GraphEdge& edge : graph.edges[column]) edge.from = place_of[edge.from];
  if (column > 0) {
    for (GraphEdge& edge : graph.edges[column - 1]) edge.to = place_of[edge.to];
  }
  std::sort(wanted.begin(), wanted.end());
}

// Ports of one process stand together, so that their curves do not cross.
void sort_ports(std::vector<Path>& paths, const Numbering& processes) {
  std::stable_sort(paths.begin(), paths.end(), [&](const Path& a, const Path& b) {
    return processes.number(a.keys[1]) < processes.number(b.keys[1]);
  });
}

void lay_out(Graph& graph) {
  std::size_t rows = 0;
  for (const auto& column : graph.columns) rows = std::max(rows, column.size());
  graph.height = static_cast<int>(rows) * kGraphPitch;
  std::vector<GraphNode>& ports = graph.columns[2];
  std::vector<int> even(ports.size());
  for (std::size_t i = 0; i < ports.size(); ++i) {
    even[i] = (2 * static_cast<int>(i) + 1) * graph.height / (2 * static_cast<int>(ports.size()));
  }
  place(ports, even, graph.height);
  for (const std::size_t column : {std::size_t{1}, std::size_t{0}}) {
    std::vector<int> wanted = wanted_places(graph, column);
    sort_by_place(graph, column, wanted);
    place(graph.columns[column], wanted, graph.height);
  }
}

}  // namespace

Graph graph_of(const Exposure& exposure, const knowledge::Knowledge& kb) {
  std::vector<Path> paths = paths_of(exposure, kb);
  if (distinct(paths, 2) > kGraphNodesMax) {
    for (Path& path : paths) path.keys[2] = path.keys[0] + '\n' + path.keys[1];
  }
  const Numbering features(paths, 0);
  const Numbering processes(paths, 1);
  sort_ports(paths, processes);
  const Numbering ports(paths, 2);
  Graph graph;
  graph.columns = {nodes_of(paths, 0, features, kb), nodes_of(paths, 1, processes, kb),
                   nodes_of(paths, 2, ports, kb)};
  graph.edges = {edges_of(paths, 0, features, processes), edges_of(paths, 1, processes, ports)};
  lay_out(graph);
  return graph;
}

}  // namespace deadlight::report
