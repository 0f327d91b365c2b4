#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "evidence/limits.h"
#include "evidence/linux_clue.h"
#include "evidence/lsof_name.h"
#include "evidence/netstat_listing.h"
#include "evidence/readers.h"
#include "evidence/shell.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "lsof";
constexpr std::size_t kCommandLetters = 9;  ///< a name of that length may be cut off
constexpr std::size_t kRowBytesMax = 4096;
constexpr const char* kWrappedPort =
    "the port may go on in the next line; copy the text again without breaking lines";
constexpr const char* kNotComplete = "the row of lsof is not complete";
constexpr std::size_t kNodeWordsMax = 4;  // DEVICE, SIZE/OFF, NODE

bool is_heading(std::string_view line) {
  return line.starts_with("COMMAND") && line.find(" PID") != std::string_view::npos &&
         line.find("FD") != std::string_view::npos && line.find("NAME") != std::string_view::npos;
}

std::optional<Protocol> node_protocol(std::string_view node) {
  if (node == "TCP") return Protocol::tcp;
  if (node == "UDP") return Protocol::udp;
  return std::nullopt;
}

/// "0t0", "0x1f": what follows DEVICE.
bool is_offset(std::string_view word) { return word.starts_with("0t") || word.starts_with("0x"); }

/// The words of a row of a socket, by what is certain of them.
struct Cells {
  std::string_view command;
  std::string_view pid;
  bool v6 = false;
  std::string_view device;
  std::string_view node;   ///< "TCP"; empty if the row ends before it
  std::string_view name;   ///< "*:22"
  std::string_view state;  ///< "LISTEN"
  bool several = false;    ///< another row follows on the same line
};

/// The process id stands behind the command, whose name may have a blank: "Plex Medi 467 root 3u".
std::size_t pid_column(const std::vector<std::string_view>& columns, std::size_t type) {
  constexpr std::size_t kBehind = 2;  // the user and the descriptor
  const bool two_words = type > kBehind + 2 && !all_digits(columns[1]) && all_digits(columns[2]);
  return two_words ? 2 : 1;
}

/// A row has at least a command, a process id, a user and a descriptor before its type.
std::optional<Cells> cut_row(std::string_view line) {
  constexpr std::size_t kBefore = 3;
  const std::vector<std::string_view> columns = words(line.substr(0, kRowBytesMax));
  const auto type = std::find_if(columns.begin(), columns.end(), [](std::string_view word) {
    return word == "IPv4" || word == "IPv6";
  });
  if (type == columns.end() || type - columns.begin() < static_cast<std::ptrdiff_t>(kBefore)) {
    return std::nullopt;
  }
  const std::size_t pid = pid_column(columns, static_cast<std::size_t>(type - columns.begin()));
  const std::string_view last_word = columns[pid - 1];
  const std::string_view command(
      columns[0].data(),
      static_cast<std::size_t>(last_word.data() - columns[0].data()) + last_word.size());
  Cells cells{command, columns[pid], *type == "IPv6", {}, {}, {}, {}, false};
  if (type + 2 < columns.end() && is_offset(type[2])) cells.device = type[1];
  cells.several = std::any_of(type + 1, columns.end(), [](std::string_view word) {
    return word == "IPv4" || word == "IPv6";
  });
  const auto last = std::min(columns.end(), type + kNodeWordsMax + 1);
  const auto node = std::find_if(type + 1, last, [](std::string_view word) {
    return word == "TCP" || word == "UDP" || word == "UDPLITE" || word == "SCTP" ||
           word.starts_with("ICMP");
  });
  if (node == last) return cells;
  cells.node = *node;
  if (node + 1 != columns.end()) cells.name = node[1];
  for (auto word = node + 1; word != columns.end(); ++word) {
    if (!word->starts_with('(')) continue;
    const auto end = word->find(')');
    // "(CLOSE" at the end of the row may be "(CLOSE_WAIT)"; "(LISTEN QR=0)" goes on.
    if (end == std::string_view::npos && word + 1 == columns.end()) break;
    cells.state = word->substr(1, end == std::string_view::npos ? end : end - 1);
    break;
  }
  return cells;
}

/// One line of `lsof -F`, or one field of `lsof -F0`: a letter that says what it is, and its value.
using Fields = std::vector<std::string_view>;

