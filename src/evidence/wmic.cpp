#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "evidence/csv.h"
#include "evidence/prompt.h"
#include "evidence/readers.h"
#include "evidence/tasklist_rows.h"
#include "evidence/wmi_record.h"
#include "evidence/wrapped.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "wmic";
constexpr std::string_view kUnclear =
    "a process or a service: ask for CommandLine or State too to tell them apart";

bool is_name_letter(char c) { return is_letter_or_digit(c) || c == '_'; }

/// The name that `text` begins with: "ProcessId" of "ProcessId=884".
std::string_view leading_name(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_name_letter(text[end])) ++end;
  return text.substr(0, end);
}

/// One row of a table while the others decide what kind of object it is.
struct Pending {
  std::size_t line = 0;
  WmiRecord record;
};

/// "CommandLine=svchost.exe -k netsvcs"
std::optional<KeyValue> list_field(std::string_view line) {
  line = trim(line);
  const std::string_view name = leading_name(line);
  if (name.empty() || name.size() == line.size() || line[name.size()] != '=') return std::nullopt;
  return KeyValue{name, trim(line.substr(name.size() + 1))};
}

class WmicReader {
 public:
  explicit WmicReader(Reading& reading) : reading_(reading) {}

  void run() {
    for (std::size_t i = reading_.next_free(0); i < reading_.line_count();
         i = reading_.next_free(i)) {
      const std::size_t next = read_at(i);
      i = std::max(next, i + 1);
    }
  }

 private:
  /// Reads the listing that begins in this line, and returns the line after it.
  std::size_t read_at(std::size_t index) {
    const std::string_view whole = reading_.line(index);
    const std::string_view line = whole.substr(indent_of(whole));
    if (line.empty() || ((line[0] < 'A' || line[0] > 'Z') && line[0] != '_')) return index;
    const std::string_view name = leading_name(line);
    constexpr std::size_t kNameBytesMin = 4;  // "Name", "Node"
    if (name.size() == line.size() || name.size() < kNameBytesMin) return index;
    const char after = line[name.size()];
    if (after == '=') return is_wmi_property(name) ? read_list(index) : index;
    if (after == ',') return name == "Node" ? read_csv(index) : index;
    if (after != ' ' && after != '\t') return index;
    return is_wmi_property(name) ? read_table(index) : index;
  }

  bool is_blank(std::size_t index) const { return trim(reading_.line(index)).empty(); }

  /// The next line with text from `index` on that is free; line_count() if there is none.
  std::size_t next_text(std::size_t index) const {
    while (index < reading_.line_count() && reading_.is_free(index) && is_blank(index)) ++index;
    return index < reading_.line_count() && reading_.is_free(index) ? index : reading_.line_count();
  }

  // --- Name  ProcessId -----------------------------------------------------------------------

  std::size_t read_table(std::size_t index) {
    const std::string_view heading = reading_.line(index);
    names_ = words(heading);
    for (const std::string_view name : names_) {
      if (!is_wmi_property(name)) return index;
    }
    if (is_get_service()) return index;
    kind_ = wmi_class(names_);
    const std::size_t first = next_text(index + 1);
    if (kind_ == WmiClass::other || first == reading_.line_count()) return index;
    const std::string_view below = trim(reading_.line(first));
    if (below.starts_with("--")) return index;  // a table of PowerShell
    std::optional<Columns> columns = Columns::from_heading(heading);
    if (columns && columns->size() != names_.size()) columns.reset();
    begin_listing(index);
    std::size_t next = index + 1;
    for (std::size_t i = first; i < reading_.line_count(); i = next_text(i + 1)) {
      // wmic ends lines with CR CR LF, which some programs turn into blank lines.
      if (i > next && !pending_.empty() && !is_row(reading_.line(i), columns)) break;
      if (parse_prompt(reading_.line(i)) || trim(reading_.line(i)).starts_with("```")) break;
      read_row(i, columns);
      next = i + 1;
    }
    finish();
    return next;
  }

  /// "Status  Name  DisplayName": a table of PowerShell whose ruler was lost.
  bool is_get_service() const {
    return names_.size() == 3 && iequals(names_[0], "Status") && iequals(names_[1], "Name") &&
           iequals(names_[2], "DisplayName");
  }

  /// True if the line is a row beyond doubt: its process id or state is one.
  bool is_row(std::string_view line, const std::optional<Columns>& columns) const {
    const std::optional<WmiRecord> record = cut(line, columns);
    if (!record) return false;
    const std::string_view pid = wmi_value(*record, "ProcessId");
    const std::string_view state = wmi_value(*record, "State");
    return number<std::uint32_t>(pid).has_value() || iequals(state, "Running") ||
           iequals(state, "Stopped");
  }

