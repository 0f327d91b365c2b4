#include "evidence/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "evidence/encoding.h"
#include "evidence/limits.h"
#include "evidence/markup.h"

namespace deadlight::evidence {
namespace {

// What people put before each line of a text that they quote or leave out.
constexpr std::array<std::string_view, 9> kPrefixes = {">", "#",   "//",  ";", "--",
                                                       "'", "rem", "REM", "::"};

/// "::    49668", "::1 80": an address of IPv6 at the start of a row, and no comment of a batch
/// file.
bool is_address(std::string_view line) {
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::string_view kAddress = ":abcdefABCDEF";
  if (!line.starts_with("::") || line.size() == 2) return false;
  const std::size_t next = line.find_first_not_of(" \t", 2);
  return next != std::string_view::npos && (kDigits.find(line[next]) != std::string_view::npos ||
                                            kAddress.find(line[2]) != std::string_view::npos);
}

std::string_view prefix_of(std::string_view line) {
  for (const std::string_view prefix : kPrefixes) {
    if (!line.starts_with(prefix) || is_address(line)) continue;
    const bool is_word = prefix.size() == 3;
    if (!is_word || (line.size() > 3 && line[3] == ' ')) return prefix;
  }
  return {};
}

/// "  TCP …" in a program's text: quotation marks around the line and none in it, as CSV has them.
bool is_in_quotes(std::string_view line) {
  line = trim(line);
  return line.size() > 2 && line.front() == '"' && line.find('"', 1) == line.size() - 1;
}

/// JSON and XML are read as they stand: what looks like markup in them is data.
bool is_data(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return false;
  text.remove_prefix(first);
  if (text.starts_with("<?xml") || text.front() == '{') return true;
  if (text.front() != '[') return false;
  const auto next = text.find_first_not_of(" \t\r\n", 1);
  return next != std::string_view::npos && (text[next] == '{' || text[next] == ']');
}

/// What a pager leaves at the start of a line, in any language: "-- More  --", "-- Fortsetzung --".
std::size_t pager_bytes(std::string_view line) {
  constexpr std::size_t kPromptBytesMax = 40;
  const auto first = line.find_first_not_of(" \r");
  if (first == std::string_view::npos || !line.substr(first).starts_with("-- ")) return 0;
  const auto end = line.substr(0, first + kPromptBytesMax).find(" --", first + 3);
  if (end == std::string_view::npos) return 0;
  // netstat -b has lines of this form too, with several words: "-- unknown component(s) --".
  const std::string_view word = trim(line.substr(first + 3, end - first - 3));
  return !word.empty() && word.find_first_of("- (") == std::string_view::npos ? end + 3 : 0;
}

/// Old Macintosh ended lines with CR alone.
void mend_line_ends(std::string& text) {
  if (text.find('\n') == std::string::npos) std::replace(text.begin(), text.end(), '\r', '\n');
}

bool may_have_lone_cr(std::string_view text) {
  return text.find('\n') == std::string_view::npos && text.find('\r') != std::string_view::npos;
}

}  // namespace

Result<Document> Document::decode(std::string name, std::string_view bytes) {
  if (bytes.size() > kInputBytesMax) {
    return fail(Errc::limit,
                fmt::format("{}: larger than {} bytes; give a smaller file", name, kInputBytesMax));
  }
  Document document;
  document.name_ = std::move(name);
  document.text_ = bytes;
  if (!is_plain_ascii(bytes)) {
    Decoded decoded = evidence::decode(bytes);
    if (decoded.guessed) document.guessed_encoding_ = std::move(decoded.encoding);
    document.own(std::move(decoded.text));
  }
  const bool data = is_data(document.text_);
  if (!data && has_markup(document.text_)) document.own(without_markup(document.text_));
  if (may_have_lone_cr(document.text_)) {
    std::string text(document.text_);
    mend_line_ends(text);
    document.own(std::move(text));
  }
  DEADLIGHT_TRY(document.split());
  data ? document.without_pager() : document.undecorate();
  return document;
}

void Document::own(std::string text) {
  owned_ = std::make_unique<const std::string>(std::move(text));
  text_ = *owned_;
}

Result<> Document::split() {
  const bool soft = owned_ && text_.find(kSoftBreak) != std::string_view::npos;
  const std::string_view ends = soft ? std::string_view("\n\x1E") : std::string_view("\n");
  std::uint32_t number = 1;
  for (std::size_t begin = 0; begin < text_.size();) {
    if (lines_.size() == kLinesMax) {
      return fail(Errc::limit,
                  fmt::format("{}: more than {} lines; give a smaller file", name_, kLinesMax));
    }
    const std::size_t end =
        std::min(soft ? text_.find_first_of(ends, begin) : text_.find('\n', begin), text_.size());
    std::size_t size = end - begin;
    while (size > 0 && text_[begin + size - 1] == '\r') --size;
    lines_.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(size)});
    if (soft) numbers_.push_back(number);
    if (soft && end < text_.size() && text_[end] == '\n') ++number;
    begin = end + 1;
  }
  return {};
}

