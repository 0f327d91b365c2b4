#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/exposure_groups.h"
#include "report/html_parts.h"
#include "report/html_sections.h"
#include "report/page.h"

namespace deadlight::report {
namespace {

/// A label and a list of texts; nothing for none.
void put_field(HtmlWriter& html, std::string_view label, const std::vector<std::string>& lines,
               bool code = false) {
  if (lines.empty()) return;
  const auto field = html.in("div");
  html.element("dt", label);
  const auto text = html.in("dd");
  for (const std::string& line : lines) {
    const auto block = html.in("div");
    html.element(code ? "code" : "span", line);
  }
}

std::vector<std::string> change_lines(const Step& step) {
  std::vector<std::string> lines;
  for (const PlannedChange& change : step.changes) lines.push_back(change.text());
  return lines;
}

std::string_view effect_text(const Step& step) {
  if (step.reboot) return "after a reboot";
  return step.restart ? "after a restart of the service" : "at once";
}

void put_step(HtmlWriter& html, const Step& step, std::size_t number) {
  const auto item = html.in("section", {{"class", "step"}});
  {
    const auto heading = html.in("h3");
    html.element("span", std::to_string(number), {{"class", "number"}});
    html.text(" ");
    html.text(step.title);
  }
  const auto facts = html.in("dl", {{"class", "facts"}});
  put_fact(html, "Why", step.why);
  put_field(html, "Change", change_lines(step), true);
  put_field(html, "Closes", compact(step.closes), true);
  put_fact(html, "Also stops", join(step.also_stops, ", "));
  put_field(html, "Breaks", step.breaks);
  put_field(html, "Warning", step.warnings);
  put_fact(html, "Takes effect", effect_text(step));
  put_field(html, "Undo", step.undo);
  std::vector<std::string> left = compact(step.open_after);
  left.insert(left.begin(), count_of(step.open_after.size(), "port", "ports"));
  put_field(html, "Left open", left, true);
}

// What is left after each step, as numbers and as bars of that length.
void put_overview(HtmlWriter& html, const Plan& plan) {
  constexpr std::size_t kBarWidth = 160;
  const std::size_t most = std::max<std::size_t>(plan.open_before.size(), 1);
  const auto list = html.in("ol", {{"class", "overview"}});
  const auto put = [&](std::string_view title, std::size_t left, bool reboot) {
    const auto item = html.in("li");
    html.element("span", title, {{"class", "what"}});
    html.element("span", reboot ? "reboot" : " ", {{"class", "reboot"}});
    {
      const auto bar = html.in("svg", {{"viewBox", "0 0 160 10"}, {"aria-hidden", "true"}});
      html.empty("rect", {{"class", "track"}, {"width", "160"}, {"height", "10"}, {"rx", "2"}});
      html.empty("rect", {{"class", "left"},
                          {"width", std::to_string(left * kBarWidth / most)},
                          {"height", "10"},
                          {"rx", "2"}});
    }
    html.element("span", fmt::format("{} open", left), {{"class", "count"}});
  };
  put("Today", plan.open_before.size(), false);
  std::size_t number = 0;
  for (const Step& step : plan.steps) {
    put(fmt::format("{}. {}", ++number, step.title), step.open_after.size(), step.reboot);
  }
}

void put_steps(HtmlWriter& html, const Plan& plan) {
  const Step* before = nullptr;
  std::size_t number = 0;
  for (const Step& step : plan.steps) {
    if (before == nullptr || before->phase != step.phase) {
      html.element("p", knowledge::phase_title(step.phase), {{"class", "phase"}});
    }
    put_step(html, step, ++number);
    before = &step;
  }
}

void put_entries(HtmlWriter& html, std::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  html.element("h3", title);
  put_list(html, lines);
}

void put_rest(HtmlWriter& html, const Plan& plan) {
  put_entries(html, "Look here first: nobody could be named", plan.unexplained);
  std::vector<std::string> lines;
  for (const StuckEndpoint& stuck : plan.stuck) {
    lines.push_back(
        fmt::format("{}: {}{}", stuck.endpoint, stuck.why,
                    stuck.scope.empty() ? "" : ". To limit who reaches it: " + stuck.scope));
  }
  put_entries(html, "Stays open although it is not needed", lines);
  put_entries(html, "Kept, because the role needs it", plan.kept);
  put_entries(html, "Reachable from this host only", plan.local);
  lines.clear();
  for (const Refused& refused : plan.refused) {
    lines.push_back(fmt::format("{}: {}", refused.what, refused.why));
  }
  put_entries(html, "Refused", lines);
  lines.clear();
  for (const NotTaken& other : plan.not_taken) {
    lines.push_back(fmt::format("{} ({}): {}", other.title, other.closer, other.why));
  }
  put_entries(html, "Other ways, not taken", lines);
}

}  // namespace

void put_plan(HtmlWriter& html, const Plan& plan) {
  const auto section = html.in("section", {{"id", "plan"}});
  html.element("h2", "The plan");
  if (plan.steps.empty()) {
    html.element("p", fmt::format("Nothing to change: {}.",
                                  plan.open_before.empty()
                                      ? nothing_open(!plan.unread.empty())
                                      : "no open port is both unneeded and closed by a setting"));
  } else {
    html.element("p",
                 "Steps in the order in which they are to be made, those that need no reboot "
                 "first. Nothing has been changed yet. What is left after each step is a forecast; "
                 "a new listing proves it.");
    put_overview(html, plan);
    put_steps(html, plan);
  }
  put_rest(html, plan);
}

}  // namespace deadlight::report
