#include "evidence/traces.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "evidence/netstat_row.h"
#include "evidence/words.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kProseWordsMin = 5;

struct Trace {
  std::string_view text;
  std::string_view reason;
};

constexpr std::string_view kService = "looks like a service as sc prints it; is it damaged?";
constexpr std::string_view kRegistry =
    "looks like a key or a value of the registry; is it damaged?";

// What only a tool prints, wherever it stands on a line.
constexpr std::array<Trace, 9> kTraces = {{{"SERVICE_NAME:", kService},
                                           {"BINARY_PATH_NAME ", kService},
                                           {"[HKEY_", kRegistry},
                                           {" REG_DWORD ", kRegistry},
                                           {"\tREG_DWORD\t", kRegistry},
                                           {" REG_SZ ", kRegistry},
                                           {" REG_EXPAND_SZ ", kRegistry},
                                           {"\"=dword:", kRegistry},
                                           {",pid=", "looks like a row of ss; is it damaged?"}}};

// The first two words of headings that are the same in every language.
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kHeadings = {
    {{"LocalAddress", "LocalPort"},
     {"Status", "Name"},
     {"Handles", "NPM(K)"},
     {"COMMAND", "PID"},
     {"UNIT", "LOAD"},
     {"UNIT", "FILE"},
     {"Netid", "State"},
     {"State", "Recv-Q"},
     {"sl", "local_address"},
     {"Pid", "Process"},
     {"Node,Name,PathName,ProcessId,StartMode,State", ""},
     {"Process", "Name,Process"}}};

constexpr std::array<std::string_view, 7> kUnitStates = {"loaded", "enabled", "disabled", "static",
                                                         "masked", "active",  "not-found"};
// Properties of sockets: no sentence begins with one and a colon.
constexpr std::array<std::string_view, 6> kKeys = {"LocalAddress", "LocalPort",     "RemoteAddress",
                                                   "RemotePort",   "OwningProcess", "PID"};

bool is_capital_hex(char c) { return is_digit(c) || (c >= 'A' && c <= 'F'); }

/// A word of a sentence: letters, and punctuation at its ends.
bool is_plain_word(std::string_view word) {
  constexpr std::string_view kPunctuation = ".,;:!?\"'()";
  const auto first = word.find_first_not_of(kPunctuation);
  if (first == std::string_view::npos) return false;
  const auto last = word.find_last_not_of(kPunctuation);
  word = word.substr(first, last - first + 1);
  return std::all_of(word.begin(), word.end(),
                     [](char c) { return is_word_letter(c) || c == '-' || c == '\''; });
}

/// "TCPgargan:epmapgargan:0LISTENING"
bool is_glued_text(std::string_view line) {
  line = trim(line);
  if (line.size() < 8 || (!line.starts_with("TCP") && !line.starts_with("UDP"))) return false;
  const std::string_view word = line.substr(0, line.find_first_of(" \t"));
  const auto first = word.find(':');
  if (word.size() <= 8 || first == std::string_view::npos) return false;
  return word.find(':', first + 1) < word.size() - 1;
}

/// "0100007F:0035" of /proc/net
bool is_kernel_socket(std::string_view word) {
  const auto colon = word.find(':');
  return (colon == 8 || colon == 32) && word.size() == colon + 5 &&
         std::all_of(word.begin(), word.end(),
                     [](char c) { return is_capital_hex(c) || c == ':'; });
}

/// "===", "-------"
bool is_ruler(std::string_view word) {
  return word.size() >= 3 && (word.front() == '=' || word.front() == '-') &&
         word.find_first_not_of(word.front()) == std::string_view::npos;
}

bool is_unit(std::string_view word) {
  return word.size() > 8 && (word.ends_with(".service") || word.ends_with(".socket"));
}

bool is_image(std::string_view word) {
  return word.size() > 4 && iequals(word.substr(word.size() - 4), ".exe");
}

/// What the words of a line show, counted while going over them once.
struct Count {
  std::size_t words = 0;
  std::size_t plain = 0;
  std::size_t rulers = 0;
  int protocols = 0;
  int sockets = 0;  ///< "*:*" also stands in sentences about listings
  int kernel_sockets = 0;
  int images = 0;  ///< with a number beside
  bool unit = false;
  bool arrow = false;  ///< fport's "->  80    TCP"

  explicit Count(std::string_view line) {
    Words text(line);
    std::string_view before;
    std::string_view second_before;
    for (std::string_view word = text.take(); !word.empty(); word = text.take()) {
      add(word, before, second_before);
      second_before = before;
      before = word;
    }
  }

 private:
  void add(std::string_view word, std::string_view before, std::string_view second_before) {
    ++words;
    plain += is_plain_word(word) ? 1 : 0;
    rulers += is_ruler(word) ? 1 : 0;
    if (netstat_protocol(word)) {
      ++protocols;
      arrow = arrow || (second_before == "->" && all_digits(before));
    } else if (word != "*:*" && is_socket_shape(word)) {
      ++sockets;
    } else if (is_kernel_socket(word)) {
      ++kernel_sockets;
    }
    const bool image_beside =
        (is_image(word) && all_digits(before)) || (is_image(before) && all_digits(word));
    images += image_beside ? 1 : 0;
    unit = unit || (is_unit(before) &&
                    std::find(kUnitStates.begin(), kUnitStates.end(), word) != kUnitStates.end());
  }
};

