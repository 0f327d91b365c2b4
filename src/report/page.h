#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/report.h"
#include "report/table.h"

namespace deadlight::report {

/// Text for a person, built from top to bottom. Everything is wrapped to the width and made
/// printable.
class Page {
 public:
  explicit Page(const Style& style) : style_(style) {}

  void blank() { text_ += '\n'; }
  void heading(std::string_view text);
  void prose(std::string_view text, int indent = 0);
  /// `mark` before the first line ("- ", "3. "), the rest of the text beside it.
  void item(std::string_view mark, std::string_view text, int indent = 0,
            Colour colour = Colour::none);
  /// A label and its text in columns; nothing for an empty text.
  void field(std::string_view label, std::string_view text);
  /// As field(), each entry on a line of its own; nothing for none.
  void field_lines(std::string_view label, const std::vector<std::string>& lines);
  /// As field(), entries behind each other with commas; nothing for none.
  void field_list(std::string_view label, const std::vector<std::string>& entries);
  void table(const Table& table) { text_ += table.render(style_); }

  const Style& style() const { return style_; }
  std::string take() { return std::move(text_); }

 private:
  void put_field(std::string_view label, const std::vector<std::string>& lines);

  Style style_;
  std::string text_;
};

/// "nothing is open" as a sentence of its own: "Nothing is open."
std::string sentence(std::string_view text);
/// "1 port", "3 ports".
std::string count_of(std::size_t count, std::string_view one, std::string_view many);

/// "tcp 0.0.0.0: 135 445; udp 10.0.0.1: 137": endpoints ("tcp 0.0.0.0:135") put together by
/// protocol and address, without losing one.
std::vector<std::string> compact(const std::vector<std::string>& endpoints);

}  // namespace deadlight::report
