#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "execute/act.h"

namespace deadlight::execute {

/// A systemd timer that takes a run back unless somebody confirms it in time. It lies in
/// /etc/systemd/system, so that it outlives the connection, this program and a power cut: a moment
/// that passed while the host was down comes right after its next start (systemd.timer(5),
/// Persistent=).
inline constexpr const char* kPromiseTimer = "deadlight-revert.timer";

/// Sets the timer for `at`, seconds since 1970 UTC, to run `program` with `arguments`. One promise
/// at a time: it takes the place of an earlier one. Errors: as ActHost::set(); `unsupported`
/// without systemd.
Result<> promise(ActHost& host, std::uint64_t at, const std::string& program,
                 const std::string& arguments);

/// Takes the timer away; no error where there is none. Errors: as ActHost::set().
Result<> drop_promise(ActHost& host);

/// "2026-11-30 04:35:00 UTC", as systemd.time(7) and people read it.
std::string utc_text(std::uint64_t seconds);

}  // namespace deadlight::execute
