#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace deadlight::evidence {

/// One input as lines of UTF-8 text. Lines are counted from 0 here; a person sees `number()`.
class Document {
 public:
  /// `bytes` in any encoding that `encoding.h` knows, as a person would see them: without the tags
  /// of HTML and BBCode, comment signs, quotation marks and pipes of tables around it. `name` is
  /// for messages. Refers to `bytes`, which must outlive the document: plain text is not copied.
  /// Errors: `limit` past 256 MiB or 16,777,216 lines.
  static Result<Document> decode(std::string name, std::string_view bytes);

  const std::string& name() const { return name_; }
  std::string_view text() const { return text_; }
  /// The code page that the text was read in, if that is a guess; else empty.
  const std::string& guessed_encoding() const { return guessed_encoding_; }
  std::size_t line_count() const { return lines_.size(); }
  /// Without the line end.
  std::string_view line(std::size_t index) const {
    return text_.substr(lines_[index].begin, lines_[index].size);
  }
  /// The line of the input that a person would look at. Several lines of a document may stand on
  /// one of the input: markup puts a whole table on one.
  std::uint32_t number(std::size_t index) const {
    return numbers_.empty() ? static_cast<std::uint32_t>(index) + 1 : numbers_[index];
  }

 private:
  struct Span {
    std::uint32_t begin = 0;
    std::uint32_t size = 0;
  };

  Document() = default;
  void own(std::string text);
  Result<> split();
  void undecorate();
  void without_pager();
  /// What the lines of a text were dressed in on the way.
  struct Dress {
    bool quoted = false;   ///< comment signs before each line
    bool strings = false;  ///< quotation marks around each line
    bool replies = false;  ///< ">" before lines of a mail
  };
  void blank_out(const Dress& dress);

  std::string name_;
  std::string_view text_;
  std::unique_ptr<const std::string> owned_;  ///< what `text_` refers to, unless it is the input
  std::string guessed_encoding_;
  std::vector<Span> lines_;
  std::vector<std::uint32_t> numbers_;  ///< of each line; empty if they are 1, 2, 3, …
};

}  // namespace deadlight::evidence
