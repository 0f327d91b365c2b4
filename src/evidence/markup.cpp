#include "evidence/markup.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>

#include "base/ascii.h"
#include "base/text.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kTagBytesMax = 2048;  // with its attributes
constexpr std::size_t kNameBytesMax = 12;

enum class Effect : std::uint8_t { none, line, cell, hide };

struct Tag {
  std::string_view name;
  Effect effect;
};

constexpr std::array<Tag, 60> kHtmlTags = {
    {{"br", Effect::line},         {"p", Effect::line},       {"div", Effect::line},
     {"tr", Effect::line},         {"li", Effect::line},      {"ul", Effect::line},
     {"ol", Effect::line},         {"pre", Effect::line},     {"table", Effect::line},
     {"blockquote", Effect::line}, {"hr", Effect::line},      {"h1", Effect::line},
     {"h2", Effect::line},         {"h3", Effect::line},      {"h4", Effect::line},
     {"h5", Effect::line},         {"h6", Effect::line},      {"dl", Effect::line},
     {"dt", Effect::line},         {"dd", Effect::line},      {"title", Effect::line},
     {"caption", Effect::line},    {"section", Effect::line}, {"article", Effect::line},
     {"td", Effect::cell},         {"th", Effect::cell},      {"script", Effect::hide},
     {"style", Effect::hide},      {"html", Effect::none},    {"head", Effect::none},
     {"body", Effect::none},       {"meta", Effect::none},    {"link", Effect::none},
     {"span", Effect::none},       {"font", Effect::none},    {"b", Effect::none},
     {"i", Effect::none},          {"u", Effect::none},       {"s", Effect::none},
     {"strong", Effect::none},     {"em", Effect::none},      {"code", Effect::none},
     {"tt", Effect::none},         {"kbd", Effect::none},     {"samp", Effect::none},
     {"small", Effect::none},      {"big", Effect::none},     {"sub", Effect::none},
     {"sup", Effect::none},        {"a", Effect::none},       {"img", Effect::none},
     {"tbody", Effect::none},      {"thead", Effect::none},   {"tfoot", Effect::none},
     {"colgroup", Effect::none},   {"col", Effect::none},     {"center", Effect::none},
     {"nobr", Effect::none},       {"wbr", Effect::none},     {"mark", Effect::none}}};

constexpr std::array<Tag, 22> kBoardTags = {
    {{"code", Effect::line},    {"quote", Effect::line}, {"pre", Effect::line},
     {"br", Effect::line},      {"table", Effect::line}, {"tr", Effect::line},
     {"td", Effect::cell},      {"th", Effect::cell},    {"list", Effect::line},
     {"spoiler", Effect::line}, {"hide", Effect::line},  {"noparse", Effect::line},
     {"b", Effect::none},       {"i", Effect::none},     {"u", Effect::none},
     {"s", Effect::none},       {"color", Effect::none}, {"size", Effect::none},
     {"font", Effect::none},    {"tt", Effect::none},    {"indent", Effect::none},
     {"center", Effect::none}}};

struct Entity {
  std::string_view name;
  std::string_view text;
};
constexpr std::array<Entity, 8> kEntities = {{{"nbsp", " "},
                                              {"lt", "<"},
                                              {"gt", ">"},
                                              {"amp", "&"},
                                              {"quot", "\""},
                                              {"apos", "'"},
                                              {"copy", "©"},
                                              {"hellip", "…"}}};

/// A tag at the start of `text`; `bytes` is 0 if there is none that is known.
struct FoundTag {
  std::size_t bytes = 0;
  Tag tag{};
  bool closing = false;
};

