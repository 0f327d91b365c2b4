#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "evidence/limits.h"
#include "evidence/netstat_glued.h"
#include "evidence/netstat_listing.h"
#include "evidence/netstat_owner.h"
#include "evidence/netstat_row.h"
#include "evidence/readers.h"
#include "evidence/words.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "netstat";
constexpr std::size_t kHeadingWordsMax = 12;
constexpr std::size_t kWrappedLinesMax = 2;  // that one row goes on for
constexpr std::size_t kWrappedBytesMax = 4096;
constexpr std::string_view kCutOff = "the row is not complete: was the text cut off?";

/// Names of columns stand apart, as those of a sentence do not.
bool has_columns(std::string_view line) {
  std::size_t gaps = 0;
  for (std::size_t at = line.find("  "); at != std::string_view::npos; at = line.find("  ", at)) {
    ++gaps;
    at = std::min(line.find_first_not_of(' ', at), line.size());
  }
  return gaps >= 2 || std::count(line.begin(), line.end(), '\t') >= 2;
}

/// "34", "34  InHost"
std::optional<std::uint32_t> first_number(std::string_view line) {
  constexpr std::size_t kBytesMax = 40;
  const std::vector<std::string_view> parts = words(line.substr(0, kBytesMax));
  const bool fits = parts.size() == 1 || (parts.size() == 2 && ends_with_offload(line));
  return fits ? number<std::uint32_t>(parts.front()) : std::nullopt;
}

/// "TCP", "TCP    [fe80": what is left of a row that ends before its first socket does.
bool begins_row(std::string_view line) {
  constexpr std::size_t kBytesMax = 80;
  const std::vector<std::string_view> parts = words(line.substr(0, kBytesMax));
  return !parts.empty() && parts.size() <= 2 && netstat_protocol(parts.front());
}

class NetstatReader {
 public:
  explicit NetstatReader(Reading& reading)
      : reading_(reading), listings_(std::move(reading.plain_rows)) {}

  void run() {
    const std::vector<std::uint32_t>& plain = reading_.plain_lines;
    for (line_ = 0; line_ < reading_.line_count(); ++line_) {
      if (plain_ < plain.size() && plain[plain_] == line_) {
        read_plain_row();
      } else {
        read_line();
      }
    }
    doubt_last_row();
    listings_.finish(reading_);
  }

 private:
  void read_plain_row();
  void read_line();
  bool read_heading(std::string_view line);
  void read_heading_above();
  void read_rows(std::size_t start);
  std::size_t read_row(std::size_t start, bool& failed);
  std::size_t mend_row(std::size_t start, std::string& reason, bool& failed);
  bool join_lines(std::size_t start, std::size_t lines, NetstatRow& row, std::string& joined) const;
  void take_pid_below();
  bool join_broken_state(std::size_t start, const NetstatRow& row, std::size_t& end);
  bool pid_may_go_on() const;
  void drop_pid_that_may_go_on();
  void doubt_last_row();
  bool is_pid_heading(std::size_t line) const;
  void keep(NetstatRow& row, std::size_t line);
  void read_owner_lines();
  bool take_owner(std::string_view text);
  void leftover(std::string_view text);
  std::size_t widest_line() const;

  Reading& reading_;
  NetstatListings listings_;
  std::size_t line_ = 0;
  std::size_t plain_ = 0;  ///< place in the plain rows
  mutable std::size_t widest_ = 0;
};

void NetstatReader::read_plain_row() {
  if (plain_ == 0) reading_.found(kKind);
  if (listings_.is_fresh()) read_heading_above();
  listings_.add_known(static_cast<std::uint32_t>(plain_), line_);
  ++plain_;
  const NetstatListing& listing = listings_.current(line_);
  if (listing.has_heading && !listing.has_pid && listings_.last_row()->pid) {
    listings_.last_row()->pid.reset();
    reading_.complain(line_, "a number stands behind the state, but no column is named PID");
  }
  // Most rows are followed by another one.
  if (line_ + 1 == reading_.line_count() || !reading_.is_free(line_ + 1)) return;
  take_pid_below();
  drop_pid_that_may_go_on();
  read_owner_lines();
}

void NetstatReader::read_line() {
  const Mark mark = reading_.mark(line_);
  // A new command: its output is another listing, and begins here.
  if (mark == Mark::prompt) return listings_.begin(line_);
  if (mark != Mark::none) return;
  const std::string_view line = reading_.line(line_);
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return;
  if (read_heading(line.substr(first))) return;
  if (starts_row(line.substr(first))) {
    if (listings_.is_fresh()) read_heading_above();
    return read_rows(first);
  }
  // A listing that was collapsed into one line may have other text before it.
  if (!icontains(line, "TCP") && !icontains(line, "UDP")) return;
  const std::size_t start = find_netstat_row(line, first);
  if (start == std::string_view::npos) return;
  std::string_view before = trim(line.substr(0, start));
  constexpr std::string_view kHeading = "Proto Local Address";
  if (const auto heading = before.find(kHeading); heading != std::string_view::npos) {
    listings_.begin(line_);
    NetstatListing& listing = listings_.current(line_);
    listing.has_heading = true;
    listing.has_pid = icontains(before.substr(heading), " PID");
    before = before.substr(0, heading);
  }
  leftover(before);
  read_rows(start);
}

