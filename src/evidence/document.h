#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace deadlight::evidence {

/// One input as lines of UTF-8 text. Lines are counted from 0 here; a person sees `number()`.
class Document {
 public:
  /// `bytes` as UTF-8, UTF-16 with a byte order mark, or UTF-16 as `cmd /u` writes it, without
  /// one. What is not text becomes U+FFFD, a no-break space a blank. `name` is for messages.
  /// Errors: `limit` past 256 MiB or 16,777,216 lines.
  static Result<Document> decode(std::string name, std::string_view bytes);

  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  std::size_t line_count() const { return lines_.size(); }
  /// Without the line end.
  std::string_view line(std::size_t index) const {
    return std::string_view(text_).substr(lines_[index].begin, lines_[index].size);
  }
  static std::uint32_t number(std::size_t index) { return static_cast<std::uint32_t>(index) + 1; }

 private:
  struct Span {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };

  std::string name_;
  std::string text_;
  std::vector<Span> lines_;
};

}  // namespace deadlight::evidence