  void read_row(std::size_t index, const std::optional<Columns>& columns) {
    const std::optional<WmiRecord> record = cut(reading_.line(index), columns);
    if (!record) {
      reading_.unread(index, "the columns of this row do not stand below the heading of wmic");
      return;
    }
    constexpr std::array<std::string_view, 3> kNeverEmpty = {"ProcessId", "StartMode", "State"};
    const KeyValue& last = record->back();
    const bool is_cut = last.value.empty() && std::any_of(kNeverEmpty.begin(), kNeverEmpty.end(),
                                                          [&last](std::string_view name) {
                                                            return iequals(name, last.key);
                                                          });
    if (is_cut) {
      reading_.unread(index, fmt::format("the row ends before its {}; was it cut off?", last.key));
      return;
    }
    add_pending(index, *record);
  }

  std::optional<WmiRecord> cut(std::string_view line, const std::optional<Columns>& columns) const {
    WmiRecord record;
    if (columns) {
      for (std::size_t i = 0; i < names_.size(); ++i) {
        const std::string_view cell = columns->cell(line, i);
        // A word over the border: the blanks were collapsed, or the row is of something else.
        if (cell != columns->cell(line, i, true)) return cut_words(line);
        record.push_back({names_[i], cell});
      }
      return record;
    }
    return cut_words(line);
  }

