#include "report/json_values.h"

#include <nlohmann/json.hpp>

namespace deadlight::report {
namespace {

using Json = nlohmann::ordered_json;

Json owner_json(const Owner& owner) {
  return {{"service", text_or_null(owner.service)},        {"feature", text_or_null(owner.feature)},
          {"confidence", confidence_id(owner.confidence)}, {"candidates", owner.candidates},
          {"others_possible", owner.others_possible},      {"because", owner.because}};
}

Json sources_json(const Sources& sources, const std::vector<Evidence>& evidence) {
  Json result = Json::array();
  for (const SourceRef& source : sources) {
    const bool known = source.evidence < evidence.size();
    result.push_back(
        {{"file", known ? Json(evidence[source.evidence].name) : Json()}, {"line", source.line}});
  }
  return result;
}

}  // namespace

Json text_or_null(std::string_view text) { return text.empty() ? Json() : Json(text); }

Json host_json(const Host& host) {
  return {{"name", text_or_null(host.name)},
          {"os", os_id(host.os)},
          {"os_title", os_title(host.os)},
          {"os_basis", host.os_basis},
          {"os_confidence", os_confidence_id(host.os_confidence)}};
}

Json role_json(const Role& role) {
  return {{"id", text_or_null(role.id)}, {"title", role.title}, {"needs", role.needs}};
}

Json endpoint_json(const Exposed& row, const std::vector<Evidence>& evidence) {
  const Endpoint& endpoint = row.endpoint;
  const std::string& process =
      row.owner.process.empty() ? endpoint.process.str() : row.owner.process;
  Json result = {
      {"protocol", protocol_id(endpoint.protocol)},
      {"local", socket_text(endpoint.local, endpoint.port)},
      {"port", endpoint.port},
      {"remote",
       endpoint.remote ? Json(socket_text(*endpoint.remote, endpoint.remote_port)) : Json()},
      {"state", state_id(endpoint.state)},
      {"pid", endpoint.pid ? Json(*endpoint.pid) : Json()},
      {"process", text_or_null(process)},
      {"unit", text_or_null(endpoint.unit.str())},
      {"owner", owner_json(row.owner)},
      {"reach", reach_id(row.reach)},
      {"verdict", verdict_id(row.verdict)},
      {"verdict_reason", row.verdict_reason},
      {"phantom", row.phantom},
      {"sources", sources_json(endpoint.sources, evidence)},
  };
  return result;
}

Json unread_json(const std::vector<Unread>& unread) {
  Json result = Json::array();
  for (const Unread& line : unread) {
    result.push_back({{"file", line.file}, {"line", line.line}, {"reason", line.reason}});
  }
  return result;
}

Json changes_json(const std::vector<PlannedChange>& changes) {
  Json result = Json::array();
  for (const PlannedChange& change : changes) {
    result.push_back({{"kind", change_kind_id(change.kind)},
                      {"target", change.target},
                      {"name", change.name},
                      {"type", change.type},
                      {"data", change.data},
                      {"text", change.text()},
                      {"undo", change.undo},
                      {"restarts", change.restarts}});
  }
  return result;
}

std::string document_text(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace deadlight::report