/// "Active Connections", "Proto  Local Address …", also translated: most keep "Proto".
bool NetstatReader::read_heading(std::string_view line) {
  if (istarts_with(line, "Active Connections")) {
    listings_.begin(line_);
    reading_.found(kKind);
    reading_.take(line_, Mark::heading);
    const auto next =
        line.find_first_not_of(" \t\r", std::string_view("Active Connections").size());
    if (next == std::string_view::npos) return true;
    line.remove_prefix(next);
  }
  if (!istarts_with(line, "Proto ") && !istarts_with(line, "Proto\t")) return false;
  listings_.begin(line_);
  reading_.found(kKind);
  reading_.take(line_, Mark::heading);
  const std::size_t row = find_netstat_row(line, 0);
  NetstatListing& listing = listings_.current(line_);
  listing.has_heading = true;
  listing.has_pid = icontains(line.substr(0, row), "PID");
  if (row == std::string_view::npos) {
    if (!listing.has_pid && is_pid_heading(line_ + 1)) {
      listing.has_pid = true;
      reading_.take(++line_, Mark::heading);
    }
    return true;
  }
  read_rows(reading_.line(line_).size() - line.size() + row);
  return true;
}

/// The line above the first row names the columns in whatever language; above that may be a title.
void NetstatReader::read_heading_above() {
  std::size_t above = line_;
  while (above > 0 && trim(reading_.line(above - 1)).empty()) --above;
  const bool pid_below = above > 1 && is_pid_heading(above - 1);
  if (pid_below) --above;
  if (above == 0 || !reading_.is_free(above - 1)) return;
  const std::string_view heading = reading_.line(above - 1);
  const std::size_t count = words(heading.substr(0, 400)).size();
  if (!has_columns(heading) || count < 3 || count > kHeadingWordsMax) return;
  if (icontains(heading, "://") || find_netstat_row(heading, 0) != std::string_view::npos) return;
  listings_.begin(above - 1);
  reading_.take(above - 1, Mark::heading);
  NetstatListing& listing = listings_.current(above - 1);
  listing.has_heading = true;
  listing.has_pid = pid_below || icontains(heading, "PID");
  if (pid_below) reading_.take(above, Mark::heading);
  std::size_t title = above - 1;
  while (title > 0 && trim(reading_.line(title - 1)).empty()) --title;
  if (title == 0 || !reading_.is_free(title - 1)) return;
  const std::string_view text = trim(reading_.line(title - 1));
  if (words(text.substr(0, 400)).size() <= kComponentWordsMax && text.back() != '.' &&
      text.back() != ':') {
    reading_.take(title - 1, Mark::heading);
  }
}

/// All rows of this line from `start` on. A row that is wrapped moves on to its last line.
void NetstatReader::read_rows(std::size_t start) {
  reading_.found(kKind);
  for (;;) {
    bool failed = false;
    start = read_row(start, failed);
    const std::string_view line = reading_.line(line_);
    const std::size_t next = find_netstat_row(line, start);
    const std::string_view between =
        trim(line.substr(start, next == std::string_view::npos ? next : next - start));
    // What follows a damaged row is its rest, and named with it.
    if (!failed && !between.empty() && !take_owner(between)) leftover(between);
    if (next == std::string_view::npos) break;
    start = next;
  }
  drop_pid_that_may_go_on();
  read_owner_lines();
}

/// Reads one row and returns where it ends in its last line.
std::size_t NetstatReader::read_row(std::size_t start, bool& failed) {
  const std::string_view text = reading_.document().text();
  std::string_view line = reading_.line(line_);
  const auto offset = static_cast<std::size_t>(line.data() - text.data()) + start;
  const bool has_pid = listings_.current(line_).has_pid;
  // Glued rows are one word as long as the line: not all of it is looked at for each of them.
  const bool glued = starts_glued_row(text.substr(offset));
  NetstatRow row =
      parse_netstat_row(text.substr(offset, glued ? kGluedRowBytesMax : text.npos), has_pid);
  // "FIN_WAIT_" and "1  2260" in the next line.
  if (!row.endpoint || row.foreign_state.ends_with('_')) {
    if (row.endpoint) row.reason = "the state goes on in the next line";
    const std::size_t end = mend_row(start, row.reason, failed);
    if (!failed) return end;
    listings_.forget_last_row();  // what stands under a row belongs to it
    reading_.unread(line_, std::move(row.reason));
    return std::min(start + row.bytes, line.size());  // a damaged word may go on in the next line
  }
  if (std::size_t joined_end = 0; join_broken_state(start, row, joined_end)) return joined_end;
  const std::size_t first_line = line_;
  // A wrapped row ends in a later line.
  std::size_t end = offset + row.bytes;
  while (end > static_cast<std::size_t>(line.data() - text.data()) + line.size()) {
    line = reading_.line(++line_);
    if (reading_.mark(line_) == Mark::none) reading_.take(line_, Mark::row);
  }
  keep(row, first_line);
  return end - static_cast<std::size_t>(line.data() - text.data());
}

