#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "report/exposure_groups.h"
#include "report/html_parts.h"
#include "report/html_sections.h"
#include "report/page.h"

namespace deadlight::report {
namespace {

constexpr std::size_t kUnreadShownMax = 200;

std::string_view are(std::size_t count) { return count == 1 ? "is" : "are"; }

/// What a manager has to know, in sentences.
std::vector<std::string> sentences(const Counts& counts, const Exposure& exposure) {
  const Role& role = exposure.role;
  std::vector<std::string> result;
  if (counts.open == 0) return {sentence(nothing_open(!exposure.unread.empty()))};
  result.push_back(fmt::format("{} {} open on this host.", count_of(counts.open, "port", "ports"),
                               are(counts.open)));
  const std::string what =
      role.title.empty() ? "what this host is for" : shortened(role.title, 100);
  const auto put = [&](Verdict verdict, std::string_view text) {
    const std::size_t number = counts.of(verdict);
    if (number > 0) result.push_back(fmt::format("{} {} {}", number, are(number), text));
  };
  const std::size_t needed = counts.of(Verdict::needed);
  result.push_back(fmt::format("{} {} needed for its role: {}.",
                               needed == 0 ? "None" : std::to_string(needed),
                               needed == 1 || needed == 0 ? "is" : "are", what));
  put(Verdict::unneeded, "not needed and can be closed.");
  put(Verdict::stuck, "not needed, but no setting closes that: limit who gets there.");
  put(Verdict::unknown, "open without a known owner: find out about that first.");
  put(Verdict::local, "reachable from this host only.");
  put(Verdict::outbound, "a client\u2019s own, where nobody is served.");
  return result;
}

void put_tile(HtmlWriter& html, std::size_t number, std::string_view label, std::string_view css) {
  const auto tile = html.in("li", {{"class", css}});
  html.element("b", std::to_string(number));
  html.element("span", label);
}

void put_tiles(HtmlWriter& html, const Counts& counts) {
  const auto tiles = html.in("ul", {{"class", "tiles"}});
  put_tile(html, counts.open, "Open", "v-all");
  for (const Verdict verdict : {Verdict::needed, Verdict::unneeded, Verdict::unknown}) {
    put_tile(html, counts.of(verdict), verdict_title(verdict), verdict_class(verdict));
  }
  for (const Verdict verdict : {Verdict::stuck, Verdict::local, Verdict::outbound}) {
    if (counts.of(verdict) == 0) continue;
    put_tile(html, counts.of(verdict), verdict_title(verdict), verdict_class(verdict));
  }
}

// The shares of the verdicts as one bar.
void put_bar(HtmlWriter& html, const Counts& counts) {
  constexpr std::size_t kWidth = 1000;
  if (counts.open == 0) return;
  const auto svg = html.in("svg", {{"class", "shares"},
                                   {"viewBox", "0 0 1000 12"},
                                   {"preserveAspectRatio", "none"},
                                   {"aria-hidden", "true"}});
  std::size_t before = 0;
  for (const Verdict verdict : kVerdictsByUrgency) {
    const std::size_t after = before + counts.of(verdict);
    const std::size_t from = before * kWidth / counts.open;
    const std::size_t to = after * kWidth / counts.open;
    before = after;
    if (to == from) continue;
    html.empty("rect", {{"class", verdict_class(verdict)},
                        {"x", std::to_string(from)},
                        {"width", std::to_string(to - from)},
                        {"height", "12"}});
  }
}

// Listings in a plan are text: "tcp 127.0.0.1:135".
bool is_local(const std::string& endpoint) {
  const auto blank = endpoint.find(' ');
  const auto colon = endpoint.rfind(':');
  if (blank == std::string::npos || colon == std::string::npos || colon < blank) return false;
  return make_address(endpoint.substr(blank + 1, colon - blank - 1)).is_loopback();
}

void put_plan_sentence(HtmlWriter& html, const Plan& plan) {
  if (plan.steps.empty()) return;
  const auto reboots = static_cast<std::size_t>(
      std::count_if(plan.steps.begin(), plan.steps.end(), [](const Step& s) { return s.reboot; }));
  const std::vector<std::string>& left = plan.open_after();
  const auto local = static_cast<std::size_t>(std::count_if(left.begin(), left.end(), is_local));
  const std::size_t reachable = left.size() - local;
  html.element(
      "p",
      fmt::format("The plan takes {} and leaves {} that others can reach{}. {}. Each change can be "
                  "undone; none has been made yet.",
                  count_of(plan.steps.size(), "step", "steps"),
                  reachable == 0 ? "no port" : count_of(reachable, "port", "ports"),
                  local == 0 ? "" : fmt::format(", and {} for this host only", local),
                  reboots == 0 ? "No step needs a reboot"
                               : count_of(reboots, "step needs a reboot", "steps need a reboot")));
}

void put_unread(HtmlWriter& html, const Exposure& exposure) {
  if (exposure.unread.empty()) return;
  html.element("h3",
               count_of(exposure.unread.size(), "line was", "lines were") + " not understood");
  html.element("p", "Each may be an open port that this page does not show.");
  std::vector<std::string> lines;
  for (const Unread& unread : exposure.unread) {
    if (lines.size() == kUnreadShownMax) break;
    lines.push_back(fmt::format("{}: {}", short_name(place_text(unread.file, unread.line)),
                                shortened(unread.reason, 300)));
  }
  if (lines.size() < exposure.unread.size()) {
    lines.push_back(fmt::format("and {} more: 'deadlight scan --verbose' names each",
                                exposure.unread.size() - lines.size()));
  }
  put_list(html, lines, "small");
}

std::vector<std::string> notes_of(const Exposure& exposure, const Plan* plan) {
  std::vector<std::string> notes = exposure.notes;
  if (plan == nullptr) return notes;
  const std::set<std::string> seen(notes.begin(), notes.end());
  for (const std::string& note : plan->notes) {
    if (!seen.contains(note)) notes.push_back(note);
  }
  return notes;
}

std::string hidden_text(const Counts& counts) {
  std::vector<std::string> parts;
  if (counts.connections > 0) {
    parts.push_back(count_of(counts.connections, "connection", "connections"));
  }
  if (counts.phantoms > 0) {
    parts.push_back(fmt::format("{} of outgoing connections, listed as if open",
                                count_of(counts.phantoms, "port", "ports")));
  }
  return parts.empty() ? "" : fmt::format("Not counted as open: {}.", join(parts, ", and "));
}

}  // namespace

void put_summary(HtmlWriter& html, const Exposure& exposure, const Plan* plan) {
  const Counts counts = count(exposure);
  const auto section = html.in("section", {{"id", "summary"}});
  html.element("h2", "Summary");
  html.element("p", join(sentences(counts, exposure), " "), {{"class", "lead"}});
  put_tiles(html, counts);
  put_bar(html, counts);
  if (plan != nullptr) put_plan_sentence(html, *plan);
  if (exposure.unread.empty()) return;
  const auto warning = html.in("p", {{"class", "warning"}});
  html.text(
      fmt::format("{} of the evidence could not be understood. There may be more open ports; ",
                  count_of(exposure.unread.size(), "line", "lines")));
  html.element("a", "see the limits", {{"href", "#limits"}});
  html.text(".");
}

void put_limits(HtmlWriter& html, const Exposure& exposure, const Plan* plan) {
  const auto section = html.in("section", {{"id", "limits"}});
  html.element("h2", "Limits of this page");
  put_unread(html, exposure);
  const std::vector<std::string> notes = notes_of(exposure, plan);
  if (!notes.empty()) html.element("h3", "Notes");
  put_list(html, notes);
  html.element("p", hidden_text(count(exposure)));
  std::uint64_t skipped = 0;
  for (const Skipped& lines : exposure.skipped) {
    skipped += std::uint64_t{lines.last_line} - lines.first_line + 1;
  }
  html.element("p", skipped == 0 ? ""
                                 : fmt::format("{} of other text around the listings {} skipped.",
                                               count_of(skipped, "line", "lines"),
                                               skipped == 1 ? "was" : "were"));
  html.element(
      "p", exposure.unread.empty() ? "Every line that looks like a socket was understood." : "");
}

}  // namespace deadlight::report
