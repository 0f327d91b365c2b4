#include "evidence/netstat_row.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/ascii.h"
#include "base/result.h"
#include "base/text.h"
#include "evidence/limits.h"
#include "evidence/netstat_glued.h"
#include "evidence/netstat_state.h"
#include "evidence/ports.h"
#include "evidence/reading.h"
#include "evidence/words.h"

namespace deadlight::evidence {
namespace {

// The columns that `netstat -t` and `-y` add; they say nothing of who holds the socket.
constexpr std::array<std::string_view, 10> kOffload = {
    "InHost",     "Offloaded", "Offloading", "Uploading",      "Internet",
    "Datacenter", "Compat",    "Automatic",  "InternetCustom", "DatacenterCustom"};
constexpr std::size_t kStateWordsMax = 3;

/// Digits and dots only, as a damaged IPv4 address has them too.
bool is_ipv4_shape(std::string_view text) {
  return text.find('.') != std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

/// A name or address with a port behind it, as `netstat -a` prints: "gargan:1125".
bool is_name_with_port(std::string_view word) {
  const auto colon = word.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view port = word.substr(colon + 1);
  return all_digits(port) || port == "*" || find_port(port, Protocol::tcp) ||
         find_port(port, Protocol::udp);
}

struct Socket {
  Address address;
  std::uint16_t port = 0;
};

Result<std::uint16_t> parse_port(std::string_view text, Protocol protocol) {
  constexpr unsigned kPortMax = std::numeric_limits<std::uint16_t>::max();
  if (text == "*") return std::uint16_t{0};
  if (const auto value = number<std::uint16_t>(text)) return *value;
  if (all_digits(text)) {
    return fail(Errc::malformed, fmt::format("port {} is above {}", shown(text), kPortMax));
  }
  if (const auto named = find_port(text, protocol)) return *named;
  if (text.empty()) return fail(Errc::malformed, "a port is missing");
  return fail(Errc::malformed,
              fmt::format("'{}' is no known port name; netstat -n prints numbers", shown(text)));
}

/// "192.168.x.x", "***.***.***.***", "[2001:xxxx::1]": people hide addresses before they publish.
bool is_masked(std::string_view text) {
  constexpr std::string_view kMarks = "xX*?#";
  constexpr std::string_view kOthers = "0123456789abcdefABCDEF.:[]";
  if (text.size() < 3 || text.find_first_of(kMarks) == std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return kMarks.find(c) != std::string_view::npos || kOthers.find(c) != std::string_view::npos;
  });
}

bool is_host_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.' || (static_cast<unsigned char>(c) & 0x80) != 0;
  });
}

/// "0.0.0.0:135", "[fe80::1%12]:5353", "gargan:epmap", "*:*".
Result<> parse_socket(std::string_view text, Protocol protocol, Socket& socket) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return fail(Errc::malformed, fmt::format("'{}' has no port", shown(text)));
  }
  const std::string_view address = text.substr(0, colon);
  socket.port = DEADLIGHT_TRY(parse_port(text.substr(colon + 1), protocol));
  socket.address = make_address(address);
  const bool wildcard = address == "*";
  const bool is_name = is_host_name(address) && !is_ipv4_shape(address);
  if (!socket.address.ip && !wildcard && !is_name && !is_masked(address)) {
    return fail(Errc::malformed, fmt::format("'{}' is no address", shown(address)));
  }
  return {};
}

bool is_wildcard(const Socket& socket) {
  return socket.port == 0 &&
         (socket.address.is_unnamed() || (socket.address.ip && socket.address.ip->is_any()));
}

/// Words of one row. Past a line end a word counts only if it has the form that is due.
class RowWords {
 public:
  explicit RowWords(std::string_view text) : words_(text) {}

  std::string_view take() {
    const std::size_t start = words_.position();
    const std::string_view word = words_.take();
    end_ = start + word.size();
    return word;
  }
  /// The next word of the row, or empty: the line is over and the next does not go on with `due`.
  template <class Due>
  std::string_view peek(Due due) {
    const std::string_view word = words_.peek();
    if (words_.breaks() == 0) return word;
    return words_.breaks() == 1 && due(word) ? word : std::string_view();
  }
  std::size_t end() const { return end_; }

 private:
  Words words_;
  std::size_t end_ = 0;
};

bool has_letter(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (static_cast<unsigned char>(c) & 0x80);
  });
}

/// Without the marks that a program or a page put around the whole line: "…", '…', or `…`,
std::string_view without_quotes(std::string_view word) {
  constexpr std::string_view kMarks = "\"'`,;";
  return word.substr(0, word.find_last_not_of(kMarks) + 1);
}

/// A word that may be a state in a language that is not known.
bool may_be_state(std::string_view word) {
  return has_letter(word) && !netstat_protocol(word) && word.find_first_of("[]:\\/.") == word.npos;
}

/// A state that is known, or else the words that stand in its place, in `foreign`.
Result<State> take_state(RowWords& words, std::string& foreign) {
  const std::string_view word =
      words.peek([](std::string_view next) { return find_state(next).has_value(); });
  if (const std::optional<State> state = find_state(without_quotes(word))) {
    words.take();
    return *state;
  }
  if (word.empty() || !may_be_state(word)) return fail(Errc::malformed, "the state is missing");
  for (std::size_t count = 0; count < kStateWordsMax; ++count) {
    const std::string_view next = words.peek([](std::string_view) { return false; });
    if (next.empty() || !may_be_state(next)) break;
    if (!foreign.empty()) foreign += ' ';
    foreign += words.take();
  }
  if (foreign.size() > kShownMax) return fail(Errc::malformed, "the state is missing");
  return State::connected;
}

