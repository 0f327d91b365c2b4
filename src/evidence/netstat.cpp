#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/text.h"
#include "evidence/limits.h"
#include "evidence/netstat_row.h"
#include "evidence/readers.h"
#include "evidence/words.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "netstat";
constexpr std::size_t kOwnerLinesMax = 64;     // of one row; a long one of Windows XP has a dozen
constexpr std::size_t kComponentWordsMax = 4;  // "-- unknown component(s) --"

/// What one call of netstat printed.
struct Listing {
  std::size_t first_line = 0;
  bool has_pid = false;
  std::deque<Endpoint> rows;  ///< grows without moving what is there
};

/// Sockets that are open, as text, by what a call may have been limited to: protocol and family.
using OpenSockets = std::map<std::pair<Protocol, bool>, std::set<std::string>>;
/// A UDP socket may be shared: several programs listen on 5353.
using Owners = std::map<std::string, std::set<std::uint32_t>>;

/// The name in "[svchost.exe]"; empty if `line` is not such a line.
std::string_view bracketed_image(std::string_view line) {
  if (line.size() < 3 || line.front() != '[' || line.back() != ']') return {};
  const std::string_view name = trim(line.substr(1, line.size() - 2));
  const bool has_blank = name.find_first_of(" \t") != std::string_view::npos;
  const bool is_program = name.size() > 4 && iequals(name.substr(name.size() - 4), ".exe");
  const bool strange = name.find_first_of("[]\\") != std::string_view::npos;
  return strange || (has_blank && !is_program) ? std::string_view() : name;
}

/// netstat -b says so where it may not look into the process.
bool is_owner_excuse(std::string_view line) {
  return icontains(line, "ownership information") ||
         icontains(line, "Windows Sockets initialization failed");
}

bool is_unknown_component(std::string_view line) { return icontains(line, "unknown component"); }

/// A service or the path of a module, not a sentence.
bool is_component(std::string_view line) {
  if (line.empty() || line.front() == '[') return false;
  if (line.find('\\') != std::string_view::npos) return true;
  return words(line.substr(0, 200)).size() <= kComponentWordsMax && line.back() != '.' &&
         line.back() != ':';
}

class NetstatReader {
 public:
  explicit NetstatReader(Reading& reading) : reading_(reading) {}

  void run() {
    for (line_ = 0; line_ < reading_.line_count(); ++line_) read_line();
    keep_what_agrees();
  }

 private:
  void read_line();
  bool read_heading(std::string_view line);
  bool read_linux(std::string_view line);
  void read_rows(std::size_t start);
  std::size_t read_row(std::size_t start, bool& failed);
  void read_owner_lines();
  bool read_inline_owner(std::string_view text);
  void leftover(std::string_view text);

  Listing& current();
  void begin_listing();
  bool agrees(const Listing& listing) const;
  void keep_what_agrees();
  void keep(Listing& listing);

  Reading& reading_;
  std::size_t line_ = 0;
  std::deque<Listing> listings_;
  bool fresh_ = false;  ///< the last listing has a heading and no row yet
  bool linux_ = false;  ///< inside a listing of Linux' netstat
  std::size_t row_count_ = 0;

  OpenSockets kept_open_;
  Owners kept_owners_;
  std::set<std::pair<std::uint32_t, std::string>> processes_;
};

void NetstatReader::read_line() {
  const Mark mark = reading_.mark(line_);
  if (mark == Mark::prompt) {
    // A new command: its output is another listing, and begins here.
    linux_ = false;
    begin_listing();
    listings_.back().first_line = line_;
    return;
  }
  if (mark != Mark::none) return;
  const std::string_view line = reading_.line(line_);
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return;
  if (read_heading(line.substr(first)) || read_linux(line.substr(first))) return;
  if (starts_netstat_row(line.substr(first))) return read_rows(first);
  // A listing that was collapsed into one line may have other text before it.
  if (!icontains(line, "TCP") && !icontains(line, "UDP")) return;
  const std::size_t start = find_netstat_row(line, first);
  if (start == std::string_view::npos) return;
  std::string_view before = trim(line.substr(0, start));
  constexpr std::string_view kHeading = "Proto Local Address";
  if (const auto heading = before.find(kHeading); heading != std::string_view::npos) {
    begin_listing();
    current().has_pid = icontains(before.substr(heading), " PID");
    before = before.substr(0, heading);
  }
  leftover(before);
  read_rows(start);
}