/// In data, only what a pager left is no part of it.
void Document::without_pager() {
  if (text_.find("-- ") == std::string_view::npos) return;
  const auto is_paged = [this](const Span& span) {
    return pager_bytes(text_.substr(span.begin, span.size)) > 0;
  };
  if (std::none_of(lines_.begin(), lines_.end(), is_paged)) return;
  std::string text(text_);
  for (const Span& span : lines_) {
    const std::size_t pager = pager_bytes(text_.substr(span.begin, span.size));
    std::fill_n(text.begin() + span.begin, pager, ' ');
  }
  own(std::move(text));
}

/// Blanks out comment signs, quotation marks and the pipes of tables.
void Document::undecorate() {
  std::size_t text_lines = 0;
  std::size_t run = 0;
  std::string_view run_prefix;
  std::size_t longest_run = 0;
  const bool may_have_pipes = text_.find('|') != std::string_view::npos;
  const bool may_have_quotes = text_.find('"') != std::string_view::npos;
  const bool may_have_pages = text_.find("-- ") != std::string_view::npos;
  bool pipes = false;
  std::size_t in_quotes = 0;
  bool paged = false;
  std::size_t replies = 0;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const std::string_view text = line(i);
    if (text.empty()) continue;
    // Nearly all lines of a listing begin with a blank or a letter.
    const char first = text.front();
    pipes = pipes || (may_have_pipes && is_pipe_row(text));
    in_quotes += may_have_quotes && is_in_quotes(text) ? 1 : 0;
    paged = paged || (may_have_pages && pager_bytes(text) > 0);
    const std::string_view prefix =
        first == ' ' || first == '\t' ? std::string_view() : prefix_of(text);
    if (prefix.empty() && trim(text).empty()) continue;
    ++text_lines;
    run = !prefix.empty() && prefix == run_prefix ? run + 1 : (prefix.empty() ? 0 : 1);
    run_prefix = prefix;
    longest_run = std::max(longest_run, run);
    if (run >= 2 && prefix == ">") ++replies;
  }
  // A few comments above a listing are comments; only what is quoted as a whole is unwrapped.
  const bool quoted = longest_run >= 2 && longest_run * 2 >= text_lines;
  const bool strings = in_quotes >= 2 && in_quotes * 2 >= text_lines;
  if (quoted || pipes || strings || paged || replies > 0) {
    blank_out({quoted, strings, replies > 0});
  }
}

void Document::blank_out(const Dress& dress) {
  std::string text(text_);
  for (const Span& span : lines_) {
    std::string_view rest(text.data() + span.begin, span.size);
    if (is_pipe_row(rest)) {
      std::replace(text.begin() + span.begin, text.begin() + span.begin + span.size, '|', ' ');
      continue;
    }
    if (const std::size_t pager = pager_bytes(rest); pager > 0) {
      std::fill_n(text.begin() + span.begin, pager, ' ');
      continue;
    }
    if (dress.strings && is_in_quotes(rest)) {
      std::replace(text.begin() + span.begin, text.begin() + span.begin + span.size, '"', ' ');
      continue;
    }
    // Replies to replies carry several marks: ">> TCP …", "> > TCP …". What follows a mark of
    // another kind is text, such as the dashes of a ruler.
    for (std::string_view prefix = prefix_of(rest), first = prefix;
         (dress.quoted || (dress.replies && prefix == ">")) && !prefix.empty();
         prefix = first.size() == 1 && rest.starts_with(first) ? first : std::string_view()) {
      const auto at = static_cast<std::size_t>(rest.data() - text.data());
      std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(at), prefix.size(), ' ');
      rest.remove_prefix(prefix.size());
      rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    }
  }
  own(std::move(text));
}

}  // namespace deadlight::evidence
