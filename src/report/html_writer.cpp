#include "report/html_writer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.h"
#include "base/text_width.h"
#include "report/table.h"

namespace deadlight::report {
namespace {

constexpr std::size_t kTextCharactersMax = 2000;
constexpr std::size_t kNameCharactersMax = 100;
constexpr std::string_view kInline[] = {"a", "b", "code", "span", "small"};

void put_escaped(std::string& html, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += c;
    }
  }
}

}  // namespace

HtmlWriter::Element HtmlWriter::in(std::string_view tag, Attributes attributes) {
  open(tag, attributes);
  html_ += '>';
  open_.emplace_back(tag);
  return Element(*this);
}

void HtmlWriter::empty(std::string_view tag, Attributes attributes) {
  open(tag, attributes);
  html_ += "/>";
}

void HtmlWriter::element(std::string_view tag, std::string_view text, Attributes attributes) {
  if (text.empty()) return;
  const Element element = in(tag, attributes);
  this->text(text);
}

void HtmlWriter::text(std::string_view text) {
  put_escaped(html_, shortened(text, kTextCharactersMax));
}

std::string HtmlWriter::take() {
  DEADLIGHT_ASSERT(open_.empty());
  return std::move(html_);
}

void HtmlWriter::open(std::string_view tag, Attributes attributes) {
  html_.append("<").append(tag);
  for (const auto& [name, value] : attributes) {
    html_.append(" ").append(name).append("=\"");
    put_escaped(html_, shortened(value, kTextCharactersMax));
    html_ += '"';
  }
}

void HtmlWriter::close() {
  DEADLIGHT_ASSERT(!open_.empty());
  const std::string& tag = open_.back();
  html_.append("</").append(tag).append(">");
  // A line end beside an inline element would be read as a blank.
  if (std::find(std::begin(kInline), std::end(kInline), tag) == std::end(kInline)) html_ += '\n';
  open_.pop_back();
}

std::string shortened(std::string_view text, std::size_t characters_max) {
  std::size_t characters = 0;
  std::string_view rest = text;
  while (!rest.empty() && characters < characters_max) {
    rest.remove_prefix(first_glyph(rest).bytes);
    ++characters;
  }
  if (rest.empty()) return printable(text);
  return fmt::format("{}\u2026 (cut, {} bytes)",
                     printable(text.substr(0, text.size() - rest.size())), text.size());
}

std::string short_name(std::string_view text) { return shortened(text, kNameCharactersMax); }

}  // namespace deadlight::report
