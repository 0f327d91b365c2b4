#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "evidence/linux_clue.h"
#include "evidence/netstat_listing.h"
#include "evidence/raw_protocols.h"
#include "evidence/readers.h"
#include "evidence/shell.h"
#include "evidence/ss_row.h"
#include "evidence/wrapped.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "ss";
constexpr std::size_t kContinuationsMax = 4;
constexpr std::size_t kRestBytesMax = 200;  // looked at in a line that may be the rest of a row
constexpr std::size_t kCommBytes = 15;      ///< the kernel cuts a program's name there

struct Row {
  std::size_t line = 0;
  std::size_t more = 0;  ///< lines after it that belong to it
};

/// What one call of ss printed.
struct Listing {
  std::size_t line = 0;
  std::string_view command;  ///< "ss -tlnp", where a prompt shows it
  std::vector<Row> rows;
  SsEra era = SsEra::unknown;
};

/// May `line` begin with a netid, a state or the heading? Most foreign lines end here.
bool may_begin(std::string_view line) {
  constexpr std::string_view kFirst = "LEUSFTCNBturnpvsdxim?";
  return line.size() > 8 && kFirst.find(line.front()) != std::string_view::npos &&
         (line[1] < '0' || line[1] > '9') && line[2] != 'P';  // no "TCP", no "UDP"
}

bool is_heading(std::string_view line) {
  if (!line.starts_with("Netid") && !line.starts_with("State") && !line.starts_with("Recv-Q")) {
    return false;
  }
  const std::string_view start = line.substr(0, 400);
  return start.find("Local Address") != std::string_view::npos ||
         start.find("Local") < start.find("Peer Address");
}

/// A line under a row with what `ss -i`, `-m` and `-o` add.
bool is_extra(std::string_view line) {
  constexpr std::array<std::string_view, 14> kFirst = {
      "skmem:", "mem:",  "users:(", "timer:", "ino:", "uid:", "cgroup:",
      "cubic ", "reno ", "bbr ",    "ts ",    "sack", "sk:",  "fwmark:"};
  const std::string_view text = after_blanks(line);
  if (text.empty()) return false;
  return std::any_of(kFirst.begin(), kFirst.end(),
                     [&](std::string_view first) { return text.starts_with(first); });
}

/// Protocols that the letters of "ss -tulpn" ask for.
struct Asked {
  bool tcp = false;
  bool udp = false;
};
Asked asked_of(std::string_view command) {
  Asked asked;
  for (const std::string_view word : words(command)) {
    if (word == "|" || word == ">") break;
    const bool letters = word.size() > 1 && word[0] == '-' && word[1] != '-';
    asked.tcp =
        asked.tcp || word == "--tcp" || (letters && word.find('t') != std::string_view::npos);
    asked.udp =
        asked.udp || word == "--udp" || (letters && word.find('u') != std::string_view::npos);
  }
  return asked;
}

class SsReader {
 public:
  explicit SsReader(Reading& reading) : reading_(reading), endpoints_({}) {
    endpoints_.leave_processes_unnamed();
  }

  void run() {
    for (std::size_t i = reading_.next_free(0); i < reading_.line_count();
         i = reading_.next_free(i + 1)) {
      const std::string_view line = after_blanks(reading_.line(i));
      if (may_begin(line)) read_line(line, i);
    }
    if (listings_.empty()) return;
    note_linux(reading_, listings_.front().line, "a listing of ss");
    for (Listing& listing : listings_) read_listing(listing);
    endpoints_.finish(reading_);
    if (dual_line_) {
      reading_.snapshot.notes.push_back(
          fmt::format("{}: ss prints * for an IPv6 socket that takes IPv4 too; it stands here as "
                      "[::]",
                      reading_.place(*dual_line_)));
    }
  }