/// "Active Connections", "Proto  Local Address …", also translated: netstat keeps "Proto".
bool NetstatReader::read_heading(std::string_view line) {
  if (istarts_with(line, "Active Connections")) {
    begin_listing();
    reading_.found(kKind);
    reading_.take(line_, Mark::heading);
    const auto next =
        line.find_first_not_of(" \t\r", std::string_view("Active Connections").size());
    if (next == std::string_view::npos) return true;
    line.remove_prefix(next);
  }
  if (!istarts_with(line, "Proto ") && !istarts_with(line, "Proto\t")) return false;
  if (icontains(line.substr(0, 80), "Recv-Q")) {
    linux_ = true;
    reading_.unread(line_,
                    "a listing of Linux' netstat, which is not read; "
                    "give the output of a Windows netstat");
    return true;
  }
  linux_ = false;
  begin_listing();
  reading_.found(kKind);
  reading_.take(line_, Mark::heading);
  const std::size_t row = find_netstat_row(line, 0);
  current().has_pid = icontains(line.substr(0, row), "PID");
  if (row == std::string_view::npos) return true;
  read_rows(reading_.line(line_).size() - line.size() + row);
  return true;
}

/// Rows of Linux have two numbers after the protocol. The listing's heading is named once.
bool NetstatReader::read_linux(std::string_view line) {
  if (!linux_) return false;
  Words row(line);
  const std::string_view protocol = row.take();
  if (!netstat_protocol(protocol) && !istarts_with(protocol, "raw")) return false;
  if (!number<std::uint32_t>(row.take())) return false;
  reading_.take(line_, Mark::heading);
  return true;
}

void NetstatReader::begin_listing() {
  if (fresh_) return;
  listings_.push_back({line_, false, {}});
  fresh_ = true;
}

Listing& NetstatReader::current() {
  if (listings_.empty()) listings_.push_back({line_, false, {}});
  return listings_.back();
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
    if (!failed && !between.empty() && !read_inline_owner(between)) leftover(between);
    if (next == std::string_view::npos) break;
    start = next;
  }
  if (!current().rows.empty()) read_owner_lines();
}

/// Reads one row and returns where it ends in its last line.
std::size_t NetstatReader::read_row(std::size_t start, bool& failed) {
  const std::string_view text = reading_.document().text();
  std::string_view line = reading_.line(line_);
  const auto offset = static_cast<std::size_t>(line.data() - text.data()) + start;
  const bool fits = row_count_ <= reading_.rows_max();
  NetstatRow row = parse_netstat_row(text.substr(offset), current().has_pid);
  fresh_ = false;
  failed = !row.endpoint.has_value();
  if (failed) {
    reading_.unread(line_, std::move(row.reason));
    return start + row.bytes;
  }
  row.endpoint->sources = reading_.source(line_);
  if (reading_.mark(line_) != Mark::unread) reading_.take(line_, Mark::row);
  ++row_count_;
  if (fits) current().rows.push_back(std::move(*row.endpoint));
  // A wrapped row ends in the next line.
  std::size_t end = offset + row.bytes;
  while (end > static_cast<std::size_t>(line.data() - text.data()) + line.size()) {
    line = reading_.line(++line_);
    if (reading_.mark(line_) == Mark::none) reading_.take(line_, Mark::row);
  }
  return end - static_cast<std::size_t>(line.data() - text.data());
}

