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

/// Takes prompts of the tools that are read, the interpreter's banner, and what `hostname` prints.
void read_prompts(Reading& reading);

}  // namespace deadlight::evidence