 private:
  void read_line(std::string_view line, std::size_t index) {
    if (is_heading(line)) {
      begin(index);
      if (icontains(line.substr(0, 400), "Process")) listings_.back().era = SsEra::modern;
      reading_.take(index, Mark::heading);
      return;
    }
    const auto cells = cut_ss_row(line);
    if (!cells) return;
    // A prompt or other text between: another call.
    if (listings_.empty() || (index > end_ && !is_blank_between(end_, index))) begin(index);
    reading_.found(kKind);
    Row row{index, 0};
    while (row.more < kContinuationsMax && index + row.more + 1 < reading_.line_count() &&
           goes_on(reading_.line(index), index + row.more + 1)) {
      ++row.more;
      reading_.take(index + row.more, Mark::row);
    }
    end_ = index + row.more + 1;
    if (row.more == 0 && is_cut_by_window(index)) {
      refuse_wrapped(reading_, index, index + 1);
      end_ = index + 2;
      return;
    }
    reading_.take(index, Mark::row);
    if (cells->netid.empty() || has_ports(cells->netid)) {
      listings_.back().rows.push_back(row);
    } else if (cells->netid == "sctp" || cells->netid == "dccp") {
      reading_.unread(index, kOtherProtocol);
    } else {
      reading_.take(index, Mark::heading);  // no port of TCP or UDP
    }
  }

  /// Does line `next` belong to the row? Terminals and mail programs wrap long ones.
  bool goes_on(std::string_view row, std::size_t next) const {
    if (!reading_.is_free(next)) return false;
    const std::string_view line = reading_.line(next);
    if (line.starts_with('\t') || is_extra(line)) return !after_blanks(line).empty();
    const auto users = row.find("users:((");
    return users != std::string_view::npos && row.find("))", users) == std::string_view::npos &&
           !trim(line).empty() && !cut_ss_row(after_blanks(line));
  }

  /// The end of a port or state may stand in the next line.
  bool is_cut_by_window(std::size_t index) const {
    if (!may_be_wrapped(reading_, index) || !reading_.is_free(index + 1)) return false;
    const std::string_view next = reading_.line(index + 1);
    if (trim(next).find_first_not_of(".[]") == std::string_view::npos)
      return false;  // rows left out
    // A program's name may have blanks.
    const std::string_view rest = next.substr(0, kRestBytesMax);
    return next.front() != ' ' && !is_heading(next) && !cut_ss_row(next) &&
           words(rest.substr(0, rest.find("users:(("))).size() <= 2;
  }

  bool is_blank_between(std::size_t first, std::size_t end) const {
    for (std::size_t i = first; i < end; ++i) {
      const Mark mark = reading_.mark(i);
      if (mark == Mark::prompt || (mark == Mark::none && !trim(reading_.line(i)).empty())) {
        return false;
      }
    }
    return true;
  }

  void begin(std::size_t index) {
    reading_.found(kKind);
    Listing listing;
    listing.line = index;
    if (index > 0) listing.command = shell_command(reading_.line(index - 1));
    listings_.push_back(std::move(listing));
    end_ = index + 1;
  }

  std::string text_of(const Row& row) const {
    std::string text(after_blanks(reading_.line(row.line)));
    for (std::size_t i = 1; i <= row.more; ++i) {
      const std::string_view line = reading_.line(row.line + i);
      const bool wrapped = text.rfind("users:((") != std::string::npos &&
                           text.find("))", text.rfind("users:((")) == std::string::npos;
      text += wrapped ? std::string() : std::string(" ");
      text += wrapped ? after_blanks(line) : trim(line);
    }
    return text;
  }

  void read_listing(Listing& listing) {
    endpoints_.begin(listing.line);
    bool old_era = false;
    bool modern = listing.era == SsEra::modern;
    for (const Row& row : listing.rows) {
      const auto cells = cut_ss_row(after_blanks(reading_.line(row.line)));
      const SsEra era = cells ? era_of(*cells) : SsEra::unknown;
      old_era = old_era || era == SsEra::old;
      modern = modern || era == SsEra::modern;
    }
    listing.era = old_era == modern ? SsEra::unknown : old_era ? SsEra::old : SsEra::modern;
    const std::optional<Protocol> protocol = protocol_without_netid(listing);
    for (const Row& row : listing.rows) read_row(row, listing.era, protocol);
  }

