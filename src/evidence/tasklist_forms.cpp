#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/csv.h"
#include "evidence/tasklist_rows.h"
#include "evidence/wrapped.h"

/// The forms of tasklist that are no tables: `/fo csv` and `/fo list`.
namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "tasklist";
constexpr std::string_view kPid = "PID";
constexpr std::size_t kServicesCells = 3;
constexpr std::size_t kPackageCells = 4;  // /apps
constexpr std::size_t kPlainCells = 5;
constexpr std::size_t kVerboseCells = 9;

bool is_cell_count(std::size_t count) {
  return count == kServicesCells || count == kPackageCells || count == kPlainCells ||
         count == kVerboseCells;
}

/// Only "PID" is the same in nearly all languages.
bool is_csv_heading(const std::vector<std::string>& cells) {
  return is_cell_count(cells.size()) &&
         (iequals(cells[1], "PID") || iequals(cells[0], "Image Name"));
}

std::optional<std::uint32_t> csv_pid(const std::vector<std::string>& cells) {
  if (!is_cell_count(cells.size()) || cells[0].empty()) return std::nullopt;
  return number<std::uint32_t>(cells[1]);
}

/// A row without heading must look like one beyond doubt: CSV is the form of many tools.
bool is_headless_csv(const std::vector<std::string>& cells) {
  if (!csv_pid(cells) || !is_image_name(cells[0])) return false;
  if (cells.size() == kServicesCells) return true;
  constexpr std::size_t kMemory = 4;
  // "Services 0 24 K", as the table has it
  return cells.size() >= kPlainCells && ends_with_memory("x " + cells[kMemory]);
}

/// The key and the value of "PID:          888"; in a table of Markdown a bar parts them.
std::optional<KeyValue> list_field(std::string_view line) {
  std::optional<KeyValue> field = key_value(line);
  if (!field || line.find("::") != std::string_view::npos) return std::nullopt;
  if (field->value.starts_with('|')) field->value = trim(field->value.substr(1));
  return field;
}

/// Reads `tasklist /fo list`. Keys are translated; their order is not.
class ListReader {
 public:
  explicit ListReader(Reading& reading) : reading_(reading), rows_(reading) {}

  std::size_t run(std::size_t pid_line) {
    std::size_t end = pid_line;
    while (const std::optional<std::size_t> next = read_process(pid_line)) {
      // A blank line, the image name, then the process id.
      std::size_t at = behind_blanks(end = *next);
      for (; is_stray(at); at = behind_blanks(end)) {
        reading_.unread(at, "the line of the image name or of the process id is missing");
        end = at + 1;
      }
      pid_line = pid_below(at);
    }
    rows_.finish(is_services_ ? TaskColumn::services : TaskColumn::other);
    return end;
  }

 private:
  bool is_free(std::size_t index) const {
    return index < reading_.line_count() && reading_.is_free(index);
  }

  std::string_view text(std::size_t index) const { return trim(reading_.line(index)); }
  std::size_t indent(std::size_t index) const { return indent_of(reading_.line(index)); }

  std::size_t behind_blanks(std::size_t index) const {
    constexpr std::size_t kBlanksMax = 3;
    std::size_t at = index;
    while (at < index + kBlanksMax && is_blank(at)) ++at;
    return at;
  }

  bool is_blank(std::size_t index) const {
    return index < reading_.line_count() && text(index).empty();
  }

  /// True if the line says what the one before says.
  bool is_extra(std::size_t index) const {
    return index > 0 && is_free(index) && !is_blank(index) &&
           reading_.line(index) == reading_.line(index - 1);
  }

  bool names_program(std::size_t index) const {
    const std::optional<KeyValue> field = list_field(text(index));
    return field && is_image_name(field->value);
  }

  /// Where the process id stands below the line of an image name.
  std::size_t pid_below(std::size_t image_line) const {
    std::size_t at = image_line + 1;
    while (is_extra(at)) ++at;
    if (is_blank(at) && names_program(image_line)) ++at;  // a page of more ended here
    return at;
  }

  /// True for a line that may stand in the block of a process.
  bool is_part(std::size_t index) const {
    if (index >= reading_.line_count() || text(index).starts_with("```")) return false;
    return reading_.is_free(index) && !is_blank(index);
  }

  /// Returns the line after the process; nullopt if there is none.
  std::optional<std::size_t> read_process(std::size_t pid_line) {
    std::size_t above = pid_line;
    if (above > 1 && is_blank(above - 1) && names_program(above - 2)) --above;
    if (above == 0 || !is_free(pid_line) || !is_free(above - 1)) return std::nullopt;
    const std::optional<KeyValue> pid = list_field(text(pid_line));
    const std::optional<KeyValue> image = list_field(text(above - 1));
    if (!pid || !image || pid->key != kPid || image->value.empty()) {
      return std::nullopt;
    }
    // Other tools indent the process id below a heading.
    if (indent(pid_line) != indent(above - 1)) return std::nullopt;
    // The services of the process before stand there where the line of this name was lost.
    if (!image_key_.empty() && image->key != image_key_) return std::nullopt;
    image_key_ = image->key;
    indent_ = indent(pid_line);
    const auto value = number<std::uint32_t>(pid->value);
    if (!value) return std::nullopt;
    reading_.found(kKind);
    rows_.begin(above - 1, image->value, *value, {});
    for (std::size_t i = above; i <= pid_line; ++i) rows_.go_on(i, {});
    return read_fields(pid_line + 1);
  }

