#include <algorithm>
#include <deque>
#include <utility>

#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/netstat_row.h"
#include "evidence/powershell.h"
#include "evidence/word_columns.h"
#include "evidence/wrapped.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kBlankLinesMax = 2;  // inside of a table, as some forums print it
constexpr int kMissesMax = 3;              // rows after each other that are none: the table is over
constexpr std::size_t kLookAtMax = 4096;   // bytes of a row that is none
constexpr std::size_t kSampleRowsMax = 50;  // looked at to see whether blanks were collapsed

bool is_blank_line(std::string_view line) { return trim(line).empty(); }

bool is_number_cell(std::string_view word) {
  return !word.empty() && word.find_first_not_of("0123456789.,-") == std::string_view::npos;
}

bool is_port(std::string_view word) { return number<std::uint16_t>(word).has_value(); }
bool is_id(std::string_view word) { return number<std::uint32_t>(word).has_value(); }
bool is_ip(std::string_view word) { return parse_ip(word).has_value(); }
bool is_state(std::string_view word) { return ps_tcp_state(word).has_value(); }
bool is_service_state(std::string_view word) { return ps_service_state(word).has_value(); }
bool is_start(std::string_view word) { return ps_start_type(word).has_value(); }
bool is_protocol(std::string_view word) { return netstat_protocol(word).has_value(); }

/// What words of a row may stand in a column, so that a row can be read without its positions.
WordColumn rules_for(PsField field, PsKind kind, std::string_view heading) {
  switch (field) {
    case PsField::local_address:
    case PsField::remote_address:
      return {is_ip, false, false};
    case PsField::local_port:
    case PsField::remote_port:
      return {is_port, false, false};
    case PsField::protocol:
      return {is_protocol, false, false};
    case PsField::state:
      return {kind == PsKind::endpoint ? is_state : is_service_state, false, false};
    case PsField::status:
      if (kind == PsKind::service) return {is_service_state, false, false};
      return {{}, true, true};
    case PsField::owner_id:
    case PsField::id:
      return {is_id, false, false};
    case PsField::start:
      return {is_start, false, false};
    case PsField::name:
      return {{}, false, kind == PsKind::process};
    case PsField::process_name:
      return {{}, kind != PsKind::process, true};
    case PsField::process_mark:
      // A process that has used no processor time has an empty cell.
      return {is_number_cell, icontains(heading, "CPU"), false};
    default:
      return {{}, true, true};
  }
}

/// A table below its heading.
class Table {
 public:
  using Row = std::vector<std::string_view>;

  Table(PsFacts& facts, std::optional<Columns> columns)
      : facts_(facts), columns_(std::move(columns)) {}

  /// False if the heading names no records that are read.
  bool read_heading(std::size_t line) {
    const std::string_view heading = facts_.reading().line(line);
    return read_names(columns_ ? by_position(heading) : by_gaps(heading), line);
  }

  /// A narrow window breaks a name: "OwningPr", and "ocess" in line `rest` below it.
  bool read_broken_heading(std::size_t rest) {
    Row names = by_position(facts_.reading().line(rest - 1));
    const Row ends = by_position(facts_.reading().line(rest));
    for (std::size_t column = 0; column < names.size(); ++column) {
      if (ends[column].empty()) continue;
      if (ends[column].find(' ') != std::string_view::npos) return false;
      names_.push_back(std::string(names[column]) + std::string(ends[column]));
      names[column] = names_.back();
    }
    is_wrapped_ = true;
    return read_names(names, rest - 1);
  }

  PsKind kind() const { return kind_; }
  bool is_row(std::size_t line) const {
    const auto cells = parse(facts_.reading().line(line));
    return cells && is_plausible(*cells);
  }

  /// Returns the line behind the table.
  std::size_t read_rows(std::size_t line) {
    while (columns_ && line < facts_.reading().line_count() && facts_.reading().is_free(line) &&
           Columns::from_ruler(facts_.reading().line(line), 2)) {
      facts_.reading().take(line++, Mark::heading);  // the ruler stands there twice
    }
    collapsed_ = columns_ && columns_->may_be_collapsed() && has_no_padding(line);
    std::size_t end = line;
    while (misses_ < kMissesMax) {
      const std::size_t next = next_row(line);
      if (next >= facts_.reading().line_count() || ends_at(next)) break;
      if (next > line && !is_row(next)) break;
      if (is_cut_by_window(next)) {
        flush();
        refuse_wrapped(facts_.reading(), next, next + 1);
        misses_ = 0;
        end = line = next + 2;
        continue;
      }
      read_row(next);
      line = next + 1;
      if (misses_ == 0) end = line;
    }
    flush();
    return end;
  }

