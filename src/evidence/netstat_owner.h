#pragma once

#include <cstddef>
#include <string_view>

#include "model/endpoint.h"

/// What netstat -b prints below a row: components, then the process.
namespace deadlight::evidence {

constexpr std::size_t kComponentWordsMax = 4;  ///< "-- unknown component(s) --"

/// The name in "[svchost.exe]"; empty if `line` is not such a line.
std::string_view bracketed_image(std::string_view line);

/// netstat -b says so where it may not look into the process.
bool is_owner_excuse(std::string_view line);

bool is_unknown_component(std::string_view line);

/// A service or the path of a module, not a sentence.
bool is_component(std::string_view line);

/// False for a closed connection, which no process holds any more.
bool may_have_owner(const Endpoint& row);

}  // namespace deadlight::evidence
