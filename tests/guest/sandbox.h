#pragma once

#include <filesystem>
#include <string>

namespace deadlight::test {

/// Goes on in namespaces of its own for processes and mounts and in a cgroup of its own, so that
/// every guest and every mount ends with this program, however it ends. Returns in there; outside,
/// the program waits, tidies up and exits as the one inside did. What this returns is empty, or why
/// the machine allows no such thing: then nothing was entered, and the tests skip with it.
std::string enter_sandbox(int argc, char** argv);

/// A folder that is removed after the end. Only inside.
std::filesystem::path sandbox_folder();

}  // namespace deadlight::test
