#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/html_parts.h"
#include "report/html_sections.h"
#include "report/register.h"

namespace deadlight::report {
namespace {

constexpr std::size_t kReasonsMax = 4;  ///< for the owner of one kept socket

HtmlCell reason_cell(const RegisterEntry& entry, const Role& role) {
  HtmlCell cell = {shortened(entry.reason, 500)};
  if (!role.id.empty()) cell.more.push_back("role " + short_name(role.id));
  return cell;
}

HtmlCell reach_cell(const RegisterEntry& entry) {
  HtmlCell cell = {std::string(reach_title(entry.row->reach))};
  if (!entry.from.empty()) {
    cell.more.push_back("to be reached from: " + shortened(join(entry.from, ", "), 300));
  }
  return cell;
}

/// The chain of reasons, with the socket's own evidence named as in the cells beside it.
void add_reasons(HtmlCell& cell, const Exposed& row, const std::vector<Evidence>& whole,
                 const std::vector<Evidence>& brief) {
  const std::vector<std::string>& because = row.owner.because;
  for (std::size_t i = 0; i < std::min(because.size(), kReasonsMax); ++i) {
    std::string reason = because[i];
    for (const SourceRef& source : row.endpoint.sources) {
      if (source.evidence >= whole.size()) continue;
      const std::string& name = whole[source.evidence].name;
      const std::size_t at = name.empty() ? std::string::npos : reason.find(name);
      if (at == std::string::npos) continue;
      reason.replace(at, name.size(), brief[source.evidence].name);
      break;
    }
    cell.more.push_back(shortened(reason, 300));
  }
  if (because.size() > kReasonsMax) {
    cell.more.push_back(
        fmt::format("and {} more, in 'deadlight scan --why'", because.size() - kReasonsMax));
  }
}

HtmlCell controls_cell(const RegisterEntry& entry) {
  HtmlCell cell;
  for (const Control* control : entry.controls) cell.more.emplace_back(control->id);
  return cell;
}

void put_entries(HtmlWriter& html, const std::vector<RegisterEntry>& entries,
                 const Exposure& exposure) {
  const std::vector<Evidence> evidence = short_evidence(exposure.evidence);
  HtmlTable table;
  table.caption = "Justification register";
  table.columns = {"Port", "Owner", "Reason", "Reachable at", "How it is known", "Answers"};
  for (const RegisterEntry& entry : entries) {
    HtmlCell owner = {shortened(entry.owner, 300)};
    owner.more.push_back(process_cell(*entry.row).text);
    HtmlCell known = known_cell(*entry.row, evidence);
    add_reasons(known, *entry.row, exposure.evidence, evidence);
    table.rows.push_back({port_cell(*entry.row), std::move(owner),
                          reason_cell(entry, exposure.role), reach_cell(entry), std::move(known),
                          controls_cell(entry)});
  }
  const auto part = html.in("div", {{"class", "entries"}});
  put_table(html, table);
}

void put_controls(HtmlWriter& html) {
  html.element("h3", "The controls that an entry helps to answer");
  HtmlTable table;
  table.caption = "Controls";
  table.columns = {"Control", "Asks for", "Stands in"};
  for (const Control& control : controls()) {
    table.rows.push_back({{std::string(control.id)},
                          {std::string(control.asks)},
                          {std::string(control.framework), false, {std::string(control.source)}}});
  }
  {
    const auto part = html.in("div", {{"class", "controls"}});
    put_table(html, table);
  }
  html.element("p",
               "PCI DSS 2.2.5 is named only where the owner speaks a protocol that the standard "
               "itself counts as insecure (FTP, Telnet, POP3, IMAP, SNMP v1 and v2). The register "
               "is evidence for these controls and no proof that they are met; whether the reasons "
               "are good is for a person to approve.",
               {{"class", "small"}});
}

void put_sign_off(HtmlWriter& html) {
  const auto list = html.in("dl", {{"class", "sign-off"}});
  for (const std::string_view label : {"Approved by", "Date", "Next review"}) {
    const auto line = html.in("div");
    html.element("dt", label);
    const auto blank = html.in("dd");
  }
}

}  // namespace

void put_register(HtmlWriter& html, const Exposure& exposure, const knowledge::Knowledge& kb) {
  const std::vector<RegisterEntry> entries = justification_register(exposure, kb);
  const auto section = html.in("section", {{"id", "register"}, {"class", "v-needed findings"}});
  html.element("h2", "Justification register: what stays open, and why");
  if (entries.empty()) {
    html.element(
        "p", fmt::format("Nothing is kept: {} needs no open port on this host.",
                         exposure.role.id.empty() ? std::string("no role was given, and so it")
                                                  : "the role " + short_name(exposure.role.id)));
  } else {
    put_entries(html, entries, exposure);
    put_sign_off(html);
  }
  put_controls(html);
}

}  // namespace deadlight::report
