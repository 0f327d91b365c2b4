#include "truth/damage_rows.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/text_width.h"

namespace deadlight::truth {
namespace {

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    // "10.0.0.1" also begins "10.0.0.12".
    const std::size_t end = at + what.size();
    const bool whole = end == text.size() || text[end] < '0' || text[end] > '9';
    if (whole) text.replace(at, what.size(), with);
    at += whole ? with.size() : 1;
  }
}

std::string masked(const std::string& address, std::uint32_t way) {
  const auto second = address.find('.', address.find('.') + 1);
  const std::array<std::string, 5> ways = {"x.x.x.x", address.substr(0, second) + ".x.x",
                                           address.substr(0, second) + ".*.*", "xxx.xxx.xxx.xxx",
                                           address.substr(0, address.rfind('.')) + ".xxx"};
  return ways[way];
}

bool is_hidden(const Address& address) {
  return address.ip && !address.ip->v6 && !address.ip->is_any() && !address.ip->is_loopback();
}

/// At most `width` columns of a terminal.
std::string cut_columns(std::string_view text, std::uint32_t width) {
  int left = static_cast<int>(width);
  std::size_t end = 0;
  for (Glyph glyph = first_glyph(text); glyph.bytes > 0; glyph = first_glyph(text.substr(end))) {
    left -= glyph.columns;
    if (left < 0) break;
    end += glyph.bytes;
  }
  return std::string(text.substr(0, end));
}

}  // namespace

void on_one_line(Sheet& sheet, const TrueHost&, Dice& dice) {
  const std::string between = dice.one_in(2) ? " " : "  ";
  Line all;
  for (const Line& line : sheet.page.lines) {
    if (line.text.empty()) continue;
    all.text += (all.text.empty() ? "" : between) + line.text;
    all.facts.insert(all.facts.end(), line.facts.begin(), line.facts.end());
  }
  sheet.page.lines = {std::move(all)};
}

/// A window of fewer columns, whose lines were copied one by one.
void wrapped_rows(Sheet& sheet, const TrueHost&, Dice& dice) {
  const std::uint32_t width = dice.one_in(2) ? 80 : dice.between(56, 79);
  std::vector<Line> lines;
  for (Line& line : sheet.page.lines) {
    while (columns_in(line.text) > static_cast<int>(width)) {
      const std::string head = cut_columns(line.text, width);
      line.text.erase(0, head.size());
      lines.push_back({head, line.facts});
    }
    lines.push_back(std::move(line));
  }
  sheet.page.lines = std::move(lines);
}

/// Rows lose their blanks; what stands below a row is no row.
void glued_rows(Sheet& sheet, const TrueHost&, Dice&) {
  std::vector<std::uint32_t> last;
  for (Line& line : sheet.page.lines) {
    if (!line.facts.empty() && line.facts != last) std::erase(line.text, ' ');
    last = line.facts;
  }
}

/// The end is missing. The last word that is left is whole or no last column: that a number lost
/// its last digits at the very end of a text is beyond everybody's knowledge.
void cut_off_tail(Sheet& sheet, const TrueHost&, Dice& dice) {
  std::vector<Line>& lines = sheet.page.lines;
  if (lines.empty()) return;
  const auto keep = static_cast<std::size_t>(dice.between(
      static_cast<std::uint32_t>(lines.size() / 2), static_cast<std::uint32_t>(lines.size() - 1)));
  // A row that stands on several lines is whole or not there.
  std::set<std::uint32_t> gone;
  for (std::size_t i = keep + 1; i < lines.size(); ++i) {
    gone.insert(lines[i].facts.begin(), lines[i].facts.end());
  }
  lines.resize(keep + 1);
  for (Line& line : lines) {
    std::erase_if(line.facts, [&gone](std::uint32_t fact) { return gone.contains(fact); });
  }
  std::string& last = lines.back().text;
  const auto words_end = last.find_last_not_of(' ');
  const auto last_word = words_end == std::string::npos ? 0 : last.find_last_of(' ', words_end) + 1;
  last = cut(last, dice.below(last.size() + 1));
  if (last.size() > last_word) last.resize(last_word);
  if (last.find_first_not_of(' ') == std::string::npos) lines.back().facts.clear();
  sheet.cut_off = true;
}

void masked_addresses(Sheet& sheet, const TrueHost&, Dice& dice) {
  const std::uint32_t way = dice.below(5);
  for (Line& line : sheet.page.lines) {
    for (const std::uint32_t index : line.facts) {
      auto* fact = std::get_if<Endpoint>(&sheet.page.facts[index]);
      if (fact == nullptr) continue;
      for (Address* address : {&fact->local, fact->remote ? &*fact->remote : nullptr}) {
        if (address == nullptr || !is_hidden(*address)) continue;
        const std::string hidden = masked(address->text(), way);
        replace_all(line.text, address->text(), hidden);
        *address = make_address(hidden);
      }
    }
  }
}

/// The only line of a service: whether one that is not listed runs is beyond everybody's knowledge.
bool is_whole_service(const Sheet& sheet, std::size_t line) {
  const std::vector<Line>& lines = sheet.page.lines;
  const auto holds = [](const Line& other, std::uint32_t fact) {
    return std::find(other.facts.begin(), other.facts.end(), fact) != other.facts.end();
  };
  return std::any_of(lines[line].facts.begin(), lines[line].facts.end(), [&](std::uint32_t fact) {
    if (!std::holds_alternative<Service>(sheet.page.facts[fact])) return false;
    return std::count_if(lines.begin(), lines.end(),
                         [&](const Line& other) { return holds(other, fact); }) == 1;
  });
}

/// The end of one row and the beginning of the next may look like one row together: where a row
/// has lost a line, those beside it are whole.
void lost_lines(Sheet& sheet, const TrueHost&, Dice& dice) {
  std::vector<Line>& lines = sheet.page.lines;
  const std::uint32_t count = dice.between(1, 3);
  std::set<std::uint32_t> beside;
  for (std::uint32_t i = 0; i < count && lines.size() > 1; ++i) {
    const std::uint32_t lost = dice.below(lines.size());
    const std::vector<std::uint32_t> facts = lines[lost].facts;
    const auto is_beside = [&beside](std::uint32_t fact) { return beside.contains(fact); };
    if (!lines[lost].is_missed || std::any_of(facts.begin(), facts.end(), is_beside)) continue;
    if (is_whole_service(sheet, lost)) continue;
    lines.erase(lines.begin() + lost);
    for (const std::uint32_t fact : facts) beside.insert({fact - 1, fact + 1});
    // The rest of a row or block says less than it did; what is left of it is no whole fact.
    for (Line& line : lines) {
      std::erase_if(line.facts, [&facts](std::uint32_t fact) {
        return std::find(facts.begin(), facts.end(), fact) != facts.end();
      });
    }
  }
}

void doubled_lines(Sheet& sheet, const TrueHost&, Dice& dice) {
  const std::uint32_t count = dice.between(1, 3);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t twice = dice.below(sheet.page.lines.size());
    const Line copy = sheet.page.lines[twice];
    sheet.page.lines.insert(sheet.page.lines.begin() + twice, copy);
  }
}

void paged(Sheet& sheet, const TrueHost&, Dice& dice) {
  const std::uint32_t height = dice.between(10, 25);
  std::vector<Line> lines;
  for (std::size_t i = 0; i < sheet.page.lines.size(); ++i) {
    if (i > 0 && i % height == 0) lines.push_back({"-- More  --", {}});
    lines.push_back(std::move(sheet.page.lines[i]));
  }
  sheet.page.lines = std::move(lines);
}

}  // namespace deadlight::truth
