#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/readers.h"
#include "evidence/sysinternals.h"
#include "evidence/tasklist_rows.h"
#include "evidence/wrapped.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "tlist";
constexpr std::string_view kServices = "Svcs:";
constexpr std::string_view kTitle = "Title:";
constexpr std::size_t kPathBytesMax = 260;
constexpr std::size_t kConsoleLetters = 79;  // a line of this size may go on in the next

/// "System Process" is what tlist calls the idle process; other tools have other names for it.
bool is_idle(std::uint32_t pid, std::string_view image) {
  return pid == 0 && (iequals(image, "System Process") || iequals(image, "System Idle Process") ||
                      iequals(image, "Idle"));
}

struct Row {
  std::uint32_t pid = 0;
  std::string_view image;
  std::string_view rest;  ///< "Svcs:  RpcSs", a window's title, or nothing
};

/// True if a dot with a letter behind stands in the text, or it begins with a name that has none.
bool may_name_image(std::string_view text) {
  if (text.starts_with("Sys") || text.starts_with("Reg") || text.starts_with("Mem")) return true;
  for (std::size_t dot = text.find('.'); dot < text.size(); dot = text.find('.', dot + 1)) {
    if (dot + 1 < text.size() && !is_digit(text[dot + 1])) return true;
  }
  return false;
}

/// The image name at the start of `text`: the words up to the first that ends like a program.
std::string_view leading_image(std::string_view text) {
  constexpr std::size_t kNameWordsMax = 6;
  text = text.substr(0, kPathBytesMax);
  // Most lines that begin with a number are of other tools.
  if (!may_name_image(text)) return {};
  const std::vector<std::string_view> parts = words(text);
  if (parts.empty() || parts[0].data() != text.data()) return {};
  for (std::size_t i = 0; i < std::min(parts.size(), kNameWordsMax); ++i) {
    const auto size = static_cast<std::size_t>(parts[i].data() + parts[i].size() - text.data());
    const std::string_view name = text.substr(0, size);
    const bool longer = i + 1 < parts.size() && iequals(name, "System");
    if (longer && (iequals(parts[1], "Process") || iequals(parts[1], "Idle"))) continue;
    if (is_image_name(name)) return name;
  }
  return {};
}

/// " 884 svchost.exe     Svcs:  RpcSs"; with -v the session and 32 or 64 stand before.
std::optional<Row> parse_row(std::string_view line) {
  std::string_view rest = trim(line);
  std::array<std::string_view, 3> numbers;
  std::size_t count = 0;
  std::string_view behind_first;
  while (count < numbers.size() && !rest.empty() && is_digit(rest.front())) {
    std::size_t end = 0;
    while (end < rest.size() && is_digit(rest[end])) ++end;
    if (end < rest.size() && rest[end] != ' ' && rest[end] != '\t') break;
    numbers[count++] = rest.substr(0, end);
    rest.remove_prefix(end);
    rest.remove_prefix(indent_of(rest));
    if (count == 1) behind_first = rest;
  }
  const bool verbose = count == 3 && (numbers[1] == "32" || numbers[1] == "64");
  if (count == 0) return std::nullopt;
  // A name may begin with a number: "7 Zip.exe".
  if (!verbose) rest = behind_first;
  const auto pid = number<std::uint32_t>(numbers[verbose ? 2 : 0]);
  const std::string_view image = leading_image(rest);
  if (!pid || image.empty()) return std::nullopt;
  return Row{*pid, image, trim(rest.substr(image.size()))};
}

/// "      svchost.exe (392)  title": a line of the tree.
std::optional<Row> parse_tree_row(std::string_view line) {
  const std::string_view text = trim(line);
  const std::size_t open = text.find(" (");
  const std::size_t close = text.find(')', open);
  if (open == std::string_view::npos || close == std::string_view::npos) return std::nullopt;
  const auto pid = number<std::uint32_t>(text.substr(open + 2, close - open - 2));
  const std::string_view image = text.substr(0, open);
  if (!pid || (!is_image_name(image) && !is_idle(*pid, image))) return std::nullopt;
  return Row{*pid, image, trim(text.substr(close + 1))};
}

/// What stands behind "Svcs:".
struct ServiceList {
  std::string names;     ///< joined by commas; ends with one while more may follow
  bool has_gap = false;  ///< a line of it could not be joined: nor can those below
};

class TlistReader {
 public:
  explicit TlistReader(Reading& reading) : reading_(reading) {}

  void run() {
    for (std::size_t i = reading_.next_free(0); i < reading_.line_count();
         i = reading_.next_free(i)) {
      const std::string_view line = reading_.line(i);
      const std::size_t first = indent_of(line);
      const bool table = first < line.size() && is_digit(line[first]);
      const bool tree = first == 0 && line.starts_with("System ");
      std::size_t next = i;
      if (table) next = read_table(i);
      if (tree) next = read_tree(i);
      i = std::max(next, i + 1);
    }
  }

 private:
  bool is_free(std::size_t index) const {
    return index < reading_.line_count() && reading_.is_free(index);
  }

