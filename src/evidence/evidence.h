#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/os_sign.h"
#include "model/snapshot.h"

/// Tool output as text in, facts with line numbers out.
namespace deadlight::evidence {

/// One file's bytes as they were found.
struct Input {
  std::string name;  ///< shown to the user; "-" for standard input
  std::string bytes;
};

/// Reads files, every regular file directly in a folder (by name), and "-" for standard input.
/// Errors: `not_found`, `denied`, `io`, `limit`; `not_found` also for an empty folder.
Result<std::vector<Input>> load(const std::vector<std::filesystem::path>& paths);

/// One snapshot of one host from all inputs. The kind of each is recognised from its content, and
/// one input may hold several tools' output. `os` overrides what the evidence says; `unknown` lets
/// the evidence decide, with `signs` for what its processes and services say. Lines that were not
/// understood are in Snapshot::unread.
/// Errors: `unsupported` if no input holds anything known (names each and the kinds that are read);
/// `malformed` for broken snapshot JSON; `limit`.
Result<Snapshot> read(std::span<const Input> inputs, Os os, std::span<const OsSign> signs);

/// True if evidence of this kind (Evidence::kind) says what is open even where it names no socket,
/// as an empty listing of netstat does and a task list does not.
bool lists_sockets(std::string_view kind);

}  // namespace deadlight::evidence
