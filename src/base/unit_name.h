#pragma once

#include <string_view>

namespace deadlight {

/// True for the name of a systemd unit that can hold a socket: "ssh.service", "ssh.socket",
/// "session-3.scope".
bool is_unit_name(std::string_view name);

/// The unit that a cgroup belongs to: the last part of its path that names one, since a service may
/// have cgroups of its own below it. Empty if there is none. Of a user's own unit the name alone
/// ("pipewire.service"), not the user manager that runs it.
std::string_view unit_in_path(std::string_view path);

}  // namespace deadlight
