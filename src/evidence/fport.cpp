#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "evidence/netstat_row.h"
#include "evidence/readers.h"
#include "evidence/wrapped.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "fport";

bool is_arrow(std::string_view word) { return word == "->" || word == "-&gt;"; }

/// What fport prints around its table.
bool is_fport_heading(std::string_view line) {
  return istarts_with(line, "FPort v") || istarts_with(line, "FPort -") ||
         (istarts_with(line, "Copyright") && icontains(line, "Foundstone")) ||
         (line.size() < 60 && icontains(line, "foundstone.com")) ||
         istarts_with(line, "Securing the dot com world");
}

bool is_column_heading(const std::vector<std::string_view>& row) {
  return row.size() >= 4 && iequals(row[0], "Pid") && iequals(row[1], "Process") &&
         iequals(row[2], "Port") && iequals(row[3], "Proto");
}

std::string_view file_name(std::string_view path) {
  const auto slash = path.find_last_of("\\/");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

/// The text from one word of a line to another, with the blanks between.
std::string_view span(std::string_view first, std::string_view last) {
  return {first.data(), static_cast<std::size_t>(last.data() + last.size() - first.data())};
}

/// Reads one line: normally one row, but a collapsed listing has all of them.
class FportLine {
 public:
  FportLine(Reading& reading, std::size_t line)
      : reading_(reading), line_(line), words_(words(reading.line(line))) {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (is_arrow(words_[i])) arrows_.push_back(i);
    }
  }

  /// True if the line is a row, complete or damaged.
  bool read() {
    const std::size_t first = is_column_heading(words_) ? headings() : 0;
    if (arrows_.empty()) {
      if (first > 0 && first == words_.size()) {
        reading_.take(line_, Mark::heading);
        reading_.found(kKind);
      }
      return first > 0;
    }
    // An arrow alone may stand in any text.
    if (!number<std::uint32_t>(words_[first]) && !is_protocol(arrows_.front() + 2)) return false;
    for (std::size_t i = 0; i < arrows_.size(); ++i) {
      const bool last = i + 1 == arrows_.size();
      const std::size_t end = last ? words_.size() : next_row(arrows_[i], arrows_[i + 1]);
      // Where the next row's begin cannot be told, this one's path has no end.
      const bool ends = last || end < arrows_[i + 1];
      read_row(i == 0 ? first : start_, arrows_[i], ends ? end : arrows_[i] + 3);
      start_ = end;
    }
    return true;
  }

 private:
  /// True if a window may have cut this row: what stands below has no arrow.
  bool goes_on_below() const {
    return may_be_wrapped(reading_, line_) && reading_.is_free(line_ + 1) &&
           reading_.line(line_ + 1).find("->") == std::string_view::npos;
  }

  bool is_protocol(std::size_t word) const {
    return word < words_.size() && netstat_protocol(words_[word]).has_value();
  }
  std::size_t headings() const { return words_.size() > 4 && iequals(words_[4], "Path") ? 5 : 4; }

  /// The row after `arrow` begins with the number before the next arrow's process name; returns
  /// `next_arrow` if there is none, or more than one ("912 7 Zip").
  std::size_t next_row(std::size_t arrow, std::size_t next_arrow) const {
    std::size_t found = next_arrow;
    for (std::size_t i = arrow + 3; i + 1 < next_arrow; ++i) {
      if (!number<std::uint32_t>(words_[i])) continue;
      if (found != next_arrow) return next_arrow;
      found = i;
    }
    return found;
  }

  void read_row(std::size_t first, std::size_t arrow, std::size_t end) {
    if (const std::string reason = problem(first, arrow, end); !reason.empty()) {
      reading_.unread(line_, reason);
      return;
    }
    Process process;
    process.pid = *number<std::uint32_t>(words_[first]);
    process.image = span(words_[first + 1], words_[arrow - 1]);
    if (end > arrow + 3) {
      const std::string_view path = span(words_[arrow + 3], words_[end - 1]);
      const bool cut = file_name(path).find('.') == std::string_view::npos || goes_on_below();
      if (cut && end == words_.size()) {
        reading_.complain(line_,
                          "the path is cut, and its rest may stand in the next line: not used");
      } else {
        process.path = path;
        process.image = file_name(path);
      }
    }
    process.sources = reading_.source(line_);
    Endpoint endpoint;
    endpoint.protocol = *netstat_protocol(words_[arrow + 2]);
    endpoint.local = make_address("*");
    endpoint.port = *number<std::uint16_t>(words_[arrow + 1]);
    endpoint.state = endpoint.protocol == Protocol::tcp ? State::listening : State::bound;
    endpoint.pid = process.pid;
    endpoint.process = process.image;
    endpoint.sources = process.sources;
    reading_.add(std::move(endpoint));
    reading_.add(std::move(process));
    if (reading_.mark(line_) != Mark::unread) reading_.take(line_, Mark::row);
  }

  /// Why these words are no row; empty if they are one.
  std::string problem(std::size_t first, std::size_t arrow, std::size_t end) const {
    if (first >= arrow) return "no process id and name before the arrow";
    if (!number<std::uint32_t>(words_[first])) {
      return fmt::format("'{}' is no process id", shown(words_[first]));
    }
    if (arrow < first + 2) return "no process name before the arrow";
    if (arrow + 1 >= end) return "the port is missing";
    if (!number<std::uint16_t>(words_[arrow + 1])) {
      return number<std::uint64_t>(words_[arrow + 1])
                 ? fmt::format("port {} is above 65535", words_[arrow + 1])
                 : fmt::format("'{}' is no port", shown(words_[arrow + 1]));
    }
    if (arrow + 2 >= end) return "the protocol is missing";
    if (!is_protocol(arrow + 2)) {
      return fmt::format("'{}' is neither TCP nor UDP", shown(words_[arrow + 2]));
    }
    return {};
  }

  Reading& reading_;
  std::size_t line_;
  std::vector<std::string_view> words_;
  std::vector<std::size_t> arrows_;
  std::size_t start_ = 0;
};

/// True if a line may be of fport; spares all others the work.
bool may_be_fport(std::string_view line) {
  return line.find("->") != std::string_view::npos || line.find("-&gt;") != std::string_view::npos;
}

}  // namespace

void read_fport(Reading& reading) {
  for (std::size_t i = 0; i < reading.line_count(); ++i) {
    if (!reading.is_free(i)) continue;
    const std::string_view line = trim(reading.line(i));
    if (is_fport_heading(line) && !may_be_fport(line)) {
      reading.take(i, Mark::heading);
      reading.found(kKind);
    } else if (may_be_fport(line) || istarts_with(line, "Pid")) {
      if (FportLine(reading, i).read()) reading.found(kKind);
    }
  }
}

}  // namespace deadlight::evidence