 private:
  bool read_names(const Row& names, std::size_t line) {
    const std::string_view heading = facts_.reading().line(line);
    PsRecord probe;
    fields_.clear();
    rules_.clear();
    for (const std::string_view name : names) {
      fields_.push_back(ps_field(name));
      probe.set(fields_.back(), {});
    }
    hint_ = facts_.hint_above(line);
    if (is_udp_view(heading)) hint_.udp = true;
    kind_ = PsFacts::kind(probe, hint_);
    for (std::size_t column = 0; column < names.size(); ++column) {
      rules_.push_back(rules_for(fields_[column], kind_, names[column]));
    }
    return kind_ != PsKind::none;
  }

  /// Get-NetUDPEndpoint's own view is no wider than this, and says nowhere that it is UDP.
  bool is_udp_view(std::string_view heading) const {
    constexpr std::string_view kView = "LocalAddress                             LocalPort";
    return trim(heading) == kView;
  }

  bool has_no_padding(std::size_t line) const {
    const Reading& reading = facts_.reading();
    for (std::size_t i = line; i < reading.line_count() && i < line + kSampleRowsMax; ++i) {
      const std::string_view row = trim(reading.line(i));
      if (row.empty() || !reading.is_free(i)) break;
      if (row.find("  ") != std::string_view::npos) return false;
    }
    return true;
  }

  /// True if the end of a row stands in the next line, from its first column.
  bool is_cut_by_window(std::size_t line) const {
    const Reading& reading = facts_.reading();
    const std::string_view text = reading.line(line);
    // The blank between two words of a name may be the last letter that fits.
    const bool padded = text.ends_with("  ") || (text.ends_with(' ') && !rules_.back().many_words);
    if (padded || !may_be_wrapped(reading, line) || !is_row(line)) return false;
    const std::string_view below = reading.line(line + 1);
    // What begins another row, a tag, a fence or a page's end.
    const std::string_view other = is_wrapped_ || kind_ == PsKind::process ? "`[<|" : " \t`[<|";
    return reading.is_free(line + 1) && other.find(below.front()) == std::string_view::npos &&
           !below.starts_with("--") && letters_in(below) * 2 < letters_in(text) &&
           !is_row(line + 1);
  }

  /// The next line that is not blank; past the end if too many are.
  std::size_t next_row(std::size_t line) const {
    const Reading& reading = facts_.reading();
    std::size_t next = line;
    while (next < reading.line_count() && is_blank_line(reading.line(next))) {
      if (next++ - line == kBlankLinesMax) return reading.line_count();
    }
    return next;
  }

  /// True if the line belongs to another reader, or is the heading of another table.
  bool ends_at(std::size_t line) const {
    const Reading& reading = facts_.reading();
    if (!reading.is_free(line)) return true;
    if (line + 1 >= reading.line_count()) return false;
    const std::string_view below = reading.line(line + 1);
    return trim(below).starts_with("--") && Columns::from_ruler(below, 2).has_value();
  }

  std::optional<Row> parse(std::string_view line) const {
    if (!columns_) {
      Row row = by_gaps(line);
      return row.size() == fields_.size() ? std::move(row) : share_words(line, rules_);
    }
    const bool aligned = columns_->aligned(line);
    if (aligned && !collapsed_) {
      Row row = by_position(line);
      if (kind_ != PsKind::endpoint || is_plausible(row)) return row;
      auto shared = share_words(line, rules_);  // a short row may stand in the first column alone
      return shared ? std::move(*shared) : std::move(row);
    }
    // Gaps that were only made smaller still tell where a name of several words ends.
    Row gaps = kind_ == PsKind::service ? by_gaps(line) : Row();
    if (gaps.size() == fields_.size() && line.find("  ") != line.npos && is_plausible(gaps)) {
      return gaps;
    }
    if (repeats_its_begin(line)) return std::nullopt;
    auto shared = share_words(line, rules_);
    if (shared || !aligned) return shared;
    return by_position(line);
  }