  /// Without the Netid column all rows are of one protocol: which, the states or the command tell.
  std::optional<Protocol> protocol_without_netid(const Listing& listing) const {
    const Asked asked = asked_of(listing.command);
    if (asked.tcp != asked.udp) return asked.tcp ? Protocol::tcp : Protocol::udp;
    bool unconnected = false;
    bool raw = true;
    for (const Row& row : listing.rows) {
      const auto cells = cut_ss_row(after_blanks(reading_.line(row.line)));
      if (!cells || !cells->netid.empty()) continue;
      if (cells->state != "UNCONN" && cells->state != "ESTAB") return Protocol::tcp;
      unconnected = unconnected || cells->state == "UNCONN";
      const auto port = number<std::uint16_t>(cells->local.substr(cells->local.rfind(':') + 1));
      raw = raw && port && is_raw_protocol(*port);
    }
    return unconnected && !raw ? std::optional(Protocol::udp) : std::nullopt;
  }

  /// A listing that was collapsed into one line has several rows there.
  void read_row(const Row& row, SsEra era, std::optional<Protocol> protocol) {
    const std::string text = text_of(row);
    auto cells = cut_ss_row(text);
    if (!cells) return reading_.unread(row.line, "the row of ss is not complete");
    while (cells) {
      const std::string_view rest = cells->extras;
      const std::size_t next = find_ss_row(rest);
      cells->extras = rest.substr(0, next);
      if (cells->netid.empty() || has_ports(cells->netid)) read_cells(*cells, row, era, protocol);
      cells = next == rest.npos ? std::nullopt : cut_ss_row(rest.substr(next));
    }
  }

  void read_cells(const SsCells& row_cells, const Row& row, SsEra era,
                  std::optional<Protocol> protocol) {
    const SsCells* cells = &row_cells;
    if (!cells->netid.empty()) protocol = parse_protocol(cells->netid);
    if (!protocol) {
      return reading_.unread(row.line,
                             "TCP, UDP or another protocol is not said; run ss -tulpn, which "
                             "prints the column Netid");
    }
    Result<Endpoint> endpoint = parse_ss_cells(*cells, *protocol, era);
    if (!endpoint) return reading_.unread(row.line, endpoint.error().message);
    if (endpoint->remote && reading_.line(row.line).ends_with(cells->peer) &&
        reading_.is_cut_off(row.line)) {
      return reading_.unread(row.line, "the text ends in the remote port, which may be cut off");
    }
    Result<SsOwners> owners = parse_ss_owners(cells->extras);
    if (!owners) {
      reading_.complain(row.line, owners.error().message);
      owners = SsOwners();
    }
    note_wildcard(*cells, era, row.line);
    endpoint->sources = reading_.source(row.line);
    endpoint->unit = owners->unit;
    users_seen_ = users_seen_ || !owners->users.empty();
    if (owners->users.empty() && users_seen_ && reading_.is_cut_off(row.line)) {
      reading_.complain(row.line, "the text ends in this row: its process may be cut off");
    }
    if (owners->users.empty()) endpoints_.add(std::move(*endpoint), row.line);
    for (const SsUser& user : owners->users) add(*endpoint, user, row.line);
  }

  void note_wildcard(const SsCells& cells, SsEra era, std::size_t line) {
    const bool any = cells.local.starts_with("*:") || cells.local.starts_with("*%");
    if (!any || cells.peer.starts_with('[')) return;
    if (era == SsEra::modern) {
      if (!dual_line_) dual_line_ = line;
    } else if (era == SsEra::unknown) {
      reading_.complain(line,
                        "whether * is IPv4 alone or IPv6 too depends on the version of ss, which "
                        "nothing here tells: taken as IPv4; give the whole listing");
    }
  }

  void add(const Endpoint& socket, const SsUser& user, std::size_t line) {
    Endpoint endpoint = socket;
    endpoint.pid = user.pid;
    endpoint.process = user.name;
    if (user.name.size() < kCommBytes && !user.name.empty()) {
      Process process;
      process.pid = user.pid;
      process.image = user.name;
      process.sources = endpoint.sources;
      reading_.add(std::move(process));
    }
    endpoints_.add(std::move(endpoint), line);
  }

  Reading& reading_;
  NetstatListings endpoints_;
  std::vector<Listing> listings_;
  std::size_t end_ = 0;  ///< line after the last row or heading
  std::optional<std::size_t> dual_line_;
  bool users_seen_ = false;  ///< a row above names its processes
};

}  // namespace

void read_ss(Reading& reading) { SsReader(reading).run(); }

}  // namespace deadlight::evidence
