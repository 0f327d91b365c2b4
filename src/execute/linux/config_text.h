#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/pattern.h"

namespace deadlight::execute {

/// Edits of a configuration's text, line by line. '#' begins a comment in every such file.

struct EditedText {
  std::string text;
  std::size_t lines = 0;  ///< that matched
};

/// True if `with` takes over parts of the line that it replaces ("$1").
bool takes_over(std::string_view with);

/// Each line that matches becomes `with`, if that takes parts of it over; else the first does and
/// the others become comments, as all do if `with` is empty. With `continued`, the lines behind it
/// that begin with a blank go with it.
EditedText replace_lines(std::string_view text, const Pattern& line, std::string_view with,
                         bool continued);

/// `text` with one more line at its end.
std::string with_line(std::string_view text, std::string_view line);

/// Number (from 1) of the first line that matches and is no comment.
std::optional<std::size_t> find_line(std::string_view text, const Pattern& line);

/// Number of the line in which the first `block { … }` begins that holds no line that matches.
std::optional<std::size_t> find_block_without(std::string_view text, std::string_view block,
                                              const Pattern& line);

}  // namespace deadlight::execute
