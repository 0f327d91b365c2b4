#pragma once

#include <cstddef>
#include <string_view>

namespace deadlight::report {

/// One character at the start of a text.
struct Glyph {
  std::size_t bytes = 0;  ///< 0 at the end of the text
  int columns = 0;
  bool printable = false;  ///< false: a control character, or one byte that is no UTF-8
};

Glyph first_glyph(std::string_view text);

}  // namespace deadlight::report
