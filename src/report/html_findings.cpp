#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "report/exposure_groups.h"
#include "report/html_parts.h"
#include "report/html_sections.h"
#include "report/page.h"

namespace deadlight::report {
namespace {

constexpr std::size_t kReasonsMax = 20;  ///< chains of reasons under one owner

bool belongs(const Exposed& row, Verdict verdict) {
  return is_listed(row) && row.verdict == verdict;
}

std::vector<Group> groups_of(const Exposure& exposure, const knowledge::Knowledge& kb,
                             Verdict verdict) {
  std::vector<Group> groups = group_by_owner(exposure, kb);
  for (Group& group : groups) {
    std::erase_if(group.rows, [&](const Exposed* row) { return row->verdict != verdict; });
  }
  std::erase_if(groups, [](const Group& group) { return group.rows.empty(); });
  return groups;
}

// What a number is known for. Only a help where nothing better is known of the owner.
std::vector<std::string> port_hints(const Group& group, const knowledge::Knowledge& kb) {
  std::vector<std::string> hints;
  std::set<const knowledge::PortFact*> seen;
  for (const Exposed* row : group.rows) {
    const knowledge::PortFact* port = kb.port(row->endpoint.protocol, row->endpoint.port);
    if (port == nullptr || !seen.insert(port).second) continue;
    std::string hint(port->exposure);
    if (!port->abuse.empty()) {
      hint += fmt::format("{}known for: {}", hint.empty() ? "" : "; ", port->abuse);
    }
    if (!hint.empty()) hints.push_back(fmt::format("{}: {}", port_text(row->endpoint), hint));
  }
  return hints;
}

void put_risk(HtmlWriter& html, const Group& group, const knowledge::Knowledge& kb) {
  const std::string& id = group.rows.front()->owner.feature;
  const knowledge::FeatureFact* feature = id.empty() ? nullptr : kb.feature(id);
  if (feature != nullptr) {
    const auto facts = html.in("dl", {{"class", "facts"}});
    put_fact(html, "What it does", feature->purpose);
    put_fact(html, "Mind", feature->note);
    put_fact(html, "Past attacks", feature->history);
    return;
  }
  if (group.rows.front()->verdict != Verdict::unknown) return;
  const std::vector<std::string> hints = port_hints(group, kb);
  if (hints.empty()) return;
  const auto facts = html.in("dl", {{"class", "facts"}});
  const auto fact = html.in("div");
  html.element("dt", "A hint only");
  const auto text = html.in("dd");
  html.element("p", "A number proves no owner. Among others these use it:");
  put_list(html, hints, "plain");
}

// The same chain often holds for many sockets of one owner: each is shown once.
void put_reasons(HtmlWriter& html, const Group& group) {
  std::vector<std::string> reasons;
  std::set<std::string_view> seen;
  for (const Exposed* row : group.rows) {
    for (const std::string& reason : row->owner.because) {
      if (seen.insert(reason).second) reasons.push_back(reason);
    }
  }
  if (reasons.empty()) return;
  const auto details = html.in("details");
  html.element("summary", "How the owner is known");
  if (reasons.size() > kReasonsMax) {
    const std::size_t more = reasons.size() - kReasonsMax;
    reasons.resize(kReasonsMax);
    reasons.push_back(fmt::format("and {} more, in 'deadlight scan --why'", more));
  }
  put_list(html, reasons, "small");
}

void put_group(HtmlWriter& html, const Group& group, const std::vector<Evidence>& evidence,
               const knowledge::Knowledge& kb) {
  const auto section = html.in("section", {{"class", "owner"}});
  html.element("h3", shortened(group.title, 300));
  put_risk(html, group, kb);
  const std::string caption = "Open sockets of " + shortened(group.title, 100);
  HtmlTable table;
  table.caption = caption;
  table.columns = {"Port", "Program", "How it is known", "Reachable at", "Why this verdict"};
  for (const Exposed* row : group.rows) {
    table.rows.push_back({port_cell(*row),
                          process_cell(*row),
                          known_cell(*row, evidence),
                          {std::string(reach_title(row->reach))},
                          {shortened(row->verdict_reason, 500)}});
  }
  put_table(html, table);
  put_reasons(html, group);
}

std::string_view section_title(Verdict verdict) {
  switch (verdict) {
    case Verdict::unknown:
      return "Unknown: look here first";
    case Verdict::unneeded:
      return "Not needed: can be closed";
    case Verdict::stuck:
      return "Stuck: not needed, and no setting closes it";
    case Verdict::local:
      return "Reachable from this host only";
    case Verdict::outbound:
      return "Sockets of clients";
    case Verdict::needed:
      break;
  }
  return "Needed";
}

}  // namespace

bool has_findings(const Exposure& exposure, Verdict verdict) {
  return std::any_of(exposure.endpoints.begin(), exposure.endpoints.end(),
                     [&](const Exposed& row) { return belongs(row, verdict); });
}

void put_findings(HtmlWriter& html, const Exposure& exposure, const knowledge::Knowledge& kb,
                  Verdict verdict) {
  const std::vector<Group> groups = groups_of(exposure, kb, verdict);
  if (groups.empty()) return;
  std::size_t sockets = 0;
  for (const Group& group : groups) sockets += group.rows.size();
  const std::string css = fmt::format("findings {}", verdict_class(verdict));
  const auto section = html.in("section", {{"class", css}, {"id", verdict_id(verdict)}});
  html.element("h2", section_title(verdict));
  html.element("p", fmt::format("{} {}", count_of(sockets, "open port", "open ports"),
                                verdict_meaning(verdict)));
  const std::vector<Evidence> evidence = short_evidence(exposure.evidence);
  for (const Group& group : groups) put_group(html, group, evidence, kb);
}

}  // namespace deadlight::report