  Row by_position(std::string_view line) const {
    Row row;
    for (std::size_t column = 0; column < columns_->size(); ++column) {
      row.push_back(columns_->cell(line, column, true));
    }
    return row;
  }

  /// Cells that two blanks set apart, as a table of HTML comes here; else words.
  static Row by_gaps(std::string_view line) {
    constexpr std::string_view kGap = "  ";
    line = trim(line.substr(0, kLookAtMax));
    if (line.find(kGap) == std::string_view::npos) return words(line);
    Row row;
    for (std::size_t end = 0; end != std::string_view::npos;) {
      end = line.find(kGap);
      row.push_back(trim(line.substr(0, end)));
      if (end != std::string_view::npos) line.remove_prefix(end + kGap.size());
    }
    return row;
  }

  /// "Net Driver X Net Driver X", "RACK Agent 3 Agent of the rack": a key name of several words, of
  /// which the display name has some again. Where it ends, collapsed blanks do not tell.
  bool repeats_its_begin(std::string_view line) const {
    if (kind_ != PsKind::service) return false;
    const std::vector<std::string_view> all = words(line.substr(0, kLookAtMax));
    constexpr std::size_t kBehindName = 2;  // status, and the name's first word
    for (std::size_t i = kBehindName; i < all.size(); ++i) {
      if (std::find(all.begin() + kBehindName, all.begin() + static_cast<std::ptrdiff_t>(i),
                    all[i]) != all.begin() + static_cast<std::ptrdiff_t>(i)) {
        return true;
      }
    }
    for (std::size_t first = 0; first < std::min(fields_.size(), all.size()); ++first) {
      for (std::size_t count = 2; first + 2 * count <= all.size(); ++count) {
        if (std::equal(all.begin() + static_cast<std::ptrdiff_t>(first),
                       all.begin() + static_cast<std::ptrdiff_t>(first + count),
                       all.begin() + static_cast<std::ptrdiff_t>(first + count))) {
          return true;
        }
      }
    }
    return false;
  }

  bool is_plausible(const Row& row) const {
    for (std::size_t column = 0; column < row.size(); ++column) {
      const WordColumn& rules = rules_[column];
      if (row[column].empty() ? !rules.may_be_empty && rules.fits != nullptr
                              : rules.fits != nullptr && !rules.fits(row[column])) {
        return false;
      }
    }
    return true;
  }

  void read_row(std::size_t line) {
    const std::string_view text = facts_.reading().line(line);
    auto row = parse(text);
    if (row && goes_on(*row)) return continue_row(line, *row);
    flush();
    misses_ = row ? 0 : misses_ + 1;
    if (!row) return name_damaged(line);
    row_ = std::move(*row);
    line_ = line;
    open_ = true;
  }

  /// True if a row is only more text of the row before: -Wrap prints so. A cell that is one word
  /// goes on only if its first part fills the column, else the row is another, damaged one.
  bool goes_on(const Row& row) const {
    bool text = false;
    if (!columns_) return false;
    for (std::size_t column = 0; open_ && column < row.size(); ++column) {
      const WordColumn& rules = rules_[column];
      if (row[column].empty()) continue;
      const bool is_number = rules.fits != nullptr && rules.fits != is_ip;
      const bool full =
          letters_in(row_[column]) >= columns_->width(column) && columns_->width(column) > 0;
      if (is_number || row_[column].empty() || (!rules.many_words && !full)) return false;
      text = true;
    }
    return text && has_numbers();
  }

  /// Other text is left to those who look at what stands in and around tables.
  void name_damaged(std::size_t line) {
    if (repeats_its_begin(facts_.reading().line(line))) {
      facts_.reading().unread(line,
                              "where the service's name ends cannot be told; keep the blanks");
    }
    std::size_t values = 0;
    for (const std::string_view word : words(facts_.reading().line(line).substr(0, kLookAtMax))) {
      values += is_cut(word) ? 2 : is_number_cell(word) || is_ip(word) ? 1 : 0;
    }
    if (values < 2 || !facts_.reading().is_free(line)) return;
    facts_.reading().unread(line, "a row whose cells do not fit the heading; was one cut off?");
  }