/// Lines under a row that netstat -b prints: components, then "[svchost.exe]".
void NetstatReader::read_owner_lines() {
  std::size_t end = line_ + 1;
  std::vector<std::string> components;
  std::string_view image;
  for (; end < reading_.line_count() && end - line_ <= kOwnerLinesMax; ++end) {
    if (!reading_.is_free(end)) return;
    // Most rows are followed by another one; that is the cheapest to see.
    if (starts_netstat_row(reading_.line(end))) return;
    const std::string_view text = trim(reading_.line(end));
    image = bracketed_image(text);
    if (!image.empty() || (is_owner_excuse(text) && components.empty())) break;
    if (!is_component(text)) return;
    if (!is_unknown_component(text)) components.emplace_back(text);
  }
  if (end >= reading_.line_count() || end - line_ > kOwnerLinesMax) return;
  for (std::size_t i = line_ + 1; i <= end; ++i) reading_.take(i, Mark::row);
  Endpoint& row = current().rows.back();
  row.process = image;
  row.components = std::move(components);
  line_ = end;
}

/// The same in a listing of one line: "… 716 RpcSs [svchost.exe] TCP …".
bool NetstatReader::read_inline_owner(std::string_view text) {
  if (is_owner_excuse(text)) return true;
  const auto bracket = text.rfind('[');
  if (bracket == std::string_view::npos || current().rows.empty()) return false;
  const std::string_view image = bracketed_image(text.substr(bracket));
  if (image.empty() || text.size() > kOwnerLinesMax * kShownMax) return false;
  Endpoint& row = current().rows.back();
  row.process = image;
  for (const std::string_view word : words(text.substr(0, bracket))) {
    row.components.emplace_back(word);
  }
  return true;
}

/// Text on a line of the listing that belongs to no row.
void NetstatReader::leftover(std::string_view text) {
  text = trim(text);
  if (text.empty()) return;
  reading_.complain(line_, fmt::format("'{}' on this line is not a part of a row", shown(text)));
}

OpenSockets open_sockets(const Listing& listing) {
  OpenSockets open;
  for (const Endpoint& row : listing.rows) {
    if (row.is_open()) open[{row.protocol, row.local.is_v6()}].insert(endpoint_text(row));
  }
  return open;
}

/// A listing of another time or host has other open sockets. One of connections only, or of another
/// protocol, may belong to the first.
bool NetstatReader::agrees(const Listing& listing) const {
  for (const auto& [group, sockets] : open_sockets(listing)) {
    const auto kept = kept_open_.find(group);
    if (kept != kept_open_.end() && kept->second != sockets) return false;
  }
  for (const Endpoint& row : listing.rows) {
    const auto owner = kept_owners_.find(endpoint_text(row));
    if (row.is_open() && row.pid && owner != kept_owners_.end() &&
        !owner->second.contains(*row.pid)) {
      return false;
    }
  }
  return true;
}

void NetstatReader::keep_what_agrees() {
  std::erase_if(listings_, [](const Listing& listing) { return listing.rows.empty(); });
  const bool single = listings_.size() == 1;
  for (Listing& listing : listings_) {
    if (!single && !agrees(listing)) {
      reading_.complain(listing.first_line,
                        "another listing, of another time or host: not merged; "
                        "put it into a file of its own");
      continue;
    }
    if (!single) {
      kept_open_.merge(open_sockets(listing));
      for (const Endpoint& row : listing.rows) {
        if (row.pid) kept_owners_[endpoint_text(row)].insert(*row.pid);
      }
    }
    keep(listing);
  }
}

void NetstatReader::keep(Listing& listing) {
  reading_.expect_endpoints(listing.rows.size());
  for (Endpoint& row : listing.rows) {
    if (row.pid && !row.process.empty() && processes_.emplace(*row.pid, row.process).second) {
      Process process;
      process.pid = *row.pid;
      process.image = row.process;
      process.sources = row.sources;
      reading_.add(std::move(process));
    }
    reading_.add(std::move(row));
  }
}

}  // namespace

void read_netstat(Reading& reading) { NetstatReader(reading).run(); }

}  // namespace deadlight::evidence
