#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/connection.h"
#include "evidence/csv.h"
#include "evidence/readers.h"
#include "evidence/wrapped.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kCurrports = "currports";
constexpr std::string_view kTcpview = "tcpview";

struct Name {
  std::string_view name;
  std::string_view Connection::*cell;
};
// What CurrPorts and TCPView call their columns.
constexpr std::array<Name, 14> kNames = {{{"Process Name", &Connection::process},
                                          {"Process", &Connection::process},
                                          {"Process ID", &Connection::pid},
                                          {"PID", &Connection::pid},
                                          {"Protocol", &Connection::protocol},
                                          {"Local Port", &Connection::local_port},
                                          {"Local Address", &Connection::local_address},
                                          {"Remote Port", &Connection::remote_port},
                                          {"Remote Address", &Connection::remote_address},
                                          {"State", &Connection::state},
                                          {"Process Path", &Connection::path},
                                          {"Process Services", &Connection::services},
                                          {"Service Name", &Connection::services},
                                          {"Path", &Connection::path}}};

std::string_view Connection::*column_of(std::string_view name) {
  for (const Name& row : kNames) {
    if (iequals(row.name, name)) return row.cell;
  }
  return nullptr;
}

bool is_ruler(std::string_view line) {
  line = trim(line);
  return line.size() >= 20 && line.find_first_not_of('=') == std::string_view::npos;
}

class CurrportsReader {
 public:
  explicit CurrportsReader(Reading& reading) : reading_(reading) {}

  void run() {
    for (std::size_t i = reading_.next_free(0); i < reading_.line_count();) {
      const std::size_t next = read_at(i);
      i = reading_.next_free(std::max(next, i + 1));
    }
  }

 private:
  bool is_free(std::size_t index) const {
    return index < reading_.line_count() && reading_.is_free(index);
  }

  std::size_t read_at(std::size_t index) {
    const std::string_view line = reading_.line(index);
    std::string_view text = line.substr(indent_of(line));
    if (text.starts_with('"')) text.remove_prefix(1);
    // Most lines of a large input are rows of netstat.
    if (text.empty() || text.starts_with("TCP ") || text.starts_with("UDP ")) return index;
    if (text.starts_with("Process")) {
      if (const auto field = key_value(line); field && iequals(field->key, "Process Name")) {
        return read_block(index);
      }
      return read_heading(index);
    }
    return read_rows(index);
  }

  // --- "Process Name      : svchost.exe" -----------------------------------------------------

  std::size_t read_block(std::size_t index) {
    Connection connection;
    Sources sources;
    std::size_t end = index;
    for (; is_free(end); ++end) {
      const std::optional<KeyValue> field = key_value(reading_.line(end));
      if (!field) break;
      if (const auto cell = column_of(field->key)) {
        if (end > index && iequals(field->key, "Process Name")) break;
        connection.*cell = field->value;
        sources.append(reading_.source(end));
      }
    }
    if (!is_protocol_cell(connection.protocol)) return index;
    reading_.found(kCurrports);
    for (std::size_t i = index; i < end; ++i) reading_.take(i, Mark::row);
    if (index > 0 && reading_.is_free(index - 1) && is_ruler(reading_.line(index - 1))) {
      reading_.take(index - 1, Mark::heading);
    }
    if (is_free(end) && is_ruler(reading_.line(end))) reading_.take(end++, Mark::heading);
    add_connection(reading_, connection, index, sources);
    return end;
  }

  // --- rows below a heading ------------------------------------------------------------------

  std::size_t read_heading(std::size_t index) {
    const char separator = csv_separator(reading_.line(index));
    if (separator == '\0') return read_spaced(index);
    const WrappedRow heading = gather_row(reading_, index, names_protocol);
    const std::string_view text = heading.text ? *heading.text : reading_.line(index);
    const std::vector<std::string> names = csv_cells(text, separator);
    std::vector<std::string_view Connection::*> columns;
    std::size_t known = 0;
    for (const std::string& name : names) {
      columns.push_back(column_of(trim(name)));
      known += columns.back() != nullptr ? 1 : 0;
    }
    constexpr std::size_t kKnownMin = 5;
    if (known < kKnownMin) return index;
    const bool of_currports = csv_column(names, "Local Port Name") < names.size();
    take_heading(index, of_currports ? kCurrports : kTcpview);
    if (std::any_of(names.begin(), names.end(), is_protocol_cell)) {
      refuse_one_line(reading_, index);
    }
    for (std::size_t i = index + 1; i < heading.end; ++i) reading_.take(i, Mark::heading);
    std::size_t i = heading.end;
    if (!heading.text) {
      refuse_wrapped(reading_, index, heading.end - 1);
      return i;
    }
    while (is_free(i)) {
      if (reading_.line(i).find(separator) == std::string_view::npos) break;
      const WrappedRow row = gather_row(reading_, i, names_protocol);
      if (row.text) {
        read_row(i, csv_cells(*row.text, separator), columns);
        for (std::size_t rest = i + 1; rest < row.end; ++rest) reading_.take(rest, Mark::row);
      } else {
        refuse_wrapped(reading_, i, row.end - 1);
      }
      i = row.end;
    }
    return i;
  }

