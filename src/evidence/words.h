#pragma once

#include <cstddef>
#include <string_view>

#include "base/ascii.h"
#include "evidence/markup.h"

namespace deadlight::evidence {

/// A letter of any alphabet, or a byte of one in UTF-8.
constexpr bool is_word_letter(char c) {
  return is_letter(c) || (static_cast<unsigned char>(c) & 0x80) != 0;
}

/// Walks over the words of a text without taking memory. Line ends are blanks like others, but
/// counted, so that a caller can tell a wrapped row from the next one.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  /// The next word; empty at the end of the text.
  std::string_view peek() {
    if (!word_.empty() || at_ == text_.size()) return word_;
    breaks_ = 0;
    while (at_ < text_.size() && is_blank(text_[at_])) breaks_ += is_break(text_[at_++]);
    std::size_t end = at_;
    while (end < text_.size() && !is_blank(text_[end])) ++end;
    word_ = text_.substr(at_, end - at_);
    return word_;
  }
  /// Line ends between the word before and peek().
  std::size_t breaks() {
    peek();
    return breaks_;
  }
  std::string_view take() {
    const std::string_view word = peek();
    at_ += word.size();
    word_ = {};
    return word;
  }
  /// Bytes before peek().
  std::size_t position() {
    peek();
    return at_;
  }

 private:
  static bool is_break(char c) { return c == '\n' || c == kSoftBreak; }
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || is_break(c); }

  std::string_view text_;
  std::string_view word_;
  std::size_t at_ = 0;
  std::size_t breaks_ = 0;
};

}  // namespace deadlight::evidence
