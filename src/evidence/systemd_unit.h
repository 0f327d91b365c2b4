#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/ascii.h"
#include "model/snapshot.h"

namespace deadlight::evidence {

/// Kinds of units that systemd has. Only services and sockets hold ports.
inline bool is_any_unit(std::string_view name) {
  constexpr std::array<std::string_view, 12> kKinds = {
      "service", "socket", "scope", "target", "mount",     "device",
      "timer",   "path",   "slice", "swap",   "automount", "snapshot"};
  const auto dot = name.rfind('.');
  constexpr std::size_t kKindMin = 4;
  if (dot == std::string_view::npos || dot == 0 || name.size() - dot <= kKindMin) return false;
  return std::find(kKinds.begin(), kKinds.end(), name.substr(dot + 1)) != kKinds.end();
}

inline bool is_service_unit(std::string_view name) {
  return name.ends_with(".service") || name.ends_with(".socket");
}

/// A bullet in front of a unit: one short word without letters, or as it looks in another code
/// page.
inline bool is_bullet(std::string_view word) {
  constexpr std::size_t kBulletBytesMax = 12;
  if (word.empty() || word.size() > kBulletBytesMax) return false;
  return word == "*" || word == "x" || std::none_of(word.begin(), word.end(), is_letter_or_digit);
}

/// "systemd-resolv…" and "org.free...Manager1.service": the whole name is not known.
inline bool is_cut(std::string_view text) {
  return text.find("…") != std::string_view::npos || text.find("...") != std::string_view::npos;
}

/// ActiveState: "active", "inactive", "failed", …
inline std::optional<ServiceState> parse_active_state(std::string_view word) {
  if (word == "active" || word == "reloading" || word == "refreshing") {
    return ServiceState::running;
  }
  if (word == "inactive" || word == "failed") return ServiceState::stopped;
  if (word == "activating" || word == "deactivating") return ServiceState::pending;
  if (word == "maintenance") return ServiceState::unknown;
  return std::nullopt;
}

/// UnitFileState: "enabled", "disabled", "masked", "static", …
inline std::optional<StartType> parse_unit_file_state(std::string_view word) {
  if (word == "enabled" || word == "enabled-runtime") return StartType::automatic;
  if (word == "disabled" || word == "masked" || word == "masked-runtime") {
    return StartType::disabled;
  }
  if (word == "static" || word == "indirect") return StartType::manual;  // others start it
  if (word == "linked" || word == "linked-runtime" || word == "generated" || word == "transient" ||
      word == "alias" || word == "bad") {
    return StartType::unknown;
  }
  return std::nullopt;
}

}  // namespace deadlight::evidence
