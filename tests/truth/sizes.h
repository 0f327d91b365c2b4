#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// Inputs of a size that nobody expects.
namespace deadlight::truth {

struct SizeCase {
  std::string_view id;
  /// The text of about `rows` rows, columns or whatever the case counts.
  std::string (*make)(std::size_t rows);
  std::size_t rows;  ///< at full size
};
std::span<const SizeCase> size_cases();

struct SizeResult {
  std::string answer;  ///< "12 sockets, 3 lines unread", or the error's message
  bool refused = false;
  std::size_t bytes = 0;
  double seconds = 0;
  std::size_t peak_mib = 0;  ///< of the process that read it, its input included
  bool crashed = false;
};
/// Reads the case in a process of its own, with `rows` instead of its full size.
SizeResult measure(const SizeCase& size_case, std::size_t rows);
/// The same for a file of `bytes` bytes that only begins with a listing; the rest are zero bytes.
SizeResult measure_file(std::size_t bytes);

}  // namespace deadlight::truth
