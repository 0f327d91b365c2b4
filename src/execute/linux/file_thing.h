#pragma once

#include <cstddef>
#include <string>

#include "execute/act.h"
#include "execute/linux/root.h"

namespace deadlight::execute {

inline constexpr std::size_t kFileBytesMax = 4 * 1024 * 1024;

/// What is at `path` itself: a link is a link, never what it leads to. `absent` also where its
/// folder is not there. Errors: `malformed`, `denied`, `io`; `limit` past 4 MiB; `unsupported` for
/// a device, pipe or socket.
Result<State> file_state(const Root& root, const std::string& path);

/// Brings what is at `path` into state `to` at one stroke, by a file of another name beside it that
/// is renamed, and syncs both file and folder. A new content keeps ACL and security labels of the
/// file before it. Errors: as file_state(); `conflict` for a folder where a file is wanted, the
/// other way round, or one that is not empty and is to go; `not_found` without its folder.
Result<> set_file(const Root& root, const std::string& path, const State& to);

}  // namespace deadlight::execute
