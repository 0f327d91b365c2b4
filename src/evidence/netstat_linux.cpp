#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"
#include "evidence/linux_clue.h"
#include "evidence/netstat_listing.h"
#include "evidence/netstat_state.h"
#include "evidence/netstat_unix_row.h"
#include "evidence/readers.h"
#include "evidence/shell.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kLinux = "netstat_linux";
constexpr std::string_view kBsd = "netstat_bsd";
constexpr std::size_t kTitleBytesMax = 120;
constexpr std::size_t kWrapsMax = 2;
constexpr std::size_t kStateBytesMax = 16;

/// A line that is of no interest ends at its first letters.
bool may_begin(std::string_view line) {
  if (line.size() < 5) return false;
  constexpr std::string_view kFirst = "PAturisdk";
  return kFirst.find(line.front()) != std::string_view::npos;
}

bool is_unix_row(std::string_view line) {
  return line.starts_with("unix ") || line.starts_with("unix\t") || line.starts_with("kevt ") ||
         line.starts_with("kctl ");
}

class UnixNetstatReader {
 public:
  explicit UnixNetstatReader(Reading& reading) : reading_(reading), endpoints_({}) {
    // Names come from the command line, and are cut: "nginx: master", "sshd: /usr/sb".
    endpoints_.leave_processes_unnamed();
  }

  void run() {
    for (std::size_t i = reading_.next_free(0); i < reading_.line_count();
         i = reading_.next_free(i + 1)) {
      const std::string_view line = after_blanks(reading_.line(i));
      if (may_begin(line)) read_line(line, i);
    }
    finish_listing();
    endpoints_.finish(reading_);
    // A listing without rows is one too.
    if (found_ && !has_rows_) reading_.found(bsd_ ? kBsd : kLinux);
  }

 private:
  struct Row {
    std::size_t line = 0;
    std::size_t more = 0;
  };

  void read_line(std::string_view line, std::size_t index) {
    if (line.front() == 'A') return read_title(line, index);
    if (line.front() == 'P') return read_heading(line, index);
    if (is_unix_row(line) &&
        (in_unix_ || reading_.mark(index == 0 ? 0 : index - 1) != Mark::none)) {
      if (found_) reading_.take(index, Mark::heading);
      return;
    }
    const auto cells = cut_netstat_unix_row(line);
    if (!cells) return;
    if (!open_ || prompt_between(end_, index)) begin(index);
    found_ = true;
    has_rows_ = true;
    reading_.found(cells->bsd ? kBsd : kLinux);
    if (!cells->bsd) note_linux(reading_, index, "a listing of net-tools' netstat");
    reading_.take(index, Mark::heading);
    end_ = index + 1;
    const bool single = find_netstat_unix_row(cells->rest) == std::string_view::npos;
    if (is_portless_protocol(cells->protocol) && single) return;
    Row row{index, 0};
    while (row.more < kWrapsMax && is_wrapped(text_of(row), index + row.more + 1)) {
      reading_.take(index + ++row.more, Mark::row);
    }
    reading_.take(index, Mark::row);
    end_ = index + row.more + 1;
    rows_.push_back(row);
  }

  /// "Active Internet connections (only servers)", "Active UNIX domain sockets (w/o servers)".
  void read_title(std::string_view line, std::size_t index) {
    const bool inet = line.starts_with("Active Internet") || line.starts_with("Active Multipath");
    const bool local = line.starts_with("Active UNIX") || line.starts_with("Active LOCAL");
    if (!inet && !local) return;
    if (inet) begin(index);
    in_unix_ = local;
    found_ = true;
    reading_.take(index, Mark::heading);
  }

  /// The title above may be in any language; "Proto" stays.
  void read_heading(std::string_view line, std::size_t index) {
    if (line.starts_with("PCB/ADDR ")) return refuse_addresses(index);
    if (!line.starts_with("Proto ") && !line.starts_with("Proto\t")) return;
    const std::string_view start = line.substr(0, 2 * kTitleBytesMax);
    const bool local = start.find("RefCnt") != std::string_view::npos || starts_unix(index + 1);
    const bool inet = start.find("Recv-Q") != std::string_view::npos || starts_row(index + 1);
    if (!inet && !local) return;
    if (!reading_.kinds().empty() || inet) found_ = true;
    in_unix_ = local;
    if (inet) {
      if (!fresh_) begin(index);
      layout_ = netstat_unix_layout(line);
      bsd_ = line.find("(state)") != std::string_view::npos;
      heading_ = line;
      end_ = index + 1;
      fresh_ = false;
    }
    reading_.take(index, Mark::heading);
    if (index > 0) take_title(index - 1);
  }

  /// "f1000a00 tcp4 0 0 *.22 *.* LISTEN": AIX and BSD with -A.
  void refuse_addresses(std::size_t index) {
    found_ = bsd_ = true;
    reading_.unread(index,
                    "netstat -A puts an address before each row, and such rows are not read; give "
                    "the output of netstat -an");
  }

  void take_title(std::size_t index) {
    const std::string_view line = trim(reading_.line(index));
    const bool title = !line.empty() && line.size() <= kTitleBytesMax &&
                       line.find_first_of("0123456789$#>") == std::string_view::npos;
    if (title && reading_.is_free(index)) reading_.take(index, Mark::heading);
  }

