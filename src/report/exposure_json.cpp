#include <nlohmann/json.hpp>

#include "report/exposure_groups.h"
#include "report/json_values.h"

namespace deadlight::report {
namespace {

using Json = nlohmann::ordered_json;

Json summary_json(const Exposure& exposure) {
  const Counts counts = count(exposure);
  Json verdicts = Json::object();
  for (const Verdict verdict : kVerdictsByUrgency) {
    verdicts[std::string(verdict_id(verdict))] = counts.of(verdict);
  }
  return {{"open", counts.open},
          {"verdicts", std::move(verdicts)},
          {"connections", counts.connections},
          {"phantoms", counts.phantoms}};
}

Json evidence_json(const std::vector<Evidence>& evidence) {
  Json result = Json::array();
  for (const Evidence& entry : evidence) {
    result.push_back({{"name", entry.name}, {"kind", entry.kind}});
  }
  return result;
}

Json skipped_json(const std::vector<Skipped>& skipped) {
  Json result = Json::array();
  for (const Skipped& lines : skipped) {
    result.push_back(
        {{"file", lines.file}, {"first_line", lines.first_line}, {"last_line", lines.last_line}});
  }
  return result;
}

Json units_json(const std::vector<Service>& services) {
  Json result = Json::array();
  for (const Service& service : services) {
    if (!service.unit) continue;
    const UnitState& unit = *service.unit;
    result.push_back({{"name", service.name},
                      {"active", unit.active},
                      {"enablement", text_or_null(unit.enablement)},
                      {"preset", text_or_null(unit.preset)},
                      {"triggers", unit.triggers},
                      {"triggered_by", unit.triggered_by},
                      {"required_by", unit.required_by},
                      {"drop_ins", unit.drop_ins}});
  }
  return result;
}

Json other_sockets_json(const std::vector<OtherSocket>& sockets) {
  Json result = Json::array();
  for (const OtherSocket& socket : sockets) {
    result.push_back({{"family", socket.family},
                      {"local", socket.local},
                      {"state", socket.state},
                      {"net_namespace", text_or_null(socket.net_namespace)},
                      {"uid", socket.uid ? Json(*socket.uid) : Json()},
                      {"pid", socket.pid ? Json(*socket.pid) : Json()},
                      {"process", text_or_null(socket.process)},
                      {"unit", text_or_null(socket.unit)}});
  }
  return result;
}

}  // namespace

std::string exposure_json(const Exposure& exposure, const Style& style) {
  Json endpoints = Json::array();
  for (const Exposed& row : exposure.endpoints) {
    if (style.connections || is_listed(row)) {
      endpoints.push_back(endpoint_json(row, exposure.evidence));
    }
  }
  return document_text({{"schema", "deadlight.exposure/1"},
                        {"host", host_json(exposure.host)},
                        {"role", role_json(exposure.role)},
                        {"evidence", evidence_json(exposure.evidence)},
                        {"summary", summary_json(exposure)},
                        {"endpoints", std::move(endpoints)},
                        {"other_sockets", other_sockets_json(exposure.other_sockets)},
                        {"units", units_json(exposure.services)},
                        {"unread", unread_json(exposure.unread)},
                        {"skipped", skipped_json(exposure.skipped)},
                        {"notes", exposure.notes}});
}

}  // namespace deadlight::report
