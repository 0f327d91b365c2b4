#include <algorithm>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/netstat_row.h"
#include "evidence/prompt.h"
#include "evidence/readers.h"
#include "evidence/tasklist_rows.h"
#include "evidence/wrapped.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "tasklist";
constexpr std::size_t kWrapIndentMin = 16;  // blanks before services that go on in the next line
constexpr std::size_t kRulerLettersMin = 10;

enum class Form { plain, verbose, services };

/// The first columns of a table, in letters.
struct Layout {
  std::size_t image_begin = 0;
  std::size_t image_end = 0;
  std::size_t pid_begin = 0;
  std::size_t pid_end = 0;
  std::size_t columns = 0;
};

// Where rows stand without a heading (/nh, or cut out with findstr): Windows XP, and since Vista.
constexpr Layout kHeadless[] = {{0, 25, 26, 32, 0}, {0, 25, 26, 34, 0}};

bool is_ruler(std::string_view line) {
  line = trim(line);
  return line.size() >= kRulerLettersMin && line.find_first_not_of("= ") == std::string_view::npos;
}

/// "|---|---:|", of which the bars may be gone already.
bool is_markdown_ruler(std::string_view line) {
  return line.find_first_not_of("-:| ") == std::string_view::npos &&
         line.find('-') != std::string_view::npos;
}

/// "========================= ====== ====": nullopt if the columns cannot be told.
std::optional<Layout> layout_of(std::string_view ruler) {
  Layout layout;
  layout.image_begin = ruler.find('=');
  layout.image_end = ruler.find(' ', layout.image_begin);
  layout.pid_begin = ruler.find('=', layout.image_end);
  layout.pid_end = ruler.find(' ', layout.pid_begin);
  layout.columns = words(ruler).size();
  constexpr std::size_t kImageLettersMin = 10;
  if (layout.columns < 3 || layout.image_end < layout.image_begin + kImageLettersMin) {
    return std::nullopt;
  }
  return layout;
}

/// Byte where letter `index` of `text` begins: columns count letters, a letter may be many bytes.
std::size_t letter_begin(std::string_view text, std::size_t index) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool continues = (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
    if (!continues && index-- == 0) break;
  }
  return at;
}

struct Row {
  std::string_view image;
  std::uint32_t pid = 0;
  std::string_view rest;
};

/// The row as the ruler cuts it. The process id ends where its column ends; if it does not, blanks
/// were collapsed, and another number may stand there.
std::optional<Row> cut_by_columns(std::string_view line, const Layout& layout) {
  const std::size_t image_begin = letter_begin(line, layout.image_begin);
  const std::size_t image_end = letter_begin(line, layout.image_end);
  const std::size_t pid_end = letter_begin(line, layout.pid_end);
  if (image_end >= line.size() || line[image_end] != ' ') return std::nullopt;
  if (pid_end < line.size() && line[pid_end] != ' ') return std::nullopt;
  const std::string_view pid = line.substr(image_end, pid_end - image_end);
  const auto value =
      number<std::uint32_t>(pid.substr(std::min(pid.find_last_of(" \t") + 1, pid.size())));
  const std::string_view image = trim(line.substr(image_begin, image_end - image_begin));
  if (!value || image.empty() || trim(pid).find(' ') != std::string_view::npos) return std::nullopt;
  return Row{image, *value, trim(line.substr(pid_end))};
}

/// True if `rest`, what stands behind the process id, fits the form.
bool fits(std::string_view rest, Form form) {
  if (form == Form::services) return !rest.empty();
  if (form == Form::plain) return ends_with_memory(rest);
  const std::vector<std::string_view> parts = words(rest);
  constexpr std::size_t kMemoryWordsMax = 8;
  for (std::size_t i = 3; i <= std::min(parts.size(), kMemoryWordsMax); ++i) {
    const std::string_view last = parts[i - 1];
    const auto size = static_cast<std::size_t>(last.data() + last.size() - rest.data());
    if (ends_with_memory(rest.substr(0, size))) return true;
  }
  return false;
}

/// The row by its words. A name may hold numbers ("7 Zip.exe"), and so may the rest: a number is
/// the process id if a program's name stands before it, or if no other can be.
std::optional<Row> cut_by_words(std::string_view line, Form form) {
  constexpr std::size_t kNameWordsMax = 8;
  const std::vector<std::string_view> parts = words(line);
  std::optional<Row> only;
  for (std::size_t i = 1; i < std::min(parts.size(), kNameWordsMax); ++i) {
    const auto pid = number<std::uint32_t>(parts[i]);
    const auto rest_begin =
        static_cast<std::size_t>(parts[i].data() + parts[i].size() - line.data());
    const std::string_view rest = trim(line.substr(rest_begin));
    if (!pid || !fits(rest, form)) continue;
    const auto image_end = static_cast<std::size_t>(parts[i].data() - line.data());
    const Row row{trim(line.substr(0, image_end)), *pid, rest};
    if (is_image_name(row.image)) return row;
    if (only) return std::nullopt;
    only = row;
  }
  return only;
}

