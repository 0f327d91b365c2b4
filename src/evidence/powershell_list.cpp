#include <algorithm>
#include <deque>
#include <utility>

#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/powershell.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kKeysMax = 256;         // of one record
constexpr std::size_t kLinesBackMax = 256;    // from a known key to the record's first one
constexpr std::size_t kWrappedLinesMax = 64;  // of one value

/// "Key : value": PowerShell sets a blank before the colon.
std::optional<KeyValue> property(std::string_view line) {
  auto field = key_value(line);
  if (!field || field->key.find(' ') != std::string_view::npos) return std::nullopt;
  const std::size_t colon =
      static_cast<std::size_t>(field->key.data() - line.data()) + field->key.size();
  if (colon >= line.size() || (line[colon] != ' ' && line[colon] != '\t')) return std::nullopt;
  return field;
}

/// Records of Format-List, from some line on until other text follows.
class List {
 public:
  explicit List(PsFacts& facts, std::size_t line)
      : facts_(facts), hint_(facts.hint_above(line)), line_(line) {}

  /// Takes records until there is one that is not read here. Returns the line behind it: what it
  /// says means something else than its single lines would.
  std::size_t run() {
    Reading& reading = facts_.reading();
    for (; line_ < reading.line_count() && reading.is_free(line_); ++line_) {
      const std::string_view text = reading.line(line_);
      if (trim(text).empty()) {
        // Blanks alone are what is left of a pager's line: the record goes on below.
        if (text.empty() && !end_record()) return line_;
        continue;
      }
      if (const auto field = property(text)) {
        const bool next = keys_.size() == kKeysMax || has_key(field->key);
        if (next && !end_record()) return line_;
        add(*field);
      } else if (!go_on(text)) {
        break;
      }
    }
    end_record();
    return line_;
  }

 private:
  bool has_key(std::string_view key) const {
    return std::any_of(keys_.begin(), keys_.end(),
                       [key](std::string_view known) { return iequals(known, key); });
  }

  void add(const KeyValue& field) {
    if (keys_.empty()) record_.line = line_;
    keys_.push_back(field.key);
    last_ = ps_field(field.key);
    wrapped_ = 0;
    record_.set(last_, field.value);
  }

  /// A value that is wrapped goes on below its beginning.
  bool go_on(std::string_view text) {
    if (keys_.empty() || text.front() != ' ' || ++wrapped_ > kWrappedLinesMax) return false;
    auto& cell = record_.cells[static_cast<std::size_t>(last_)];
    if (last_ == PsField::none || cell.empty()) return true;
    owned_.push_back(join_wrapped(cell, trim(text)));
    cell = owned_.back();
    return true;
  }

  /// False if what was gathered is no record of ours: nothing of it is taken.
  bool end_record() {
    if (keys_.empty()) return true;
    const PsKind kind = PsFacts::kind(record_, hint_);
    if (kind == PsKind::none) return false;
    Reading& reading = facts_.reading();
    reading.found(kPowerShellKind);
    const std::size_t first = record_.line;
    facts_.add(kind, record_, hint_);
    for (std::size_t i = first; i < line_; ++i) {
      if (reading.is_free(i)) reading.take(i, Mark::row);
    }
    record_ = PsRecord();
    keys_.clear();
    owned_.clear();
    return true;
  }

  PsFacts& facts_;
  PsHint hint_;
  std::size_t line_;
  PsRecord record_;
  std::vector<std::string_view> keys_;
  PsField last_ = PsField::none;
  std::size_t wrapped_ = 0;
  std::deque<std::string> owned_;  ///< values put together from several lines
};

}  // namespace

std::size_t read_powershell_list(PsFacts& facts, std::size_t line, std::size_t from) {
  const Reading& reading = facts.reading();
  std::size_t first = line;
  // The first properties of a record may be of no interest here.
  while (first > from && line - first < kLinesBackMax && reading.is_free(first - 1) &&
         property(reading.line(first - 1))) {
    --first;
  }
  while (first <= line) first = List(facts, first).run();
  return first;
}

}  // namespace deadlight::evidence