  /// The only column with free text apart from the name; that of the name if there is none. The
  /// number of columns if there are several.
  std::size_t text_column() const {
    std::size_t column = names_.size();
    std::size_t name = names_.size();
    std::size_t texts = 0;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (!is_wmi_text(names_[i])) continue;
      if (iequals(names_[i], "Name")) {
        name = i;
      } else {
        column = i;
        ++texts;
      }
    }
    return texts == 0 ? name : (texts == 1 ? column : names_.size());
  }

  /// Columns whose blanks were collapsed. A service's name and its title cannot be told apart then.
  std::optional<WmiRecord> cut_words(std::string_view line) const {
    const std::size_t text = text_column();
    if (text < names_.size() && !iequals(names_[text], "Name") && kind_ != WmiClass::process) {
      return std::nullopt;
    }
    return join_parts(words(line));
  }

  /// One part for each column, all that are too many for the one with free text. It may also be
  /// empty. A program's name must look like one then.
  std::optional<WmiRecord> join_parts(const std::vector<std::string_view>& parts) const {
    const std::size_t text = text_column();
    if (text == names_.size() || parts.size() + 1 < names_.size()) return std::nullopt;
    const std::size_t text_parts = parts.size() + 1 - names_.size();
    WmiRecord record;
    std::size_t part = 0;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const std::size_t count = i == text ? text_parts : 1;
      std::string_view value;
      if (count > 0) {
        const std::string_view last = parts[part + count - 1];
        value = trim({parts[part].data(),
                      static_cast<std::size_t>(last.data() + last.size() - parts[part].data())});
      }
      part += count;
      record.push_back({names_[i], value});
    }
    const bool named = iequals(names_[text], "Name") || kind_ == WmiClass::service ||
                       is_image_name(wmi_value(record, "Name"));
    return named ? std::optional(std::move(record)) : std::nullopt;
  }

  // --- /format:csv ---------------------------------------------------------------------------

  std::size_t read_csv(std::size_t index) {
    names_ = split(trim(reading_.line(index)), ',');
    for (std::string_view& name : names_) {
      name = trim(name);
      if (!is_wmi_property(name)) return index;
    }
    kind_ = wmi_class(names_);
    if (kind_ == WmiClass::other) return index;
    begin_listing(index);
    std::size_t next = index + 1;
    node_ = {};
    for (std::size_t i = next_text(next); i < reading_.line_count(); i = next_text(next)) {
      const std::string_view line = trim(reading_.line(i));
      if (is_cut_node(i)) {
        reading_.unread(i, "the text ends in this row");
        next = i + 1;
        break;
      }
      if (line.find(',') == std::string_view::npos || line == trim(reading_.line(index))) break;
      if (parse_prompt(line)) break;
      if (node_.empty()) node_ = line.substr(0, line.find(',') + 1);
      next = i + 1;
      while (is_rest_of_row(next)) ++next;
      read_csv_rows(i, next);
    }
    finish();
    return next;
  }

  /// Each row begins with the host's name; what a window cut off does not.
  bool is_rest_of_row(std::size_t index) const {
    return index < reading_.line_count() && reading_.is_free(index) &&
           may_be_wrapped(reading_, index - 1) && !trim(reading_.line(index)).starts_with(node_) &&
           !is_cut_node(index);
  }

  /// True for the beginning of the host's name, where the text ends.
  bool is_cut_node(std::size_t index) const {
    return reading_.is_cut_off(index) && node_.starts_with(trim(reading_.line(index)));
  }

  void read_csv_rows(std::size_t first, std::size_t end) {
    if (end == first + 1) return read_csv_row(first, trim(reading_.line(first)));
    std::optional<std::string> whole = unwrapped(reading_, first, end - 1);
    if (!whole) return refuse_wrapped(reading_, first, end - 1);
    for (std::size_t i = first; i < end; ++i) reading_.take(i, Mark::row);
    read_csv_row(first, trim(joined_.emplace_back(std::move(*whole))));
  }

  /// wmic quotes no commas. They can be told apart if one value only may hold them.
  void read_csv_row(std::size_t index, std::string_view line) {
    if (kind_ != WmiClass::unclear) cells_.clear();
    const std::vector<std::string>& cells = cells_.emplace_back(csv_cells(line, ','));
    if (cells.size() == names_.size()) {
      WmiRecord record;
      for (std::size_t i = 0; i < names_.size(); ++i) record.push_back({names_[i], cells[i]});
      return add_pending(index, record);
    }
    const std::vector<std::string_view> parts = split(line, ',');
    const std::optional<WmiRecord> record =
        parts.size() > names_.size() ? join_parts(parts) : std::nullopt;
    if (record) return add_pending(index, *record);
    reading_.unread(index, fmt::format("{} values for {} properties; list it again with "
                                       "/format:list",
                                       parts.size(), names_.size()));
  }

  // --- /format:list --------------------------------------------------------------------------

  /// Blocks of "Key=Value". A key that comes again begins the next object: blank lines may be lost,
  /// or stand between all lines.
  std::size_t read_list(std::size_t index) {
    std::size_t next = index;
    std::size_t i = index;
    while (i < reading_.line_count()) {
      WmiRecord record;
      std::vector<std::size_t> lines;
      for (; i < reading_.line_count(); i = next_text(i + 1)) {
        const std::optional<KeyValue> field = list_field(reading_.line(i));
        if (!field || !is_wmi_property(field->key) || has_key(record, field->key)) break;
        record.push_back(*field);
        lines.push_back(i);
      }
      if (lines.empty()) break;
      next = lines.back() + 1;
      add_block(record, lines);
    }
    return next;
  }

  static bool has_key(const WmiRecord& record, std::string_view key) {
    return std::any_of(record.begin(), record.end(),
                       [&](const KeyValue& field) { return iequals(field.key, key); });
  }

  /// Takes the lines if they are an object of wmic; other tools print "Key=Value" too.
  void add_block(const WmiRecord& record, const std::vector<std::size_t>& lines) {
    std::vector<std::string_view> names;
    for (const KeyValue& field : record) {
      names.push_back(field.key);
    }
    WmiClass kind = wmi_class(names);
    if (kind == WmiClass::unclear && is_image_name(wmi_value(record, "Name"))) {
      kind = WmiClass::process;
    }
    if (kind == WmiClass::other) return;
    reading_.found(kKind);
    std::string reason(kUnclear);
    if (kind != WmiClass::unclear) {
      Sources sources;
      for (const std::size_t line : lines) sources.append(reading_.source(line));
      reason = add_wmi_record(reading_, kind, record, std::move(sources));
    }
    for (const std::size_t line : lines) reading_.take(line, Mark::row);
    if (!reason.empty()) reading_.unread(lines.front(), std::move(reason));
  }

  // --- rows of one listing -------------------------------------------------------------------

  void begin_listing(std::size_t heading) {
    reading_.found(kKind);
    reading_.take(heading, Mark::heading);
    pending_.clear();
    cells_.clear();
  }

  void add_pending(std::size_t index, const WmiRecord& record) {
    if (kind_ == WmiClass::unclear) {
      reading_.take(index, Mark::row);
      pending_.push_back({index, record});
      return;
    }
    add(index, record);
    pending_.resize(1);  // only that there was one matters
  }

  void add(std::size_t index, const WmiRecord& record) {
    std::string reason = add_wmi_record(reading_, kind_, record, reading_.source(index));
    reading_.take(index, Mark::row);
    if (!reason.empty()) reading_.unread(index, std::move(reason));
  }

  /// Programs have an extension; services that do not run share the process id 0.
  void finish() {
    if (kind_ != WmiClass::unclear) return;
    std::size_t stopped = 0;
    bool images = false;
    for (const Pending& row : pending_) {
      images = images || is_image_name(wmi_value(row.record, "Name")) ||
               is_image_name(wmi_value(row.record, "Caption"));
      stopped += wmi_value(row.record, "ProcessId") == "0" ? 1 : 0;
    }
    if (images) kind_ = WmiClass::process;
    if (!images && stopped > 1) kind_ = WmiClass::service;
    for (const Pending& row : pending_) {
      if (kind_ == WmiClass::unclear) {
        reading_.unread(row.line, std::string(kUnclear));
      } else {
        add(row.line, row.record);
      }
    }
  }

  Reading& reading_;
  std::vector<std::string_view> names_;
  WmiClass kind_ = WmiClass::other;
  std::string_view node_;                       ///< "HOST," of each row
  std::deque<std::string> joined_;              ///< rows that stood on several lines
  std::deque<std::vector<std::string>> cells_;  ///< what records of CSV refer to
  std::vector<Pending> pending_;
};

}  // namespace

void read_wmic(Reading& reading) { WmicReader(reading).run(); }

}  // namespace deadlight::evidence
