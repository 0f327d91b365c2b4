#include "report/closer_text.h"

#include <fmt/format.h>

#include "plan/plan.h"

namespace deadlight::report {

std::string change_line(const knowledge::ChangeFact& change) {
  const std::string_view where = change.each_adapter ? ", for each adapter" : "";
  if (change.kind == knowledge::ChangeKind::adapter) {
    return fmt::format("adapter option {} = {}{}", change.target, change.data, where);
  }
  return planned(change).text().append(where);
}

std::string effect_text(knowledge::Effect effect) {
  using knowledge::Effect;
  switch (effect) {
    case Effect::release:
      return "closes it";
    case Effect::narrow:
      return "leaves it reachable from this host only";
    case Effect::scope:
      return "limits who reaches it; it stays open";
    case Effect::move:
      return "moves it to other ports; it stays open";
    case Effect::harden:
      return "leaves it open";
  }
  return "";
}

std::string when_text(knowledge::When when) {
  switch (when) {
    case knowledge::When::now:
      return "at once";
    case knowledge::When::restart:
      return "after a restart of the service";
    case knowledge::When::reboot:
      return "after a reboot";
  }
  return "";
}

}  // namespace deadlight::report
