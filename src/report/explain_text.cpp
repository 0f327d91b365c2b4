#include <fmt/format.h>

#include "base/text.h"
#include "exposure/program.h"
#include "report/explanation.h"
#include "report/exposure_groups.h"
#include "report/page.h"

namespace deadlight::report {
namespace {

constexpr int kIndent = 2;

void section(Page& page, std::string_view title) {
  page.blank();
  page.heading(title);
}

void put_what(Page& page, const Explanation& result, const knowledge::Knowledge& kb) {
  section(page, "What it is");
  for (const knowledge::FeatureFact* feature : result.subject.features) {
    page.item("- ",
              fmt::format("{} ({}, {}): {}", feature->title, feature->id,
                          knowledge::certainty_id(feature->certainty), feature->purpose),
              kIndent);
    if (!feature->note.empty()) page.prose(feature->note, 2 * kIndent);
  }
  for (const std::string& name : result.subject.services) {
    const knowledge::ServiceFact* fact = kb.service(name);
    if (fact == nullptr) {
      page.item("- ", fmt::format("service {}, not in the knowledge base", name), kIndent);
      continue;
    }
    std::string text = fmt::format("service {} ({}): {}", fact->id,
                                   knowledge::certainty_id(fact->certainty), fact->title);
    if (!fact->breaks.empty()) text += fmt::format(". Without it: {}", fact->breaks);
    page.item("- ", text, kIndent);
  }
  if (result.subject.features.empty() && result.subject.services.empty()) {
    const std::vector<const Exposed*>& rows = result.subject.rows;
    const bool published = !rows.empty() && is_published(rows.front()->endpoint);
    page.prose(published
                   ? "A port that no socket of this host holds: a firewall rule sends its visitors "
                     "on, as those of Docker, Podman and Kubernetes do."
                   : "Nobody could be named for it. The number alone proves nothing.",
               kIndent);
  }
}

void put_row(Page& page, const Exposed& row) {
  std::string text =
      fmt::format("{}, {}", endpoint_text(row.endpoint), process_text(row.endpoint, row.owner));
  if (!row.owner.service.empty()) text += ", service " + row.owner.service;
  text += fmt::format(": {}", confidence_id(row.owner.confidence));
  if (row.owner.confidence == Confidence::candidate && !row.owner.candidates.empty()) {
    text += fmt::format(", one of {}", candidates_text(row.owner));
  }
  page.item("- ", text, kIndent, Colour::bold);
  if (row.phantom) {
    page.prose("phantom: the local port of an outgoing connection, shown as listening by mistake",
               2 * kIndent);
  }
  for (const std::string& reason : row.owner.because) page.item("- ", reason, 2 * kIndent);
  page.prose(fmt::format("reach: {}; verdict: {}{}{}", reach_id(row.reach), verdict_id(row.verdict),
                         row.verdict_reason.empty() ? "" : ", ", row.verdict_reason),
             2 * kIndent);
}

void put_here(Page& page, const Explanation& result, const Exposure& exposure) {
  section(page, fmt::format("On this host ({})", os_title(exposure.host.os)));
  if (result.subject.rows.empty()) page.prose("Not open.", kIndent);
  for (const Exposed* row : result.subject.rows) put_row(page, *row);
}

void put_needs(Page& page, const Explanation& result, const Exposure& exposure) {
  section(page, "Who needs it");
  if (result.needed_by.empty()) page.prose("No capability in the knowledge base.", kIndent);
  bool needed = false;
  for (const NeededBy& need : result.needed_by) {
    needed = needed || need.by_this_role;
    page.item("- ",
              fmt::format("{}{}", need.capability->title,
                          need.roles.empty() ? "; no role that is known needs this"
                                             : "; roles: " + join(need.roles, ", ")),
              kIndent);
  }
  if (exposure.role.id.empty() || result.needed_by.empty()) return;
  page.prose(fmt::format("This host's role, {}, needs {}.", exposure.role.id,
                         needed ? "it" : "none of this"),
             kIndent);
}

void put_ways(Page& page, std::string_view title, const std::vector<Way>& ways) {
  section(page, title);
  std::size_t number = 0;
  for (const Way& way : ways) {
    page.item(fmt::format("{}. ", ++number), fmt::format("{} ({})", way.title, way.id));
    page.field("Effect", way.effect);
    page.field_lines("Change", way.changes);
    page.field("Breaks", way.breaks);
    page.field("Takes effect", way.when);
    page.field("Limits", way.limits);
    page.field_lines("Undo", way.undo);
    page.field("Certainty", way.certainty);
  }
  if (ways.empty()) page.prose("None is known.", kIndent);
}

void put_no_ways(Page& page, const Explanation& result) {
  if (result.no_ways.empty()) return;
  section(page, "What does not close it here");
  for (const NoWay& other : result.no_ways) {
    page.item("- ", fmt::format("{}: {}", other.what, other.why), kIndent);
  }
}

void put_history(Page& page, const Explanation& result) {
  bool any = false;
  for (const knowledge::FeatureFact* feature : result.subject.features) {
    if (feature->history.empty()) continue;
    if (!any) section(page, "What has happened to it (history, not a finding on this host)");
    any = true;
    page.item("- ", feature->history, kIndent);
  }
}

void put_ports(Page& page, const Explanation& result) {
  if (result.ports.empty()) return;
  section(page, "What the number is known for (a hint, never a proof)");
  for (const knowledge::PortFact* port : result.ports) {
    page.item("- ", fmt::format("{}/{}", port->port, protocol_id(port->protocol)), kIndent);
    page.field("On Windows", port->windows_owner);
    page.field("On Linux", port->linux_owner);
    page.field("Abuse", port->abuse);
    page.field("Exposure", port->exposure);
    page.field("Certainty", knowledge::certainty_id(port->certainty));
  }
}

void put_sources(Page& page, const Explanation& result) {
  if (result.sources.empty()) return;
  section(page, "Sources");
  for (const knowledge::SourceFact* source : result.sources) {
    page.item("- ",
              source->url.empty() ? std::string(source->title)
                                  : fmt::format("{}, {}", source->title, source->url),
              kIndent);
  }
}

std::string title_of(const Explanation& result) {
  const Subject& subject = result.subject;
  if (subject.features.size() != 1) return subject.text;
  return fmt::format("{}: {}", subject.text, subject.features.front()->title);
}

}  // namespace

Result<std::string> explain_text(std::string_view subject, const Exposure& exposure,
                                 const knowledge::Knowledge& kb, const Style& style) {
  const Explanation result = DEADLIGHT_TRY(explain(subject, exposure, kb));
  Page page(style);
  page.heading(title_of(result));
  put_what(page, result, kb);
  put_here(page, result, exposure);
  put_needs(page, result, exposure);
  put_ways(page, fmt::format("Ways to close it on {}", os_title(exposure.host.os)), result.ways);
  if (!result.limits.empty()) put_ways(page, "Ways to limit who reaches it", result.limits);
  put_no_ways(page, result);
  put_history(page, result);
  put_ports(page, result);
  put_sources(page, result);
  return page.take();
}

}  // namespace deadlight::report
