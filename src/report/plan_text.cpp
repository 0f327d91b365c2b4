#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/exposure_groups.h"
#include "report/page.h"

namespace deadlight::report {
namespace {

std::vector<std::string> change_lines(const std::vector<PlannedChange>& changes) {
  std::vector<std::string> lines;
  for (const PlannedChange& change : changes) lines.push_back(change.text());
  return lines;
}

void put_head(Page& page, const Plan& plan) {
  page.heading(fmt::format("Plan for {}{}, role {}",
                           plan.host.name.empty() ? "" : plan.host.name + ", ",
                           os_title(plan.host.os), plan.role.id));
  const auto reboots = std::count_if(plan.steps.begin(), plan.steps.end(),
                                     [](const Step& step) { return step.reboot; });
  if (plan.steps.empty()) {
    page.prose(fmt::format("Nothing to change: {}.",
                           plan.open_before.empty()
                               ? nothing_open(!plan.unread.empty())
                               : "no open port is both unneeded and closed by a setting"));
    return;
  }
  page.prose(fmt::format("{} now, {} left after {}, {}. Nothing has been changed.",
                         count_of(plan.open_before.size(), "open port", "open ports"),
                         plan.open_after().size(), count_of(plan.steps.size(), "step", "steps"),
                         reboots == 0
                             ? "none of which needs a reboot"
                             : count_of(static_cast<std::size_t>(reboots),
                                        "of which needs a reboot", "of which need a reboot")));
}

std::string left_title(const std::vector<std::string>& open) {
  return open.empty() ? "nothing" : count_of(open.size(), "port", "ports");
}

void put_left(Page& page, const std::vector<std::string>& open) {
  std::vector<std::string> lines = {left_title(open)};
  for (std::string& line : compact(open)) lines.push_back(std::move(line));
  page.field_lines("Left open", lines);
}

void put_step(Page& page, const Step& step, std::size_t number) {
  page.blank();
  page.item(fmt::format("{}. ", number), step.title, 0, Colour::bold);
  page.field("Why", step.why);
  page.field_lines("Change", change_lines(step.changes));
  page.field_list("Closer", step.closers);
  page.field_lines("Closes", compact(step.closes));
  page.field_list("Also stops", step.also_stops);
  page.field_lines("Breaks", step.breaks);
  page.field_lines("Warning", step.warnings);
  if (step.reboot) {
    page.field("Takes effect", "after a reboot");
  } else if (step.restart) {
    page.field("Takes effect", "after a restart of the service");
  }
  page.field_lines("Undo", step.undo);
  put_left(page, step.open_after);
}

void put_steps(Page& page, const Plan& plan) {
  const Step* before = nullptr;
  std::size_t number = 0;
  for (const Step& step : plan.steps) {
    if (before == nullptr || before->phase != step.phase) {
      page.blank();
      page.heading("== " + std::string(knowledge::phase_title(step.phase)));
    }
    put_step(page, step, ++number);
    before = &step;
  }
}

void put_list(Page& page, std::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  page.blank();
  page.heading(title);
  for (const std::string& line : lines) page.item("- ", line, 2);
}

void put_stuck(Page& page, const Plan& plan) {
  if (plan.stuck.empty()) return;
  page.blank();
  page.heading("Stuck: not needed, and no setting closes it");
  for (const StuckEndpoint& stuck : plan.stuck) {
    page.item("- ", fmt::format("{}: {}", stuck.endpoint, stuck.why), 2);
    if (!stuck.scope.empty()) page.item("limit who reaches it: ", stuck.scope, 4);
  }
}

void put_rest(Page& page, const Plan& plan) {
  put_list(page, "Look here first: nobody could be named", plan.unexplained);
  put_stuck(page, plan);
  put_list(page, "Kept, because the role needs it", plan.kept);
  put_list(page, "Reachable from this host only", plan.local);
  std::vector<std::string> lines;
  for (const Refused& refused : plan.refused) {
    lines.push_back(fmt::format("{}: {}", refused.what, refused.why));
  }
  put_list(page, "Refused", lines);
  lines.clear();
  for (const NotTaken& other : plan.not_taken) {
    lines.push_back(fmt::format("{} ({}): {}", other.title, other.closer, other.why));
  }
  put_list(page, "Other ways, not taken", lines);
  if (!plan.notes.empty()) page.blank();
  for (const std::string& note : plan.notes) page.item("Note: ", note);
}

}  // namespace

std::string plan_text(const Plan& plan, const Style& style) {
  Page page(style);
  put_head(page, plan);
  put_steps(page, plan);
  put_rest(page, plan);
  return page.take();
}

}  // namespace deadlight::report
