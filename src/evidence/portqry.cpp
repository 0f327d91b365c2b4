#include <string>
#include <vector>

#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/outside_scan.h"
#include "evidence/prompt.h"
#include "evidence/readers.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "portqry";

/// PortQry's words in those of scanners; empty for others.
std::string_view state_of(std::string_view text) {
  struct Row {
    std::string_view text;
    std::string_view state;
  };
  static constexpr Row kRows[] = {{"LISTENING", "open"},
                                  {"NOT LISTENING", "closed"},
                                  {"FILTERED", "filtered"},
                                  {"LISTENING or FILTERED", "open|filtered"}};
  for (const Row& row : kRows) {
    if (text == row.text) return row.state;
  }
  return {};
}

/// The view from outside that Microsoft's PortQry prints:
/// "TCP port 135 (epmap service): LISTENING" below the name of the host that it asked.
class PortqryReader {
 public:
  explicit PortqryReader(Reading& reading) : reading_(reading), scan_(reading, kKind) {}

  void run() {
    for (std::size_t i = reading_.next_free(0); i < reading_.line_count();
         i = reading_.next_free(i + 1)) {
      const std::string_view whole = reading_.line(i);
      const std::string_view line = whole.substr(indent_of(whole));
      if (line.starts_with("Querying target system called:")) {
        read_target(i);
      } else if (line.starts_with("TCP port ") || line.starts_with("UDP port ")) {
        read_port(i, trim(line));
      } else if (asked_ && is_around(line)) {
        scan_.heading(i);
        read_resolved(i, trim(line));
      }
    }
    if (asked_) scan_.finish();
  }

 private:
  static bool is_around(std::string_view line) {
    return line.starts_with("Attempting to resolve ") || line.starts_with("querying...") ||
           line.starts_with("Name resolved to ") || line.starts_with("IP address resolved to ") ||
           line.starts_with("Failed to resolve ") || line.starts_with("portqry.exe ");
  }

  /// The host stands in the next line with text.
  void read_target(std::size_t index) {
    scan_.heading(index);
    asked_ = true;
    std::size_t next = index + 1;
    while (next < reading_.line_count() && next < index + 4 && trim(reading_.line(next)).empty()) {
      ++next;
    }
    if (next >= reading_.line_count() || !reading_.is_free(next)) return;
    const std::vector<std::string_view> parts = words(reading_.line(next));
    if (parts.size() != 1) return;
    target_ = parts[0];
    scan_.heading(next);
    begin_host(next, target_);
  }

  void begin_host(std::size_t index, std::string_view address) {
    // "<fqdn>": guides hide the name.
    const bool is_name = !make_address(target_).ip && is_plain_name(target_);
    scan_.begin_host(index, address, is_name ? target_ : "");
  }

  /// "Name resolved to 10.0.0.5"
  void read_resolved(std::size_t index, std::string_view line) {
    constexpr std::string_view kResolved = "Name resolved to ";
    if (line.starts_with(kResolved)) begin_host(index, trim(line.substr(kResolved.size())));
  }

  void read_port(std::size_t index, std::string_view line) {
    const std::size_t open = line.find('(');
    const std::size_t colon = line.rfind(':');
    if (open == std::string_view::npos || colon == std::string_view::npos || colon < open) return;
    const std::string_view state = state_of(trim(line.substr(colon + 1)));
    if (state.empty()) return;
    if (target_.empty()) {
      reading_.found(kKind);
      reading_.unread(index, "the host that PortQry asked is not named above this line");
      return;
    }
    constexpr std::size_t kPort = std::string_view("TCP port ").size();
    const std::string_view service = line.substr(open + 1, line.find(')', open) - open - 1);
    scan_.add(index, {trim(line.substr(kPort, open - kPort)), line.substr(0, 3), state,
                      service.substr(0, service.find(' '))});
  }

  Reading& reading_;
  OutsideScan scan_;
  bool asked_ = false;
  std::string target_;
};

}  // namespace

void read_portqry(Reading& reading) { PortqryReader(reading).run(); }

}  // namespace deadlight::evidence
