#pragma once

#include <optional>
#include <string_view>

#include "evidence/reading.h"

namespace deadlight::evidence {

/// "root@web01:~# ss -tlnp", "[jo@web01 ~]$ ss -tlnp", "$ ss -tlnp".
struct ShellPrompt {
  std::string_view host;     ///< empty if the prompt names none
  std::string_view command;  ///< without sudo; may be empty
};
std::optional<ShellPrompt> parse_shell_prompt(std::string_view line);

/// The command on a line with a prompt; empty if there is none.
std::string_view shell_command(std::string_view line);

}  // namespace deadlight::evidence