Result<> take_socket(RowWords& words, Protocol protocol, std::string_view what, Socket& socket) {
  const std::string_view word = words.peek(is_name_with_port);
  if (word.empty() || netstat_protocol(word) || find_state(word)) {
    return fail(Errc::malformed, fmt::format("the {} address is missing", what));
  }
  DEADLIGHT_TRY(parse_socket(word, protocol, socket));
  words.take();
  return {};
}

/// Fills `endpoint` in place: millions of rows are read, and moving one costs more than reading it.
Result<> take_row(RowWords& words, bool has_pid, NetstatRow& row) {
  Endpoint& endpoint = row.endpoint.emplace();
  const std::optional<Protocol> protocol = netstat_protocol(words.take());
  if (!protocol) return fail(Errc::malformed, "the protocol does not stand alone");
  endpoint.protocol = *protocol;
  Socket local;
  Socket foreign;
  DEADLIGHT_TRY(take_socket(words, endpoint.protocol, "local", local));
  DEADLIGHT_TRY(take_socket(words, endpoint.protocol, "foreign", foreign));
  endpoint.local = std::move(local.address);
  endpoint.port = local.port;
  endpoint.state = State::bound;
  if (endpoint.protocol == Protocol::tcp) {
    endpoint.state = DEADLIGHT_TRY(take_state(words, row.foreign_state));
  } else if (!is_wildcard(foreign)) {
    endpoint.state = State::established;
  }
  // Where nobody is at the other end the socket listens, whatever the language calls it; whether
  // the word means that is for the listing to tell.
  if (!row.foreign_state.empty() && foreign.port == 0) endpoint.state = State::listening;
  // Without -n a listener's foreign address is the host's own name, and port 0.
  if (endpoint.state != State::listening && !is_wildcard(foreign)) {
    endpoint.remote = std::move(foreign.address);
    endpoint.remote_port = foreign.port;
  }
  const std::string_view pid =
      words.peek([has_pid](std::string_view next) { return has_pid && all_digits(next); });
  if (const auto value = number<std::uint32_t>(without_quotes(pid))) {
    endpoint.pid = *value;
    words.take();
    // Metasploit's "netstat" has the columns User and Inode there, and cuts addresses.
    if (all_digits(words.peek([](std::string_view) { return false; }))) {
      return fail(Errc::malformed, "two numbers at its end: it is not clear which names a process");
    }
  }
  const std::string_view offload =
      without_quotes(words.peek([](std::string_view) { return false; }));
  if (std::find(kOffload.begin(), kOffload.end(), offload) != kOffload.end()) words.take();
  return {};
}

}  // namespace

std::optional<Protocol> netstat_protocol(std::string_view word) {
  if (word.size() > 5 || word.size() < 3) return std::nullopt;
  const std::string_view tail = word.substr(3);
  if (!tail.empty() && tail != "6" && !iequals(tail, "v6")) return std::nullopt;
  if (iequals(word.substr(0, 3), "TCP")) return Protocol::tcp;
  if (iequals(word.substr(0, 3), "UDP")) return Protocol::udp;
  return std::nullopt;
}

bool ends_with_offload(std::string_view line) {
  line = trim(line);
  const std::string_view word = line.substr(line.find_last_of(" \t") + 1);
  return std::find(kOffload.begin(), kOffload.end(), word) != kOffload.end();
}

bool is_socket_shape(std::string_view word) {
  const auto colon = word.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view address = word.substr(0, colon);
  const std::string_view port = word.substr(colon + 1);
  const bool plausible_port = all_digits(port) || port == "*";
  return plausible_port && (address == "*" || address.front() == '[' || is_ipv4_shape(address));
}

bool starts_netstat_row(std::string_view text) {
  Words words(text);
  if (!netstat_protocol(words.take())) return false;
  const std::string_view next = words.peek();
  return words.breaks() == 0 &&
         (is_socket_shape(next) || is_name_with_port(next) || is_ipv4_shape(next) ||
          find_state(next) ||
          (next.size() > 1 && next.find(':') != std::string_view::npos && is_digit(next.front())));
}

bool starts_row(std::string_view text) {
  return starts_netstat_row(text) || starts_glued_row(text);
}

NetstatRow parse_netstat_row(std::string_view text, bool has_pid) {
  RowWords words(text);
  NetstatRow row;
  if (const Result<> read = take_row(words, has_pid, row); !read) {
    row.endpoint.reset();
    row.reason = read.error().message;
    row.bytes = std::min(text.find_first_not_of(" \t\r\n"), text.size());
    row.bytes = std::min(text.find_first_of(" \t\r\n", row.bytes), text.size());
  } else {
    row.bytes = words.end();
  }
  return row;
}

std::size_t find_netstat_row(std::string_view line, std::size_t from) {
  // Rows without blanks between them are one word as long as the line: don't walk over it each
  // time.
  if (from < line.size() && starts_glued_row(line.substr(from))) return from;
  Words words(line.substr(from));
  while (!words.peek().empty()) {
    const std::size_t at = from + words.position();
    const std::string_view word = words.take();
    if (netstat_protocol(word) && starts_netstat_row(line.substr(at))) return at;
    if (const std::size_t glued = find_glued_row(word); glued != std::string_view::npos) {
      return at + glued;
    }
  }
  return std::string_view::npos;
}

}  // namespace deadlight::evidence
