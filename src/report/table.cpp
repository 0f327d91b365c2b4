#include "report/table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/assert.h"
#include "base/text_width.h"

namespace deadlight::report {
namespace {

constexpr int kGap = 2;  ///< blanks between columns
constexpr int kWidthFloor = 4;

std::string_view escape_of(Colour colour) {
  switch (colour) {
    case Colour::none:
      return "";
    case Colour::bold:
      return "\x1b[1m";
    case Colour::dim:
      return "\x1b[2m";
    case Colour::red:
      return "\x1b[31m";
    case Colour::yellow:
      return "\x1b[33m";
    case Colour::green:
      return "\x1b[32m";
    case Colour::cyan:
      return "\x1b[36m";
    case Colour::magenta:
      return "\x1b[35m";
  }
  return "";
}

std::string blanks(int count) {
  return std::string(static_cast<std::size_t>(std::max(count, 0)), ' ');
}

}  // namespace

std::string paint(std::string_view text, Colour colour, bool enabled) {
  if (!enabled || colour == Colour::none || text.empty()) return std::string(text);
  std::string result(escape_of(colour));
  result.append(text).append("\x1b[0m");
  return result;
}

Table::Table(std::vector<Column> columns, int indent)
    : columns_(std::move(columns)), indent_(indent) {}

void Table::row(std::vector<Cell> cells) {
  DEADLIGHT_ASSERT(cells.size() == columns_.size());
  for (Cell& cell : cells) cell.text = printable(cell.text);
  rows_.push_back({std::move(cells), -1});
}

void Table::span(std::string text, int indent, Colour colour) {
  rows_.push_back({{{std::move(text), colour}}, indent});
}

std::vector<int> Table::widths(int width) const {
  std::vector<int> result;
  for (const Column& column : columns_) result.push_back(columns_in(column.title));
  for (const Row& row : rows_) {
    if (row.indent >= 0) continue;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      result[i] = std::max(result[i], columns_in(row.cells[i].text));
    }
  }
  const int gaps = kGap * (static_cast<int>(columns_.size()) - 1) + indent_;
  int excess = std::accumulate(result.begin(), result.end(), gaps) - width;
  // The first round leaves columns whole that ask for it; the second one fits at any price.
  for (const bool any : {false, true}) {
    while (excess > 0) {
      int* widest = nullptr;
      for (std::size_t i = 0; i < result.size(); ++i) {
        const int floor = any ? kWidthFloor : columns_[i].width_min;
        if ((!any && floor == 0) || result[i] <= floor) continue;
        if (widest == nullptr || result[i] > *widest) widest = &result[i];
      }
      if (widest == nullptr) break;
      --*widest;
      --excess;
    }
  }
  return result;
}

std::string Table::render_cells(const std::vector<Cell>& cells, const std::vector<int>& widths,
                                bool colour) const {
  std::vector<std::vector<std::string>> wrapped;
  std::size_t height = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    wrapped.push_back(wrap(cells[i].text, widths[i]));
    height = std::max(height, wrapped.back().size());
  }
  std::string result;
  for (std::size_t line = 0; line < height; ++line) {
    int pending = indent_;  // blanks are written before the next text only: none at a line's end
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string& text = line < wrapped[i].size() ? wrapped[i][line] : std::string();
      if (!text.empty()) {
        result += blanks(pending) + paint(text, cells[i].colour, colour);
        pending = 0;
      }
      pending += widths[i] - columns_in(text) + kGap;
    }
    result += '\n';
  }
  return result;
}

std::string Table::render(const Style& style) const {
  const std::vector<int> columns_wide = widths(style.width);
  std::vector<Cell> titles;
  for (const Column& column : columns_) titles.push_back({column.title, Colour::bold});
  std::string result = render_cells(titles, columns_wide, style.colour);
  for (const Row& row : rows_) {
    if (row.indent < 0) {
      result += render_cells(row.cells, columns_wide, style.colour);
      continue;
    }
    const Cell& cell = row.cells.front();
    for (const std::string& line : wrap(cell.text, style.width - row.indent)) {
      if (!line.empty()) result += blanks(row.indent) + paint(line, cell.colour, style.colour);
      result += '\n';
    }
  }
  return result;
}

}  // namespace deadlight::report
