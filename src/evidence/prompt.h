#pragma once

#include <optional>
#include <string_view>

#include "evidence/reading.h"

namespace deadlight::evidence {

/// "C:\WINNT>netstat -an", also where the backslash was lost: "C:WINNT>netstat -an".
struct Prompt {
  std::string_view folder;   ///< "C:\WINNT"
  std::string_view command;  ///< "netstat -an"; may be empty
};
std::optional<Prompt> parse_prompt(std::string_view line);

/// True for what a host may be called: letters, digits and "-_.".
bool is_plain_name(std::string_view text);

/// Takes prompts of the tools that are read, commands that stand alone, the interpreter's banner,
/// what `hostname` prints, and Markdown's fences.
void read_prompts(Reading& reading);

}  // namespace deadlight::evidence