  void add_process(std::size_t index, const Row& row) {
    Process process;
    process.pid = row.pid;
    if (!is_idle(row.pid, row.image)) process.image = row.image;
    process.sources = reading_.source(index);
    processes_.push_back(std::move(process));
  }

  /// Rows that stand together. They are of tlist if one names services, a title or the idle
  /// process: numbers and names alone are in many listings.
  std::size_t read_table(std::size_t index) {
    if (!parse_row(reading_.line(index))) return index;
    std::size_t end = index;
    // A page of more may end between two rows.
    bool certain = last_end_ > 0 && last_end_ + 1 == index;
    has_services_ = certain && has_services_;
    for (; is_free(end); ++end) {
      const std::string_view line = reading_.line(end);
      const std::optional<Row> row = parse_row(line);
      if (row) {
        has_services_ = has_services_ || row->rest.starts_with(kServices);
        certain = certain || row->rest.starts_with(kServices) || row->rest.starts_with(kTitle) ||
                  is_idle(row->pid, row->image);
      } else if (!goes_on(end, index)) {
        break;
      } else {
        certain = certain || is_command_line(line);
      }
    }
    if (!certain) return end;
    reading_.found(kKind);
    for (std::size_t i = index; i < end; ++i) read_line(i);
    finish();
    last_end_ = end;
    return end;
  }

  /// Lines below a row: its command line, or services that did not fit.
  bool goes_on(std::size_t index, std::size_t first) const {
    const std::string_view line = trim(reading_.line(index));
    if (index == first || line.empty()) return false;
    if (is_detail(line)) return true;
    // "1272 inet" and "  67", rows whose end is missing
    const auto behind_number = line.find_first_not_of("0123456789");
    const bool number_alone = behind_number == std::string_view::npos;
    if (number_alone) return is_end_of_name(index);
    if (behind_number > 0 && !number_alone && line[behind_number] == ' ') return false;
    const std::string_view before = reading_.line(index - 1);
    const bool of_services = before.find(kServices) != std::string_view::npos ||
                             (index - 1 > first && !parse_row(before) && !is_detail(before));
    return of_services && (trim(before).ends_with(',') || trim(before).size() >= kConsoleLetters ||
                           may_be_wrapped(reading_, index - 1));
  }

  /// " 3" below "…HPSIM Agent": rows stand in the order of their process ids, and begin with one.
  bool is_end_of_name(std::size_t index) const {
    const std::optional<Row> above = parse_row(reading_.line(index - 1));
    const auto value = number<std::uint32_t>(trim(reading_.line(index)));
    return above && value && *value < above->pid && may_be_wrapped(reading_, index - 1);
  }

  static bool is_command_line(std::string_view line) {
    line = trim(line);
    return istarts_with(line, "Command Line:") || istarts_with(line, "CmdLine:");
  }

  static bool is_detail(std::string_view line) {
    const std::string_view text = trim(line);
    return is_command_line(text) || istarts_with(text, "CWD:") ||
           istarts_with(text, "VirtualSize:") || istarts_with(text, "WorkingSetSize:") ||
           istarts_with(text, "NumberOfThreads:");
  }

  void read_line(std::size_t index) {
    const std::string_view line = reading_.line(index);
    reading_.take(index, Mark::row);
    if (const std::optional<Row> row = parse_row(line)) {
      name_odd(index, *row);
      add_process(index, *row);
      if (row->rest.find(kServices, 1) != std::string_view::npos || row->rest == kServices) {
        lists_.push_back({",", false});
      } else {
        lists_.push_back(
            {std::string(row->rest.starts_with(kServices) ? trim(row->rest.substr(kServices.size()))
                                                          : std::string_view()),
             false});
      }
      const bool may_have_services = has_services_ || (row->rest.empty() && line.ends_with(' '));
      if (may_have_services && reading_.is_cut_off(index) && row->rest != kServices) {
        leave_open(lists_.back().names);
        reading_.complain(index, "the text ends in this row: its services may be cut off");
      }
      return;
    }
    processes_.back().sources.append(reading_.source(index));
    if (is_command_line(line)) {
      processes_.back().command_line = trim(line.substr(line.find(':') + 1));
    } else if (!is_detail(line)) {
      go_on(index, trim(line));
    }
  }

  /// A list whose end is not known ends with a comma.
  static void leave_open(std::string& list) {
    list.erase(list.rfind(',') + 1);
    if (list.empty()) list = ",";
  }

  void go_on(std::size_t index, std::string_view text) {
    auto& [names, has_gap] = lists_.back();
    if (!has_gap && (names.ends_with(',') || unwrapped(reading_, index - 1, index))) {
      if (reading_.line(index - 1).ends_with(' ')) names += ' ';  // inside of a name
      names += text;
      return;
    }
    leave_open(names);
    has_gap = true;
    if (number<std::uint32_t>(text)) {  // or the process id of a row that is cut off
      reading_.complain(index - 1, "the last service may go on in the next line");
    }
    reading_.unread(index, "the services above go on here; copy them from a wider window");
  }

  void name_odd(std::size_t index, const Row& row) {
    if (row.rest == kServices) {
      reading_.complain(index, fmt::format("the services of PID {} are missing", row.pid));
    } else if (row.rest.find(kServices, 1) != std::string_view::npos) {
      refuse_one_line(reading_, index);
    }
  }

