#pragma once

#include <cstddef>

/// What outside input may cost. Each is reached by a test.
namespace deadlight::evidence {

constexpr std::size_t kInputsMax = 4096;
constexpr std::size_t kInputBytesMax = std::size_t{256} * 1024 * 1024;
constexpr std::size_t kLinesMax = std::size_t{16} * 1024 * 1024;  ///< of one input
constexpr std::size_t kRowsMax = 2'000'000;                       ///< of all inputs together
constexpr std::size_t kUnreadMax = 10'000;                        ///< lines named for one input
constexpr std::size_t kCellBytesMax = 4096;  ///< of a text that goes into several rows
constexpr std::size_t kShownMax = 60;        ///< bytes of input in a message

}  // namespace deadlight::evidence
