#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "knowledge/names.h"
#include "knowledge/overlay.h"
#include "knowledge/places.h"
#include "knowledge/toml_document.h"

namespace deadlight::knowledge {

/// Where texts go and problems are told, for one file.
struct TomlFile {
  std::string name;
  Overlay& overlay;
  std::vector<std::string>& problems;
  Places& places;

  void problem(std::uint32_t line, std::string_view message) const;
};

/// Reads one table key by key. Whatever is wrong becomes a problem and yields an empty value, so
/// that one run names everything. finish() then names the keys that nobody asked for.
class TableReader {
 public:
  /// `path` as in "[[feature.opens]]" without brackets; empty for the top of a file.
  TableReader(const TomlValue& table, std::string path, const TomlFile& file)
      : table_(table), path_(std::move(path)), file_(file) {}

  /// Reports each of `keys` that is absent. True if all are there.
  bool require(std::initializer_list<std::string_view> keys);

  Text line(std::string_view key);   ///< one line of text
  Text prose(std::string_view key);  ///< line breaks become blanks
  Text raw(std::string_view key);    ///< as it stands
  bool flag(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key);
  List<Text> lines(std::string_view key);
  OsRange os(std::string_view key, OsRange fallback = {});

  template <class Enum>
  Enum choice(std::string_view key, Names<Enum> names, Enum fallback) {
    const Text id = line(key);
    if (id.empty()) return fallback;
    std::string known;
    for (const Name<Enum>& name : names) {
      if (name.id == id) return name.value;
      known.append(known.empty() ? "" : ", ").append(name.id);
    }
    bad_value(key, id, "one of " + known);
    return fallback;
  }

  /// How the row is known, and from where.
  template <class Row>
  void basis(Row& row) {
    row.certainty = choice<Certainty>("certainty", kCertainties, Certainty::inferred);
    row.sources = lines("sources");
  }

  /// Calls `read(TableReader&)` for each table of [[key]] and keeps what it returns.
  template <class Row, class Read>
  List<Row> tables(std::string_view key, Read read) {
    std::vector<Row> rows;
    for (const TomlValue* table : tables_of(key)) {
      TableReader reader(*table, path_of(key), file_);
      rows.push_back(read(reader));
      reader.finish();
    }
    return file_.overlay.keep(std::move(rows));
  }

  /// The tables of [[key]]; anything else there is a problem.
  std::vector<const TomlValue*> tables_of(std::string_view key);
  void finish();

  /// "'x' is no …": `expected` says what would be right.
  void bad_value(std::string_view key, std::string_view value, std::string_view expected);
  bool has(std::string_view key) const { return find(key) != nullptr; }
  bool is_text(std::string_view key) const;
  std::uint32_t line_of(std::string_view key) const;
  std::uint32_t line_number() const { return table_.line; }
  const TomlFile& file() const { return file_; }

 private:
  const TomlMember* find(std::string_view key) const;
  const TomlValue* take(std::string_view key, TomlValue::Kind kind);
  bool text_is_sound(std::string_view key, const TomlValue& value, bool one_line) const;
  std::string where() const;
  std::string path_of(std::string_view key) const;

  const TomlValue& table_;
  std::string path_;
  const TomlFile& file_;
  std::vector<std::string_view> known_;
};

}  // namespace deadlight::knowledge
