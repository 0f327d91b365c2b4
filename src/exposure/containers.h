#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "knowledge/knowledge.h"

namespace deadlight {

/// A kind of process that hosts services on one OS: a svchost group, services.exe, inetinfo.exe, or
/// the kernel ("System", with the drivers).
struct Container {
  std::string image;
  std::string group;  ///< svchost -k name; else empty
  std::vector<std::string> services;

  bool hosts(std::string_view service) const;
  /// "svchost.exe (netsvcs)", "inetinfo.exe"
  std::string text() const;
};

constexpr std::string_view kSystemImage = "System";

/// Every container that `os` has by default.
std::vector<Container> containers_of(Os os, const knowledge::Knowledge& kb);

}  // namespace deadlight
