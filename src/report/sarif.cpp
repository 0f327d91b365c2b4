#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "base/text.h"
#include "base/text_width.h"
#include "exposure/dynamic_ports.h"
#include "report/exposure_groups.h"
#include "report/json_values.h"
#include "report/register.h"
#include "report/table.h"

namespace deadlight::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr std::string_view kFingerprint = "deadlightEndpoint/v1";

/// Rules for what no feature of the knowledge base explains.
struct PlainRule {
  std::string_view id;
  std::string_view title;
  std::string_view text;
};
constexpr PlainRule kUnknownOwner = {
    "unknown-owner", "Nobody could be named",
    "No evidence names who opened this port. Find out before anything is closed: add a listing "
    "with process names or services, and read it together with this one."};
constexpr PlainRule kUncertainOwner = {
    "uncertain-owner", "One of several services",
    "One of the services that share a process opened this port, and the evidence does not say "
    "which. All of them are named."};
constexpr PlainRule kOtherOwner = {
    "other-owner", "A service or program without an entry in the knowledge base",
    "Who opened this port is known by name, but not what it does. Ask who installed it, and "
    "disable it if nobody needs it."};

Json message(std::string_view text) { return {{"text", printable(text)}}; }

std::string_view level_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::unknown:
      return "error";
    case Verdict::unneeded:
      return "warning";
    case Verdict::stuck:
    case Verdict::needed:
    case Verdict::local:
    case Verdict::outbound:
      break;
  }
  return "note";
}

std::string_view finding_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::unneeded:
      return "is open and not needed";
    case Verdict::stuck:
      return "is open and not needed, and no setting closes it";
    default:
      return "is open, and nobody knows why";
  }
}

const PlainRule& plain_rule(const Exposed& row) {
  const Owner& owner = row.owner;
  if (!owner.candidates.empty()) return kUncertainOwner;
  const bool named =
      !owner.service.empty() || (!owner.process.empty() && owner.confidence != Confidence::unknown);
  return named ? kOtherOwner : kUnknownOwner;
}

/// What stays the same when ports and process ids change: DESIGN's identity of an endpoint.
std::string identity_of(const Exposed& row, Os os) {
  const Owner& owner = row.owner;
  std::string who = owner.feature;
  if (who.empty()) who = owner.service;
  if (who.empty()) who = join(owner.candidates, "+");
  if (who.empty()) who = owner.process.empty() ? row.endpoint.process.str() : owner.process;
  bool dynamic = is_dynamic_port(row.endpoint.port, os);
  for (const knowledge::Holder& holder : row.holders) {
    if (holder.opens != nullptr) dynamic = holder.opens->dynamic();
  }
  const std::string port = dynamic ? "dynamic" : std::to_string(row.endpoint.port);
  return printable(fmt::format("{}|{}|{}|{}", protocol_id(row.endpoint.protocol),
                               reach_id(row.scope), who, port));
}

// RFC 3986: everything but unreserved characters and '/' is written as %XX.
std::string uri_of(std::string_view path) {
  std::string uri = path.starts_with('/') ? "file://" : "";
  // A colon in the first part of a relative path would be read as a scheme.
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' || c == '~' || c == '/';
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return uri;
}

/// null where there is no file: standard input.
Json physical_location(std::string_view file, std::uint32_t line) {
  if (file.empty() || file == "-") return {};
  Json result = {{"artifactLocation", {{"uri", uri_of(file)}}}};
  if (line > 0) result["region"] = {{"startLine", line}};
  return result;
}

Json locations_of(const Exposed& row, const Exposure& exposure) {
  const std::string socket = endpoint_text(row.endpoint);
  const std::string full =
      exposure.host.name.empty() ? socket : fmt::format("{}/{}", exposure.host.name, socket);
  const Json logical = Json::array({{{"name", printable(socket)},
                                     {"fullyQualifiedName", printable(full)},
                                     {"kind", "resource"}}});
  Json result = Json::array();
  for (const SourceRef& source : row.endpoint.sources) {
    if (source.evidence >= exposure.evidence.size()) continue;
    Json place = physical_location(exposure.evidence[source.evidence].name, source.line);
    if (place.is_null()) continue;
    result.push_back({{"physicalLocation", std::move(place)}, {"logicalLocations", logical}});
  }
  if (result.empty()) result.push_back({{"logicalLocations", logical}});
  return result;
}

std::string knowledge_text(const knowledge::FeatureFact& feature) {
  std::string text(feature.purpose);
  for (const std::string_view more : {feature.note, feature.history}) {
    if (!more.empty()) text.append(text.empty() ? "" : " ").append(more);
  }
  return text.empty() ? std::string(feature.title) : text;
}

