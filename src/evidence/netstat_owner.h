#pragma once

#include <cstddef>
#include <string_view>

#include "evidence/reading.h"
#include "model/endpoint.h"

/// What netstat -b prints below a row: components, then the process.
namespace deadlight::evidence {

constexpr std::size_t kComponentWordsMax = 4;  ///< "-- unknown component(s) --"

/// Reads what stands below the row on `line` into `row` and returns the last line of it; `line` if
/// nothing does.
std::size_t read_owner_below(Reading& reading, std::size_t line, Endpoint& row);

/// The same in a listing of one line, where `text` stands between two rows: "RpcSs [svchost.exe]".
/// False if it is none.
bool read_owner_behind(std::string_view text, Endpoint& row);

}  // namespace deadlight::evidence