  /// "Services:     Dhcp", and the lines below with one service each; or five and more fields.
  std::size_t read_fields(std::size_t index) {
    // A page of more ended behind the process id.
    if (is_blank(index) && is_part(index + 1) && is_field(index + 1) &&
        !begins_process(index + 1)) {
      ++index;
    }
    std::size_t end = index;
    std::set<std::string_view> keys = {kPid, image_key_};
    for (; is_part(end); ++end) {
      if (is_extra(end) || !is_field(end)) continue;
      const std::string_view key = list_field(text(end))->key;
      if (!keys.insert(key).second) break;  // of another process
      keys_.insert(key);
    }
    std::size_t fields = 0;
    for (std::size_t i = index; i < end; ++i) fields += is_field(i) && !is_extra(i) ? 1 : 0;
    is_services_ = is_services_ || fields == 1;
    for (; index < end; ++index) {
      const std::string_view line = text(index);
      if (is_extra(index)) {
        rows_.go_on(index, {});
        continue;
      }
      const std::optional<KeyValue> field = is_field(index) ? list_field(line) : std::nullopt;
      if (fields == 1 && !field && indent(index) <= indent_ &&
          may_be_wrapped(reading_, index - 1)) {
        rows_.join(index);
        continue;
      }
      rows_.go_on(index, fields != 1 ? "" : (field ? field->value : trim(line)));
    }
    return end;
  }

  /// What stands before each line, like a comment sign, was made blanks: fields begin where the
  /// process id does.
  bool is_field(std::size_t index) const {
    return indent(index) == indent_ && list_field(text(index)).has_value();
  }

  /// Blank lines between the processes may be lost.
  bool begins_process(std::size_t index) const {
    const std::optional<KeyValue> image = list_field(text(index));
    return image && image->key == image_key_ && is_pid(pid_below(index));
  }

  bool is_pid(std::size_t index) const {
    return is_free(index) && list_field(text(index)).value_or(KeyValue{}).key == kPid;
  }

  /// True for a field of a process whose name or id is missing.
  bool is_stray(std::size_t index) const {
    if (!is_part(index) || !is_field(index) || begins_process(index)) return false;
    const std::string_view key = list_field(text(index))->key;
    return key == kPid || key == image_key_ || keys_.contains(key);
  }

  Reading& reading_;
  TaskRows rows_;
  bool is_services_ = false;
  std::string_view image_key_;       ///< "Image Name" in the listing's language
  std::set<std::string_view> keys_;  ///< of the other fields
  std::size_t indent_ = 0;           ///< of the fields
};

}  // namespace

bool starts_tasklist_csv(std::string_view line) {
  constexpr std::size_t kNameBytesMax = 300;
  const std::size_t end = line.substr(0, kNameBytesMax).find("\",\"");
  if (end == std::string_view::npos || end + 3 >= line.size()) return false;
  const char c = line[end + 3];
  return is_digit(c) || c == 'P' || istarts_with(line, "\"Image Name\"");
}

std::size_t read_tasklist_csv(Reading& reading, std::size_t first) {
  constexpr char kComma = ',';
  std::vector<std::string> cells = csv_cells(reading.line(first), kComma);
  const bool has_heading = is_csv_heading(cells);
  if (!has_heading && !is_headless_csv(cells)) return first;
  const std::size_t cell_count = cells.size();
  reading.found(kKind);
  TaskRows rows(reading);
  std::size_t index = first;
  if (has_heading) reading.take(index++, Mark::heading);
  for (std::size_t end = index; index < reading.line_count(); index = end) {
    end = index + 1;
    const std::string_view line = trim(reading.line(index));
    if (!reading.is_free(index)) break;
    if (line.empty() || line.front() != '"') break;
    const WrappedRow whole = gather_row(reading, index, starts_tasklist_csv);
    end = whole.end;
    if (!whole.text) {
      refuse_wrapped(reading, index, end - 1);
      continue;
    }
    cells = csv_cells(trim(*whole.text), kComma);
    const auto pid = csv_pid(cells);
    if (is_csv_heading(cells)) {
      end = index;
      break;
    }
    if (!pid || cells.size() != cell_count) {
      reading.unread(index, "no process name and id in the row of tasklist");
      continue;
    }
    for (std::size_t i = index; i < end; ++i) reading.take(i, Mark::row);
    rows.begin(index, cells[0], *pid, cell_count == kServicesCells ? cells[2] : "");
  }
  rows.finish(cell_count == kServicesCells ? TaskColumn::services : TaskColumn::other);
  return index;
}

std::size_t read_tasklist_list(Reading& reading, std::size_t pid_line) {
  const std::size_t end = ListReader(reading).run(pid_line);
  return std::max(end, pid_line);
}

}  // namespace deadlight::evidence