/// Rows of netstat and sc are no processes, also where no blank line stands between.
bool begins_other_listing(std::string_view line) {
  return starts_netstat_row(line) || istarts_with(line, "Proto ") ||
         istarts_with(line, "Active Connections") || istarts_with(line, "SERVICE_NAME:") ||
         parse_prompt(line).has_value();
}

/// The heading in English: it also leads a table whose ruler is gone or damaged.
bool is_heading(std::string_view line) {
  return istarts_with(line, "Image Name ") && icontains(line, " PID ");
}

class TasklistReader {
 public:
  explicit TasklistReader(Reading& reading) : reading_(reading), rows_(reading) {}

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
    const std::size_t first = indent_of(whole);
    if (first == whole.size()) return index;
    const std::string_view line = whole.substr(first);
    switch (line.front()) {
      case '=':
        return is_ruler(line) ? read_below_ruler(index) : index;
      case '"':
        return starts_tasklist_csv(line) ? read_tasklist_csv(reading_, index) : index;
      case 'P':
        return line.starts_with("PID:") ? read_tasklist_list(reading_, index) : index;
      case 'I':
        if (is_heading(line)) return read_below_heading(index);
        if (line.starts_with("INFO: No tasks")) return take_heading(index);
        break;
      default:
        break;
    }
    return first == 0 ? read_headless(index) : index;
  }

  std::size_t take_heading(std::size_t index) {
    reading_.take(index, Mark::heading);
    reading_.found(kKind);
    return index + 1;
  }

  bool is_blank(std::size_t index) const { return trim(reading_.line(index)).empty(); }

  /// A table whose heading may be in any language.
  std::size_t read_below_ruler(std::size_t ruler) {
    const std::size_t next = join_ruler(ruler);
    if (!layout_) return ruler;
    for (std::size_t i = ruler + 1; i < next; ++i) reading_.take(i, Mark::heading);
    if (ruler > 0 && reading_.is_free(ruler - 1) && !is_blank(ruler - 1)) {
      reading_.take(ruler - 1, Mark::heading);
    }
    form_ = layout_->columns == 3 ? Form::services
                                  : (layout_->columns > 5 ? Form::verbose : Form::plain);
    take_heading(ruler);
    return read_rows(next, TaskColumn::services);
  }

  /// Sets the layout, and returns the line after the ruler.
  std::size_t join_ruler(std::size_t ruler) {
    std::string whole(reading_.line(ruler));
    std::size_t next = ruler + 1;
    while (is_rest_of_ruler(next) && reading_.line(next) != whole) whole += reading_.line(next++);
    layout_ = layout_of(whole);
    return next;
  }

  /// What a narrow window cut off from the ruler above.
  bool is_rest_of_ruler(std::size_t index) const {
    if (index >= reading_.line_count() || !reading_.is_free(index) || is_blank(index)) return false;
    return reading_.line(index).find_first_not_of("= ") == std::string_view::npos &&
           may_be_wrapped(reading_, index - 1);
  }

  std::size_t read_below_heading(std::size_t index) {
    const std::string_view heading = reading_.line(index);
    if (heading.find("=====") != std::string_view::npos) {
      reading_.found(kKind);
      refuse_one_line(reading_, index);
      return index + 1;
    }
    std::size_t next = index + 1;
    while (next < reading_.line_count() && next < index + 3 && is_blank(next)) ++next;
    layout_ = std::nullopt;
    if (next < reading_.line_count() && reading_.is_free(next) &&
        (is_ruler(reading_.line(next)) || is_markdown_ruler(reading_.line(next)))) {
      const std::size_t behind = join_ruler(next);
      while (next < behind) reading_.take(next++, Mark::heading);
    } else {
      next = index + 1;
    }
    const bool services = icontains(heading, "Services") || icontains(heading, "Modules");
    form_ =
        services ? Form::services : (icontains(heading, "User Name") ? Form::verbose : Form::plain);
    take_heading(index);
    return read_rows(next,
                     icontains(heading, "Modules") ? TaskColumn::modules : TaskColumn::services);
  }

  /// Rows without heading: only where the name and the process id stand exactly in their columns.
  std::size_t read_headless(std::size_t index) {
    std::size_t end = index;
    for (; end < reading_.line_count() && reading_.is_free(end); ++end) {
      const std::optional<Row> row = headless_row(end);
      if (!row) break;
      reading_.found(kKind);
      rows_.begin(end, row->image, row->pid, {});
    }
    rows_.finish(TaskColumn::other);
    return end;
  }

  std::optional<Row> headless_row(std::size_t index) const {
    const std::string_view line = reading_.line(index);
    constexpr std::size_t kLettersMin = 36;
    if (line.size() < kLettersMin || line[25] != ' ' || line[0] == ' ') return std::nullopt;
    if (!is_digit(line[31]) && !is_digit(line[33])) return std::nullopt;
    for (const Layout& layout : kHeadless) {
      const std::optional<Row> row = cut_by_columns(line, layout);
      if (row && is_image_name(row->image) && ends_with_memory(row->rest)) return row;
    }
    return std::nullopt;
  }

  std::size_t read_rows(std::size_t index, TaskColumn column) {
    for (; index < reading_.line_count(); ++index) {
      if (!reading_.is_free(index)) break;
      if (is_blank(index)) {
        if (!goes_on_after(index)) break;
        continue;
      }
      if (rows_.empty() && is_ruler(reading_.line(index))) {
        reading_.take(index, Mark::heading);  // it stands there twice
        continue;
      }
      if (is_ruler(reading_.line(index)) || begins_other_listing(trim(reading_.line(index)))) break;
      read_line(index);
    }
    rows_.finish(form_ == Form::services ? column : TaskColumn::other);
    return index;
  }

  std::optional<Row> row_of(std::string_view line) const {
    std::optional<Row> row;
    if (layout_) row = cut_by_columns(line, *layout_);
    return row ? row : cut_by_words(line, form_);
  }

  /// Pages put blank lines between rows. What follows must be a row beyond doubt.
  bool goes_on_after(std::size_t blank) const {
    const std::size_t next = blank + 1;
    if (next >= reading_.line_count() || !reading_.is_free(next)) return false;
    const std::string_view line = reading_.line(next);
    const auto indent = line.find_first_not_of(' ');
    const bool is_list = indent != std::string_view::npos && indent >= kWrapIndentMin;
    if (is_list && (rows_.is_unfinished() || rows_.is_cut())) return true;
    const std::optional<Row> row = row_of(line);
    return row && is_row_beyond_doubt(line, *row);
  }

  void read_line(std::size_t index) {
    const std::string_view line = reading_.line(index);
    const std::optional<Row> row = row_of(line);
    if (is_rest_of_row(index, row)) {
      rows_.join(index);
    } else if (continues(line, row)) {
      rows_.go_on(index, trim(line));
    } else if (row && row->rest.empty() && reading_.is_cut_off(index) && !fills_columns(line)) {
      reading_.unread(index, "the text ends in this row: its process id may be cut off");
    } else if (row) {
      rows_.begin(index, row->image, row->pid, form_ == Form::services ? row->rest : "");
    } else {
      reading_.unread(index, "no process name and id in the row of tasklist");
    }
  }

  /// True if the line reaches to the end of the process id's column.
  bool fills_columns(std::string_view line) const {
    return layout_ && letters_in(line) >= layout_->pid_end;
  }

  /// True if a narrow window cut the line before.
  bool is_rest_of_row(std::size_t index, const std::optional<Row>& row) const {
    if (form_ != Form::services || rows_.empty() || rows_.last_line() + 1 != index) return false;
    if (row && is_row_beyond_doubt(reading_.line(index), *row)) return false;
    // Lists are padded with blanks; a service's name may hold one, where the window cut.
    return !reading_.line(index - 1).ends_with("  ") &&
           reading_.line(index).find_first_not_of(' ') < kWrapIndentMin &&
           may_be_wrapped(reading_, index - 1);
  }

  /// Services of the process before: after a comma, or far to the right.
  bool continues(std::string_view line, const std::optional<Row>& row) {
    if (form_ != Form::services || rows_.empty()) return false;
    const auto indent = line.find_first_not_of(' ');
    if (indent >= kWrapIndentMin) return rows_.may_go_on_with(line);
    return rows_.is_unfinished() && !(row && is_row_beyond_doubt(line, *row));
  }

  /// Services may fill the columns by chance: "RemoteAccess, HPSIM Agent 3".
  bool is_row_beyond_doubt(std::string_view line, const Row& row) const {
    if (is_image_name(row.image)) return true;
    return row.image.find(',') == std::string_view::npos && layout_ &&
           cut_by_columns(line, *layout_).has_value();
  }

  Reading& reading_;
  TaskRows rows_;
  std::optional<Layout> layout_;
  Form form_ = Form::plain;
};

}  // namespace

void read_tasklist(Reading& reading) { TasklistReader(reading).run(); }

}  // namespace deadlight::evidence
