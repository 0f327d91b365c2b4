#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "model/endpoint.h"

namespace deadlight::evidence {

/// What stands further behind its start is not part of a glued row.
constexpr std::size_t kGluedRowBytesMax = 256;

/// A row of which blanks were lost: "TCP0.0.0.0:1350.0.0.0:0LISTENING668".
struct GluedRow {
  std::optional<Endpoint> endpoint;  ///< none if there is no way to read it, or more than one
  std::string reason;                ///< empty if `endpoint` is there
  std::size_t bytes = 0;             ///< of the text, up to the next row or its end
};

/// True if `text` begins with a protocol and an address that nothing parts.
bool starts_glued_row(std::string_view text);

/// Where in `word` such a row starts, as in "668UDP0.0.0.0:500*:*"; npos if none does.
std::size_t find_glued_row(std::string_view word);

/// The row at the start of `text`. Numeric addresses only. Every way to part the digits is tried;
/// if more than one gives a possible row, none is taken.
GluedRow read_glued_row(std::string_view text);

}  // namespace deadlight::evidence
