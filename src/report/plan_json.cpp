#include <nlohmann/json.hpp>

#include "knowledge/names.h"
#include "report/json_values.h"

namespace deadlight::report {
namespace {

using Json = nlohmann::ordered_json;

Json step_json(const Step& step) {
  return {{"title", step.title},
          {"phase", knowledge::name_of(knowledge::kPhases, step.phase)},
          {"closers", step.closers},
          {"changes", changes_json(step.changes)},
          {"reboot", step.reboot},
          {"restart", step.restart},
          {"closes", step.closes},
          {"also_stops", step.also_stops},
          {"breaks", step.breaks},
          {"warnings", step.warnings},
          {"why", step.why},
          {"undo", step.undo},
          {"open_after", step.open_after}};
}

Json steps_json(const std::vector<Step>& steps) {
  Json result = Json::array();
  for (const Step& step : steps) result.push_back(step_json(step));
  return result;
}

Json stuck_json(const std::vector<StuckEndpoint>& endpoints) {
  Json result = Json::array();
  for (const StuckEndpoint& stuck : endpoints) {
    result.push_back(
        {{"endpoint", stuck.endpoint}, {"why", stuck.why}, {"scope", text_or_null(stuck.scope)}});
  }
  return result;
}

Json refused_json(const std::vector<Refused>& refusals) {
  Json result = Json::array();
  for (const Refused& refused : refusals) {
    result.push_back({{"what", refused.what}, {"why", refused.why}});
  }
  return result;
}

Json not_taken_json(const std::vector<NotTaken>& others) {
  Json result = Json::array();
  for (const NotTaken& other : others) {
    result.push_back({{"closer", other.closer}, {"title", other.title}, {"why", other.why}});
  }
  return result;
}

}  // namespace

std::string plan_json(const Plan& plan) {
  return document_text({{"schema", "deadlight.plan/1"},
                        {"host", host_json(plan.host)},
                        {"role", role_json(plan.role)},
                        {"open_before", plan.open_before},
                        {"steps", steps_json(plan.steps)},
                        {"open_after", plan.open_after()},
                        {"kept", plan.kept},
                        {"local", plan.local},
                        {"unexplained", plan.unexplained},
                        {"stuck", stuck_json(plan.stuck)},
                        {"refused", refused_json(plan.refused)},
                        {"not_taken", not_taken_json(plan.not_taken)},
                        {"unread", unread_json(plan.unread)},
                        {"notes", plan.notes}});
}

std::string what_if_json(const WhatIf& result) {
  return document_text({{"schema", "deadlight.what-if/1"},
                        {"host", host_json(result.host)},
                        {"changes", changes_json(result.changes)},
                        {"open_before", result.open_before},
                        {"open_at_once", result.open_at_once},
                        {"open_after", result.open_after},
                        {"closes", result.closes},
                        {"also_stops", result.also_stops},
                        {"breaks", result.breaks},
                        {"warnings", result.warnings},
                        {"unread", unread_json(result.unread)},
                        {"reboot", result.reboot}});
}

}  // namespace deadlight::report