  bool starts_row(std::size_t index) const {
    return index < reading_.line_count() &&
           cut_netstat_unix_row(after_blanks(reading_.line(index))).has_value();
  }
  bool starts_unix(std::size_t index) const {
    return index < reading_.line_count() && is_unix_row(after_blanks(reading_.line(index)));
  }

  bool prompt_between(std::size_t first, std::size_t end) const {
    for (std::size_t i = first; i < end; ++i) {
      if (reading_.mark(i) == Mark::prompt) return true;
    }
    return false;
  }

  void begin(std::size_t index) {
    finish_listing();
    endpoints_.begin(index);
    layout_ = {};
    heading_ = {};
    in_unix_ = false;
    open_ = true;
    fresh_ = true;
    end_ = index + 1;
  }

  std::string text_of(const Row& row) const {
    std::string text(after_blanks(reading_.line(row.line)));
    for (std::size_t i = 1; i <= row.more; ++i) {
      const std::string_view more = trim(reading_.line(row.line + i));
      if (!breaks_state(text, more)) text += ' ';
      text += more;
    }
    return text;
  }

  /// "… CLOSE" and "_WAIT  301/asterisk" below: a state that is broken may be one itself, or none.
  static bool breaks_state(std::string_view text, std::string_view more) {
    const std::string_view end = text.substr(text.find_last_of(" \t") + 1);
    const std::string_view begin = more.substr(0, more.find_first_of(" \t"));
    return !end.empty() && end.size() + begin.size() < kStateBytesMax &&
           find_state(std::string(end).append(begin)).has_value();
  }

  /// Terminals and mail programs wrap long rows: a part of the row is in the next line.
  bool is_wrapped(const std::string& row, std::size_t next) const {
    if (next >= reading_.line_count() || !reading_.is_free(next)) return false;
    const std::string_view line = trim(reading_.line(next));
    if (line.empty() || line.size() > 100 || starts_row(next) || starts_unix(next)) return false;
    const auto cells = cut_netstat_unix_row(row);
    if (!cells || parse_shell_prompt(line) || line.starts_with("Proto")) return false;
    const bool tcp = cells->protocol.starts_with("tcp");
    if (cells->foreign.empty() || (tcp && trim(cells->rest).empty())) return true;
    if (tcp && breaks_state(row, line)) return true;
    const std::string_view first = line.substr(0, line.find_first_of(" \t"));
    const auto slash = first.find('/');
    return lacks_owner(*cells) &&
           (line == "-" || (slash != std::string_view::npos &&
                            number<std::uint32_t>(first.substr(0, slash)).has_value()));
  }

  bool lacks_owner(const NetstatUnixCells& cells) const {
    return heading_.find("PID/") != std::string_view::npos &&
           cells.rest.find('/') == std::string_view::npos &&
           cells.rest.find(" -") == std::string_view::npos && trim(cells.rest) != "-";
  }

  void finish_listing() {
    for (const Row& row : rows_) {
      const auto cells = cut_netstat_unix_row(after_blanks(reading_.line(row.line)));
      if (cells) layout_.wide = layout_.wide || is_wide(*cells, layout_);
    }
    for (const Row& row : rows_) read_row(row);
    rows_.clear();
  }

  /// A listing that was collapsed into one line has several rows there.
  void read_row(const Row& row) {
    const std::string text = text_of(row);
    for (auto cells = cut_netstat_unix_row(text); cells;) {
      const std::string_view rest = cells->rest;
      const std::size_t next = find_netstat_unix_row(rest);
      cells->rest = rest.substr(0, next);
      if (!is_portless_protocol(cells->protocol)) read_cells(*cells, row);
      cells = next == rest.npos ? std::nullopt : cut_netstat_unix_row(rest.substr(next));
    }
  }

  void read_cells(const NetstatUnixCells& cells, const Row& row) {
    Result<NetstatUnixRow> read = parse_netstat_unix(cells, layout_);
    if (!read && read.error().code == Errc::not_found) return;
    if (!read) return reading_.unread(row.line, read.error().message);
    const bool cut_off = reading_.is_cut_off(row.line + row.more);
    if (cut_off && cells.rest.ends_with("CLOSE")) {
      return reading_.unread(row.line, "the text ends in this row: its state may be CLOSE_WAIT");
    }
    if (cut_off && lacks_owner(cells)) {
      reading_.complain(row.line, "the process is missing: was the text cut off?");
    }
    read->endpoint.sources = reading_.source(row.line);
    endpoints_.add(std::move(read->endpoint), row.line);
    if (read->foreign_state.empty()) return;
    endpoints_.current(row.line).foreign.push_back(
        {endpoints_.last_place(), row.line, std::move(read->foreign_state)});
  }

  Reading& reading_;
  NetstatListings endpoints_;
  std::vector<Row> rows_;  ///< of the listing that is being read
  NetstatUnixLayout layout_;
  std::string_view heading_;
  std::size_t end_ = 0;   ///< line after the last row or heading
  bool open_ = false;     ///< a listing has begun
  bool fresh_ = false;    ///< a title was read, its heading not yet
  bool in_unix_ = false;  ///< inside the part with UNIX domain sockets
  bool found_ = false;    ///< a title, a heading or a row
  bool has_rows_ = false;
  bool bsd_ = false;  ///< the heading is that of BSD
};

}  // namespace

void read_netstat_linux(Reading& reading) { UnixNetstatReader(reading).run(); }

}  // namespace deadlight::evidence
