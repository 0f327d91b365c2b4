#include <fmt/format.h>

#include "report/page.h"

namespace deadlight::report {
namespace {

void put_listing(Page& page, std::string_view when, const std::vector<std::string>& open) {
  std::vector<std::string> lines = {open.empty() ? "nothing"
                                                 : count_of(open.size(), "port", "ports")};
  for (std::string& line : compact(open)) lines.push_back(std::move(line));
  page.field_lines(when, lines);
}

}  // namespace

std::string what_if_text(const WhatIf& result, const Style& style) {
  Page page(style);
  page.heading(fmt::format("What if, on {}{}",
                           result.host.name.empty() ? "" : result.host.name + ", ",
                           os_title(result.host.os)));
  std::vector<std::string> changes;
  for (const PlannedChange& change : result.changes) changes.push_back(change.text());
  page.field_lines("Change", changes);
  if (result.closes.empty()) {
    page.field("Closes", "nothing");
  } else {
    page.field_lines("Closes", compact(result.closes));
  }
  page.field_list("Also stops", result.also_stops);
  page.field_lines("Breaks", result.breaks);
  page.field_lines("Warning", result.warnings);
  put_listing(page, "Open now", result.open_before);
  if (result.reboot) {
    put_listing(page, "Open at once", result.open_at_once);
    put_listing(page, "After reboot", result.open_after);
  } else {
    put_listing(page, "Open then", result.open_after);
  }
  page.prose("Nothing has been changed.");
  return page.take();
}

}  // namespace deadlight::report