/// A zero byte is U+FFFD in a document.
Fields cut_fields(std::string_view line) {
  constexpr std::string_view kZero = "\xEF\xBF\xBD";
  Fields fields;
  while (!line.empty()) {
    const auto end = line.find(kZero);
    if (end != 0) fields.push_back(line.substr(0, end));
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + kZero.size());
  }
  return fields;
}

class LsofReader {
 public:
  explicit LsofReader(Reading& reading) : reading_(reading), endpoints_({}) {
    endpoints_.leave_processes_unnamed();
  }

  void run() {
    for (line_ = reading_.next_free(0); line_ < reading_.line_count();
         line_ = reading_.next_free(line_ + 1)) {
      const std::string_view line = after_blanks(reading_.line(line_));
      if (line.size() < 2) {
        table_ = table_ && !line.empty();
        continue;
      }
      if (line[0] == 'T' && line[1] == 'C') continue;  // rows of the longest listings
      if (line[0] == 'U' && line[1] == 'D') continue;
      if (line[0] == 'p' && is_digit(line[1]) && line_ >= no_fields_before_ && read_fields()) {
        continue;
      }
      read_line(line);
    }
    endpoints_.finish(reading_);
  }

 private:
  void read_line(std::string_view line) {
    if (is_heading(line)) {
      reading_.found(kKind);
      reading_.take(line_, Mark::heading);
      endpoints_.begin(line_);
      table_ = true;
      return;
    }
    if (table_ && line_ > 0 && reading_.mark(line_ - 1) == Mark::prompt) table_ = false;
    if (line.starts_with("lsof: ") || line.starts_with("Output information may be incomplete")) {
      reading_.take(line_, Mark::heading);
      return;
    }
    if (line.find("IPv") == std::string_view::npos) return read_other(line);
    const auto cells = cut_row(line);
    if (!cells) return read_other(line);
    const auto pid = number<std::uint32_t>(cells->pid);
    if (!pid) {
      if (table_ || !cells->node.empty()) reading_.unread(line_, "the process id is missing");
      return;
    }
    reading_.found(kKind);
    // Other systems print the address of the socket there: "0xd2b9a0e1".
    if (number<std::uint64_t>(cells->device)) {
      note_linux(reading_, line_, "inode numbers of sockets in a listing of lsof");
    }
    read_socket(*cells, *pid);
  }

  /// A descriptor of another kind: a file, a pipe, a UNIX domain socket.
  void read_other(std::string_view line) {
    if (!table_) return;
    const std::vector<std::string_view> columns = words(line.substr(0, kRowBytesMax));
    if (columns.size() < 5 || !number<std::uint32_t>(columns[1])) return;
    constexpr std::size_t kColumnsMin = 8;
    if (columns.size() < kColumnsMin && reading_.is_cut_off(line_)) {
      return reading_.unread(line_, kNotComplete);
    }
    reading_.take(line_, Mark::heading);
  }

  void read_socket(const Cells& cells, std::uint32_t pid) {
    const auto protocol = node_protocol(cells.node);
    if (cells.several) {
      return reading_.unread(line_, "several rows of lsof on one line; give one a line");
    }
    if (cells.node.empty() || cells.name.empty()) {
      return reading_.unread(line_, kNotComplete);
    }
    if (!protocol && cells.node == "SCTP") return reading_.unread(line_, kOtherProtocol);
    if (!protocol) return reading_.take(line_, Mark::heading);  // no port of TCP or UDP
    if (port_may_go_on()) {
      reading_.unread(line_ + 1, kWrappedPort);
      return reading_.unread(line_, kWrappedPort);
    }
    add({*protocol, cells.v6 ? Family::v6 : Family::v4}, {cells.name, cells.state},
        owner_of(pid, cells.command));
  }

  /// "…:44" and "24" below, where a terminal broke the line.
  bool port_may_go_on() const {
    if (line_ + 1 == reading_.line_count() || !reading_.is_free(line_ + 1)) return false;
    const std::string_view line = reading_.line(line_);
    const std::string_view next = reading_.line(line_ + 1);
    return !line.empty() && (is_digit(line.back()) || line.back() == ':') && !next.empty() &&
           is_digit(next.front()) && number<std::uint16_t>(trim(next)).has_value();
  }

  struct Name {
    std::string_view name;
    std::string_view state;
  };
  struct Owner {
    std::uint32_t pid = 0;
    std::string command;
    bool is_whole = false;  ///< the name is not cut off
  };

  static Owner owner_of(std::uint32_t pid, std::string_view command) {
    command = command.substr(0, kCellBytesMax);
    return {pid, std::string(trim(command_of(command))), command.size() < kCommandLetters};
  }

