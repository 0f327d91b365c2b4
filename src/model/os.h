#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace deadlight {

enum class Os {
  unknown,
  winnt4,
  win2000,
  winxp,
  win2003,
  vista,
  server2008,
  win7,
  server2008r2,
  win8,
  server2012,
  server2012r2,
  win10,
  server2016,
  server2019,
  server2022,
  win11,
  server2025,
  linux,
};

/// As `--os` takes it: "win2000". Also written in JSON.
std::string_view os_id(Os os);
/// For a person: "Windows 2000".
std::string_view os_title(Os os);
std::optional<Os> parse_os(std::string_view id);
/// Every OS but `unknown`, oldest first, Linux last.
std::span<const Os> all_os();

bool is_windows(Os os);
/// Vista, Server 2008 and later: dynamic ports from 49152 instead of 1025 (Microsoft KB929851).
bool is_modern_windows(Os os);

/// The OS versions that a fact holds for: both ends included.
/// A client's name covers the server of its generation: "win10" also 2016 to 2022.
struct OsRange {
  Os from = Os::unknown;
  Os to = Os::unknown;

  bool contains(Os os) const;
  /// "win2000-winxp", or one id where both ends are the same.
  std::string text() const;
  friend bool operator==(const OsRange&, const OsRange&) = default;
};

/// "win2000-winxp", "win2000", "vista-" (and later), "-win2003" (and before), "windows", "linux".
std::optional<OsRange> parse_os_range(std::string_view text);

}  // namespace deadlight
