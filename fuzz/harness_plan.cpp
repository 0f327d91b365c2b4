#include <string>

#include "base/assert.h"
#include "harness.h"
#include "plan/plan_json.h"

namespace deadlight::fuzz {

void plan_json(std::string_view bytes) {
  const auto plan = plan_from_json(bytes, "fuzz");
  if (!plan) {
    const std::string& message = plan.error().message;
    DEADLIGHT_ASSERT(!message.empty() && message.find('\n') == std::string::npos);
    return;
  }
  const std::string text = to_json(*plan);
  const auto again = plan_from_json(text, "again");
  DEADLIGHT_ASSERT(again.has_value());
  DEADLIGHT_ASSERT(to_json(*again) == text);
}

}  // namespace deadlight::fuzz
