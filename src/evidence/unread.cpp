#include "evidence/unread.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/text.h"
#include "evidence/prompt.h"
#include "evidence/traces.h"
#include "evidence/words.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kNotARow =
    "not a row of this listing; if it is a part of one, copy the text again";
constexpr std::string_view kLostTable =
    "the heading of a table, but the table was not understood; give it as the tool printed it";

/// "┌──(jo㉿kali)-[~]", "└─$ nmap", "❯ ss", "➜ ~": prompts that are drawn.
bool starts_with_sign(std::string_view line) {
  constexpr std::array<std::string_view, 7> kSigns = {"┌", "└", "╭", "╰", "│", "❯", "➜"};
  return std::any_of(kSigns.begin(), kSigns.end(),
                     [line](std::string_view sign) { return line.starts_with(sign); });
}

/// Text that a person wrote: a sentence, a heading, a line of a drawing. No part of a table.
bool is_prose(std::string_view line) {
  constexpr std::string_view kOpeners = "-=#*_|/;<`~>";
  constexpr std::string_view kClosers = ".:;,?!";
  line = trim(line);
  if (std::none_of(line.begin(), line.end(),
                   [](char c) { return is_word_letter(c) || is_digit(c); }))
    return true;
  if (kOpeners.find(line.front()) != std::string_view::npos || starts_with_sign(line)) return true;
  if (kClosers.find(line.back()) != std::string_view::npos) return true;
  if (parse_prompt(line)) return true;
  return has_plain_words(line);
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
    name_traces();
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
    const auto is_rest = [this](std::size_t line) {
      return !is_prose(reading_.line(line)) || reading_.is_cut_off(line);
    };
    while (after_table && top < end && (inside || is_rest(top))) name(top++);
    // Where a row that was not read stands above, only the half of one is known for a row.
    const bool below_unread = first > 0 && reading_.mark(first - 1) == Mark::unread;
    if (below_unread && top == first && reading_.is_cut_off(first)) name(top++);
    while (before_table && end > top && !is_prose(reading_.line(end - 1))) name(--end);
  }

  void name(std::size_t i) {
    const std::string_view trace = trace_of_listing(reading_.line(i));
    reading_.unread(i, std::string(trace.empty() ? kNotARow : trace));
  }

  void name_traces() {
    bool below_heading = false;
    for (std::size_t i = 0; i < count_; ++i) {
      if (!is_text(i)) {
        below_heading = false;
        name_rows_behind(i);
        continue;
      }
      const std::string_view line = reading_.line(i);
      const std::string_view trace = trace_of_listing(line);
      if (!below_heading && i + 1 < count_ && is_table(reading_.mark(i + 1)) &&
          is_known_heading(line)) {
        reading_.take(i, Mark::heading);  // quoted: "> Netid State Recv-Q"; its rows were read
      } else if (!trace.empty()) {
        reading_.unread(i, std::string(trace));
      } else if (below_heading || is_known_heading(line)) {
        reading_.unread(i, std::string(below_heading ? kNotARow : kLostTable));
        below_heading = true;
      }
    }
  }

  /// A listing that was collapsed into one line: a reader may have taken all of it as the heading.
  void name_rows_behind(std::size_t i) {
    const Mark mark = reading_.mark(i);
    if ((mark == Mark::heading || mark == Mark::prompt) && has_rows_behind(reading_.line(i))) {
      reading_.complain(i, "rows stand on the line of the heading: give each on a line of its own");
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
