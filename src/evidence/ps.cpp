#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "evidence/readers.h"
#include "evidence/systemd_unit.h"
#include "evidence/unix_socket.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "ps";
constexpr std::size_t kCommBytes = 15;  ///< the kernel cuts a program's name there
constexpr std::size_t kNarrowMax = 400;
constexpr std::size_t kColumnsMax = 40;

/// Where in a row of ps what stands. Columns before the last are one word each.
struct Layout {
  std::size_t columns = 0;
  std::size_t pid = 0;
  std::optional<std::size_t> unit;
  std::optional<std::size_t> comm;  ///< the program's name, not its command line
  bool last_is_comm = false;
};

bool is_command(std::string_view word) {
  return word == "CMD" || word == "COMMAND" || word == "ARGS";
}

/// "USER PID %CPU … COMMAND", "UID PID PPID … CMD", "PID USER COMMAND".
std::optional<Layout> layout_of(std::string_view line) {
  const std::vector<std::string_view> names = words(line.substr(0, kNarrowMax));
  if (names.size() < 2 || names.size() > kColumnsMax || !is_command(names.back())) {
    return std::nullopt;
  }
  const auto has = [&](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  // Three columns of other listings are also named so.
  // Cygwin's ids are not those of Windows.
  if (!has("PID") || has("WINPID") || has("FD") || has("Proto") || has("RES")) return std::nullopt;
  Layout layout;
  layout.columns = names.size();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == "PID") layout.pid = i;
    if (names[i] == "UNIT") layout.unit = i;
    if (names[i] == "COMMAND" && i + 1 < names.size()) layout.comm = i;
    if (names[i] == "STARTED") return std::nullopt;  // lstart has five words
  }
  // ps -e and -l print the name alone; with -f, which adds STIME, the command line.
  layout.last_is_comm = names.back() == "CMD" && has("TTY") && has("TIME") && !has("STIME");
  return layout;
}

struct Row {
  std::size_t line = 0;
  std::uint32_t pid = 0;
  std::string_view unit;
  std::string_view comm;
  std::string_view command;
};

std::optional<Row> cut_row(std::string_view line, const Layout& layout) {
  Row row;
  std::size_t at = 0;
  for (std::size_t column = 0; column + 1 < layout.columns; ++column) {
    at = line.find_first_not_of(" \t", at);
    if (at == std::string_view::npos) return std::nullopt;
    const auto end = std::min(line.find_first_of(" \t", at), line.size());
    const std::string_view cell = line.substr(at, end - at);
    if (column == layout.pid) {
      const auto pid = number<std::uint32_t>(cell);
      if (!pid) return std::nullopt;
      row.pid = *pid;
    }
    if (column == layout.unit) row.unit = cell;
    if (column == layout.comm) row.comm = cell;
    at = end;
  }
  // The tree that ps -f and -H draw.
  constexpr std::string_view kTree = " \t|\\_`-";
  row.command = trim(line.substr(at));
  const auto branch = row.command.find("\\_ ");
  if (branch != std::string_view::npos &&
      row.command.substr(0, branch).find_first_not_of(kTree) == std::string_view::npos) {
    row.command = trim(row.command.substr(branch + 3));
  }
  if (row.command.empty()) return std::nullopt;
  if (layout.last_is_comm) row.comm = std::exchange(row.command, {});
  return row;
}

class PsReader {
 public:
  explicit PsReader(Reading& reading) : reading_(reading) {}

  void run() {
    for (std::size_t i = reading_.next_free(0); i < reading_.line_count();
         i = reading_.next_free(i + 1)) {
      const std::string_view line = after_blanks(reading_.line(i));
      constexpr std::string_view kFirst = "UPFSL";
      if (line.size() < 7 || kFirst.find(line[0]) == std::string_view::npos) continue;
      if (line.substr(0, kNarrowMax).find("PID") == std::string_view::npos) continue;
      const auto layout = layout_of(line);
      if (layout) i = read_table(i, *layout);
    }
  }

 private:
  std::size_t read_table(std::size_t heading, const Layout& layout) {
    std::vector<Row> rows;
    std::map<std::size_t, std::size_t> widths;  // bytes of a line, and how many have them
    std::size_t end = heading + 1;
    for (; end < reading_.line_count() && reading_.is_free(end); ++end) {
      const std::string_view line = reading_.line(end);
      auto row = cut_row(line, layout);
      if (!row) {
        if (!trim(line).empty() && end + 1 < reading_.line_count() && reading_.is_free(end + 1) &&
            cut_row(reading_.line(end + 1), layout)) {
          reading_.unread(end, "the process id of this row of ps is missing");
          continue;
        }
        break;
      }
      row->line = end;
      reading_.take(end, Mark::row);
      ++widths[line.size()];
      rows.push_back(*row);
    }
    reading_.take(heading, Mark::heading);
    reading_.found(kKind);
    add(rows, cut_width(widths, layout), heading);
    return end - 1;
  }

  /// ps cuts its lines at the terminal's edge: then the longest ones are equally long.
  static std::size_t cut_width(const std::map<std::size_t, std::size_t>& widths,
                               const Layout& layout) {
    constexpr std::size_t kTerminalMin = 60;
    if (widths.empty() || layout.last_is_comm) return 0;
    const auto& [bytes, count] = *widths.rbegin();
    return count > 1 && bytes >= kTerminalMin && bytes <= kNarrowMax ? bytes : 0;
  }

  void add(const std::vector<Row>& rows, std::size_t cut_at, std::size_t heading) {
    std::size_t cut = 0;
    for (const Row& row : rows) {
      Process process;
      process.pid = row.pid;
      process.sources = reading_.source(row.line);
      if (row.comm.size() < kCommBytes) process.image = row.comm;
      if (is_service_unit(row.unit) && !is_cut(row.unit)) {
        process.services = {std::string(row.unit)};
      }
      if (cut_at != 0 && reading_.line(row.line).size() == cut_at) {
        ++cut;
      } else if (!is_cut(row.command)) {
        process.command_line = row.command;
      }
      reading_.add(std::move(process));
    }
    if (cut == 0) return;
    reading_.snapshot.notes.push_back(fmt::format(
        "{}: {} command lines end at one column and may be cut off there: they are left "
        "out; run ps with ww",
        reading_.place(heading), cut));
  }

  Reading& reading_;
};

}  // namespace

void read_ps(Reading& reading) { PsReader(reading).run(); }

}  // namespace deadlight::evidence