  bool has_numbers() const {
    return std::any_of(rules_.begin(), rules_.end(), [](const WordColumn& rules) {
      return rules.fits != nullptr && !rules.may_be_empty;
    });
  }

  void continue_row(std::size_t line, const Row& row) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      if (row[column].empty()) continue;
      const bool one_word = !rules_[column].many_words;
      owned_.push_back(one_word ? std::string(row_[column]) + std::string(row[column])
                                : join_wrapped(row_[column], row[column]));
      row_[column] = owned_.back();
    }
    facts_.reading().take(line, Mark::row);
  }

  void flush() {
    if (!open_) return;
    open_ = false;
    PsRecord record;
    record.line = line_;
    for (std::size_t column = 0; column < row_.size(); ++column) {
      record.set(fields_[column], row_[column]);
    }
    if (is_cut_off()) {
      facts_.reading().unread(line_, "the row is not complete; was the text cut off?");
    } else if (facts_.add(kind_, record, hint_)) {
      facts_.reading().take(line_, Mark::row);
    }
    owned_.clear();
  }

  /// The text ends in this row before the columns that tell TCP from UDP, or before its last one.
  bool is_cut_off() const {
    // A connection always has a state: what stands before it may be cut off.
    if (kind_ == PsKind::endpoint && lacks(PsField::state) && has(PsField::remote_port))
      return true;
    const bool whole = kind_ == PsKind::process || !facts_.reading().is_cut_off(line_);
    if (whole) return false;
    if (row_.back().empty()) return true;
    return kind_ == PsKind::endpoint && lacks(PsField::state);
  }

  /// True if the row has something in this column.
  bool has(PsField field) const {
    const auto at = std::find(fields_.begin(), fields_.end(), field);
    return at != fields_.end() && !row_[static_cast<std::size_t>(at - fields_.begin())].empty();
  }
  /// True if it has nothing in a column that the table has.
  bool lacks(PsField field) const {
    return std::find(fields_.begin(), fields_.end(), field) != fields_.end() && !has(field);
  }

  PsFacts& facts_;
  std::optional<Columns> columns_;  ///< by the ruler; none if that was lost
  std::vector<PsField> fields_;
  std::vector<WordColumn> rules_;
  PsHint hint_;
  PsKind kind_ = PsKind::none;
  bool collapsed_ = false;
  bool is_wrapped_ = false;  ///< the window broke the heading, so it breaks rows as well
  int misses_ = 0;
  Row row_;
  std::size_t line_ = 0;
  bool open_ = false;
  std::deque<std::string> owned_;  ///< cells put together from several lines
  std::deque<std::string> names_;  ///< of columns, put together from two lines
};

}  // namespace

std::size_t read_powershell_table(PsFacts& facts, std::size_t line) {
  Reading& reading = facts.reading();
  const auto columns = Columns::from_ruler(reading.line(line), 2);
  if (!columns || line == 0 || !reading.is_free(line - 1)) return line;
  Table table(facts, columns);
  if (!table.read_heading(line - 1)) {
    if (line < 2 || !reading.is_free(line - 2) || !table.read_broken_heading(line - 1)) return line;
    reading.take(line - 2, Mark::heading);
  }
  reading.found(kPowerShellKind);
  reading.take(line - 1, Mark::heading);
  reading.take(line, Mark::heading);
  return std::max(table.read_rows(line + 1), line + 1);
}

std::size_t read_powershell_bare_table(PsFacts& facts, std::size_t line) {
  Reading& reading = facts.reading();
  if (!icontains(reading.line(line).substr(0, kLookAtMax), "port")) return line;
  Table table(facts, std::nullopt);
  if (!table.read_heading(line) || table.kind() != PsKind::endpoint) return line;
  std::size_t first = line + 1;
  if (first >= reading.line_count()) return line;
  if (const auto ruler = Columns::from_ruler(reading.line(first), 2)) {
    // Its turn comes with the ruler, unless that is only what Markdown draws: "|---|---|".
    if (Table(facts, ruler).read_heading(line)) return line;
    ++first;
  }
  if (first >= reading.line_count() || !reading.is_free(first) || !table.is_row(first)) return line;
  reading.found(kPowerShellKind);
  for (std::size_t i = line; i < first; ++i) reading.take(i, Mark::heading);
  return std::max(table.read_rows(first), first);
}

}  // namespace deadlight::evidence
