#pragma once

#include <string>

#include "execute/act.h"
#include "execute/linux/root.h"

namespace deadlight::execute {

/// Its value without the line end, or `absent` if this kernel has none of that name. Dots of the
/// name are folders and its slashes dots, as in sysctl(8): "net.ipv4.conf.eth0/100.forwarding".
/// Errors: `malformed` for another name, `denied`, `io`.
Result<State> sysctl_state(const Root& root, const std::string& name);

/// Errors: as sysctl_state(); `refused` if the kernel takes another value or has none of that name.
Result<> set_sysctl(const Root& root, const std::string& name, const State& to);

}  // namespace deadlight::execute
