#pragma once

#include <string_view>

namespace deadlight::evidence {

/// For lines that no reader took. Why `line` cannot be passed over as something a person wrote: it
/// shows a row, a record or a key of a listing. Empty if it shows none: "port 80 is used by IIS".
std::string_view trace_of_listing(std::string_view line);

/// True if rows stand behind the heading on the same line.
bool has_rows_behind(std::string_view heading);

/// True for the heading of a table that is read: all that stands below it is a listing.
bool is_known_heading(std::string_view line);

/// True if `line` is part of a person's sentences: it has at least five words of letters alone.
bool has_plain_words(std::string_view line);

}  // namespace deadlight::evidence
