#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/report.h"

namespace deadlight::report {

/// Lines of at most `width` columns, broken at blanks. A word that is longer is broken after
/// '\', '/', ',' or ':', or where it must. Made printable; at least one line.
std::vector<std::string> wrap(std::string_view text, int width);

/// As wrap(), for a list with commas: an item goes to the next line before it is broken.
std::vector<std::string> wrap_list(const std::vector<std::string>& items, int width);

enum class Colour { none, bold, dim, red, yellow, green, cyan, magenta };

/// `text` between ANSI escapes, or as it is.
std::string paint(std::string_view text, Colour colour, bool enabled);

struct Cell {
  std::string text;
  Colour colour = Colour::none;
};

struct Column {
  std::string title;
  int width_min = 0;  ///< 0: never made narrower than its widest cell, while others can be
};

/// Rows under common columns, with lines in between that span them all. Columns are as wide as
/// their cells; where that is too much the widest shrinks first and its cells wrap.
class Table {
 public:
  explicit Table(std::vector<Column> columns, int indent = 0);

  void row(std::vector<Cell> cells);
  /// A wrapped line over all columns, `indent` blanks in.
  void span(std::string text, int indent = 0, Colour colour = Colour::none);

  std::string render(const Style& style) const;

 private:
  struct Row {
    std::vector<Cell> cells;  ///< one for a span
    int indent = -1;          ///< of a span; -1 for a row of cells
  };

  std::vector<int> widths(int width) const;
  std::string render_cells(const std::vector<Cell>& cells, const std::vector<int>& widths,
                           bool colour) const;

  std::vector<Column> columns_;
  int indent_;
  std::vector<Row> rows_;
};

}  // namespace deadlight::report
