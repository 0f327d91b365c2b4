#include "model/proc_net.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "evidence/linux_clue.h"
#include "evidence/netstat_listing.h"
#include "evidence/raw_protocols.h"
#include "evidence/readers.h"
#include "evidence/unix_socket.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "proc_net";
constexpr std::size_t kRowWordsMax = 20;  // TCP of Linux 6 has 17
constexpr std::size_t kLinesAbove = 2;    // where the name of the table may stand

enum class TableKind { unknown, tcp, udp, other };

/// A name of a table on a line with one name only: "==> /proc/net/tcp6 <==", "cat /proc/net/udp".
TableKind named_kind(std::string_view line) {
  constexpr std::string_view kFolder = "net/";
  TableKind kind = TableKind::unknown;
  for (auto at = line.find(kFolder); at != std::string_view::npos; at = line.find(kFolder)) {
    line.remove_prefix(at + kFolder.size());
    const std::string_view name = line.substr(0, line.find_first_of(" \t:<>;|\"'"));
    const TableKind found = name == "tcp" || name == "tcp6"   ? TableKind::tcp
                            : name == "udp" || name == "udp6" ? TableKind::udp
                                                              : TableKind::other;
    if (kind != TableKind::unknown && kind != found) return TableKind::unknown;
    kind = found;
  }
  return kind;
}

/// "   0: 0100007F:07E8 00000000:0000 0A …"
bool is_row(std::string_view line) {
  constexpr std::size_t kSlotDigitsMax = 10;
  const auto colon = line.find(':');
  if (colon == 0 || colon > kSlotDigitsMax || line.size() < colon + 30) return false;
  if (!number<std::uint32_t>(line.substr(0, colon)) || line[colon + 1] != ' ') return false;
  const auto cells = words(line.substr(colon + 1, 120));
  return cells.size() >= 2 && cells[0].find(':') != std::string_view::npos &&
         cells[1].find(':') != std::string_view::npos;
}

/// Which way round the machine had its bytes: addresses that everybody has tell.
struct OrderHints {
  std::size_t little = 0;
  std::size_t big = 0;

  void look(std::string_view address) {
    if (address.size() == 8) {
      little += address.ends_with("7F") || address.ends_with("A8C0") || address.ends_with("0A");
      big += address.starts_with("7F") || address.starts_with("C0A8") || address.starts_with("0A");
    } else {
      little += address.starts_with("000080FE") || address.ends_with("000000000000000001000000");
      big += address.starts_with("FE800000") || address.ends_with("000000000000000000000001");
    }
  }
  std::endian order() const {
    return big > 0 && little == 0 ? std::endian::big : std::endian::little;
  }
};

class ProcNetReader {
 public:
  explicit ProcNetReader(Reading& reading) : reading_(reading), endpoints_({}) {}

  void run() {
    for (std::size_t i = reading_.next_free(0); i < reading_.line_count();
         i = reading_.next_free(i + 1)) {
      const std::string_view line = after_blanks(reading_.line(i));
      if (line.size() < 20) continue;
      if (line[0] == 's' && line[1] == 'l' && is_proc_net_heading(line)) {
        begin(i);
      } else if (is_digit(line[0]) && is_row(line)) {
        add_row(line, i);
      }
    }
    if (!tables_.empty()) note_linux(reading_, tables_.front().line, "a table of /proc/net");
    for (const Table& table : tables_) read_table(table);
    endpoints_.finish(reading_);
  }

 private:
  struct Table {
    std::size_t line = 0;
    TableKind kind = TableKind::unknown;
    bool drops = false;  ///< the heading has that column, which TCP's has not
    bool heading = false;
    bool raw_indent = false;  ///< the heading of raw sockets has one blank less than that of UDP
    std::vector<std::size_t> rows;
  };

  void begin(std::size_t index) {
    reading_.found(kKind);
    reading_.take(index, Mark::heading);
    const std::string_view line = reading_.line(index);
    Table table;
    table.line = index;
    table.heading = true;
    table.drops = line.find("drops") != std::string_view::npos;
    table.raw_indent = line.starts_with("  sl") && line.find("rem_address") != line.npos;
    for (std::size_t up = 1; up <= kLinesAbove && up <= index; ++up) {
      const std::string_view above = reading_.line(index - up);
      if (above.size() > 200) break;
      table.kind = named_kind(above);
      const bool title = trim(above).starts_with("==>");
      if (title && reading_.is_free(index - up)) reading_.take(index - up, Mark::heading);
      if (table.kind != TableKind::unknown || !trim(above).empty()) break;
    }
    tables_.push_back(std::move(table));
  }

  void add_row(std::string_view line, std::size_t index) {
    if (tables_.empty()) tables_.push_back({});
    reading_.found(kKind);
    reading_.take(index, Mark::row);
    tables_.back().rows.push_back(index);
    const std::vector<std::string_view> cells = words(line.substr(0, 120));
    hints_.look(cells[1].substr(0, cells[1].find(':')));
    hints_.look(cells[2].substr(0, cells[2].find(':')));
  }

  /// TCP's heading ends with "inode"; those of UDP, UDP-Lite and raw sockets are alike.
  TableKind kind_of(const Table& table) const {
    if (table.kind != TableKind::unknown) return table.kind;
    if (!table.heading) return TableKind::unknown;
    const std::string_view heading = trim(reading_.line(table.line));
    if (!table.drops) return heading.ends_with("inode") ? TableKind::tcp : TableKind::unknown;
    const bool raw = std::all_of(table.rows.begin(), table.rows.end(), [&](std::size_t row) {
      const auto socket = parse_proc_socket(reading_.line(row), Protocol::udp, hints_.order());
      return socket && is_raw_protocol(socket->endpoint.port);
    });
    if (raw) return table.raw_indent ? TableKind::other : TableKind::unknown;
    return TableKind::udp;
  }

  void read_table(const Table& table) {
    endpoints_.begin(table.line);
    const TableKind kind = kind_of(table);
    const Protocol protocol = kind == TableKind::udp ? Protocol::udp : Protocol::tcp;
    for (const std::size_t row : table.rows) {
      if (kind == TableKind::other) {
        reading_.take(row, Mark::heading);  // raw sockets and UDP-Lite: no port of TCP or UDP
        continue;
      }
      if (kind == TableKind::unknown) {
        reading_.unread(row,
                        "which table this is of is not said; print it with "
                        "tail -n +1 /proc/net/{tcp,tcp6,udp,udp6}, which names each");
        continue;
      }
      auto socket = parse_proc_socket(reading_.line(row), protocol, hints_.order());
      if (!socket) {
        reading_.unread(row, "is no row of a socket table");
        continue;
      }
      if (words(reading_.line(row)).size() > kRowWordsMax) {
        reading_.complain(row, "more than one row on this line: the first alone is read");
      }
      socket->endpoint.sources = reading_.source(row);
      endpoints_.add(std::move(socket->endpoint), row);
    }
  }

  Reading& reading_;
  NetstatListings endpoints_;
  std::vector<Table> tables_;
  OrderHints hints_;
};

}  // namespace

void read_proc_net(Reading& reading) { ProcNetReader(reading).run(); }

}  // namespace deadlight::evidence
