#pragma once

#include <string>
#include <string_view>

namespace deadlight::evidence {

/// Text in UTF-8, and how it was understood.
struct Decoded {
  std::string text;
  std::string encoding;  ///< "UTF-8", "UTF-16", "code page 850"
  /// True if the code page is a guess. Others would give other letters, never other digits.
  bool guessed = false;
};

/// True if `bytes` are UTF-8 that needs no decoding: ASCII without zero bytes. Runs at the speed of
/// memory.
bool is_plain_ascii(std::string_view bytes);

/// Bytes as UTF-8, UTF-16 with a byte order mark or without one (as `cmd /u` writes it), or a code
/// page of Windows: 437, 850, 852, 866, 1250 to 1252, 932, 936, 949 or 950, by what its letters
/// look like. What is not text becomes U+FFFD, a no-break space a blank.
Decoded decode(std::string_view bytes);

}  // namespace deadlight::evidence
