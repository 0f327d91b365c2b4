#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "plan/plan.h"
#include "report/report.h"

/// JSON forms that several documents share; docs/formats.md describes them. Names never change.
namespace deadlight::report {

/// null for an empty text.
nlohmann::ordered_json text_or_null(std::string_view text);
nlohmann::ordered_json host_json(const Host& host);
nlohmann::ordered_json role_json(const Role& role);
nlohmann::ordered_json endpoint_json(const Exposed& row, const std::vector<Evidence>& evidence);
nlohmann::ordered_json unread_json(const std::vector<Unread>& unread);
nlohmann::ordered_json changes_json(const std::vector<PlannedChange>& changes);

/// Two blanks an indent, a newline at the end. Bytes that are no UTF-8 become U+FFFD.
std::string document_text(const nlohmann::ordered_json& document);

}  // namespace deadlight::report
