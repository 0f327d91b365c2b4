#pragma once

#include <string>
#include <string_view>

namespace deadlight::evidence {

/// A code page of Windows or DOS.
struct CodePage {
  std::string_view title;  ///< "code page 850"
  const char* iconv_name;  ///< "CP850"
  bool double_byte;
};

/// The one in which the letters of `bytes` make the most likely words: accents among letters, case
/// as words have it, characters that are common in East Asian text.
const CodePage& guess_code_page(std::string_view bytes);

/// In UTF-8; what the code page does not have becomes U+FFFD.
std::string from_code_page(std::string_view bytes, const CodePage& page);

}  // namespace deadlight::evidence
