#pragma once

#include <string_view>

#include "base/text.h"

namespace deadlight::evidence {

/// Lines that the tools of Sysinternals print first: "Copyright (C) 1999-2004 Mark Russinovich",
/// "Sysinternals - www.sysinternals.com".
inline bool is_sysinternals_banner(std::string_view line) {
  return (istarts_with(line, "Copyright") && icontains(line, "Russinovich")) ||
         istarts_with(line, "Sysinternals - www.sysinternals.com");
}

}  // namespace deadlight::evidence
