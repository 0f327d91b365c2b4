#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace deadlight::evidence {

constexpr std::size_t kCellsMax = 256;

/// One record of comma separated values as RFC 4180 writes them: cells in double quotes may hold
/// the separator and doubled quotes. Never fails: what is not quoted well is taken as it stands.
/// At most kCellsMax cells; the last then holds the rest.
std::vector<std::string> csv_cells(std::string_view line, char separator);

/// True if a quoted cell of `line` is not closed: the record goes on in the next line.
bool csv_is_open(std::string_view line, char separator);

/// What separates the cells of a header: comma, semicolon, tab or bar, whichever stands most often
/// outside of quotes; '\0' if none does.
char csv_separator(std::string_view header);

/// Position of the column that is named `name`, without difference of case; npos if there is none.
std::size_t csv_column(const std::vector<std::string>& header, std::string_view name);

}  // namespace deadlight::evidence
