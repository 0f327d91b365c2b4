#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "evidence/reading.h"

/// Rows that a narrow window cut: the rest of a row stands in the next line, from its first column.
namespace deadlight::evidence {

/// True if `line` may go on in the next one: that has text, and no line nearby is longer than
/// this one. Looks at a bounded number of lines.
bool may_be_wrapped(const Reading& reading, std::size_t line);

/// The lines `first` to `last` as one. Nullopt if a blank may have stood between them: only a
/// window of a usual size tells that its lines are whole.
std::optional<std::string> unwrapped(const Reading& reading, std::size_t first, std::size_t last);

/// A row and what stands of it in the lines below.
struct WrappedRow {
  std::size_t end = 0;              ///< the line after the last one
  std::optional<std::string> text;  ///< nullopt if it cannot be told
};
/// `is_row` tells whether a line begins another row.
WrappedRow gather_row(const Reading& reading, std::size_t line, bool (*is_row)(std::string_view));

/// Names a row whose rest stands below, and each line of that rest.
void refuse_wrapped(Reading& reading, std::size_t first, std::size_t last);

/// Names a line on which several lines of a listing stand.
void refuse_one_line(Reading& reading, std::size_t line);

}  // namespace deadlight::evidence
