#include "report/html_parts.h"

#include <fmt/format.h>

#include <map>

#include "report/exposure_groups.h"

namespace deadlight::report {
namespace {

constexpr std::size_t kPlacesMax = 3;  ///< of one socket; the rest is counted

struct VerdictLook {
  Verdict verdict;
  std::string_view title;
  std::string_view css;
  std::string_view sign;
  std::string_view meaning;
};

constexpr VerdictLook kLooks[] = {
    {Verdict::unknown, "Unknown", "v-unknown",
     "M3.5 4.2a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1.8-1.1 1.6M6 10.2v.6",
     "for which nobody could be named. Find out about that before anything else."},
    {Verdict::unneeded, "Not needed", "v-unneeded", "M2.5 2.5l7 7M9.5 2.5l-7 7",
     "that the role does not need, and that settings close."},
    {Verdict::stuck, "Stuck", "v-stuck", "M2.5 2.5h7v7h-7z",
     "that the role does not need, and that no setting closes. A firewall can limit who gets "
     "there."},
    {Verdict::needed, "Needed", "v-needed", "M2 6.5l2.8 2.8L10 3.2", "that the role needs."},
    {Verdict::local, "This host only", "v-local", "M6 2a4 4 0 1 0 .01 0z",
     "that only programs on this host itself can reach."},
    {Verdict::outbound, "Client", "v-outbound", "M2 6h8M7 3l3 3-3 3",
     "that clients use to ask others. Nobody is served there."},
};

const VerdictLook& look_of(Verdict verdict) {
  for (const VerdictLook& look : kLooks) {
    if (look.verdict == verdict) return look;
  }
  return kLooks[0];
}

void put_cell(HtmlWriter& html, const HtmlCell& cell, std::string_view label, bool heads) {
  const auto element =
      heads ? html.in("th", {{"scope", "row"}, {"role", "rowheader"}, {"data-label", label}})
            : html.in("td", {{"role", "cell"}, {"data-label", label}});
  // One element inside, so that label and content are two columns on a narrow screen.
  const auto inside = html.in("div");
  html.element(cell.code ? "code" : "span", cell.text);
  for (const std::string& line : cell.more) html.element("small", line);
}

}  // namespace

std::string_view verdict_title(Verdict verdict) { return look_of(verdict).title; }
std::string_view verdict_meaning(Verdict verdict) { return look_of(verdict).meaning; }
std::string_view verdict_class(Verdict verdict) { return look_of(verdict).css; }
std::string_view verdict_sign(Verdict verdict) { return look_of(verdict).sign; }

std::string_view reach_title(Reach reach) {
  switch (reach) {
    case Reach::any:
      return "any address";
    case Reach::adapter:
      return "one address";
    case Reach::link:
      return "local link";
    case Reach::loopback:
      return "this host";
    case Reach::limited:
      return "some, by firewall rules";
    case Reach::filtered:
      return "nobody, by firewall rules";
    case Reach::unknown:
      return "not known: firewall rules";
  }
  return "";
}

void put_table(HtmlWriter& html, const HtmlTable& table) {
  const auto element = html.in("table", {{"role", "table"}});
  html.element("caption", table.caption);
  {
    const auto head = html.in("thead", {{"role", "rowgroup"}});
    const auto row = html.in("tr", {{"role", "row"}});
    for (const std::string_view column : table.columns) {
      html.element("th", column, {{"scope", "col"}, {"role", "columnheader"}});
    }
  }
  const auto body = html.in("tbody", {{"role", "rowgroup"}});
  for (const std::vector<HtmlCell>& cells : table.rows) {
    const auto row = html.in("tr", {{"role", "row"}});
    for (std::size_t i = 0; i < cells.size(); ++i) {
      put_cell(html, cells[i], table.columns[i], i == 0);
    }
  }
}

void put_list(HtmlWriter& html, const std::vector<std::string>& items, std::string_view css) {
  if (items.empty()) return;
  const auto list = css.empty() ? html.in("ul") : html.in("ul", {{"class", css}});
  for (const std::string& item : items) html.element("li", item);
}

void put_fact(HtmlWriter& html, std::string_view label, std::string_view text) {
  if (text.empty()) return;
  const auto fact = html.in("div");
  html.element("dt", label);
  html.element("dd", text);
}

std::vector<Evidence> short_evidence(const std::vector<Evidence>& evidence) {
  const auto base = [](const std::string& path) {
    return path.starts_with("/proc/") ? path : path.substr(path.find_last_of('/') + 1);
  };
  std::map<std::string, std::size_t> count;
  for (const Evidence& entry : evidence) ++count[base(entry.name)];
  std::vector<Evidence> result = evidence;
  for (Evidence& entry : result) {
    if (count[base(entry.name)] == 1) entry.name = base(entry.name);
    if (entry.name == "-") entry.name = "standard input";
  }
  return result;
}

HtmlCell port_cell(const Exposed& row) {
  return {port_text(row.endpoint), true, {short_name(address_text(row.endpoint))}};
}

HtmlCell process_cell(const Exposed& row) {
  HtmlCell cell = {short_name(process_text(row.endpoint, row.owner))};
  if (cell.text == kNotKnown) cell.text = "not known";
  if (!row.endpoint.unit.empty()) cell.more.push_back(short_name(row.endpoint.unit.str()));
  return cell;
}

HtmlCell known_cell(const Exposed& row, const std::vector<Evidence>& evidence) {
  HtmlCell cell = {std::string(confidence_id(row.owner.confidence))};
  const std::vector<std::string> places = places_of(row.endpoint, evidence);
  for (const std::string& place : places) {
    if (cell.more.size() == kPlacesMax) break;
    cell.more.push_back(short_name(place));
  }
  if (places.size() > kPlacesMax) {
    cell.more.push_back(fmt::format("and {} more", places.size() - kPlacesMax));
  }
  return cell;
}

}  // namespace deadlight::report
