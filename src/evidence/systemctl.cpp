#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "evidence/linux_clue.h"
#include "evidence/readers.h"
#include "evidence/shell.h"
#include "evidence/systemd_unit.h"
#include "evidence/unix_socket.h"
#include "evidence/words.h"
#include "evidence/wrapped.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "systemctl";

constexpr std::array<std::string_view, 6> kLoad = {"loaded", "not-found", "masked",
                                                   "error",  "merged",    "bad-setting"};
constexpr std::array<std::string_view, 9> kLegend = {"LOAD ",    "ACTIVE ",      "SUB ",
                                                     "Legend: ", "To show all",  "Pass --all",
                                                     "JOB ",     "loaded units", "LOAD="};

bool is_count(std::string_view line) {
  return line.ends_with("units listed.") || line.ends_with("unit files listed.") ||
         line.ends_with("sockets listed.") || line.find(" loaded units listed.") != line.npos;
}

enum class Table { none, units, files, sockets };

/// One row of list-sockets.
struct SocketRow {
  std::size_t line = 0;
  std::string_view listen;
  std::string_view type;  ///< "Stream", with --show-types
  std::string_view unit;
};

class SystemctlReader {
 public:
  explicit SystemctlReader(Reading& reading) : reading_(reading) {}

  void run() {
    for (std::size_t i = reading_.next_free(0); i < reading_.line_count();
         i = reading_.next_free(i + 1)) {
      read_line(after_blanks(reading_.line(i)), i);
    }
    finish_sockets();
  }

 private:
  void read_line(std::string_view line, std::size_t index) {
    if (line.size() < 4) return;
    if (line.starts_with("UNIT") || line.starts_with("LISTEN")) {
      if (read_heading(line, index)) return;
    }
    if (table_ != Table::none && read_legend(line, index)) return;
    if (table_ == Table::sockets && read_socket(line, index)) return;
    const bool letter = (line[0] >= 'A' && line[0] <= 'Z') || (line[0] >= 'a' && line[0] <= 'z');
    if (letter && line[3] == ' ') return;  // too short for a unit: "TCP", "UDP"
    // The first word of a row is a unit; the first word of most other lines has no dot.
    Words words(line);
    std::string_view unit = words.take();
    const bool cut = table_ != Table::none && is_cut(unit);
    if (unit.find('.') == std::string_view::npos && !cut) {
      if (!is_bullet(unit)) return;
      unit = words.take();
    }
    if (!is_any_unit(unit) && !cut) return;
    const std::string_view second = words.take();
    const std::string_view third = words.take();
    const std::string_view fourth = words.take();
    if (std::find(kLoad.begin(), kLoad.end(), second) != kLoad.end() && parse_active_state(third) &&
        words.breaks() == 0) {
      read_unit({unit, second, third, fourth}, after_words(line, words), index);
    } else if (parse_unit_file_state(second) &&
               (table_ == Table::files || third.empty() || third == "enabled" ||
                third == "disabled" || third == "ignored" || third == "-")) {
      read_file(unit, second, index);
    }
  }

  void found(std::size_t index) {
    reading_.found(kKind);
    note_linux(reading_, index, "a listing of systemctl");
  }

  static std::string_view after_words(std::string_view line, Words& words) {
    return trim(line.substr(words.position()));
  }

  bool read_heading(std::string_view line, std::size_t index) {
    Words words(line);
    const std::string_view first = words.take();
    const std::string_view second = words.take();
    Table table = Table::none;
    if (first == "UNIT" && second == "LOAD") table = Table::units;
    if (first == "UNIT" && second == "FILE") table = Table::files;
    if (first == "LISTEN" && (second == "UNIT" || second == "TYPE")) table = Table::sockets;
    if (table == Table::none) return false;
    finish_sockets();
    found(index);
    if (line.find(" loaded ") != std::string_view::npos) {
      refuse_one_line(reading_, index);
      return true;
    }
    reading_.take(index, Mark::heading);
    table_ = table;
    heading_ = index;
    has_type_ = second == "TYPE";
    const std::string_view command =
        index > 0 ? shell_command(reading_.line(index - 1)) : std::string_view();
    active_only_ = command.find("list-sockets") != command.npos &&
                   command.find(" -a") == command.npos && command.find("--all") == command.npos;
    return true;
  }

  /// The lines under a table that explain it.
  bool read_legend(std::string_view line, std::size_t index) {
    if (line.starts_with("Pass --all to see loaded sockets")) active_only_ = true;
    bool legend = is_count(line);
    for (const std::string_view start : kLegend) legend = legend || line.starts_with(start);
    if (legend) reading_.take(index, Mark::heading);
    return legend;
  }

  struct UnitRow {
    std::string_view unit;
    std::string_view load;
    std::string_view active;
    std::string_view sub;
  };

