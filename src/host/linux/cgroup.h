#pragma once

#include <string>
#include <string_view>

namespace deadlight::linux_host {

/// The systemd unit in the text of /proc/PID/cgroup: "ssh.service", "session-3.scope"; empty where
/// none is named. Reads the unified hierarchy, the old name=systemd one, and both side by side.
/// Of a user's own unit the name alone ("pipewire.service"), not the user manager that runs it.
std::string unit_of_cgroup(std::string_view text);

}  // namespace deadlight::linux_host
