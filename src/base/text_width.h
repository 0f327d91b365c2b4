#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace deadlight {

/// One character at the start of a text.
struct Glyph {
  std::size_t bytes = 0;  ///< 0 at the end of the text
  int columns = 0;
  bool printable = false;  ///< false: a control character, or one byte that is no UTF-8
};

Glyph first_glyph(std::string_view text);

/// `text` as it may be sent to a terminal. Evidence is foreign: control characters and bytes that
/// are no UTF-8 become '?', so that a process name cannot move the cursor or change the title.
std::string printable(std::string_view text);

/// Columns that printable text takes: two for a wide (East Asian) character, none for a combining
/// one.
int columns_in(std::string_view text);

}  // namespace deadlight
