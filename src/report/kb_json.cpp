#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/json_values.h"
#include "report/kb_rows.h"

namespace deadlight::report {
namespace {

using Json = nlohmann::ordered_json;
using knowledge::Knowledge;

Json entry_json(const KbEntry& entry) {
  Json json = {{"kind", entry.kind}, {"id", entry.id}, {"title", text_or_null(entry.title)}};
  for (const KbField& field : entry.fields) {
    if (field.is_list) {
      json[std::string(field.key)] = field.values;
    } else {
      json[std::string(field.key)] = field.values.empty() ? Json() : Json(field.values.front());
    }
  }
  json["certainty"] = entry.certainty ? Json(knowledge::certainty_id(*entry.certainty)) : Json();
  json["sources"] = entry.sources;
  return json;
}

Json source_json(knowledge::Text id, const Knowledge& kb) {
  const knowledge::SourceFact* source = kb.source(id);
  const knowledge::SourceFact none;
  const knowledge::SourceFact& fact = source == nullptr ? none : *source;
  return {{"id", id}, {"title", text_or_null(fact.title)}, {"url", text_or_null(fact.url)}};
}

Json counts_json(Os os, const Knowledge& kb) {
  Json counts;
  for (const KbKind kind : kAllKbKinds) {
    counts[std::string(kb_kind_id(kind))] = count_rows(kind, os, kb);
  }
  counts["registered_ports"] = kb.registry.ports.size();
  return counts;
}

}  // namespace

Result<std::string> kb_list_json(const KbQuery& query, const Knowledge& kb) {
  DEADLIGHT_TRY(check_query(query));
  Json json = {{"schema", "deadlight.kb-list/1"},
               {"os", query.os == Os::unknown ? Json() : Json(os_id(query.os))}};
  if (!query.kind) {
    json["counts"] = counts_json(query.os, kb);
    return document_text(json);
  }
  Json rows = Json::array();
  each_row(*query.kind, query.os, kb,
           [&](const auto& row) { rows.push_back(entry_json(entry_of(row, kb))); });
  json["kind"] = kb_kind_id(*query.kind);
  json["rows"] = std::move(rows);
  return document_text(json);
}

Result<std::string> kb_show_json(std::string_view subject, const Knowledge& kb) {
  const std::vector<KbEntry> entries = DEADLIGHT_TRY(find_entries(subject, kb));
  Json rows = Json::array();
  std::vector<knowledge::Text> ids;
  for (const KbEntry& entry : entries) {
    rows.push_back(entry_json(entry));
    for (const knowledge::Text id : entry.sources) {
      if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
  }
  Json sources = Json::array();
  for (const knowledge::Text id : ids) sources.push_back(source_json(id, kb));
  return document_text({{"schema", "deadlight.kb-show/1"},
                        {"subject", subject},
                        {"rows", std::move(rows)},
                        {"sources", std::move(sources)}});
}

std::string kb_check_json(std::string_view path, const knowledge::Checked& checked) {
  return document_text({{"schema", "deadlight.kb-check/1"},
                        {"path", text_or_null(path)},
                        {"files", checked.files},
                        {"rows", checked.rows},
                        {"problems", checked.problems}});
}

}  // namespace deadlight::report
