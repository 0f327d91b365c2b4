#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "plan/plan.h"

namespace deadlight {

/// "schema": "deadlight.plan/1"; described in docs/formats.md. Of the role what a reader needs:
/// what it keeps and switches off has become steps.
std::string to_json(const Plan& plan);

/// Errors: `malformed` (names the JSON path or the byte), `unsupported` for another schema,
/// `limit`; each in one line, after `name`. What follows from other fields (a change's text) must
/// agree with them, since people read it and approve of it.
Result<Plan> plan_from_json(std::string_view text, std::string_view name);

/// Parts that other documents have in the same form.
nlohmann::ordered_json json_of(const Host& host);
nlohmann::ordered_json json_of(const Role& role);
nlohmann::ordered_json json_of(const std::vector<PlannedChange>& changes);
nlohmann::ordered_json json_of(const std::vector<Unread>& unread);

}  // namespace deadlight