/// Columns that stick together, or a line that was broken in the middle of a word or number.
std::size_t NetstatReader::mend_row(std::size_t start, std::string& reason, bool& failed) {
  const std::string_view line = reading_.line(line_);
  GluedRow glued = read_glued_row(line.substr(start));
  NetstatRow row;
  if (glued.endpoint) {
    row.endpoint = std::move(glued.endpoint);
    keep(row, line_);
    return start + glued.bytes;
  }
  for (std::size_t lines = 1; lines <= kWrappedLinesMax; ++lines) {
    std::string joined;
    if (!join_lines(start, lines, row, joined)) continue;
    const std::size_t first_line = line_;
    for (std::size_t i = 0; i < lines; ++i) reading_.take(++line_, Mark::row);
    keep(row, first_line);
    return reading_.line(line_).size() - (joined.size() - row.bytes);
  }
  if (starts_glued_row(line.substr(start))) reason = std::move(glued.reason);
  failed = true;
  return start;
}

/// "LISTEN" and "ING 668" in the next line: a state that is cut may be one itself, or none. One in
/// a language that is not known goes on where the process id stands behind it.
bool NetstatReader::join_broken_state(std::size_t start, const NetstatRow& row, std::size_t& end) {
  const bool at_end = start + row.bytes == reading_.line(line_).size();
  if (!at_end || row.endpoint->pid || row.endpoint->protocol != Protocol::tcp) return false;
  NetstatRow whole;
  std::string joined;
  if (!join_lines(start, 1, whole, joined)) return false;
  const bool is_foreign = !whole.foreign_state.empty();
  const bool goes_on = whole.endpoint->pid && listings_.current(line_).has_pid &&
                       !row.foreign_state.empty() && reading_.line(line_ + 1).front() != ' ' &&
                       words(whole.foreign_state).size() == words(row.foreign_state).size();
  if (is_foreign && !goes_on) return false;
  if (row.foreign_state.empty() && whole.endpoint->state != row.endpoint->state &&
      row.endpoint->state != State::closed) {
    return false;
  }
  const std::size_t first_line = line_++;
  reading_.take(line_, Mark::row);
  end = reading_.line(line_).size() - (joined.size() - whole.bytes);
  keep(whole, first_line);
  return true;
}

/// True if the text from `start` and `lines` more lines are a row that ends in the last of them.
bool NetstatReader::join_lines(std::size_t start, std::size_t lines, NetstatRow& row,
                               std::string& joined) const {
  const std::string_view first = reading_.line(line_).substr(start);
  if (first.size() > kWrappedBytesMax || line_ + lines >= reading_.line_count()) return false;
  joined = first;
  std::size_t before = 0;
  for (std::size_t i = 1; i <= lines; ++i) {
    const std::string_view next = reading_.line(line_ + i);
    if (!reading_.is_free(line_ + i) || next.size() > kWrappedBytesMax) return false;
    if (trim(next).empty() || starts_row(trim(next))) return false;
    before = joined.size();
    joined += next;
  }
  row = parse_netstat_row(joined, true);
  if (!row.endpoint) {
    GluedRow glued = read_glued_row(joined);
    row.endpoint = std::move(glued.endpoint);
    row.bytes = glued.bytes;
  }
  return row.endpoint && row.bytes > before;
}

/// A row that was wrapped before its last column.
void NetstatReader::take_pid_below() {
  Endpoint* row = listings_.last_row();
  if (row == nullptr || row->pid || !listings_.current(line_).has_pid) return;
  row->pid = number<std::uint32_t>(trim(reading_.line(line_ + 1)));
  if (row->pid) reading_.take(++line_, Mark::row);
}

/// True if the next line is a number that may be the end of the process id of the last row.
bool NetstatReader::pid_may_go_on() const {
  if (line_ + 1 >= reading_.line_count() || !reading_.is_free(line_ + 1)) return false;
  const std::string_view line = reading_.line(line_);
  const std::string_view next = reading_.line(line_ + 1);
  return !line.empty() && is_digit(line.back()) && next.front() != ' ' &&
         first_number(next).has_value();
}

