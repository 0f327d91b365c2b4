#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace deadlight::evidence {

constexpr std::size_t kColumnsMax = 64;

/// Columns of a table by position. Positions are counted in letters, not bytes, as the tools that
/// print such tables count them; if tabs separate the columns, these count instead. Past
/// kColumnsMax columns, the last one holds the rest.
class Columns {
 public:
  /// From a ruler, "----- ------ --" or "===== ====": each column begins where its dashes begin and
  /// ends before the next one's. Nullopt if `line` is no ruler of at least `columns_min` columns.
  static std::optional<Columns> from_ruler(std::string_view line, std::size_t columns_min = 1);
  /// From a heading whose names are separated by two blanks or more, or by tabs ("Name  State").
  static std::optional<Columns> from_heading(std::string_view line, std::size_t columns_min = 2);

  std::size_t size() const { return begin_.size(); }
  /// In letters, without the blank before the next column; 0 for the last one, which has no end.
  std::size_t width(std::size_t column) const {
    return column + 1 < begin_.size() ? begin_[column + 1] - begin_[column] - 1 : 0;
  }
  /// The cell of a column in `line`, trimmed; empty if the line ends before it. A number that is
  /// wider than its column moves to the left (tools align numbers at the right): a word that
  /// crosses a border of this cell belongs to the column in which it ends if `right_aligned`.
  std::string_view cell(std::string_view line, std::size_t column,
                        bool right_aligned = false) const;
  /// True if `line` stands under the ruler: each cell begins where its dashes begin or ends where
  /// they end, and no word goes over a border except to the left, as a wide number does.
  bool aligned(std::string_view line) const;
  /// True if no two columns of the ruler are more than one blank apart: such a table may be one
  /// whose blanks were collapsed, and cells may stand anywhere.
  bool may_be_collapsed() const;
  /// Column whose heading in `heading` is `name`, without difference of case; npos if none is.
  std::size_t find(std::string_view heading, std::string_view name) const;

 private:
  explicit Columns(std::string_view line) : tabs_(line.find('\t') != std::string_view::npos) {}
  struct Range {
    std::size_t begin;  ///< in bytes
    std::size_t end;
  };
  void add(std::size_t begin);
  Range range(std::string_view line, std::size_t column, bool right_aligned) const;

  std::vector<std::size_t> begin_;  ///< in letters, or in tabs
  std::vector<std::size_t> end_;    ///< of the dashes, in letters; empty if made from a heading
  bool tabs_;
};

/// Where the text of a line begins, behind blanks and tabs; its size if it has none. In the header,
/// because every reader asks it of every line.
inline std::size_t indent_of(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
  return at;
}

/// Letters, not bytes.
std::size_t letters_in(std::string_view text);

/// "Key   : value" as PowerShell's Format-List, sc, netsh and systemctl show print.
struct KeyValue {
  std::string_view key;
  std::string_view value;
};
/// Nullopt if `line` has no `separator`, or the key is empty or has more than 64 letters.
std::optional<KeyValue> key_value(std::string_view line, char separator = ':');

}  // namespace deadlight::evidence
