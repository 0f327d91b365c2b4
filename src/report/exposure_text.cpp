#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/exposure_groups.h"
#include "report/page.h"

namespace deadlight::report {
namespace {

constexpr std::size_t kUnreadShownMax = 10;
constexpr int kReasonColumnFrom = 110;  ///< from this width on, reasons get a column
constexpr int kRowIndent = 2;

// What the verdict's word does not say by itself. "Not needed" and "loopback" it does.
bool reason_tells_more(Verdict verdict) {
  return verdict == Verdict::unknown || verdict == Verdict::stuck || verdict == Verdict::needed;
}

void put_head(Page& page, const Exposure& exposure) {
  const Host& host = exposure.host;
  std::string what = host.name.empty() ? "" : host.name + ": ";
  what += os_title(host.os);
  if (!host.os_basis.empty()) what += fmt::format(" ({})", host.os_basis);
  page.heading(what);
  if (!exposure.role.id.empty()) {
    page.prose(fmt::format("Role: {}{}", exposure.role.id,
                           exposure.role.title.empty() ? "" : ", " + exposure.role.title));
  }
  std::vector<std::string> sources;
  for (const Evidence& evidence : exposure.evidence) {
    const bool says_more = !evidence.kind.empty() && !evidence.name.starts_with("/proc/");
    sources.push_back(says_more ? fmt::format("{} ({})", evidence.name, evidence.kind)
                                : evidence.name);
  }
  if (!sources.empty()) page.prose("Read: " + join(sources, ", "));
  page.blank();
}

/// Columns that a listing of open ports has beside port, address and verdict.
struct Shape {
  bool process = false;  ///< false where the evidence names no process at all
  bool reason = false;
};

Shape shape_of(const std::vector<Group>& groups, const Style& style) {
  Shape shape;
  shape.reason = style.width >= kReasonColumnFrom;
  for (const Group& group : groups) {
    for (const Exposed* row : group.rows) {
      shape.process = shape.process || process_text(row->endpoint, row->owner) != kNotKnown;
    }
  }
  return shape;
}

std::vector<Column> open_columns(const Shape& shape) {
  std::vector<Column> columns = {{"PORT"}, {"ADDRESS", 15}};
  if (shape.process) columns.push_back({"PROCESS", 8});
  columns.insert(columns.end(), {{"KNOWN"}, {"REACH"}, {"VERDICT"}});
  if (shape.reason) columns.push_back({"WHY", 20});
  return columns;
}

void put_row(Table& table, const Exposed& row, const Shape& shape) {
  std::vector<Cell> cells = {{port_text(row.endpoint)}, {address_text(row.endpoint)}};
  if (shape.process) cells.push_back({process_text(row.endpoint, row.owner)});
  cells.push_back({std::string(confidence_id(row.owner.confidence))});
  cells.push_back({std::string(reach_id(row.reach))});
  cells.push_back({std::string(verdict_id(row.verdict)), colour_of(row.verdict)});
  if (shape.reason) cells.push_back({row.verdict_reason});
  table.row(std::move(cells));
}

// The rules behind a reach that the address alone does not tell.
std::string_view rules_of(const Exposed& row) {
  const bool by_rules = row.reach != row.scope && row.endpoint.live;
  return by_rules ? row.endpoint.live->filter_because : std::string_view();
}

void put_group(Table& table, const Group& group, const Shape& shape, const Style& style) {
  table.span("");
  table.span(group.title, 0, Colour::bold);
  for (std::size_t i = 0; i < group.rows.size(); ++i) {
    const Exposed& row = *group.rows[i];
    put_row(table, row, shape);
    const bool last_of_its_kind = i + 1 == group.rows.size() ||
                                  group.rows[i + 1]->verdict_reason != row.verdict_reason ||
                                  group.rows[i + 1]->verdict != row.verdict;
    const bool wanted = style.reasons || (reason_tells_more(row.verdict) && last_of_its_kind);
    if (!shape.reason && wanted && !row.verdict_reason.empty()) {
      table.span(fmt::format("{}: {}", verdict_id(row.verdict), row.verdict_reason), 2 * kRowIndent,
                 Colour::dim);
    }
    const bool last_way =
        i + 1 == group.rows.size() || rules_of(*group.rows[i + 1]) != rules_of(row);
    if (!style.reasons && last_way && !rules_of(row).empty()) {
      table.span(fmt::format("reach: {}", rules_of(row)), 2 * kRowIndent, Colour::dim);
    }
    if (!style.reasons) continue;
    for (const std::string& reason : row.owner.because) {
      table.span("- " + reason, 2 * kRowIndent, Colour::dim);
    }
  }
}

void put_open(Page& page, const Exposure& exposure, const knowledge::Knowledge& kb) {
  const std::vector<Group> groups = group_by_owner(exposure, kb);
  if (groups.empty()) {
    page.prose(sentence(nothing_open(!exposure.unread.empty())));
    return;
  }
  const Shape shape = shape_of(groups, page.style());
  Table table(open_columns(shape), kRowIndent);
  for (const Group& group : groups) put_group(table, group, shape, page.style());
  page.table(table);
}

std::string namespace_text(const Endpoint& endpoint) {
  const std::string_view where = endpoint.net_namespace();
  return where.empty() ? std::string() : fmt::format(" in {}", where);
}

std::string remote_text(const Endpoint& endpoint) {
  if (!endpoint.remote) return "-";
  std::string text = socket_text(*endpoint.remote, endpoint.remote_port);
  if (endpoint.live && endpoint.live->remotes > 1) {
    text += fmt::format(" and {} more", endpoint.live->remotes - 1);
  }
  return text;
}

void put_connections(Page& page, const Exposure& exposure) {
  Table table({{"PORT"}, {"ADDRESS", 9}, {"REMOTE", 9}, {"STATE", 8}, {"PROCESS", 8}, {"VERDICT"}},
              kRowIndent);
  bool any = false;
  for (const Exposed& row : exposure.endpoints) {
    if (is_listed(row)) continue;
    any = true;
    const Endpoint& endpoint = row.endpoint;
    table.row({{port_text(endpoint)},
               {address_text(endpoint) + namespace_text(endpoint)},
               {remote_text(endpoint)},
               {row.phantom ? "phantom" : std::string(state_id(endpoint.state))},
               {process_text(endpoint, row.owner)},
               {std::string(verdict_id(row.verdict)), colour_of(row.verdict)}});
    if (page.style().reasons && !row.verdict_reason.empty()) {
      table.span("- " + row.verdict_reason, 2 * kRowIndent, Colour::dim);
    }
  }
  if (!any) return;
  page.blank();
  page.heading("Connections, and phantoms: ports that the tool calls listening by mistake");
  page.table(table);
}

void put_other_sockets(Page& page, const Exposure& exposure) {
  if (exposure.other_sockets.empty()) return;
  Table table({{"KIND"}, {"ADDRESS", 15}, {"STATE"}, {"PROCESS", 8}, {"UNIT", 8}}, kRowIndent);
  for (const OtherSocket& one : exposure.other_sockets) {
    const std::string where = one.net_namespace.empty() ? "" : " in " + one.net_namespace;
    const std::string pid = one.pid ? fmt::format(" ({})", *one.pid) : "";
    table.row({{one.family},
               {one.local + where},
               {one.state},
               {one.process.empty() ? "-" : one.process + pid},
               {one.unit.empty() ? "-" : one.unit}});
  }
  page.blank();
  page.heading("Sockets without a port, which are not judged");
  page.table(table);
}

std::string counts_text(const Counts& counts) {
  std::vector<std::string> parts;
  for (const Verdict verdict : kVerdictsByUrgency) {
    if (counts.of(verdict) == 0) continue;
    parts.push_back(fmt::format("{} {}", counts.of(verdict), verdict_id(verdict)));
  }
  const std::string open = count_of(counts.open, "open port", "open ports");
  return parts.empty() ? open + "." : fmt::format("{}: {}.", open, join(parts, ", "));
}

std::string example_of(const Exposure& exposure, Verdict verdict) {
  for (const Exposed& row : exposure.endpoints) {
    if (is_listed(row) && row.verdict == verdict) return port_text(row.endpoint);
  }
  return {};
}

void put_next(Page& page, const Exposure& exposure, const Counts& counts) {
  const std::string role = exposure.role.id.empty() ? "ROLE" : exposure.role.id;
  if (counts.of(Verdict::unknown) > 0) {
    page.item("Look first: ", fmt::format("deadlight explain {}  (nobody could be named for {})",
                                          example_of(exposure, Verdict::unknown),
                                          count_of(counts.of(Verdict::unknown), "port", "ports")));
  }
  if (counts.of(Verdict::unneeded) > 0) {
    page.item("Next: ",
              fmt::format("deadlight plan --role {}  (how to close what is unneeded)", role));
    page.item("More: ", fmt::format("deadlight explain {}  (what it is, and every way to close it)",
                                    example_of(exposure, Verdict::unneeded)));
  } else if (counts.open > 0 && counts.of(Verdict::unknown) == 0) {
    page.prose("Nothing is open that the role does not need and that a setting could close.");
  }
}

void put_hidden(Page& page, const Counts& counts) {
  if (page.style().connections || counts.connections + counts.phantoms == 0) return;
  std::vector<std::string> parts;
  if (counts.connections > 0) {
    parts.push_back(count_of(counts.connections, "connection", "connections"));
  }
  if (counts.phantoms > 0) parts.push_back(count_of(counts.phantoms, "phantom", "phantoms"));
  page.prose(fmt::format("Not shown: {} (--all).", join(parts, " and ")));
}

void put_unread(Page& page, const Exposure& exposure) {
  if (exposure.unread.empty()) return;
  page.blank();
  page.heading(count_of(exposure.unread.size(), "line was", "lines were") + " not understood:");
  const std::size_t shown = page.style().verbose
                                ? exposure.unread.size()
                                : std::min(exposure.unread.size(), kUnreadShownMax);
  for (std::size_t i = 0; i < shown; ++i) {
    const Unread& unread = exposure.unread[i];
    page.item("- ", fmt::format("{}: {}", place_text(unread.file, unread.line), unread.reason),
              kRowIndent);
  }
  if (shown < exposure.unread.size()) {
    page.prose(fmt::format("and {} more: --verbose", exposure.unread.size() - shown), kRowIndent);
  }
}

void put_skipped(Page& page, const Exposure& exposure) {
  if (exposure.skipped.empty()) return;
  std::uint64_t lines = 0;
  for (const Skipped& skipped : exposure.skipped) {
    lines += std::uint64_t{skipped.last_line} - skipped.first_line + 1;
  }
  page.blank();
  const std::string what = count_of(lines, "line", "lines") + " of other text around the tables";
  if (!page.style().verbose) {
    page.prose(fmt::format("Skipped {} (--verbose says which).", what));
    return;
  }
  page.prose(fmt::format("Skipped {}:", what));
  for (const Skipped& skipped : exposure.skipped) {
    page.item(
        "- ",
        fmt::format("{}: lines {} to {}", skipped.file, skipped.first_line, skipped.last_line),
        kRowIndent);
  }
}

}  // namespace

std::string exposure_text(const Exposure& exposure, const knowledge::Knowledge& kb,
                          const Style& style) {
  Page page(style);
  const Counts counts = count(exposure);
  put_head(page, exposure);
  put_open(page, exposure, kb);
  if (style.connections) put_connections(page, exposure);
  put_other_sockets(page, exposure);
  page.blank();
  page.heading(counts_text(counts));
  put_hidden(page, counts);
  put_next(page, exposure, counts);
  put_unread(page, exposure);
  put_skipped(page, exposure);
  if (!exposure.notes.empty()) page.blank();
  for (const std::string& note : exposure.notes) page.item("Note: ", note);
  return page.take();
}

}  // namespace deadlight::report
