#pragma once

#include <string_view>

#include "model/os_set.h"

namespace deadlight {

/// A process or a service that only some systems have: where it is seen, the host is one of them.
struct OsSign {
  enum class Kind { image, service };
  Kind kind = Kind::image;
  std::string_view name;  ///< "wininit.exe", or a service's key name; case does not matter
  OsSet possible;
};

}  // namespace deadlight
