#pragma once

#include <string_view>

#include "exposure/system_facts.h"
#include "model/snapshot.h"

namespace deadlight {

/// The program behind the name of a process. On Linux netstat prints how it was called, cut off:
/// "sshd: /usr/sbin", "nginx -g daemon".
std::string_view program_of(std::string_view process, Os os);

/// PID 1, which listens on behalf of what it starts at the first visitor.
bool is_first_process(const Endpoint& endpoint);

/// True for a port that a firewall rule sends on to another address, and no socket holds.
bool is_published(const Endpoint& endpoint);

/// True if services that are known run in a program of this name. An interpreter is none: what it
/// runs says who it is.
bool is_known_program(std::string_view process, const SystemFacts& system);

/// What to do about a port that this program opens for somebody else; empty if there is nothing
/// special about it.
std::string_view advice_for_program(std::string_view process, Os os);

}  // namespace deadlight
