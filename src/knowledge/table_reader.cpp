#include "knowledge/table_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"

namespace deadlight::knowledge {
namespace {

// What every C++ compiler takes as one string literal; no fact needs as much.
constexpr std::size_t kTextBytesMax = 65535;

bool is_control(char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; }

std::string without_line_breaks(std::string_view text) {
  std::string result;
  for (const std::string_view line : split(trim(text), '\n')) {
    if (!result.empty()) result += ' ';
    result += trim(line);
  }
  return result;
}

}  // namespace

void TomlFile::problem(std::uint32_t line, std::string_view message) const {
  problems.push_back(one_line(fmt::format("{}:{}: {}", name, line, message)));
}

const TomlMember* TableReader::find(std::string_view key) const {
  const auto at = std::find_if(table_.members.begin(), table_.members.end(),
                               [key](const TomlMember& member) { return member.key == key; });
  return at == table_.members.end() ? nullptr : &*at;
}

bool TableReader::is_text(std::string_view key) const {
  const TomlMember* member = find(key);
  return member != nullptr && member->value.kind == TomlValue::Kind::text;
}

std::uint32_t TableReader::line_of(std::string_view key) const {
  const TomlMember* member = find(key);
  return member != nullptr ? member->line : table_.line;
}

std::string TableReader::where() const {
  return path_.empty() ? "the top of the file" : fmt::format("[[{}]]", path_);
}

std::string TableReader::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

bool TableReader::require(std::initializer_list<std::string_view> keys) {
  bool all = true;
  for (const std::string_view key : keys) {
    if (has(key)) continue;
    file_.problem(table_.line, fmt::format("{} has no '{}'; add it", where(), key));
    all = false;
  }
  return all;
}

const TomlValue* TableReader::take(std::string_view key, TomlValue::Kind kind) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  const TomlMember* member = find(key);
  if (member == nullptr) return nullptr;
  if (member->value.kind == kind) return &member->value;
  file_.problem(member->line, fmt::format("'{}' in {} is {}; it must be {}", key, where(),
                                          kind_title(member->value.kind), kind_title(kind)));
  return nullptr;
}

bool TableReader::text_is_sound(std::string_view key, const TomlValue& value, bool one_line) const {
  const std::string_view text = value.text;
  std::string_view fault;
  if (text.size() > kTextBytesMax) fault = "is longer than 65,535 bytes";
  for (const char c : text) {
    if (c == '\n' && one_line) fault = "has a line break; write it on one line";
    if (is_control(c) && c != '\n' && c != '\t') fault = "has a control character; leave it out";
  }
  if (fault.empty()) return true;
  file_.problem(value.line, fmt::format("'{}' in {} {}", key, where(), fault));
  return false;
}

Text TableReader::line(std::string_view key) {
  const TomlValue* value = take(key, TomlValue::Kind::text);
  if (value == nullptr || !text_is_sound(key, *value, true)) return {};
  return file_.overlay.keep(std::string(trim(value->text)));
}

Text TableReader::prose(std::string_view key) {
  const TomlValue* value = take(key, TomlValue::Kind::text);
  if (value == nullptr || !text_is_sound(key, *value, false)) return {};
  return file_.overlay.keep(without_line_breaks(value->text));
}

Text TableReader::raw(std::string_view key) {
  const TomlValue* value = take(key, TomlValue::Kind::text);
  if (value == nullptr || !text_is_sound(key, *value, false)) return {};
  return file_.overlay.keep(value->text);
}

bool TableReader::flag(std::string_view key) {
  const TomlValue* value = take(key, TomlValue::Kind::boolean);
  return value != nullptr && value->boolean;
}

std::optional<std::int64_t> TableReader::integer(std::string_view key) {
  const TomlValue* value = take(key, TomlValue::Kind::integer);
  return value != nullptr ? std::optional(value->integer) : std::nullopt;
}

List<Text> TableReader::lines(std::string_view key) {
  const TomlValue* value = take(key, TomlValue::Kind::list);
  if (value == nullptr) return {};
  std::vector<Text> texts;
  for (const TomlValue& item : value->items) {
    if (item.kind != TomlValue::Kind::text || trim(item.text).empty()) {
      file_.problem(
          item.line,
          fmt::format("'{}' in {} is a list of texts; {} stands in it", key, where(),
                      item.kind == TomlValue::Kind::text ? "an empty one" : kind_title(item.kind)));
    } else if (text_is_sound(key, item, true)) {
      texts.push_back(file_.overlay.keep(std::string(trim(item.text))));
    }
  }
  return file_.overlay.keep(std::move(texts));
}

OsRange TableReader::os(std::string_view key, OsRange fallback) {
  const Text text = line(key);
  if (text.empty()) return fallback;
  if (const auto range = parse_os_range(text)) return *range;
  bad_value(key, text, "an OS range such as win2000-winxp, vista-, windows or linux");
  return fallback;
}

std::vector<const TomlValue*> TableReader::tables_of(std::string_view key) {
  std::vector<const TomlValue*> tables;
  if (const TomlMember* member = find(key);
      member != nullptr && member->value.kind == TomlValue::Kind::table) {
    take(key, TomlValue::Kind::table);
    file_.problem(member->line, fmt::format("write [[{0}]] for [{0}]", path_of(key)));
    return tables;
  }
  const TomlValue* list = take(key, TomlValue::Kind::list);
  if (list == nullptr) return tables;
  for (const TomlValue& item : list->items) {
    if (item.kind == TomlValue::Kind::table) {
      tables.push_back(&item);
    } else {
      file_.problem(item.line, fmt::format("'{}' in {} is a list of tables; {} stands in it", key,
                                           where(), kind_title(item.kind)));
    }
  }
  return tables;
}

void TableReader::bad_value(std::string_view key, std::string_view value,
                            std::string_view expected) {
  file_.problem(line_of(key),
                fmt::format("'{}' in {} is '{}'; it must be {}", key, where(), value, expected));
}

void TableReader::finish() {
  for (const TomlMember& member : table_.members) {
    if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) continue;
    file_.problem(member.line, fmt::format("unknown key '{}' in {}; known are {}", member.key,
                                           where(), fmt::join(known_, ", ")));
  }
}

}  // namespace deadlight::knowledge
