#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "evidence/netstat_row.h"
#include "evidence/readers.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "tasklist";
constexpr std::size_t kWrapIndentMin = 16;  // blanks before services that go on in the next line

enum class Form { plain, services, modules };

/// Columns of a table, from its ruler: "========================= ====== ====".
struct Columns {
  std::size_t image_size = 0;
  std::size_t pid_begin = 0;
  std::size_t pid_size = 0;
  std::size_t count = 0;
};

bool is_ruler(std::string_view line) {
  line = trim(line);
  return line.starts_with("===") && line.find_first_not_of("= ") == std::string_view::npos &&
         line.find("= =") != std::string_view::npos;
}

Columns columns_of(std::string_view ruler) {
  const auto begin = ruler.find('=');
  ruler.remove_prefix(begin);
  Columns columns;
  columns.image_size = begin + ruler.find(' ');
  columns.pid_begin = begin + ruler.find('=', ruler.find(' '));
  ruler.remove_prefix(columns.pid_begin - begin);
  columns.pid_size = std::min(ruler.find(' '), ruler.size());
  columns.count = words(ruler).size() + 1;
  return columns;
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

/// The row as the ruler cuts it; none if the blanks were collapsed.
std::optional<Row> cut_by_columns(std::string_view line, const Columns& columns) {
  const std::size_t pid_begin = letter_begin(line, columns.pid_begin);
  const std::size_t pid_end = letter_begin(line, columns.pid_begin + columns.pid_size);
  const std::string_view pid = line.substr(pid_begin, pid_end - pid_begin);
  const auto value = number<std::uint32_t>(trim(pid));
  const std::string_view image = trim(line.substr(0, letter_begin(line, columns.image_size)));
  const bool touches = pid_end < line.size() && line[pid_end] != ' ' && line[pid_end] != '\t';
  if (!value || image.empty() || touches) return std::nullopt;
  return Row{image, *value, trim(line.substr(pid_end))};
}

/// "28 K", "1.234 K", "1,234 KB": how the row without /svc ends.
bool ends_with_memory(std::string_view rest) {
  const std::vector<std::string_view> parts = words(rest);
  return parts.size() >= 3 && parts.back().size() <= 2 &&
         parts[parts.size() - 2].find_first_not_of("0123456789.,'") == std::string_view::npos;
}

/// The row by its words: the process id is the first number after the name that leaves a rest of
/// the right form. A name may hold numbers ("7 Zip.exe").
std::optional<Row> cut_by_words(std::string_view line, Form form) {
  constexpr std::size_t kNameWordsMax = 8;
  const std::vector<std::string_view> parts = words(line);
  for (std::size_t i = 1; i < std::min(parts.size(), kNameWordsMax); ++i) {
    const auto pid = number<std::uint32_t>(parts[i]);
    const auto rest_begin =
        static_cast<std::size_t>(parts[i].data() + parts[i].size() - line.data());
    const std::string_view rest = trim(line.substr(rest_begin));
    if (!pid || (form == Form::plain ? !ends_with_memory(rest) : rest.empty())) continue;
    const auto image_end = static_cast<std::size_t>(parts[i].data() - line.data());
    return Row{trim(line.substr(0, image_end)), *pid, rest};
  }
  return std::nullopt;
}

Form form_of(std::string_view heading, const Columns& columns) {
  if (columns.count != 3) return Form::plain;
  return icontains(heading, "modul") ? Form::modules : Form::services;
}

/// Rows of netstat and sc are no processes, also where no blank line stands between.
bool begins_other_listing(std::string_view line) {
  return starts_netstat_row(line) || istarts_with(line, "Proto ") ||
         istarts_with(line, "Active Connections") || istarts_with(line, "SERVICE_NAME:");
}

class TasklistReader {
 public:
  explicit TasklistReader(Reading& reading) : reading_(reading) {}

  void run() {
    for (std::size_t i = 0; i < reading_.line_count(); ++i) {
      if (!reading_.is_free(i) || !is_ruler(reading_.line(i))) continue;
      const Columns columns = columns_of(reading_.line(i));
      if (columns.count < 3) continue;
      i = read_table(i, columns);
    }
  }

 private:
  /// Reads the table under the ruler and returns its last line.
  std::size_t read_table(std::size_t ruler, const Columns& columns) {
    columns_ = columns;
    form_ = Form::services;
    if (ruler > 0 && reading_.is_free(ruler - 1) && !trim(reading_.line(ruler - 1)).empty()) {
      form_ = form_of(reading_.line(ruler - 1), columns);
      reading_.take(ruler - 1, Mark::heading);
    } else if (columns.count != 3) {
      form_ = Form::plain;
    }
    reading_.take(ruler, Mark::heading);
    reading_.found(kKind);
    unfinished_ = false;
    std::size_t i = ruler + 1;
    for (; i < reading_.line_count() && reading_.is_free(i); ++i) {
      if (trim(reading_.line(i)).empty() || is_ruler(reading_.line(i))) break;
      if (begins_other_listing(trim(reading_.line(i)))) break;
      read_line(i);
    }
    flush();
    return i - 1;
  }

  void read_line(std::size_t index) {
    const std::string_view line = reading_.line(index);
    if (continues(line)) {
      add_services(index, trim(line));
      return;
    }
    std::optional<Row> row = cut_by_columns(line, columns_);
    if (!row) row = cut_by_words(line, form_);
    if (!row) {
      reading_.unread(index, "no process name and id in the row of tasklist");
      return;
    }
    flush();
    process_ = Process();
    process_.image = row->image;
    process_.pid = row->pid;
    has_process_ = true;
    add_services(index, row->rest);
  }

  /// Services of the process before: after a comma, or far to the right.
  bool continues(std::string_view line) const {
    if (form_ == Form::plain || !has_process_) return false;
    const auto indent = line.find_first_not_of(' ');
    return indent >= kWrapIndentMin || (unfinished_ && !cut_by_columns(line, columns_));
  }

  void add_services(std::size_t index, std::string_view text) {
    last_line_ = index;
    reading_.take(index, Mark::row);
    process_.sources.push_back({0, Document::number(index)});
    if (form_ != Form::services) return;
    unfinished_ = text.ends_with(',');
    process_.services_known = !text.empty();
    if (iequals(text, "N/A")) return;
    for (const std::string_view part : split(text, ',')) {
      if (!trim(part).empty()) process_.services.emplace_back(trim(part));
    }
  }

  /// A list that ends with a comma was cut off: it is not all that the process hosts.
  void flush() {
    if (!has_process_) return;
    if (unfinished_) {
      process_.services_known = false;
      reading_.complain(last_line_, fmt::format("the services of PID {} end with a comma: the rest "
                                                "is missing",
                                                process_.pid));
    }
    reading_.add(std::move(process_));
    has_process_ = false;
    unfinished_ = false;
  }

  Reading& reading_;
  Columns columns_;
  Form form_ = Form::plain;
  Process process_;
  bool has_process_ = false;
  bool unfinished_ = false;
  std::size_t last_line_ = 0;
};

}  // namespace

void read_tasklist(Reading& reading) { TasklistReader(reading).run(); }

}  // namespace deadlight::evidence
