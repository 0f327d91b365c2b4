#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/snapshot.h"

namespace deadlight {

/// "schema": "deadlight.snapshot/1"; described in docs/formats.md.
std::string to_json(const Snapshot& snapshot);

/// Errors: `malformed` (names the JSON path or the byte), `unsupported` for another schema.
/// `name` is put before the message.
Result<Snapshot> snapshot_from_json(std::string_view text, std::string_view name);

}  // namespace deadlight
