#include "report/html_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/exposure_groups.h"
#include "report/html_parts.h"
#include "report/table.h"

namespace deadlight::report {
namespace {

constexpr int kHead = 34;  ///< height of the columns' titles
constexpr int kBoxHeight = 32;
constexpr int kLineHeight = 14;
constexpr int kTextInset = 12;
constexpr int kSignWidth = 26;
constexpr int kWidth = 1000;
constexpr int kStrokeMin = 2;
constexpr int kStrokeMax = 8;
constexpr int kEdgeGap = 5;  ///< between curves that join the same two boxes

struct ColumnLook {
  std::string_view title;
  int x;
  int width;
  int text_columns;  ///< of a line, so that it fits in wide fonts too
};
constexpr ColumnLook kColumns[] = {
    {"What it is for", 0, 330, 44}, {"Program", 430, 210, 25}, {"Open port", 740, 260, 30}};

/// At most `lines_max` lines; the last one ends in "…" where there is more.
std::vector<std::string> fitted(std::string_view text, int text_columns, std::size_t lines_max) {
  std::vector<std::string> lines = wrap(shortened(text, 300), text_columns);
  if (lines.size() > lines_max) {
    lines.resize(lines_max);
    lines.back() += "\u2026";
  }
  return lines;
}

void put_line(HtmlWriter& html, std::string_view text, int y, std::string_view css) {
  html.element("text", text,
               {{"x", std::to_string(kTextInset)}, {"y", std::to_string(y)}, {"class", css}});
}

void put_sign(HtmlWriter& html, Verdict verdict, int x, int y) {
  html.empty("path", {{"class", "sign"},
                      {"transform", fmt::format("translate({} {})", x, y)},
                      {"d", verdict_sign(verdict)}});
}

void put_lines(HtmlWriter& html, const GraphNode& node, std::size_t column) {
  const int text_columns = kColumns[column].text_columns;
  const bool has_detail = !node.detail.empty();
  const std::vector<std::string> lines = fitted(node.label, text_columns, has_detail ? 1 : 2);
  const std::size_t count = lines.size() + (has_detail ? 1 : 0);
  int y = count == 1 ? kBoxHeight / 2 + 4 : kBoxHeight / 2 - 3;
  const std::string_view css = column == 0 || node.folded ? "name" : "name mono";
  for (const std::string& line : lines) {
    put_line(html, line, y, css);
    y += kLineHeight;
  }
  if (!has_detail) return;
  put_line(html, fitted(node.detail, text_columns + 8, 1).front(), y - 1, "detail");
}

// A nested svg cuts off whatever a font makes wider than was thought: texts never overlap.
void put_node(HtmlWriter& html, const GraphNode& node, std::size_t column) {
  const ColumnLook& look = kColumns[column];
  const bool coloured = column != 1;
  const auto box = html.in("svg", {{"class", coloured ? verdict_class(node.verdict) : "neutral"},
                                   {"x", std::to_string(look.x)},
                                   {"y", std::to_string(kHead + node.y - kBoxHeight / 2)},
                                   {"width", std::to_string(look.width)},
                                   {"height", std::to_string(kBoxHeight)}});
  html.element("title", node.detail.empty() ? node.label : node.label + ", " + node.detail);
  html.empty("rect", {{"class", "box"},
                      {"x", ".5"},
                      {"y", ".5"},
                      {"width", std::to_string(look.width - 1)},
                      {"height", std::to_string(kBoxHeight - 1)},
                      {"rx", "4"}});
  if (coloured) put_sign(html, node.verdict, look.width - 20, (kBoxHeight - 12) / 2);
  // Another one leaves the sign free.
  const int room = look.width - (coloured ? kSignWidth : 0);
  const auto inside =
      html.in("svg", {{"width", std::to_string(room)}, {"height", std::to_string(kBoxHeight)}});
  put_lines(html, node, column);
}

int stroke_of(std::size_t sockets) {
  int stroke = kStrokeMin;
  while (sockets > 1 && stroke < kStrokeMax) {
    sockets /= 2;
    ++stroke;
  }
  return stroke;
}

void put_edges(HtmlWriter& html, const Graph& graph, std::size_t column) {
  const int from_x = kColumns[column].x + kColumns[column].width;
  const int to_x = kColumns[column + 1].x;
  const int middle = (from_x + to_x) / 2;
  std::map<std::pair<std::size_t, std::size_t>, int> parallel;
  for (const GraphEdge& edge : graph.edges[column]) {
    const int shift = kEdgeGap * parallel[{edge.from, edge.to}]++;
    const int from_y = kHead + graph.columns[column][edge.from].y + shift;
    const int to_y = kHead + graph.columns[column + 1][edge.to].y + shift;
    const std::string css =
        fmt::format("edge {}{}", verdict_class(edge.verdict), edge.certain ? "" : " uncertain");
    html.empty("path", {{"class", css},
                        {"stroke-width", std::to_string(stroke_of(edge.sockets))},
                        {"d", fmt::format("M{} {}C{} {} {} {} {} {}", from_x, from_y, middle,
                                          from_y, middle, to_y, to_x, to_y)}});
  }
}

void put_legend(HtmlWriter& html, const Graph& graph) {
  const auto legend = html.in("figcaption");
  html.element("p", "The picture scrolls sideways.", {{"class", "narrow"}});
  {
    const auto list = html.in("ul", {{"class", "legend"}});
    for (const Verdict verdict : kVerdictsByUrgency) {
      const auto& ports = graph.columns[2];
      if (std::none_of(ports.begin(), ports.end(),
                       [&](const GraphNode& node) { return node.verdict == verdict; })) {
        continue;
      }
      const auto item = html.in("li", {{"class", verdict_class(verdict)}});
      {
        const auto sign = html.in("svg", {{"viewBox", "0 0 12 12"}, {"aria-hidden", "true"}});
        html.empty("path", {{"class", "sign"}, {"d", verdict_sign(verdict)}});
      }
      html.text(verdict_title(verdict));
    }
  }
  html.element("p",
               "A dashed curve is not certain: one of several services, or nobody known. A wider "
               "curve stands for more sockets. The tables below say the same in words.");
}

}  // namespace

void put_picture(HtmlWriter& html, const Graph& graph, std::string_view description) {
  const auto figure = html.in("figure");
  {
    const auto scroll = html.in("div", {{"class", "scroll"},
                                        {"tabindex", "0"},
                                        {"role", "region"},
                                        {"aria-label", "Picture, scrolls sideways"}});
    const auto svg =
        html.in("svg", {{"class", "picture"},
                        {"role", "img"},
                        {"aria-labelledby", "picture-title picture-text"},
                        {"viewBox", fmt::format("0 0 {} {}", kWidth, kHead + graph.height + 4)}});
    html.element("title", "What opens which port", {{"id", "picture-title"}});
    html.element("desc", description, {{"id", "picture-text"}});
    for (const ColumnLook& look : kColumns) {
      html.element("text", look.title,
                   {{"class", "column"}, {"x", std::to_string(look.x)}, {"y", "14"}});
    }
    for (const std::size_t column : {std::size_t{0}, std::size_t{1}}) {
      put_edges(html, graph, column);
    }
    for (std::size_t column = 0; column < graph.columns.size(); ++column) {
      for (const GraphNode& node : graph.columns[column]) put_node(html, node, column);
    }
  }
  put_legend(html, graph);
}

}  // namespace deadlight::report
