#pragma once

#include <string>
#include <string_view>

namespace deadlight::evidence {

/// Ends a line that only markup ended: `<br>`. Lines of the input are counted by '\n' alone.
constexpr char kSoftBreak = '\x1E';

/// True if `text` may hold HTML or BBCode: worth a closer look.
bool has_markup(std::string_view text);

/// `text` as a browser shows it: tags of HTML and BBCode that lay text out are gone, `<br>` and
/// rows of tables end a line, cells are apart, entities are letters. Anything else in brackets
/// stays:
/// "[svchost.exe]", "<20>".
std::string without_markup(std::string_view text);

/// True if the line is a row of a Markdown or ASCII-art table: "| TCP | 0.0.0.0:135 |".
bool is_pipe_row(std::string_view line);

}  // namespace deadlight::evidence