Json rule_json(std::string_view id, std::string_view title, std::string_view text) {
  Json tags = Json::array({"security", "attack-surface"});
  for (const Control* control : controls_for({&id, 1})) tags.push_back(control->id);
  const std::string help = fmt::format(
      "{} 'deadlight explain {}' shows every way to close it; 'deadlight plan' the smallest set.",
      text, id);
  const std::string plain_help =
      fmt::format("{} 'deadlight explain PORT' with the same listings shows what is known.", text);
  const bool plain = id == kUnknownOwner.id || id == kUncertainOwner.id || id == kOtherOwner.id;
  return {{"id", printable(id)},
          {"shortDescription", message(title)},
          {"fullDescription", message(text)},
          {"help", message(plain ? plain_help : help)},
          {"defaultConfiguration", {{"level", id == kUnknownOwner.id ? "error" : "warning"}}},
          {"properties", {{"tags", std::move(tags)}}}};
}

/// The rules that results refer to, each once, in order of first use.
class Rules {
 public:
  explicit Rules(const knowledge::Knowledge& kb) : kb_(&kb) {}

  /// Id and index of the rule for `row`.
  std::pair<std::string, std::size_t> rule_for(const Exposed& row) {
    const std::string& feature = row.owner.feature;
    const PlainRule& plain = plain_rule(row);
    std::string id = feature.empty() ? std::string(plain.id) : printable(feature);
    const auto [entry, is_new] = index_of_.emplace(id, rules_.size());
    if (is_new) {
      const knowledge::FeatureFact* fact = kb_->feature(feature);
      if (!feature.empty() && fact != nullptr) {
        rules_.push_back(rule_json(id, fact->title, knowledge_text(*fact)));
      } else {
        rules_.push_back(rule_json(id, feature.empty() ? plain.title : feature, plain.text));
      }
    }
    return {std::move(id), entry->second};
  }

  Json take() { return std::move(rules_); }

 private:
  const knowledge::Knowledge* kb_;
  Json rules_ = Json::array();
  std::map<std::string, std::size_t> index_of_;
};

Json results_json(const Exposure& exposure, const knowledge::Knowledge& kb, Rules& rules) {
  std::map<std::string, std::size_t> seen;
  Json results = Json::array();
  for (const Exposed& row : exposure.endpoints) {
    if (!is_finding(row)) continue;
    auto [rule, index] = rules.rule_for(row);
    std::string identity = identity_of(row, exposure.host.os);
    // Equal ones are told apart by their place in the listing, so that none of them is lost.
    if (const std::size_t number = ++seen[identity]; number > 1) {
      identity += fmt::format("#{}", number);
    }
    const std::string text = fmt::format("{} {}: {}. Owner: {} ({}).", endpoint_text(row.endpoint),
                                         finding_text(row.verdict), row.verdict_reason,
                                         owner_title(row, kb), confidence_id(row.owner.confidence));
    results.push_back({{"ruleId", std::move(rule)},
                       {"ruleIndex", index},
                       {"kind", "fail"},
                       {"level", level_of(row.verdict)},
                       {"message", message(text)},
                       {"locations", locations_of(row, exposure)},
                       {"partialFingerprints", {{std::string(kFingerprint), identity}}},
                       {"properties",
                        {{"verdict", verdict_id(row.verdict)},
                         {"confidence", confidence_id(row.owner.confidence)},
                         {"reach", reach_id(row.reach)}}}});
  }
  return results;
}

/// What could not be read may be an open port: a reader of results has to know.
Json notifications_json(const Exposure& exposure) {
  Json result = Json::array();
  for (const Unread& unread : exposure.unread) {
    Json notification = {{"level", "warning"}, {"message", message(unread.reason)}};
    Json place = physical_location(unread.file, unread.line);
    if (!place.is_null()) {
      notification["locations"] = Json::array({{{"physicalLocation", std::move(place)}}});
    }
    result.push_back(std::move(notification));
  }
  for (const std::string& note : exposure.notes) {
    result.push_back({{"level", "note"}, {"message", message(note)}});
  }
  return result;
}

}  // namespace

std::string exposure_sarif(const Exposure& exposure, const knowledge::Knowledge& kb,
                           std::string_view version) {
  Rules rules(kb);
  Json results = results_json(exposure, kb, rules);
  const std::string host = exposure.host.name.empty() ? "host" : exposure.host.name;
  Json run = {
      {"tool",
       {{"driver",
         {{"name", "Deadlight"}, {"semanticVersion", version}, {"rules", rules.take()}}}}},
      {"automationDetails", {{"id", printable(fmt::format("deadlight/{}/", host))}}},
      {"invocations",
       Json::array({{{"executionSuccessful", true},
                     {"toolExecutionNotifications", notifications_json(exposure)}}})},
      {"columnKind", "unicodeCodePoints"},
      {"results", std::move(results)},
      {"properties", {{"os", os_id(exposure.host.os)}, {"role", printable(exposure.role.id)}}}};
  return document_text(
      {{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", Json::array({std::move(run)})}});
}

}  // namespace deadlight::report