  void take_heading(std::size_t index, std::string_view kind) {
    reading_.found(kind);
    reading_.take(index, Mark::heading);
  }

  void read_row(std::size_t index, const std::vector<std::string>& cells,
                const std::vector<std::string_view Connection::*>& columns) {
    const auto state = std::find(columns.begin(), columns.end(), &Connection::state);
    // "Close Wait" may end with "Close", which is a state too.
    const std::size_t whole_state = reading_.is_cut_off(index) ? 1 : 0;
    const bool cut =
        state != columns.end() &&
        cells.size() <= static_cast<std::size_t>(state - columns.begin()) + whole_state;
    if (cut || cells.size() > columns.size()) {
      reading_.unread(index, fmt::format("{} cells below a heading of {}; was a line cut?",
                                         cells.size(), columns.size()));
      return;
    }
    Connection connection;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (columns[i] != nullptr) connection.*columns[i] = cells[i];
    }
    add_connection(reading_, connection, index, reading_.source(index));
  }

  // --- the HTML export: empty cells leave nothing between their neighbours -------------------

  std::size_t read_spaced(std::size_t index) {
    const std::string_view heading = reading_.line(index);
    if (!icontains(heading, "Process ID") || !icontains(heading, "Local Port Name")) return index;
    take_heading(index, kCurrports);
    std::size_t i = index + 1;
    for (; is_free(i) && !trim(reading_.line(i)).empty(); ++i) read_spaced_row(i);
    return i;
  }

  /// What a cell holds is told by its form: numbers are ports, what has dots or colons and digits
  /// an address.
  void read_spaced_row(std::size_t index) {
    const std::string_view line = trim(reading_.line(index));
    const std::vector<std::string_view> parts = words(line);
    std::size_t protocol = 2;
    while (protocol < parts.size() && !is_protocol_cell(parts[protocol])) ++protocol;
    if (protocol + 2 >= parts.size()) {
      reading_.unread(index, "no protocol and ports in the row of CurrPorts");
      return;
    }
    Connection row;
    row.protocol = parts[protocol];
    row.pid = parts[protocol - 1];
    const std::string_view last = parts[protocol - 2];
    row.process = line.substr(0, static_cast<std::size_t>(last.data() + last.size() - line.data()));
    row.local_port = parts[protocol + 1];
    for (std::size_t i = protocol + 2; i < parts.size() && row.state.empty(); ++i) {
      const std::string_view part = parts[i];
      if (is_address(part)) {
        (row.local_address.empty() ? row.local_address : row.remote_address) = part;
      } else if (!row.local_address.empty() && number<std::uint16_t>(part)) {
        row.remote_port = part;
      } else if (!row.local_address.empty() && is_state_cell(part)) {
        row.state = part;
      }
    }
    add_connection(reading_, row, index, reading_.source(index));
  }

  static bool is_address(std::string_view part) { return make_address(part).ip.has_value(); }

  // --- rows without heading ------------------------------------------------------------------

  /// True if one of the first three cells is a protocol; spares all other lines the work.
  static bool may_be_row(std::string_view line, char separator) {
    constexpr std::size_t kCells = 3;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < kCells; ++i) {
      const std::size_t end = line.find(separator, begin);
      if (end == std::string_view::npos) return false;
      std::string_view cell = line.substr(begin, end - begin);
      if (cell.size() > 2 && cell.front() == '"') cell = cell.substr(1, cell.size() - 2);
      if (cell.size() >= 3 && cell.size() <= 6 && is_protocol_cell(cell)) return true;
      begin = end + 1;
    }
    return false;
  }

  static char separator_of(std::string_view line) {
    return line.find('\t') != std::string_view::npos ? '\t' : ',';
  }

  /// True if any cell is a protocol: columns may stand in any order below a heading.
  static bool names_protocol(std::string_view line) {
    const std::vector<std::string> cells = csv_cells(line, csv_separator(line));
    return std::any_of(cells.begin(), cells.end(), is_protocol_cell);
  }

  static bool begins_row(std::string_view line) { return may_be_row(line, separator_of(line)); }

  std::size_t read_rows(std::size_t index) {
    std::size_t i = index;
    for (std::size_t end = i; is_free(i); i = end) {
      if (!begins_row(reading_.line(i))) break;
      const WrappedRow whole = gather_row(reading_, i, begins_row);
      const std::string_view line = whole.text ? *whole.text : reading_.line(i);
      const std::vector<std::string> cells = csv_cells(line, separator_of(line));
      const std::optional<Connection> row = connection_of_cells(cells);
      if (!row && whole.text) break;
      end = whole.end;
      reading_.found(is_protocol_cell(cells[0])                                ? "tcpvcon"
                     : number<std::uint16_t>(cells.size() > 3 ? cells[3] : "") ? kCurrports
                                                                               : kTcpview);
      if (!whole.text) {
        refuse_wrapped(reading_, i, end - 1);
        continue;
      }
      for (std::size_t rest = i + 1; rest < end; ++rest) reading_.take(rest, Mark::row);
      add_connection(reading_, *row, i, reading_.source(i));
    }
    return i;
  }

  Reading& reading_;
};

}  // namespace

void read_currports(Reading& reading) { CurrportsReader(reading).run(); }

}  // namespace deadlight::evidence
