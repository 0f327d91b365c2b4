#include "model/os.h"

#include <array>

#include "base/text.h"

namespace deadlight {
namespace {

// `first` and `last`: the place in history that the name covers at the start and at the end of a
// range. A client's name at the end of a range covers the servers built from the same code.
struct OsRow {
  Os os;
  std::string_view id;
  std::string_view title;
  int first;
  int last;
};

constexpr OsRow kRows[] = {
    {Os::winnt4, "winnt4", "Windows NT 4.0", 40, 40},
    {Os::win2000, "win2000", "Windows 2000", 50, 50},
    {Os::winxp, "winxp", "Windows XP", 51, 51},
    {Os::win2003, "win2003", "Windows Server 2003", 52, 52},
    {Os::vista, "vista", "Windows Vista", 60, 60},
    {Os::server2008, "server2008", "Windows Server 2008", 60, 60},
    {Os::win7, "win7", "Windows 7", 61, 61},
    {Os::server2008r2, "server2008r2", "Windows Server 2008 R2", 61, 61},
    {Os::win8, "win8", "Windows 8", 62, 63},
    {Os::server2012, "server2012", "Windows Server 2012", 62, 62},
    {Os::server2012r2, "server2012r2", "Windows Server 2012 R2", 63, 63},
    {Os::win10, "win10", "Windows 10", 100, 102},
    {Os::server2016, "server2016", "Windows Server 2016", 100, 100},
    {Os::server2019, "server2019", "Windows Server 2019", 101, 101},
    {Os::server2022, "server2022", "Windows Server 2022", 102, 102},
    {Os::win11, "win11", "Windows 11", 110, 111},
    {Os::server2025, "server2025", "Windows Server 2025", 111, 111},
    {Os::linux, "linux", "Linux", 1000, 1000},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    if (static_cast<std::size_t>(kRows[i].os) != i + 1) return false;
  }
  return true;
}
static_assert(in_order(), "row_of() finds a row by the enumerator's number");

const OsRow* row_of(Os os) {
  return os == Os::unknown ? nullptr : &kRows[static_cast<std::size_t>(os) - 1];
}

}  // namespace

std::string_view os_id(Os os) {
  const OsRow* row = row_of(os);
  return row != nullptr ? row->id : "unknown";
}

std::string_view os_title(Os os) {
  const OsRow* row = row_of(os);
  return row != nullptr ? row->title : "an unknown system";
}

std::optional<Os> parse_os(std::string_view id) {
  for (const OsRow& row : kRows) {
    if (iequals(row.id, id)) return row.os;
  }
  return std::nullopt;
}

std::span<const Os> all_os() {
  static constexpr auto kAll = [] {
    std::array<Os, std::size(kRows)> all{};
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = kRows[i].os;
    return all;
  }();
  return kAll;
}

bool is_windows(Os os) { return os != Os::unknown && os != Os::linux; }

bool is_modern_windows(Os os) { return is_windows(os) && row_of(os)->first >= 60; }

bool OsRange::contains(Os os) const {
  const OsRow* host = row_of(os);
  const OsRow* low = row_of(from);
  const OsRow* high = row_of(to);
  if (host == nullptr || low == nullptr || high == nullptr) return false;
  return host->first >= low->first && host->first <= high->last;
}

std::string OsRange::text() const {
  std::string result(os_id(from));
  if (from != to) result.append("-").append(os_id(to));
  return result;
}

std::optional<OsRange> parse_os_range(std::string_view text) {
  if (text == "windows") return OsRange{Os::winnt4, Os::server2025};
  if (text == "-") return std::nullopt;
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) {
    const auto os = parse_os(text);
    return os ? std::optional(OsRange{*os, *os}) : std::nullopt;
  }
  const auto from = dash == 0 ? std::optional(Os::winnt4) : parse_os(text.substr(0, dash));
  const auto rest = text.substr(dash + 1);
  const auto to = rest.empty() ? std::optional(Os::server2025) : parse_os(rest);
  if (!from || !to || row_of(*from)->first > row_of(*to)->last) return std::nullopt;
  return OsRange{*from, *to};
}

}  // namespace deadlight