template <std::size_t N>
FoundTag find_tag(std::string_view text, char end, const std::array<Tag, N>& tags) {
  FoundTag found;
  std::size_t at = 1;
  if (at < text.size() && text[at] == '/') {
    found.closing = true;
    ++at;
  }
  const std::size_t name_begin = at;
  while (at < text.size() && is_letter_or_digit(text[at]) && at - name_begin <= kNameBytesMax) ++at;
  if (at == name_begin || at == text.size()) return {};
  const char after = text[at];
  if (after != end && after != ' ' && after != '/' && after != '=' && after != '\n' &&
      after != '\r' && after != '\t') {
    return {};
  }
  const std::string_view name = text.substr(name_begin, at - name_begin);
  const auto* known = std::find_if(tags.begin(), tags.end(),
                                   [name](const Tag& tag) { return iequals(tag.name, name); });
  if (known == tags.end()) return {};
  const std::size_t close = text.substr(0, kTagBytesMax).find(end, at);
  if (close == std::string_view::npos) return {};
  found.bytes = close + 1;
  found.tag = *known;
  return found;
}

FoundTag tag_at(std::string_view text) {
  if (text.starts_with("[*]")) return {3, {"*", Effect::line}, false};
  return text.front() == '<' ? find_tag(text, '>', kHtmlTags) : find_tag(text, ']', kBoardTags);
}

class Remover {
 public:
  explicit Remover(std::string_view text) : text_(text) { out_.reserve(text.size()); }

  std::string run() {
    while (!text_.empty()) {
      const std::size_t plain = std::min(text_.find_first_of("<[&\n"), text_.size());
      put(text_.substr(0, plain));
      text_.remove_prefix(plain);
      if (text_.empty()) break;
      if (text_.front() == '\n') {
        take_line_end();
      } else if (text_.front() == '&') {
        take_entity();
      } else {
        take_tag();
      }
    }
    end_row();
    return std::move(out_);
  }

 private:
  void put(std::string_view text) {
    if (text.empty()) return;
    if (text.find_first_not_of(" \t\r") != std::string_view::npos) after_cell_ = false;
    if (due_ && text.find_first_not_of(" \t\r") == std::string_view::npos) return;
    if (due_ && !out_.empty() && out_.back() != '\n') out_ += kSoftBreak;
    due_ = false;
    out_ += text;
  }

  // Cells of a table mostly stand on lines of their own: the ends of these lines come behind the
  // row, so that it is one line and those below it keep their numbers.
  void take_line_end() {
    if (in_row_ && (after_cell_ || cell_follows())) {
      ++held_;
    } else {
      end_row();
      due_ = false;  // the input's own line end will do
      out_ += '\n';
    }
    text_.remove_prefix(1);
  }

  /// True if nothing but blanks stands before the next tag of a row or cell.
  bool cell_follows() const {
    constexpr std::size_t kBlanksMax = 1024;
    const std::size_t at = text_.substr(0, kBlanksMax).find_first_not_of(" \t\r\n");
    if (at == std::string_view::npos || (text_[at] != '<' && text_[at] != '[')) return false;
    const FoundTag found = tag_at(text_.substr(at));
    return found.bytes > 0 && (found.tag.effect == Effect::cell || iequals(found.tag.name, "tr"));
  }

  void end_row() {
    out_.append(held_, '\n');
    held_ = 0;
    in_row_ = false;
  }

  void take_one() {
    put(text_.substr(0, 1));
    text_.remove_prefix(1);
  }

  void take_tag() {
    const FoundTag found = tag_at(text_);
    if (found.bytes == 0 && text_.starts_with("<!--")) return take_comment();
    if (found.bytes == 0) return take_one();
    keep_line_ends(text_.substr(0, found.bytes));
    text_.remove_prefix(found.bytes);
    const bool row = iequals(found.tag.name, "tr");
    if (row || iequals(found.tag.name, "table")) end_row();
    in_row_ = in_row_ || (row && !found.closing);
    after_cell_ = row || found.tag.effect == Effect::cell;
    if (found.tag.effect == Effect::line) due_ = true;
    if (found.tag.effect == Effect::cell && !found.closing && !due_) out_ += "  ";
    if (found.tag.effect == Effect::hide && !found.closing) hide_until(found.tag.name);
  }

