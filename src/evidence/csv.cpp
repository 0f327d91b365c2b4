#include "evidence/csv.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"

namespace deadlight::evidence {
namespace {

/// Walks over the cells of one record.
class Cells {
 public:
  Cells(std::string_view line, char separator) : line_(line), separator_(separator) {}

  /// The next cell, without its quotes; nullopt after the last one.
  std::optional<std::string> take() {
    if (done_) return std::nullopt;
    const std::size_t first = line_.find_first_not_of(' ', at_);
    const bool quoted = first != std::string_view::npos && line_[first] == '"';
    return quoted ? take_quoted(first + 1) : take_plain();
  }
  /// All that is left, as it stands.
  std::string take_rest() {
    done_ = true;
    return std::string(trim(line_.substr(at_)));
  }
  /// True if the last cell taken has no closing quote.
  bool is_open() const { return open_; }

 private:
  std::string take_plain() {
    const std::size_t end = std::min(line_.find(separator_, at_), line_.size());
    std::string cell(trim(line_.substr(at_, end - at_)));
    go_on(end);
    return cell;
  }

  std::string take_quoted(std::size_t at) {
    const std::size_t first = at - 1;
    std::string cell;
    open_ = true;
    while (open_ && at < line_.size()) {
      const std::size_t quote = std::min(line_.find('"', at), line_.size());
      cell += line_.substr(at, quote - at);
      at = quote + 1;
      if (quote == line_.size()) break;
      open_ = at < line_.size() && line_[at] == '"';
      if (open_) cell += line_[at++];
    }
    const std::size_t end =
        std::min(line_.find(separator_, std::min(at, line_.size())), line_.size());
    // wmic writes a command as it is: "C:\a b.exe" -k netsvcs.
    const bool more = at < end && !trim(line_.substr(at, end - at)).empty();
    if (more) cell = trim(line_.substr(first, end - first));
    go_on(end);
    return cell;
  }

  void go_on(std::size_t end) {
    done_ = end >= line_.size();
    at_ = end + 1;
  }

  std::string_view line_;
  char separator_;
  std::size_t at_ = 0;
  bool done_ = false;
  bool open_ = false;
};

}  // namespace

std::vector<std::string> csv_cells(std::string_view line, char separator) {
  std::vector<std::string> cells;
  Cells source(line, separator);
  while (cells.size() + 1 < kCellsMax) {
    std::optional<std::string> cell = source.take();
    if (!cell) return cells;
    cells.push_back(std::move(*cell));
  }
  cells.push_back(source.take_rest());
  return cells;
}

bool csv_is_open(std::string_view line, char separator) {
  Cells source(line, separator);
  while (source.take()) {
  }
  return source.is_open();
}

char csv_separator(std::string_view header) {
  constexpr std::string_view kSeparators = ",;\t|";
  std::array<std::size_t, kSeparators.size()> counts{};
  bool quoted = false;
  for (const char c : header) {
    if (c == '"') quoted = !quoted;
    const std::size_t kind = quoted ? std::string_view::npos : kSeparators.find(c);
    if (kind != std::string_view::npos) ++counts[kind];
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  return *most == 0 ? '\0' : kSeparators[static_cast<std::size_t>(most - counts.begin())];
}

std::size_t csv_column(const std::vector<std::string>& header, std::string_view name) {
  const auto found = std::find_if(header.begin(), header.end(),
                                  [&](const std::string& cell) { return iequals(cell, name); });
  return found == header.end() ? std::string::npos
                               : static_cast<std::size_t>(found - header.begin());
}

}  // namespace deadlight::evidence