/// "LISTENING 12" and "34" in the next line: 12 would be a claim that nothing bears.
void NetstatReader::drop_pid_that_may_go_on() {
  Endpoint* row = listings_.last_row();
  if (row == nullptr || !row->pid || !pid_may_go_on()) return;
  const std::uint32_t rest = *first_number(reading_.line(line_ + 1));
  const auto whole = number<std::uint32_t>(fmt::format("{}{}", *row->pid, rest));
  if (whole && reading_.line(line_).size() == widest_line()) {
    row->pid = whole;
    reading_.take(line_ + 1, Mark::row);
    return;
  }
  row->pid.reset();
  reading_.unread(line_ + 1,
                  "may be the end of the process id above: the row is read without one; "
                  "copy the text again without breaking lines");
}

/// A heading that was wrapped before its last column, or in the middle of the one before.
bool NetstatReader::is_pid_heading(std::size_t line) const {
  if (line >= reading_.line_count() || !reading_.is_free(line)) return false;
  constexpr std::size_t kBytesMax = 80;
  const std::vector<std::string_view> names = words(reading_.line(line).substr(0, kBytesMax));
  return !names.empty() && names.size() <= 2 && names.back() == "PID";
}

/// A text that ends in the middle of its last row: what is missing there, or not whole.
void NetstatReader::doubt_last_row() {
  std::size_t last = reading_.line_count();
  while (last > 0 && trim(reading_.line(last - 1)).empty()) --last;
  Endpoint* row = listings_.last_row();
  if (row == nullptr || last-- < 2 || row->sources.empty()) return;
  if (reading_.is_free(last) && begins_row(reading_.line(last))) {
    return reading_.unread(last, std::string(kCutOff));
  }
  if (row->sources.front().line != reading_.document().number(last)) return;
  std::size_t before = last;  // the row before has all columns
  while (before > 0 && reading_.mark(before - 1) != Mark::row) --before;
  if (before == 0) return;
  const std::string_view whole = trim(reading_.line(before - 1));
  const std::string_view line = reading_.line(last);
  // Rows of UDP have no offload state, but its blanks.
  const bool empty = row->protocol == Protocol::udp && line.ends_with(' ');
  const bool cut = ends_with_offload(whole) && !ends_with_offload(line) && !empty;
  if (cut && row->pid) {
    row->pid.reset();
    reading_.complain(last, std::string(kCutOff));
  } else if (!row->pid && (listings_.current(last).has_pid || cut)) {
    reading_.complain(last, "the process id is missing: was the text cut off?");
  }
}

void NetstatReader::keep(NetstatRow& row, std::size_t line) {
  if (reading_.is_cut_off(line) && reading_.line(line).ends_with("CLOSE")) {
    return reading_.unread(line, "the text ends in this row: its state may be CLOSE_WAIT");
  }
  NetstatListing& listing = listings_.current(line);
  if (listing.has_heading && !listing.has_pid && row.endpoint->pid) {
    row.endpoint->pid.reset();
    reading_.complain(line, "a number stands behind the state, but no column is named PID");
  }
  row.endpoint->sources = reading_.source(line);
  if (reading_.mark(line) != Mark::unread) reading_.take(line, Mark::row);
  if (listings_.size() > reading_.rows_max()) return;  // the limit is reached: the input is refused
  listings_.add(std::move(*row.endpoint), line);
  if (row.foreign_state.empty()) return;
  listing.foreign.push_back({listings_.last_place(), line, std::move(row.foreign_state)});
}

/// What netstat -b prints under a row.
void NetstatReader::read_owner_lines() {
  if (Endpoint* row = listings_.last_row()) line_ = read_owner_below(reading_, line_, *row);
}

/// The same in a listing of one line: "… 716 RpcSs [svchost.exe] TCP …".
bool NetstatReader::take_owner(std::string_view text) {
  Endpoint* row = listings_.last_row();
  return row != nullptr && read_owner_behind(text, *row);
}

/// Text on a line of the listing that belongs to no row.
void NetstatReader::leftover(std::string_view text) {
  constexpr std::string_view kMarks = ">|#*-+;,.:\"'`";  // of quotations and drawings
  text = trim(text);
  if (text.find_first_not_of(kMarks) == std::string_view::npos) return;
  reading_.complain(line_, fmt::format("'{}' on this line is not a part of a row", shown(text)));
}

/// A text that a terminal or mail program wrapped has many lines of this width.
std::size_t NetstatReader::widest_line() const {
  if (widest_ > 0) return widest_;
  for (std::size_t i = 0; i < reading_.line_count(); ++i) {
    widest_ = std::max(widest_, reading_.line(i).size());
  }
  return widest_;
}

}  // namespace

void read_netstat(Reading& reading) { NetstatReader(reading).run(); }

}  // namespace deadlight::evidence
