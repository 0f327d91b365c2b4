#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "evidence/csv.h"
#include "evidence/powershell.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kRecordLinesMax = 100;
constexpr std::size_t kHeaderLinesMax = 8;
constexpr std::size_t kRecordBytesMax = 65536;  // of one that goes over several lines

/// A record with its cells; one that goes over several lines ends before `end`.
struct CsvRecord {
  std::vector<std::string> cells;
  std::size_t end = 0;
  bool is_open = false;  ///< a quoted cell has no end
};

CsvRecord read_record(const Reading& reading, std::size_t line, char separator) {
  std::string text(reading.line(line));
  std::size_t end = line + 1;
  while (csv_is_open(text, separator) && end < reading.line_count() && reading.is_free(end) &&
         end - line < kRecordLinesMax && text.size() < kRecordBytesMax) {
    text += ' ';  // a line end inside of a cell says nothing
    text += reading.line(end++);
  }
  return {csv_cells(text, separator), end, csv_is_open(text, separator)};
}

/// "#TYPE" above the header; Export-Csv of Windows PowerShell writes it.
bool is_type_line(std::string_view line) { return trim(line).starts_with("#TYPE"); }

bool is_ruler(std::string_view line) {
  return line.starts_with("--") && line.find_first_not_of("-\t ") == std::string_view::npos;
}

class CsvTable {
 public:
  CsvTable(PsFacts& facts, char separator) : facts_(facts), separator_(separator) {}

  /// Returns the line after the header; `line` if it is none.
  std::size_t read_header(std::size_t line) {
    const Reading& reading = facts_.reading();
    std::string text(reading.line(line));
    std::size_t end = line + 1;
    const auto is_cut = [&] {  // by a narrow window
      return csv_is_open(text, separator_) || (separator_ != '\t' && text.back() == separator_);
    };
    while (is_cut() && end - line < kHeaderLinesMax && end < reading.line_count() &&
           reading.is_free(end)) {
      text += reading.line(end++);
    }
    if (csv_is_open(text, separator_)) return line;
    PsRecord probe;
    for (const std::string& name : csv_cells(text, separator_)) {
      fields_.push_back(ps_field(name));
      probe.set(fields_.back(), {});
    }
    hint_ = facts_.hint_above(line);
    if (line > 0 && is_type_line(facts_.reading().line(line - 1))) {
      hint_.read(facts_.reading().line(line - 1));
    }
    return PsFacts::kind(probe, hint_) != PsKind::none ? end : line;
  }

  std::size_t read_rows(std::size_t line) {
    Reading& reading = facts_.reading();
    if (line < reading.line_count() && reading.is_free(line) && is_ruler(reading.line(line))) {
      reading.take(line++, Mark::heading);  // a table whose gaps became tabs
    }
    while (line < reading.line_count() && reading.is_free(line)) {
      const std::string_view text = trim(reading.line(line));
      // A blank line or another table ends this one.
      if (text.empty() || is_type_line(text)) break;
      const CsvRecord row = read_record(reading, line, separator_);
      if (row.cells.size() == 1 && fields_.size() > 1 && text.front() != '"') break;
      read_row(row, line);
      line = row.end;
    }
    return line;
  }

 private:
  void read_row(const CsvRecord& row, std::size_t line) {
    Reading& reading = facts_.reading();
    if (row.is_open) {
      reading.unread(line, "a quoted cell of this record has no end");
    } else if (row.cells.size() != fields_.size()) {
      reading.unread(line, fmt::format("the record has {} cells, but the header has {}",
                                       row.cells.size(), fields_.size()));
    } else {
      PsRecord record;
      record.line = line;
      for (std::size_t i = 0; i < fields_.size(); ++i) record.set(fields_[i], trim(row.cells[i]));
      facts_.add(PsFacts::kind(record, hint_), record, hint_);
    }
    for (std::size_t i = line; i < row.end; ++i) {
      if (reading.is_free(i)) reading.take(i, Mark::row);
    }
  }

  PsFacts& facts_;
  char separator_;
  std::vector<PsField> fields_;
  PsHint hint_;
};

}  // namespace

std::size_t read_powershell_csv(PsFacts& facts, std::size_t line) {
  Reading& reading = facts.reading();
  const char separator = csv_separator(reading.line(line));
  if (separator == '\0') return line;
  CsvTable table(facts, separator);
  const std::size_t rows = table.read_header(line);
  if (rows == line) return line;
  reading.found(kPowerShellKind);
  for (std::size_t i = line; i < rows; ++i) reading.take(i, Mark::heading);
  if (line > 0 && reading.is_free(line - 1) && is_type_line(reading.line(line - 1))) {
    reading.take(line - 1, Mark::heading);
  }
  return table.read_rows(rows);
}

}  // namespace deadlight::evidence