std::string_view trace_in_words(const Count& count) {
  if (count.sockets > 0 && count.protocols > 0) {
    return "looks like a row of netstat, but it is not complete";
  }
  if (count.sockets > 1) return "looks like a row of netstat without a protocol";
  if (count.kernel_sockets > 0) return "looks like a row of /proc/net; is it damaged?";
  if (count.unit) return "looks like a unit as systemctl prints it; is it damaged?";
  if (count.arrow) return "looks like a row of fport; is it damaged?";
  if (count.rulers > 1 && count.rulers < count.words) {
    return "looks like a table whose line ends are lost; give it as the tool printed it";
  }
  const bool prose = count.plain >= kProseWordsMin;
  if (count.images > 1 || (count.images > 0 && !prose)) {
    return "looks like a row of a list of processes; is it damaged?";
  }
  if (count.sockets > 0 && count.plain < 3 && count.words > 2) {
    return "looks like a row of a list of sockets; is it damaged?";
  }
  return {};
}

/// "LocalPort      : 80"
bool is_known_key(std::string_view line) {
  return std::any_of(kKeys.begin(), kKeys.end(), [line](std::string_view key) {
    return line.starts_with(key) && trim(line.substr(key.size())).starts_with(':');
  });
}

/// `"LocalPort":80,`, `{"pid":"4"`: a member of an object, behind brackets.
bool is_json_member(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of("[{, \t"), line.size()));
  if (!line.starts_with('"')) return false;
  const auto end = line.find('"', 1);
  if (end == std::string_view::npos || end == 1) return false;
  return trim(line.substr(end + 1)).starts_with(':');
}

/// `"svchost.exe","1044"`, `TCP,svchost.exe,1044,LISTENING,…`. "Ports 80,443,445" is none.
bool is_csv_row(std::string_view line) {
  if (line.starts_with('"') && line.find("\",\"") != std::string_view::npos) return true;
  constexpr int kCellsMin = 3;  // between the first and the last
  int named = 0;
  int numbers = 0;
  for (std::size_t at = line.find(','); at != std::string_view::npos;) {
    const std::size_t end = line.find(',', at + 1);
    if (end == std::string_view::npos) break;
    const std::string_view cell = line.substr(at + 1, end - at - 1);
    if (cell.starts_with(' ')) return false;  // commas of a sentence
    numbers += all_digits(cell) ? 1 : 0;
    named += !cell.empty() && is_word_letter(cell.front()) ? 1 : 0;
    at = end;
  }
  return numbers > 0 && named > 0 && numbers + named >= kCellsMin;
}

}  // namespace

std::string_view trace_of_listing(std::string_view line) {
  line = trim(line);
  for (const Trace& trace : kTraces) {
    if (line.find(trace.text) != std::string_view::npos) return trace.reason;
  }
  if (is_glued_text(line)) return "looks like a row of netstat whose blanks are lost";
  if (const std::string_view reason = trace_in_words(Count(line)); !reason.empty()) return reason;
  if (line.starts_with("HKEY_") && line.find('\\') != std::string_view::npos) return kRegistry;
  if (is_known_key(line)) return "looks like a property of a record; is the record damaged?";
  if (is_json_member(line)) return "looks like a part of a JSON object; is its beginning lost?";
  if (is_csv_row(line)) return "looks like a row of CSV; is its header lost or damaged?";
  return {};
}

bool has_rows_behind(std::string_view heading) {
  constexpr std::size_t kHeadingBytesMax = 200;
  if (heading.size() <= kHeadingBytesMax) return false;
  const std::size_t value = heading.find("\",\"");
  const bool number =
      value != std::string_view::npos && heading.find_first_of("0123456789", value) != heading.npos;
  return number || heading.find("[HKEY_") != std::string_view::npos ||
         !trace_in_words(Count(heading)).empty();
}

bool is_known_heading(std::string_view line) {
  // Signs of comments and quotations may stand before it.
  Words words(line);
  std::string_view first = words.take();
  if (!first.empty() && std::none_of(first.begin(), first.end(), is_word_letter))
    first = words.take();
  if (first.empty()) return false;
  const std::string_view second = words.take();
  return std::any_of(kHeadings.begin(), kHeadings.end(), [&](const auto& heading) {
    return first == heading.first && (heading.second.empty() || second == heading.second);
  });
}

bool has_plain_words(std::string_view line) {
  std::size_t plain = 0;
  Words words(line);
  for (std::string_view word = words.take(); !word.empty() && plain < kProseWordsMin;
       word = words.take()) {
    plain += is_plain_word(word) ? 1 : 0;
  }
  return plain >= kProseWordsMin;
}

}  // namespace deadlight::evidence
