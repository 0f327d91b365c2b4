#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "evidence/reading.h"

namespace deadlight::evidence {

/// Takes every line that is nothing but one whole row of Windows netstat with numbers, as nearly
/// all lines of a large listing are. Called before all readers: none of them can mean such a line,
/// and none need look at it again. read_netstat() puts the rows into listings.
void take_plain_rows(Reading& reading);

}  // namespace deadlight::evidence
