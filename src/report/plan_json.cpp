#include "plan/plan_json.h"

#include <nlohmann/json.hpp>

#include "report/json_values.h"

namespace deadlight::report {

std::string plan_json(const Plan& plan) { return to_json(plan); }

std::string what_if_json(const WhatIf& result) {
  return document_text({{"schema", "deadlight.what-if/1"},
                        {"host", host_json(result.host)},
                        {"changes", changes_json(result.changes)},
                        {"open_before", result.open_before},
                        {"open_at_once", result.open_at_once},
                        {"open_after", result.open_after},
                        {"closes", result.closes},
                        {"also_stops", result.also_stops},
                        {"breaks", result.breaks},
                        {"warnings", result.warnings},
                        {"unread", unread_json(result.unread)},
                        {"reboot", result.reboot}});
}

}  // namespace deadlight::report
