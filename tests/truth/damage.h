#pragma once

#include <span>
#include <string>
#include <string_view>

#include "truth/page.h"

namespace deadlight::truth {

/// A page as it is stored in the end.
struct Sheet {
  std::string name;  ///< of the file
  Page page;
  std::string line_end = "\n";
  std::string encoding = "UTF-8";  ///< iconv's name; "+BOM" after those with a byte order mark
  bool cut_off = false;            ///< the end is missing: texts may be shorter than they were

  /// The line of the file on which line `index` of the page stands.
  std::uint32_t number(std::size_t index) const;
  /// Bytes of the file.
  std::string bytes() const;
};

/// Something that happens to listings on their way to the reader.
struct Damage {
  std::string_view id;
  void (*apply)(Sheet& sheet, const TrueHost& host, Dice& dice);
  bool netstat_only = false;
};
std::span<const Damage> damages();

/// How the text is stored: one of the code pages of the host's language, or Unicode.
void choose_encoding(Sheet& sheet, const TrueHost& host, Dice& dice);
/// False for code pages of one byte or two, where a reader can only guess.
bool is_unicode(std::string_view encoding);

}  // namespace deadlight::truth
