#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/snapshot.h"
#include "truth/truth.h"

namespace deadlight::truth {

/// What a printed row says, as a reader should understand it; a field that the format lacks is
/// empty.
using Fact = std::variant<Endpoint, Process, Service>;
std::string fact_text(const Fact& fact);

/// One printed line and the facts that stand on it, by their number in Page::facts.
struct Line {
  std::string text;
  std::vector<std::uint32_t> facts;
  bool is_missed = true;  ///< what is left shows it if this line is lost
};

/// One file while it is printed and damaged. No part of the readers is used here.
struct Page {
  std::vector<Line> lines;
  std::vector<Fact> facts;

  void text(std::string_view line, bool is_missed = true) {
    lines.push_back({std::string(line), {}, is_missed});
  }
  void row(std::string_view line, Fact fact) {
    lines.push_back({std::string(line), {static_cast<std::uint32_t>(facts.size())}});
    facts.push_back(std::move(fact));
  }
  /// One more line of the last fact.
  void more(std::string_view line, bool is_missed = true) {
    lines.push_back({std::string(line), {static_cast<std::uint32_t>(facts.size() - 1)}, is_missed});
  }
};

/// `text` with blanks to `width` letters on the right (or left).
std::string pad(std::string_view text, std::size_t width);
std::string pad_left(std::string_view text, std::size_t width);
std::size_t letters(std::string_view text);
/// At most `count` letters.
std::string cut(std::string_view text, std::size_t count);
/// "0.0.0.0:135", "[::]:135"
std::string socket_of(std::string_view address, std::uint16_t port);
/// The part of `row` that every format names: protocol, addresses, state.
Endpoint fact_of(const TrueSocket& socket);

/// The output of one command of one age of its tool.
struct Format {
  std::string_view id;
  OsRange os;
  void (*print)(const TrueHost& host, Dice& dice, Page& page);
};
std::vector<Format> formats_of(Os os);

}  // namespace deadlight::truth
