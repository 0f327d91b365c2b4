#include <nlohmann/json.hpp>

#include "report/json_values.h"
#include "report/report.h"

namespace deadlight::report {
namespace {

using Json = nlohmann::ordered_json;

Json side_json(const std::optional<Exposed>& side, const std::vector<Evidence>& evidence) {
  return side ? endpoint_json(*side, evidence) : Json();
}

Json row_json(const Drift& row, const std::vector<Evidence>& before,
              const std::vector<Evidence>& now) {
  return {{"change", drift_kind_id(row.kind)},
          {"before", side_json(row.before, before)},
          {"now", side_json(row.now, now)}};
}

}  // namespace

std::string drift_json(const DriftReport& drift, const Exposure& before, const Exposure& now) {
  Json rows = Json::array();
  for (const Drift& row : drift.rows) {
    rows.push_back(row_json(row, before.evidence, now.evidence));
  }
  return document_text({{"schema", "deadlight.drift/1"},
                        {"before", host_json(before.host)},
                        {"now", host_json(now.host)},
                        {"changes", std::move(rows)},
                        {"not_compared", drift.passing}});
}

std::string drift_json_line(const Drift& drift, std::string_view time, const Exposure& before,
                            const Exposure& now) {
  Json line = {{"schema", "deadlight.drift-event/1"}, {"time", time}};
  line.update(row_json(drift, before.evidence, now.evidence));
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace deadlight::report
