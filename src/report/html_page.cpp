#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/exposure_groups.h"
#include "report/html_graph.h"
#include "report/html_parts.h"
#include "report/html_picture.h"
#include "report/html_sections.h"
#include "report/html_style.h"
#include "report/page.h"

namespace deadlight::report {
namespace {

constexpr std::size_t kEvidenceShownMax = 20;

std::string title_of(const Exposure& exposure, bool with_plan) {
  const std::string who = exposure.host.name.empty() ? std::string(os_title(exposure.host.os))
                                                     : short_name(exposure.host.name);
  return fmt::format("{}: open ports{}", who, with_plan ? " and plan" : "");
}

void put_head(HtmlWriter& html, const Exposure& exposure, bool with_plan) {
  const auto head = html.in("head");
  html.empty("meta", {{"charset", "utf-8"}});
  const std::string policy =
      fmt::format("default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
                  page_style_hash());
  html.empty("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", policy}});
  html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  html.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
  html.empty("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
  html.empty("meta", {{"name", "generator"}, {"content", "Deadlight"}});
  html.element("title", title_of(exposure, with_plan));
  const auto style = html.in("style");
  html.raw(page_style());
}

std::vector<std::string> evidence_lines(const Exposure& exposure) {
  std::vector<std::string> lines;
  for (const Evidence& evidence : exposure.evidence) {
    if (lines.size() == kEvidenceShownMax) {
      lines.push_back(fmt::format("and {} more", exposure.evidence.size() - lines.size()));
      break;
    }
    const std::string name = evidence.name == "-" ? "standard input" : short_name(evidence.name);
    lines.push_back(
        evidence.kind.empty() ? name : fmt::format("{} ({})", name, short_name(evidence.kind)));
  }
  return lines;
}

std::string role_text(const Role& role) {
  if (role.id.empty()) return "none given";
  return role.title.empty()
             ? short_name(role.id)
             : fmt::format("{} ({})", shortened(role.title, 200), short_name(role.id));
}

void put_header(HtmlWriter& html, const Exposure& exposure, bool with_plan) {
  const Host& host = exposure.host;
  const auto header = html.in("header");
  html.element("p", with_plan ? "Open ports, and the plan to close them" : "Open ports",
               {{"class", "kicker"}});
  html.element("h1", host.name.empty() ? std::string(os_title(host.os)) : short_name(host.name));
  const auto facts = html.in("dl", {{"class", "facts"}});
  const std::string basis =
      host.os_basis.empty() ? "" : fmt::format(", known by: {}", shortened(host.os_basis, 300));
  put_fact(html, "System", fmt::format("{}{}", os_title(host.os), basis));
  put_fact(html, "Role", role_text(exposure.role));
  {
    const auto fact = html.in("div");
    html.element("dt", "Evidence");
    const auto text = html.in("dd");
    if (exposure.evidence.empty()) html.text("none");
    put_list(html, evidence_lines(exposure), "plain");
  }
  put_fact(html, "Date", "the evidence names none");
}

void put_contents(HtmlWriter& html, const Exposure& exposure, bool with_plan) {
  const auto nav = html.in("nav", {{"aria-label", "Contents"}});
  const auto list = html.in("ul");
  const auto put = [&](std::string_view id, std::string_view title) {
    const auto item = html.in("li");
    html.element("a", title, {{"href", fmt::format("#{}", id)}});
  };
  put("summary", "Summary");
  put("picture", "Picture");
  put("register", "Register");
  for (const Verdict verdict : kVerdictsByUrgency) {
    if (verdict != Verdict::needed && has_findings(exposure, verdict)) {
      put(verdict_id(verdict), verdict_title(verdict));
    }
  }
  if (with_plan) put("plan", "Plan");
  put("limits", "Limits");
}

void put_picture_section(HtmlWriter& html, const Exposure& exposure,
                         const knowledge::Knowledge& kb) {
  const auto section = html.in("section", {{"id", "picture"}, {"class", "picture-section"}});
  html.element("h2", "What opens which port");
  const Counts counts = count(exposure);
  if (counts.open == 0) {
    html.element("p", sentence(nothing_open(!exposure.unread.empty())));
    return;
  }
  const Graph graph = graph_of(exposure, kb);
  const std::string description = fmt::format(
      "{} on the left, {} in the middle, {} on the right, joined by curves in the colour of the "
      "verdict. The tables below name each.",
      count_of(graph.columns[0].size(), "owner", "owners"),
      count_of(graph.columns[1].size(), "program", "programs"),
      count_of(counts.open, "open port", "open ports"));
  put_picture(html, graph, description);
}

void put_words(HtmlWriter& html) {
  const auto section = html.in("section", {{"id", "words"}});
  html.element("h2", "How to read this page");
  const auto facts = html.in("dl", {{"class", "facts"}});
  put_fact(html, "Observed", "The system itself said who owns the port.");
  put_fact(html, "Derived", "Only one possibility is left by the evidence.");
  put_fact(html, "Candidate", "One of several. All of them are listed; none is claimed.");
  put_fact(html, "Unknown", "Nobody could be named. A port number alone proves nothing.");
  put_fact(html, "Past attacks",
           "What has happened to such software elsewhere: no finding about this host.");
  put_fact(html, "Reachable at",
           "Who can reach the port by its address, and by this host's firewall rules where they "
           "were read. A firewall elsewhere may let fewer through; this page does not know.");
}

}  // namespace

std::string exposure_html(const Exposure& exposure, const knowledge::Knowledge& kb,
                          const Plan* plan) {
  HtmlWriter html;
  html.raw("<!DOCTYPE html>\n");
  {
    const auto root = html.in("html", {{"lang", "en"}});
    put_head(html, exposure, plan != nullptr);
    const auto body = html.in("body");
    put_header(html, exposure, plan != nullptr);
    put_contents(html, exposure, plan != nullptr);
    const auto main = html.in("main");
    put_summary(html, exposure, plan);
    put_picture_section(html, exposure, kb);
    for (const Verdict verdict : kVerdictsByUrgency) {
      if (verdict == Verdict::needed) {
        put_register(html, exposure, kb);
      } else {
        put_findings(html, exposure, kb, verdict);
      }
    }
    if (plan != nullptr) put_plan(html, *plan);
    put_limits(html, exposure, plan);
    put_words(html);
  }
  return html.take();
}

}  // namespace deadlight::report
