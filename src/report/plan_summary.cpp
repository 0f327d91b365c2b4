#include <fmt/format.h>

#include "report/page.h"

namespace deadlight::report {

std::string plan_summary(const Plan& plan, const Style& style) {
  Page page(style);
  if (plan.steps.empty()) return page.take();
  page.blank();
  page.heading(fmt::format("A plan for the role '{}'", plan.role.id));
  const std::size_t open = plan.open_after().size();
  page.prose(
      fmt::format("{} would take {} to {}. 'deadlight plan' with the same options shows the "
                  "changes, what breaks and how each is undone.",
                  count_of(plan.steps.size(), "step", "steps"),
                  count_of(plan.open_before.size(), "open port", "open ports"),
                  open == 0 ? "none" : std::to_string(open)));
  std::size_t number = 0;
  for (const Step& step : plan.steps) {
    page.item(
        fmt::format("{:>3}. ", ++number),
        fmt::format("{}: closes {}{}", step.title, count_of(step.closes.size(), "port", "ports"),
                    step.reboot ? ", after a reboot" : ""));
  }
  return page.take();
}

}  // namespace deadlight::report
