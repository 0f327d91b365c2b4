#include <array>

#include "base/text.h"
#include "base/text_width.h"
#include "knowledge/names.h"
#include "report/exposure_groups.h"
#include "report/table.h"

namespace deadlight::report {
namespace {

constexpr std::string_view kListSeparator = "; ";

/// A spreadsheet takes a cell that starts with one of these for a formula, and a formula can start
/// programs. The last four are the full-width forms, which some spreadsheets accept as well.
constexpr std::array<std::string_view, 11> kFormulaStarts = {
    "=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"};

std::string cell(std::string_view text) {
  std::string clean = printable(text);
  for (const std::string_view start : kFormulaStarts) {
    if (text.starts_with(start)) {
      clean.insert(clean.begin(), '\'');
      break;
    }
  }
  if (clean.find_first_of(",\"") == std::string::npos) return clean;
  std::string quoted = "\"";
  for (const char c : clean) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string cell(const std::vector<std::string>& list) { return cell(join(list, kListSeparator)); }
std::string flag(bool value) { return value ? "true" : "false"; }

// RFC 4180: CRLF ends each line, the last one too.
void put_line(std::string& text, const std::vector<std::string>& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) text += ',';
    text += cells[i];
  }
  text += "\r\n";
}

constexpr std::string_view kEndpointHeader =
    "host,os,role,protocol,local,port,remote,state,pid,process,unit,service,feature,confidence,"
    "candidates,others_possible,because,reach,verdict,verdict_reason,phantom,sources,"
    "net_namespace,uid\r\n";
constexpr std::string_view kStepHeader =
    "host,os,role,step,title,phase,closers,changes,reboot,restart,closes,also_stops,breaks,"
    "warnings,why,undo,open_after\r\n";

std::string uid_text(const Endpoint& endpoint) {
  return endpoint.live && endpoint.live->uid ? std::to_string(*endpoint.live->uid) : std::string();
}

void put_endpoint(std::string& text, const Exposed& row, const Exposure& exposure) {
  const Endpoint& endpoint = row.endpoint;
  const Owner& owner = row.owner;
  const std::string remote =
      endpoint.remote ? socket_text(*endpoint.remote, endpoint.remote_port) : std::string();
  put_line(text, {cell(exposure.host.name),
                  cell(os_id(exposure.host.os)),
                  cell(exposure.role.id),
                  cell(protocol_id(endpoint.protocol)),
                  cell(socket_text(endpoint.local, endpoint.port)),
                  std::to_string(endpoint.port),
                  cell(remote),
                  cell(state_id(endpoint.state)),
                  endpoint.pid ? std::to_string(*endpoint.pid) : std::string(),
                  cell(owner.process.empty() ? endpoint.process.str() : owner.process),
                  cell(endpoint.unit.str()),
                  cell(owner.service),
                  cell(owner.feature),
                  cell(confidence_id(owner.confidence)),
                  cell(owner.candidates),
                  flag(owner.others_possible),
                  cell(owner.because),
                  cell(reach_id(row.reach)),
                  cell(verdict_id(row.verdict)),
                  cell(row.verdict_reason),
                  flag(row.phantom),
                  cell(places_of(endpoint, exposure.evidence)),
                  cell(endpoint.net_namespace()),
                  uid_text(endpoint)});
}

void put_step(std::string& text, const Step& step, const Plan& plan, std::size_t number) {
  std::vector<std::string> changes;
  for (const PlannedChange& change : step.changes) changes.push_back(change.text());
  put_line(text, {cell(plan.host.name), cell(os_id(plan.host.os)), cell(plan.role.id),
                  std::to_string(number), cell(step.title),
                  cell(knowledge::name_of(knowledge::kPhases, step.phase)), cell(step.closers),
                  cell(changes), flag(step.reboot), flag(step.restart), cell(step.closes),
                  cell(step.also_stops), cell(step.breaks), cell(step.warnings), cell(step.why),
                  cell(step.undo), cell(step.open_after)});
}

}  // namespace

std::string exposure_csv(const Exposure& exposure, const Style& style) {
  std::string text(kEndpointHeader);
  for (const Exposed& row : exposure.endpoints) {
    if (style.connections || is_listed(row)) put_endpoint(text, row, exposure);
  }
  return text;
}

std::string plan_csv(const Plan& plan) {
  std::string text(kStepHeader);
  std::size_t number = 0;
  for (const Step& step : plan.steps) put_step(text, step, plan, ++number);
  return text;
}

}  // namespace deadlight::report