  void read_unit(const UnitRow& row, std::string_view title, std::size_t index) {
    found(index);
    if (is_cut(row.unit)) return refuse_cut(row.unit, index);
    reading_.take(index, Mark::heading);
    if (!is_service_unit(row.unit) || row.load == "not-found") return;
    Service service = service_of(row.unit, index);
    service.state = *parse_active_state(row.active);
    if (row.load == "masked") service.start = StartType::disabled;
    if (!is_cut(title) && !goes_on_below(index)) service.title = title;
    reading_.add(std::move(service));
  }

  /// True if a window cut this row, and the line below is no row: the end of the description.
  bool goes_on_below(std::size_t index) {
    if (!may_be_wrapped(reading_, index) || !reading_.is_free(index + 1)) return false;
    const std::string_view below = reading_.line(index + 1);
    Words words(below);
    std::string_view unit = words.take();
    if (is_bullet(unit)) unit = words.take();
    const bool row = std::find(kLoad.begin(), kLoad.end(), words.peek()) != kLoad.end();
    if (row || is_count(trim(below))) return false;
    reading_.unread(index + 1, "the end of the description above; use systemctl --no-pager --full");
    return true;
  }

  void read_file(std::string_view unit, std::string_view state, std::size_t index) {
    found(index);
    if (is_cut(unit)) return refuse_cut(unit, index);
    reading_.take(index, Mark::heading);
    if (!is_service_unit(unit)) return;
    Service service = service_of(unit, index);
    service.start = *parse_unit_file_state(state);
    reading_.add(std::move(service));
  }

  Service service_of(std::string_view unit, std::size_t index) {
    reading_.take(index, Mark::row);
    Service service;
    service.name = unit;
    service.sources = reading_.source(index);
    return service;
  }

  /// What is left of the name may still show that it is no service.
  void refuse_cut(std::string_view unit, std::size_t index) {
    if (is_any_unit(unit) && !is_service_unit(unit)) return reading_.take(index, Mark::heading);
    reading_.unread(index, fmt::format("the unit's name '{}' is cut off; run systemctl with "
                                       "--full --no-pager",
                                       shown(unit)));
  }

  /// "0.0.0.0:22  ssh.socket  ssh.service", also with the type between.
  bool read_socket(std::string_view line, std::size_t index) {
    const std::vector<std::string_view> columns = words(line.substr(0, 1024));
    std::size_t at = 1;
    while (at < columns.size() && !is_any_unit(columns[at])) ++at;
    if (at >= columns.size() || !columns[at].ends_with(".socket")) return false;
    const std::string_view type = has_type_ ? columns[at - 1] : std::string_view();
    reading_.take(index, Mark::row);
    sockets_.push_back({index, columns[0], type, columns[at]});
    return true;
  }

  void finish_sockets() {
    std::map<std::pair<std::string_view, std::string_view>, int> twice;
    for (const SocketRow& row : sockets_) ++twice[{row.listen, row.unit}];
    bool inactive_said = false;
    for (const SocketRow& row : sockets_) {
      const auto socket = parse_unix_socket(row.listen, Protocol::tcp, Family::unknown);
      if (!socket || !socket->port || !socket->address.ip) continue;  // a path, netlink, vsock
      if (!active_only_) {
        if (!inactive_said) {
          reading_.complain(heading_,
                            "with --all, sockets that are closed are listed too: none is taken as "
                            "open; run systemctl list-sockets --show-types");
        }
        inactive_said = true;
        continue;
      }
      add_socket(row, *socket, twice[{row.listen, row.unit}] == 2);
    }
    sockets_.clear();
    table_ = Table::none;
  }

  /// One socket unit that has an address twice has it for TCP and for UDP.
  void add_socket(const SocketRow& row, const UnixSocket& socket, bool both) {
    const bool tcp = row.type == "Stream";
    const bool udp = row.type == "Datagram";
    if (!tcp && !udp && !both) {
      return reading_.complain(row.line,
                               fmt::format("whether {} is TCP or UDP is not said; run systemctl "
                                           "list-sockets --show-types",
                                           shown(row.listen)));
    }
    for (const Protocol protocol : {Protocol::tcp, Protocol::udp}) {
      if (protocol == Protocol::tcp ? udp : tcp) continue;
      Endpoint endpoint;
      endpoint.protocol = protocol;
      endpoint.local = socket.address;
      endpoint.port = *socket.port;
      endpoint.state = protocol == Protocol::tcp ? State::listening : State::bound;
      endpoint.unit = row.unit;
      endpoint.sources = reading_.source(row.line);
      reading_.add(std::move(endpoint));
    }
  }

  Reading& reading_;
  Table table_ = Table::none;
  std::size_t heading_ = 0;
  bool has_type_ = false;
  bool active_only_ = false;  ///< list-sockets ran without --all
  std::vector<SocketRow> sockets_;
};

}  // namespace

void read_systemctl(Reading& reading) { SystemctlReader(reading).run(); }

}  // namespace deadlight::evidence
