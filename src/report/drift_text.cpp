#include <fmt/format.h>

#include "report/exposure_groups.h"
#include "report/page.h"
#include "report/report.h"

namespace deadlight::report {
namespace {

std::string who(const Exposed& exposed) {
  const std::string process = process_text(exposed.endpoint, exposed.owner);
  const std::string& service =
      exposed.owner.service.empty() ? exposed.endpoint.unit.str() : exposed.owner.service;
  if (service.empty()) return process == kNotKnown ? "nobody could be named" : process;
  return process == kNotKnown ? service : fmt::format("{}, {}", service, process);
}

std::string socket_of(const Endpoint& endpoint) {
  return fmt::format("{} {}", port_text(endpoint), address_text(endpoint.local));
}

std::string verdict_of(const Exposed& exposed) {
  return fmt::format("{}: {}", verdict_id(exposed.verdict), exposed.verdict_reason);
}

std::string row_text(const Drift& drift) {
  switch (drift.kind) {
    case DriftKind::gone:
      return fmt::format("{}  {}", socket_of(drift.before->endpoint), who(*drift.before));
    case DriftKind::appeared:
      return fmt::format("{}  {}, reach {}; {}", socket_of(drift.now->endpoint), who(*drift.now),
                         reach_id(drift.now->reach), verdict_of(*drift.now));
    case DriftKind::changed:
      break;
  }
  return fmt::format("{}  {}, reach {}; was {} {}, reach {}; {}", socket_of(drift.now->endpoint),
                     who(*drift.now), reach_id(drift.now->reach),
                     address_text(drift.before->endpoint.local), who(*drift.before),
                     reach_id(drift.before->reach), verdict_of(*drift.now));
}

std::string_view mark_of(DriftKind kind) {
  switch (kind) {
    case DriftKind::appeared:
      return "+ ";
    case DriftKind::gone:
      return "- ";
    case DriftKind::changed:
      break;
  }
  return "~ ";
}

Colour colour_of(DriftKind kind) {
  return kind == DriftKind::gone ? Colour::green : Colour::yellow;
}

}  // namespace

std::string drift_line(const Drift& drift) {
  return fmt::format("{}{}", mark_of(drift.kind), row_text(drift));
}

std::string drift_text(const DriftReport& drift, const Style& style) {
  Page page(style);
  for (const Drift& row : drift.rows) {
    page.item(mark_of(row.kind), row_text(row), 0, colour_of(row.kind));
  }
  if (drift.rows.empty()) page.prose("The same ports are open, by the same owners.");
  if (drift.passing > 0) {
    page.prose(fmt::format("Not compared: {} on dynamic ports, which clients open and close.",
                           count_of(drift.passing, "UDP socket", "UDP sockets")));
  }
  return page.take();
}

}  // namespace deadlight::report
