#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "report/report.h"

namespace deadlight::cli {

/// Width and colour for what goes to `file`, or to standard output where it is empty or "-": the
/// terminal's width, 80 columns elsewhere, COLUMNS before both; colour only on a terminal and
/// without NO_COLOR (no-color.org).
report::Style style_for(const std::string& file);

/// Writes to `file` by way of a temporary file, or to standard output where it is empty or "-".
/// A reader of standard output that went away is no error. Errors: `io`, `denied`.
Result<> print(std::string_view text, const std::string& file);

/// One line on standard error, and the exit code that belongs to the error.
int report_error(const Error& error);

}  // namespace deadlight::cli