  void take_comment() {
    const std::size_t end = last_comment_ ? std::string_view::npos : text_.find("-->");
    last_comment_ = end == std::string_view::npos;
    if (last_comment_) return take_one();
    keep_line_ends(text_.substr(0, end));
    text_.remove_prefix(end + 3);
  }

  /// A script or a style sheet: nothing of it is shown.
  void hide_until(std::string_view name) {
    if (never_ends_.contains(name)) return;
    for (std::size_t at = text_.find("</"); at != std::string_view::npos;
         at = text_.find("</", at + 2)) {
      if (!istarts_with(text_.substr(at + 2), name)) continue;
      keep_line_ends(text_.substr(0, at));
      text_.remove_prefix(at);
      return;
    }
    never_ends_.insert(name);
  }

  /// Line numbers must stay those of the input.
  void keep_line_ends(std::string_view hidden) {
    out_.append(static_cast<std::size_t>(std::count(hidden.begin(), hidden.end(), '\n')), '\n');
  }

  void take_entity() {
    constexpr std::size_t kEntityBytesMax = 8;
    const std::size_t end = text_.substr(0, kEntityBytesMax + 2).find(';');
    if (end == std::string_view::npos) return take_one();
    const std::string_view name = text_.substr(1, end - 1);
    for (const Entity& entity : kEntities) {
      if (entity.name != name) continue;
      put(entity.text);
      text_.remove_prefix(end + 1);
      return;
    }
    if (!name.starts_with('#')) return take_one();
    const auto code = number<unsigned>(name.substr(1));
    if (!code || (*code != 160 && (*code < ' ' || *code > '~'))) return take_one();
    const char letter = *code == 160 ? ' ' : static_cast<char>(*code);
    put({&letter, 1});
    text_.remove_prefix(end + 1);
  }

  std::string_view text_;
  std::string out_;
  bool in_row_ = false;        ///< between <tr> and </tr>, no text with line ends in between
  bool after_cell_ = false;    ///< nothing but blanks since a tag of a row or cell
  std::size_t held_ = 0;       ///< line ends inside the row
  bool last_comment_ = false;  ///< no comment ends behind here
  std::set<std::string_view> never_ends_;  ///< names of tags, likewise
  bool due_ = false;                       ///< a line ends here if more text follows on it
};

bool has_tag(std::string_view text, char open) {
  // A listing has thousands of "[::]"; a page has its first tag early, or a closing one somewhere.
  constexpr std::size_t kTriesMax = 4096;
  std::size_t at = text.find(open);
  for (std::size_t tries = 0; at != std::string_view::npos && tries < kTriesMax; ++tries) {
    if (tag_at(text.substr(at)).bytes > 0) return true;
    at = text.find(open, at + 1);
  }
  return false;
}

}  // namespace

bool has_markup(std::string_view text) {
  const bool tags =
      has_tag(text, '<') || has_tag(text, '[') || text.find("&nbsp;") != std::string_view::npos;
  // nmap's XML has names in common with HTML, but is read as what it is.
  return tags && text.find("<nmaprun") == std::string_view::npos;
}

std::string without_markup(std::string_view text) { return Remover(text).run(); }

bool is_pipe_row(std::string_view line) {
  constexpr int kBordersMin = 3;
  line = trim(line);
  if (line.size() > 2 && line.front() == '|' && line.back() == '|') return true;
  int borders = 0;
  for (std::size_t at = line.find('|'); at != std::string_view::npos; at = line.find('|', at + 1)) {
    const bool starts = at == 0;
    const bool ends = at + 1 == line.size();
    const bool apart = !starts && !ends && line[at - 1] == ' ' && line[at + 1] == ' ';
    borders += starts || ends || apart ? 1 : 0;
  }
  return borders >= kBordersMin;
}

}  // namespace deadlight::evidence
