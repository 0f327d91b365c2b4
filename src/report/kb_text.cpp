#include "report/kb_text.h"

#include <fmt/format.h>

#include "base/text.h"
#include "report/kb_rows.h"
#include "report/page.h"

namespace deadlight::report {
namespace {

using knowledge::Knowledge;

// What a person calls the kind of a row.
std::string_view kind_title(std::string_view kind) {
  if (kind == "rpc_interface") return "RPC interface";
  if (kind == "netbios_suffix") return "NetBIOS suffix";
  if (kind == "smb_transport") return "SMB ports";
  if (kind == "os_sign") return "OS sign";
  return kind;
}

std::string source_line(knowledge::Text id, const Knowledge& kb) {
  const knowledge::SourceFact* source = kb.source(id);
  if (source == nullptr) return std::string(id);
  return source->url.empty() ? std::string(source->title)
                             : fmt::format("{}, {}", source->title, source->url);
}

// Long lists of names stand behind each other, sentences below each other.
bool are_names(const std::vector<std::string>& values) {
  return std::none_of(values.begin(), values.end(), [](const std::string& value) {
    return value.find(' ') != std::string::npos;
  });
}

void put_entry(Page& page, const KbEntry& entry, const Knowledge& kb) {
  page.heading(fmt::format("{} {}{}{}", kind_title(entry.kind), entry.id,
                           entry.title.empty() ? "" : ": ", entry.title));
  for (const KbField& field : entry.fields) {
    if (field.values.empty()) continue;
    if (!field.is_list) {
      page.field(field.label, field.values.front());
    } else if (are_names(field.values)) {
      page.field_list(field.label, field.values);
    } else {
      page.field_lines(field.label, field.values);
    }
  }
  if (entry.certainty) page.field("Certainty", knowledge::certainty_id(*entry.certainty));
  std::vector<std::string> sources;
  for (const knowledge::Text id : entry.sources) sources.push_back(source_line(id, kb));
  page.field_lines("Sources", sources);
}

}  // namespace

Result<std::string> kb_show_text(std::string_view subject, const Knowledge& kb,
                                 const Style& style) {
  const std::vector<KbEntry> entries = DEADLIGHT_TRY(find_entries(subject, kb));
  Page page(style);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) page.blank();
    put_entry(page, entries[i], kb);
  }
  const bool has_port = entries.front().kind == "port";
  if (has_port) {
    page.blank();
    page.prose("A number alone proves nothing: any program may open any port.");
  }
  return page.take();
}

std::string kb_check_text(std::string_view path, const knowledge::Checked& checked) {
  if (!checked.problems.empty()) return join(checked.problems, "\n") + "\n";
  if (path.empty()) return "built-in knowledge base: no problem\n";
  std::vector<std::string> kinds;
  for (const auto& [kind, count] : checked.rows) {
    kinds.push_back(fmt::format("{} {}", kind_title(kind), count));
  }
  return fmt::format("{}: no problem; {}, rows: {}\n", path,
                     count_of(checked.files, "file", "files"),
                     kinds.empty() ? "none" : join(kinds, ", "));
}

}  // namespace deadlight::report
