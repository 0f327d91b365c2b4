#include <nlohmann/json.hpp>

#include "report/explanation.h"
#include "report/json_values.h"

namespace deadlight::report {
namespace {

using Json = nlohmann::ordered_json;

Json features_json(const Subject& subject) {
  Json result = Json::array();
  for (const knowledge::FeatureFact* feature : subject.features) {
    result.push_back({{"id", feature->id},
                      {"title", feature->title},
                      {"purpose", feature->purpose},
                      {"note", feature->note},
                      {"history", feature->history},
                      {"certainty", knowledge::certainty_id(feature->certainty)}});
  }
  return result;
}

Json services_json(const Subject& subject, const knowledge::Knowledge& kb) {
  Json result = Json::array();
  for (const std::string& name : subject.services) {
    const knowledge::ServiceFact* fact = kb.service(name);
    const knowledge::ServiceFact none;
    const knowledge::ServiceFact& service = fact == nullptr ? none : *fact;
    result.push_back(
        {{"id", name},
         {"title", service.title},
         {"breaks", service.breaks},
         {"protected_because", text_or_null(service.protected_because)},
         {"certainty", fact == nullptr ? Json() : Json(knowledge::certainty_id(fact->certainty))}});
  }
  return result;
}

Json needs_json(const std::vector<NeededBy>& needs) {
  Json result = Json::array();
  for (const NeededBy& need : needs) {
    result.push_back({{"capability", need.capability->id},
                      {"title", need.capability->title},
                      {"roles", need.roles},
                      {"by_this_role", need.by_this_role}});
  }
  return result;
}

Json ways_json(const std::vector<Way>& ways) {
  Json result = Json::array();
  for (const Way& way : ways) {
    result.push_back({{"closer", way.id},
                      {"title", way.title},
                      {"effect", way.effect},
                      {"when", way.when},
                      {"changes", way.changes},
                      {"breaks", way.breaks},
                      {"limits", way.limits},
                      {"undo", way.undo},
                      {"certainty", text_or_null(way.certainty)}});
  }
  return result;
}

Json no_ways_json(const std::vector<NoWay>& others) {
  Json result = Json::array();
  for (const NoWay& other : others) {
    result.push_back({{"what", other.what}, {"why", other.why}});
  }
  return result;
}

Json ports_json(const std::vector<const knowledge::PortFact*>& ports) {
  Json result = Json::array();
  for (const knowledge::PortFact* port : ports) {
    result.push_back({{"protocol", protocol_id(port->protocol)},
                      {"port", port->port},
                      {"windows", port->windows_owner},
                      {"linux", port->linux_owner},
                      {"abuse", port->abuse},
                      {"exposure", port->exposure},
                      {"certainty", knowledge::certainty_id(port->certainty)}});
  }
  return result;
}

Json sources_json(const std::vector<const knowledge::SourceFact*>& sources) {
  Json result = Json::array();
  for (const knowledge::SourceFact* source : sources) {
    result.push_back(
        {{"id", source->id}, {"title", source->title}, {"url", text_or_null(source->url)}});
  }
  return result;
}

Json endpoints_json(const Subject& subject, const Exposure& exposure) {
  Json result = Json::array();
  for (const Exposed* row : subject.rows) {
    result.push_back(endpoint_json(*row, exposure.evidence));
  }
  return result;
}

}  // namespace

Result<std::string> explain_json(std::string_view subject, const Exposure& exposure,
                                 const knowledge::Knowledge& kb) {
  const Explanation result = DEADLIGHT_TRY(explain(subject, exposure, kb));
  return document_text({{"schema", "deadlight.explain/1"},
                        {"subject", result.subject.text},
                        {"host", host_json(exposure.host)},
                        {"role", role_json(exposure.role)},
                        {"features", features_json(result.subject)},
                        {"services", services_json(result.subject, kb)},
                        {"endpoints", endpoints_json(result.subject, exposure)},
                        {"needed_by", needs_json(result.needed_by)},
                        {"ways", ways_json(result.ways)},
                        {"limits", ways_json(result.limits)},
                        {"not_working", no_ways_json(result.no_ways)},
                        {"ports", ports_json(result.ports)},
                        {"sources", sources_json(result.sources)}});
}

}  // namespace deadlight::report
