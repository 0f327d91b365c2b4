#include "knowledge/toml_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

// toml++ 3.3 asserts, and with NDEBUG assumes, that "[[" is followed by a key; text such as
// "[[[1]]]" breaks that although the next lines of the parser report it properly (toml++ pull
// request 301). Without assertions and assumptions those lines are reached.
#undef NDEBUG
#define TOML_ASSERT(condition) static_assert(true)
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#define TOML_MAX_NESTED_VALUES 16
#include <toml++/toml.h>

namespace deadlight::knowledge {
namespace {

constexpr int kDepthMax = 16;

struct Objection {
  std::size_t at;
  Errc code;
  std::string_view reason;
};

/// Finds what toml++ 3.3 must not see, by walking over keys, strings and comments:
/// - Keys with very many dots. It bounds the depth of values but not that of keys, and frees its
///   tables recursively: 100,000 dots would overflow the stack.
/// - Characters outside ASCII where it looks for blanks. It runs into "unreachable" code for most
///   of them. But for the last of the messages below, all of that is wrong TOML anyway.
class Screen {
 public:
  explicit Screen(std::string_view toml) : toml_(toml) {
    if (toml_.starts_with("\xef\xbb\xbf")) at_ = 3;
  }

  std::optional<Objection> run() {
    while (at_ < toml_.size() && !found_) {
      const char c = toml_[at_];
      if (c == '"' || c == '\'') {
        begin_string(c);
      } else if (c == '#') {
        at_ = std::min(toml_.find('\n', at_), toml_.size());
      } else {
        look_at(c);
        ++at_;
      }
    }
    return found_;
  }

 private:
  void look_at(char c) {
    if (!is_ascii(c)) {
      object(Errc::malformed, "a character outside ASCII stands outside quotes; quote the text");
    }
    if (c == '.' && ++dots_ > kDepthMax) object(Errc::limit, "a key has more than 16 dots");
    if (std::string_view("\n=,{[]").find(c) != std::string_view::npos) dots_ = 0;
    if (c != ' ' && c != '\t' && c != '\r') before_ = c;
  }

  // toml++ looks on for the end of a number, into a string that stands right behind it.
  void begin_string(char quote) {
    if (std::string_view("\n=,{[.").find(before_) == std::string_view::npos) {
      object(Errc::malformed, "a quote stands where no text can begin");
    }
    before_ = quote;
    skip_string(quote);
  }

  // `at_` is on the opening quote. A string of one line ends with its line at the latest, so that
  // what follows an unclosed one is still looked at.
  void skip_string(char quote) {
    const bool multi_line = quotes(quote) >= 3;
    at_ += multi_line ? 3 : 1;
    while (at_ < toml_.size() && !found_) {
      const char c = toml_[at_];
      if (c == '\n' && !multi_line) return;
      if (c == '\\' && quote == '"') {
        skip_escape(multi_line);
      } else if (c != quote) {
        ++at_;
      } else if (!multi_line) {
        ++at_;
        return;
      } else if (const std::size_t count = quotes(quote); count >= 3) {
        at_ += std::min<std::size_t>(count, 5);  // up to two quotes belong to the text
        return;
      } else {
        at_ += count;
      }
    }
  }

  void skip_escape(bool multi_line) {
    const std::size_t next = multi_line ? toml_.find_first_not_of(" \t\r\n", at_ + 1) : at_ + 1;
    if (next < toml_.size() && !is_ascii(toml_[next])) {
      object(Errc::malformed,
             next == at_ + 1 ? "a backslash stands before a character outside ASCII; write two"
                             : "a line after '\\' begins with a character outside ASCII; let it "
                               "begin with another word");
    }
    at_ += 2;
  }

  std::size_t quotes(char quote) const {
    const std::size_t end = toml_.find_first_not_of(quote, at_);
    return (end == std::string_view::npos ? toml_.size() : end) - at_;
  }

  static bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

  void object(Errc code, std::string_view reason) { found_ = Objection{at_, code, reason}; }

  std::string_view toml_;
  std::size_t at_ = 0;
  int dots_ = 0;
  char before_ = '\n';  ///< the last character outside strings and comments that is no blank
  std::optional<Objection> found_;
};

std::ptrdiff_t line_at(std::string_view text, std::size_t at) {
  return 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
}

TomlValue::Kind kind_of(const toml::node& node) {
  if (node.is_string()) return TomlValue::Kind::text;
  if (node.is_integer()) return TomlValue::Kind::integer;
  if (node.is_boolean()) return TomlValue::Kind::boolean;
  if (node.is_array()) return TomlValue::Kind::list;
  if (node.is_table()) return TomlValue::Kind::table;
  return TomlValue::Kind::other;
}

TomlValue convert(const toml::node& node) {
  TomlValue value;
  value.kind = kind_of(node);
  value.line = node.source().begin.line;
  if (const auto* text = node.as_string()) value.text = text->get();
  if (const auto* integer = node.as_integer()) value.integer = integer->get();
  if (const auto* boolean = node.as_boolean()) value.boolean = boolean->get();
  if (const auto* list = node.as_array()) {
    for (const toml::node& item : *list) value.items.push_back(convert(item));
  }
  if (const auto* table = node.as_table()) {
    for (const auto& [key, member] : *table) {
      value.members.push_back({std::string(key.str()), key.source().begin.line, convert(member)});
    }
    std::stable_sort(value.members.begin(), value.members.end(),
                     [](const TomlMember& a, const TomlMember& b) { return a.line < b.line; });
  }
  return value;
}

}  // namespace

std::string_view kind_title(TomlValue::Kind kind) {
  switch (kind) {
    case TomlValue::Kind::text:
      return "a text";
    case TomlValue::Kind::integer:
      return "a whole number";
    case TomlValue::Kind::boolean:
      return "true or false";
    case TomlValue::Kind::list:
      return "a list";
    case TomlValue::Kind::table:
      return "a table";
    case TomlValue::Kind::other:
      break;
  }
  return "a fraction or a date";
}

std::string one_line(std::string message) {
  for (char& c : message) {
    if ((c >= '\0' && c < ' ') || c == '\x7f') c = '?';
  }
  return message;
}

Result<TomlValue> parse_toml(std::string_view toml, std::string_view name) {
  if (const auto objection = Screen(toml).run()) {
    return fail(objection->code,
                fmt::format("{}:{}: {}", name, line_at(toml, objection->at), objection->reason));
  }
  const toml::parse_result parsed = toml::parse(toml);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return fail(Errc::malformed,
                one_line(fmt::format("{}:{}: no valid TOML: {}", name, error.source().begin.line,
                                     error.description())));
  }
  return convert(parsed.table());
}

}  // namespace deadlight::knowledge