  void finish() {
    for (std::size_t i = 0; i < processes_.size(); ++i) {
      Process& process = processes_[i];
      const std::string_view names = lists_[i].names;
      process.services_known = has_services_ && !names.ends_with(',');
      for (const std::string_view part : split(names, ',')) {
        if (!trim(part).empty()) process.services.emplace_back(trim(part));
      }
      reading_.add(std::move(process));
    }
    processes_.clear();
    lists_.clear();
  }

  /// `tlist -t`: begins with the idle process.
  std::size_t read_tree(std::size_t index) {
    const std::optional<Row> root = parse_tree_row(reading_.line(index));
    if (!root || !is_idle(root->pid, root->image)) return index;
    reading_.found(kKind);
    std::size_t end = index;
    for (; is_free(end); ++end) {
      const std::optional<Row> row = parse_tree_row(reading_.line(end));
      if (row) {
        add_process(end, *row);
        reading_.take(end, Mark::row);
      } else if (trim(reading_.line(end)).empty()) {
        break;
      } else {
        reading_.unread(end, "no process name and id in the tree of tlist");
      }
    }
    lists_.resize(processes_.size());
    has_services_ = false;
    finish();
    return end;
  }

  Reading& reading_;
  std::vector<Process> processes_;
  std::vector<ServiceList> lists_;  ///< of each process
  std::size_t last_end_ = 0;        ///< the line behind the table before
  bool has_services_ = false;       ///< one process of the listing has some: it tells all of them
};

/// `pslist` of Sysinternals: the name, the process id, then numbers only.
class PslistReader {
 public:
  explicit PslistReader(Reading& reading) : reading_(reading) {}

  void run() {
    for (std::size_t i = reading_.next_free(0); i < reading_.line_count();
         i = reading_.next_free(i + 1)) {
      const std::string_view line = reading_.line(i);
      constexpr std::string_view kFirst = "NPCS";
      if (line.empty() || kFirst.find(line.front()) == std::string_view::npos) continue;
      if (line.starts_with("Name ") && is_heading(words(line))) {
        i = read_table(i);
      } else if (istarts_with(line, "Process information for ") && trim(line).ends_with(':')) {
        read_host(i, trim(line));
      } else if (istarts_with(line, "PsList ") || is_sysinternals_banner(line)) {
        take_heading(i);
      }
    }
  }

 private:
  static bool is_heading(const std::vector<std::string_view>& parts) {
    return parts.size() >= 4 && iequals(parts[1], "Pid") &&
           (iequals(parts[2], "Pri") || iequals(parts[2], "VM"));
  }

  void take_heading(std::size_t index) {
    reading_.take(index, Mark::heading);
    reading_.found("pslist");
  }

  void read_host(std::size_t index, std::string_view line) {
    const std::string_view name = words(line).back();
    take_heading(index);
    if (reading_.snapshot.host.name.empty() && name.size() > 1) {
      reading_.snapshot.host.name = name.substr(0, name.size() - 1);
    }
  }

  std::size_t read_table(std::size_t index) {
    take_heading(index);
    // "CPU Time" and "Priv Pk" are one column each.
    columns_ = 0;
    const std::vector<std::string_view> heading = words(reading_.line(index));
    for (std::size_t i = 1; i < heading.size(); ++i) {
      columns_ += iequals(heading[i], "Time") || iequals(heading[i], "Pk") ? 0 : 1;
    }
    std::size_t i = index + 1;
    for (; i < reading_.line_count() && reading_.is_free(i); ++i) {
      if (trim(reading_.line(i)).empty()) break;
      read_row(i);
    }
    return i - 1;
  }

  void read_row(std::size_t index) {
    const std::string_view line = trim(reading_.line(index));
    const std::vector<std::string_view> parts = words(line);
    const auto is_figure = [](std::string_view part) {
      return part.find_first_not_of("0123456789:.,") == std::string_view::npos;
    };
    const bool is_row =
        parts.size() > columns_ &&
        std::all_of(parts.end() - static_cast<std::ptrdiff_t>(columns_), parts.end(), is_figure);
    const auto pid = is_row ? number<std::uint32_t>(parts[parts.size() - columns_]) : std::nullopt;
    if (!pid) {
      reading_.unread(index, "no process name and id in the row of pslist");
      return;
    }
    Process process;
    process.pid = *pid;
    const std::string_view last = parts[parts.size() - columns_ - 1];
    const std::string_view image =
        line.substr(0, static_cast<std::size_t>(last.data() + last.size() - line.data()));
    if (!is_idle(*pid, image)) process.image = image;
    process.sources = reading_.source(index);
    reading_.add(std::move(process));
    reading_.take(index, Mark::row);
  }

  Reading& reading_;
  std::size_t columns_ = 0;  ///< from the process id on
};

}  // namespace

void read_tlist(Reading& reading) { TlistReader(reading).run(); }

void read_pslist(Reading& reading) { PslistReader(reading).run(); }

}  // namespace deadlight::evidence
