#include "evidence/unread.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "evidence/netstat_row.h"
#include "evidence/prompt.h"
#include "evidence/words.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kProseWordsMin = 5;
constexpr std::string_view kNotARow = "not a row of this listing";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

bool is_letter_or_digit(char c) { return is_letter(c) || (c >= '0' && c <= '9'); }

/// A word of a sentence: letters, and punctuation at its ends.
bool is_plain_word(std::string_view word) {
  constexpr std::string_view kPunctuation = ".,;:!?\"'()";
  const auto first = word.find_first_not_of(kPunctuation);
  if (first == std::string_view::npos) return false;
  const auto last = word.find_last_not_of(kPunctuation);
  word = word.substr(first, last - first + 1);
  return std::all_of(word.begin(), word.end(),
                     [](char c) { return is_letter(c) || c == '-' || c == '\''; });
}

/// "TCPgargan:epmapgargan:0LISTENING"
bool is_glued_text(std::string_view line) {
  line = trim(line);
  if (line.size() < 12 || (!line.starts_with("TCP") && !line.starts_with("UDP"))) return false;
  const std::string_view word = line.substr(0, line.find_first_of(" \t"));
  return word.size() > 8 && word.find(':') != std::string_view::npos &&
         (word.find(":0") != std::string_view::npos || word.find("*:*") != std::string_view::npos ||
          word.find("ESTAB") != std::string_view::npos);
}

/// A reason if the line looks like a row of a listing that lost something; else empty.
std::string_view damaged_row(std::string_view line) {
  bool protocol = false;
  int sockets = 0;  // "*:*" also stands in sentences about listings
  Words words(line);
  for (std::string_view word = words.take(); !word.empty(); word = words.take()) {
    if (netstat_protocol(word)) {
      protocol = true;
    } else if (word != "*:*" && is_socket_shape(word)) {
      ++sockets;
    }
  }
  if (is_glued_text(line)) return "looks like a row of netstat whose blanks are lost";
  if (sockets > 0 && protocol) return "looks like a row of netstat, but it is not complete";
  if (sockets > 1) return "looks like a row of netstat without a protocol";
  return {};
}

/// Text that a person wrote: a sentence, a heading, a line of a drawing. No part of a table.
bool is_prose(std::string_view line) {
  constexpr std::string_view kOpeners = "-=#*_|/;<`~>";
  constexpr std::string_view kClosers = ".:;,?!";
  line = trim(line);
  if (std::none_of(line.begin(), line.end(), is_letter_or_digit)) return true;
  if (kOpeners.find(line.front()) != std::string_view::npos) return true;
  if (kClosers.find(line.back()) != std::string_view::npos) return true;
  if (parse_prompt(line)) return true;
  std::size_t plain = 0;
  Words words(line);
  for (std::string_view word = words.take(); !word.empty() && plain < kProseWordsMin;
       word = words.take()) {
    plain += is_plain_word(word) ? 1 : 0;
  }
  return plain >= kProseWordsMin;
}

bool is_table(Mark mark) { return mark == Mark::row || mark == Mark::heading; }

class Rest {
 public:
  explicit Rest(Reading& reading) : reading_(reading), count_(reading.line_count()) {}

  void run() {
    for (std::size_t i = 0; i < count_;) {
      if (!is_text(i)) {
        ++i;
        continue;
      }
      std::size_t end = i;
      while (end < count_ && is_text(end)) ++end;
      name_fragments(i, end);
      i = end;
    }
    name_rows();
    skip();
  }

 private:
  bool is_blank(std::size_t i) const { return trim(reading_.line(i)).empty(); }
  bool is_text(std::size_t i) const { return reading_.is_free(i) && !is_blank(i); }

  /// Lines [first, end) stand together. Those that touch a table, or stand inside one, are
  /// a part of it unless they are prose.
  void name_fragments(std::size_t first, std::size_t end) {
    const bool after_table = first > 0 && is_table(reading_.mark(first - 1));
    const bool inside = after_table && reading_.mark(first - 1) == Mark::row && end < count_ &&
                        reading_.mark(end) == Mark::row;
    const bool before_table = end < count_ && is_table(reading_.mark(end));
    std::size_t top = first;
    while (after_table && top < end && (inside || !is_prose(reading_.line(top)))) name(top++);
    while (before_table && end > top && !is_prose(reading_.line(end - 1))) name(--end);
  }

  void name(std::size_t i) {
    const std::string_view row = damaged_row(reading_.line(i));
    reading_.unread(i, std::string(row.empty() ? kNotARow : row));
  }

  void name_rows() {
    for (std::size_t i = 0; i < count_; ++i) {
      if (!is_text(i)) continue;
      const std::string_view row = damaged_row(reading_.line(i));
      if (!row.empty()) reading_.unread(i, std::string(row));
    }
  }

  /// One range for all text between two tables, blank lines in it included.
  void skip() {
    std::size_t last = 0;
    bool open = false;
    std::vector<Skipped>& skipped = reading_.snapshot.skipped;
    for (std::size_t i = 0; i < count_; ++i) {
      if (!reading_.is_free(i)) open = false;
      if (!is_text(i)) continue;
      if (!open) skipped.push_back({reading_.document().name(), reading_.document().number(i), 0});
      open = true;
      last = i;
      skipped.back().last_line = reading_.document().number(last);
    }
  }

  Reading& reading_;
  std::size_t count_;
};

}  // namespace

std::string_view known_kinds() {
  return "netstat, ss, lsof, tasklist, sc, fport, reg, PowerShell, nmap and others: the manual "
         "names "
         "them all";
}

void account_for_the_rest(Reading& reading) {
  if (!reading.kinds().empty()) {
    Rest(reading).run();
  } else if (reading.snapshot.unread.empty()) {
    reading.snapshot.unread.push_back(
        {reading.document().name(), 0,
         fmt::format("no known listing in it; known are {}", known_kinds())});
  }
}

}  // namespace deadlight::evidence
