#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/prompt.h"
#include "evidence/readers.h"

namespace deadlight::evidence {
namespace {

constexpr std::string_view kKind = "net start";
constexpr std::size_t kIndent = 3;
constexpr std::size_t kTitleBytesMax = 256;  // what the service control manager allows

// The heading, where it is known. In other languages a service that always runs gives it away.
constexpr std::array<std::string_view, 16> kHeadings = {
    "These Windows services are started:",
    "These Windows 2000 services are started:",
    "These Windows NT services are started:",
    "Folgende Windows-Dienste sind gestartet:",
    "Folgende Windows 2000-Dienste sind gestartet:",
    "Diese Windows-Dienste sind gestartet:",
    "Les services Windows suivants ont démarré :",
    "Ces services Windows sont démarrés :",
    "Los servicios de Windows siguientes han sido iniciados:",
    "Se han iniciado estos servicios de Windows:",
    "I seguenti servizi di Windows sono avviati:",
    "Estes serviços Windows foram iniciados:",
    "Запущены следующие службы Windows:",
    "已经启动以下 Windows 服务:",
    "次の Windows サービスが開始されています:",
    "De volgende Windows-services zijn gestart:"};

constexpr std::array<std::string_view, 6> kAlwaysRunning = {"Plug and Play",
                                                            "Windows Management Instrumentation",
                                                            "Remote Procedure Call (RPC)",
                                                            "Appel de procédure distante (RPC)",
                                                            "Remoteprozeduraufruf (RPC)",
                                                            "Group Policy Client"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& texts, std::string_view text) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](std::string_view known) { return iequals(known, text); });
}

bool is_known_heading(std::string_view text) {
  return is_one_of(kHeadings, text) ||
         (istarts_with(text, "These ") && icontains(text, "services are started"));
}

/// "[...]", "<SNIP>": who pasted the list left services out.
bool is_omission(std::string_view title) {
  const std::size_t first = title.find_first_not_of("[]<>()-.* ");
  if (first == std::string_view::npos) return true;
  const std::size_t last = title.find_last_not_of("[]<>()-.* ");
  const std::string_view word = title.substr(first, last + 1 - first);
  constexpr std::array<std::string_view, 6> kWords = {"snip",      "snipped", "...",
                                                      "truncated", "omitted", "…"};
  return first > 0 && is_one_of(kWords, word);
}

bool ends_sentence(std::string_view line) { return line.ends_with('.') || line.ends_with("。"); }

bool ends_with_colon(std::string_view line) { return line.ends_with(':') || line.ends_with("："); }

class NetStartReader {
 public:
  explicit NetStartReader(Reading& reading) : reading_(reading) {}

  void run() {
    for (std::size_t i = reading_.next_free(0); i < reading_.line_count();
         i = reading_.next_free(i + 1)) {
      const std::string_view line = reading_.line(i);
      const std::string_view text = trim(line);
      if (!ends_with_colon(text) && !ends_sentence(text)) continue;
      base_ = indent_of(line);
      if (base_ == 0 || is_known_heading(text)) i = read_list(i);
    }
  }

 private:
  struct List {
    std::size_t first = 0;
    std::size_t end = 0;
    std::size_t closing = 0;  ///< "The command completed successfully."; line_count() if missing
  };

  bool is_free(std::size_t index) const {
    return index < reading_.line_count() && reading_.is_free(index);
  }
  bool is_blank(std::size_t index) const { return trim(reading_.line(index)).empty(); }
  std::size_t skip_blanks(std::size_t index) const {
    const std::size_t limit = index + 3;
    while (is_free(index) && index < limit && is_blank(index)) ++index;
    return index;
  }

  /// "   DNS Client"
  bool is_title(std::size_t index, bool indented) const {
    if (!is_free(index)) return false;
    const std::string_view line = reading_.line(index);
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos || (indented && first != base_ + kIndent)) return false;
    const std::string_view title = trim(line);
    return title.size() <= kTitleBytesMax && title.find('\t') == std::string_view::npos &&
           !parse_prompt(title);
  }

  /// Reads the list below a heading, and returns its last line; `heading` if it is none.
  std::size_t read_list(std::size_t heading) {
    const std::string_view text = trim(reading_.line(heading));
    const bool known = is_known_heading(text);
    const std::size_t first = skip_blanks(heading + 1);
    const bool indented = is_title(first, true);
    if (!indented && !known) return heading;
    const List list = find_list(first, indented);
    if (list.end == first || (!known && !is_beyond_doubt(text, list))) return heading;
    reading_.found(kKind);
    reading_.take(heading, Mark::heading);
    bool whole = true;
    for (std::size_t i = first; i < list.end; ++i) whole = add(i) && whole;
    if (list.closing == reading_.line_count()) return list.end - 1;
    // Without its last line, the list may have been cut off.
    reading_.take(list.closing, Mark::heading);
    reading_.snapshot.started_known = whole;
    return list.closing;
  }

  /// The list ends with a blank line and a sentence. Where indents were lost, so may be the blank
  /// line.
  List find_list(std::size_t first, bool indented) const {
    List list{first, first, reading_.line_count()};
    while (is_title(list.end, indented)) {
      if (!indented && ends_sentence(trim(reading_.line(list.end)))) break;
      ++list.end;
    }
    const std::size_t closing = skip_blanks(list.end);
    if (is_free(closing) && ends_sentence(trim(reading_.line(closing)))) list.closing = closing;
    return list;
  }

  /// A list in a language that is not known.
  bool is_beyond_doubt(std::string_view heading, const List& list) const {
    constexpr std::size_t kTitlesMin = 5;
    for (std::size_t i = list.first; i < list.end; ++i) {
      if (is_one_of(kAlwaysRunning, trim(reading_.line(i)))) return true;
    }
    return list.end - list.first >= kTitlesMin && list.closing < reading_.line_count() &&
           icontains(heading, "Windows");
  }

  /// False if the line stands for services that are not in the list.
  bool add(std::size_t index) {
    if (is_omission(trim(reading_.line(index)))) {
      reading_.unread(index, "services were left out here: give the list as the tool printed it");
      return false;
    }
    StartedTitle started;
    started.title = trim(reading_.line(index));
    started.sources = reading_.source(index);
    reading_.add(std::move(started));
    reading_.take(index, Mark::row);
    return true;
  }

  Reading& reading_;
  std::size_t base_ = 0;  ///< blanks before the heading
};

}  // namespace

void read_net_start(Reading& reading) { NetStartReader(reading).run(); }

}  // namespace deadlight::evidence