  void add(const UnixProtocol& protocol, const Name& name, Owner owner) {
    Result<Endpoint> endpoint = parse_lsof_socket(name.name, name.state, protocol);
    if (!endpoint) {
      if (endpoint.error().code == Errc::not_found) return reading_.take(line_, Mark::heading);
      return reading_.unread(line_, endpoint.error().message);
    }
    reading_.take(line_, Mark::row);
    endpoint->pid = owner.pid;
    endpoint->process = owner.command;
    endpoint->sources = reading_.source(line_);
    if (owner.is_whole && !owner.command.empty()) {
      Process process;
      process.pid = owner.pid;
      process.image = std::move(owner.command);
      process.sources = endpoint->sources;
      reading_.add(std::move(process));
    }
    endpoints_.add(std::move(*endpoint), line_);
  }

  /// lsof writes a blank as \x20.
  static std::string command_of(std::string_view text) {
    constexpr std::string_view kBlank = "\\x20";
    std::string command;
    for (auto at = text.find(kBlank); at != std::string_view::npos; at = text.find(kBlank)) {
      command.append(text.substr(0, at)) += ' ';
      text.remove_prefix(at + kBlank.size());
    }
    return command.append(text);
  }

  // What `lsof -F` has said of the socket so far, and where.
  struct Socket {
    Family family = Family::unknown;
    std::optional<Protocol> protocol;
    Name name;
    std::size_t line = 0;
  };

  static bool is_field(std::string_view field) {
    constexpr std::string_view kLetters = "acCdDfFgGiklLmMnNoPRsStTuz";
    return !field.empty() && kLetters.find(field.front()) != std::string_view::npos;
  }

  /// One process after the other, each line a field. False if it is no such output.
  bool read_fields() {
    const std::size_t first = line_;
    std::size_t end = first;
    bool socket = false;
    for (; end < reading_.line_count() && reading_.is_free(end); ++end) {
      const Fields fields = cut_fields(reading_.line(end));
      if (fields.empty()) break;
      const bool process = fields[0][0] == 'p' && number<std::uint32_t>(fields[0].substr(1));
      if (!process && !is_field(fields[0])) break;
      for (const std::string_view field : fields) {
        socket = socket || field == "PTCP" || field == "PUDP";
      }
    }
    if (!socket) {
      no_fields_before_ = end;
      return false;
    }
    reading_.found(kKind);
    endpoints_.begin(first);
    Owner owner;
    Socket now;
    for (line_ = first; line_ < end; ++line_) {
      reading_.take(line_, Mark::heading);
      for (const std::string_view field : cut_fields(reading_.line(line_))) {
        read_field(field, owner, now);
      }
    }
    flush(owner, now);
    line_ = end - 1;
    return true;
  }

  void read_field(std::string_view field, Owner& owner, Socket& now) {
    const std::string_view value = field.substr(1);
    switch (field.front()) {
      case 'p':
        flush(owner, now);
        owner = {number<std::uint32_t>(value).value_or(0), {}, false};
        break;
      case 'c':
        owner = owner_of(owner.pid, value);
        break;
      case 'f':
        flush(owner, now);
        break;
      case 't':
        // Without the field f this begins the next socket.
        if (now.protocol || !now.name.name.empty()) flush(owner, now);
        now.family = value == "IPv6" ? Family::v6 : value == "IPv4" ? Family::v4 : Family::unknown;
        break;
      case 'P':
        if (now.protocol) flush(owner, now);
        now.protocol = node_protocol(value);
        break;
      case 'n':
        now.name.name = value;
        now.line = line_;
        break;
      case 'T':
        if (value.starts_with("ST=")) now.name.state = value.substr(3);
        break;
      default:
        break;
    }
  }

  void flush(const Owner& owner, Socket& now) {
    if (now.protocol && !now.name.name.empty() && owner.pid != 0) {
      const std::size_t here = std::exchange(line_, now.line);
      add({*now.protocol, now.family}, now.name, owner);
      line_ = here;
    }
    now = Socket();
  }

  Reading& reading_;
  NetstatListings endpoints_;
  std::size_t line_ = 0;
  std::size_t no_fields_before_ = 0;  ///< no socket in the lines up to here
  bool table_ = false;                ///< below a heading
};

}  // namespace

void read_lsof(Reading& reading) { LsofReader(reading).run(); }

}  // namespace deadlight::evidence
