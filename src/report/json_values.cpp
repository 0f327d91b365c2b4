#include "report/json_values.h"

#include <nlohmann/json.hpp>

#include "plan/plan_json.h"

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

Json ports_json(const std::vector<PortRange>& ranges) {
  Json result = Json::array();
  for (const PortRange& range : ranges) {
    result.push_back({{"first", range.first}, {"last", range.last}});
  }
  return result;
}

template <class T>
Json value_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json live_json(const Boxed<LiveFacts>& live) {
  if (!live) return {};
  return {{"net_namespace", text_or_null(live->net_namespace)},
          {"uid", value_or_null(live->uid)},
          {"cgroup", text_or_null(live->cgroup)},
          {"dual_stack", value_or_null(live->dual_stack)},
          {"activates", text_or_null(live->activates)},
          {"filter", filter_id(live->filter)},
          {"filter_because", text_or_null(live->filter_because)},
          {"forwards_to", text_or_null(live->forwards_to)},
          {"sockets", live->sockets},
          {"ports", ports_json(live->ports)},
          {"addresses", live->addresses},
          {"remotes", live->remotes},
          {"processes", live->processes}};
}

}  // namespace

Json text_or_null(std::string_view text) { return text.empty() ? Json() : Json(text); }

Json host_json(const Host& host) { return json_of(host); }
Json role_json(const Role& role) { return json_of(role); }

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
      {"live", live_json(endpoint.live)},
  };
  return result;
}

Json unread_json(const std::vector<Unread>& unread) { return json_of(unread); }
Json changes_json(const std::vector<PlannedChange>& changes) { return json_of(changes); }

std::string document_text(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace deadlight::report
