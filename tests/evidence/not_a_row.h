#pragma once

#include <string>

namespace deadlight::evidence::test {

/// What is said of a line in a table that no reader took.
inline constexpr const char* kNotARow =
    "not a row of this listing; if it is a part of one, copy the text again";
inline std::string not_a_row(int line) { return std::to_string(line) + ": " + kNotARow; }

}  // namespace deadlight::evidence::test
