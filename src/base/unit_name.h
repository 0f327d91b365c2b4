#pragma once

#include <string_view>

namespace deadlight {

/// True for the name of a systemd unit that can hold a socket: "ssh.service", "ssh.socket",
/// "session-3.scope".
bool is_unit_name(std::string_view name);

/// The unit of this system's manager that a cgroup belongs to: the first part of its path that
/// names one, below slices only. What stands below it is the service's own, or a container's: units
/// of its manager are no units here. Empty if there is none. Of a user's own unit the name alone
/// ("pipewire.service"), not the user manager that runs it.
std::string_view unit_in_path(std::string_view path);

}  // namespace deadlight
