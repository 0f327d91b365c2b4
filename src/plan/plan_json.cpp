#include "plan/plan_json.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "knowledge/names.h"
#include "model/json_document.h"

namespace deadlight {
namespace {

constexpr json::Kind kKind = {"deadlight.plan/1", "plan", "make a plan of one host",
                              16 * 1024 * 1024};

template <class Enum, std::size_t Count>
std::optional<Enum> find_name(const knowledge::Name<Enum> (&names)[Count], std::string_view id) {
  for (const knowledge::Name<Enum>& name : names) {
    if (name.id == id) return name.value;
  }
  return std::nullopt;
}

struct PlanForm {
  template <class Io>
  static void fields(Io& io, Host& host) {
    io.text_or_null("name", host.name);
    io.required("os", host.os);
    io.derived("os_title", std::string(os_title(host.os)));
    io.field("os_basis", host.os_basis);
    io.field("os_confidence", host.os_confidence);
  }

  template <class Io>
  static void fields(Io& io, Role& role) {
    io.text_or_null("id", role.id);
    io.field("title", role.title);
    io.field("needs", role.needs);
  }

  template <class Io>
  static void fields(Io& io, PlannedChange& change) {
    io.required("kind", change.kind);
    io.required("target", change.target);
    io.field("name", change.name);
    io.field("type", change.type);
    io.field("data", change.data);
    io.derived("text", change.text());
    io.field("undo", change.undo);
    io.field("restarts", change.restarts);
  }

  template <class Io>
  static void fields(Io& io, Step& step) {
    io.required("title", step.title);
    io.required("phase", step.phase);
    io.field("closers", step.closers);
    io.required("changes", step.changes);
    io.field("reboot", step.reboot);
    io.field("restart", step.restart);
    io.required("closes", step.closes);
    io.field("also_stops", step.also_stops);
    io.field("breaks", step.breaks);
    io.field("warnings", step.warnings);
    io.field("why", step.why);
    io.field("undo", step.undo);
    io.field("open_after", step.open_after);
  }

  template <class Io>
  static void fields(Io& io, StuckEndpoint& stuck) {
    io.required("endpoint", stuck.endpoint);
    io.field("why", stuck.why);
    io.text_or_null("scope", stuck.scope);
  }

  template <class Io>
  static void fields(Io& io, Refused& refused) {
    io.required("what", refused.what);
    io.field("why", refused.why);
  }

  template <class Io>
  static void fields(Io& io, NotTaken& other) {
    io.required("closer", other.closer);
    io.field("title", other.title);
    io.field("why", other.why);
  }

  template <class Io>
  static void fields(Io& io, Unread& unread) {
    io.required("file", unread.file);
    io.required("line", unread.line);
    io.required("reason", unread.reason);
  }

  template <class Io>
  static void fields(Io& io, Plan& plan) {
    io.required("host", plan.host);
    io.required("role", plan.role);
    io.field("open_before", plan.open_before);
    io.required("steps", plan.steps);
    io.derived("open_after", plan.open_after());
    io.field("kept", plan.kept);
    io.field("local", plan.local);
    io.field("unexplained", plan.unexplained);
    io.field("stuck", plan.stuck);
    io.field("refused", plan.refused);
    io.field("not_taken", plan.not_taken);
    io.field("unread", plan.unread);
    io.field("notes", plan.notes);
  }

  static std::string_view id_of(Os value) { return os_id(value); }
  static std::string_view id_of(OsConfidence value) { return os_confidence_id(value); }
  static std::string_view id_of(knowledge::Phase value) {
    return knowledge::name_of(knowledge::kPhases, value);
  }
  static std::string_view id_of(knowledge::ChangeKind value) { return change_kind_id(value); }

  static std::optional<Os> from_id(std::string_view id, Os) {
    return id == os_id(Os::unknown) ? Os::unknown : parse_os(id);
  }
  static std::optional<OsConfidence> from_id(std::string_view id, OsConfidence) {
    return parse_os_confidence(id);
  }
  static std::optional<knowledge::Phase> from_id(std::string_view id, knowledge::Phase) {
    return find_name(knowledge::kPhases, id);
  }
  static std::optional<knowledge::ChangeKind> from_id(std::string_view id, knowledge::ChangeKind) {
    return find_name(knowledge::kChangeKinds, id);
  }
};

template <class T>
nlohmann::ordered_json part(T value) {
  nlohmann::ordered_json json;
  json::Writer<PlanForm>::write(json, value);
  return json;
}

}  // namespace

std::string to_json(const Plan& plan) {
  Plan copy = plan;  // fields() serves both directions and takes no const
  return json::write_document<PlanForm>(copy, kKind, 2);
}

Result<Plan> plan_from_json(std::string_view text, std::string_view name) {
  const json::JsonPointer tree = DEADLIGHT_TRY(json::parse_document(text, name, kKind));
  Plan plan;
  const std::string error = json::read_document<PlanForm>(*tree, plan);
  if (error.empty()) return plan;
  return fail(Errc::malformed, fmt::format("{}: {}; make the plan again", name, error));
}

nlohmann::ordered_json json_of(const Host& host) { return part(host); }
nlohmann::ordered_json json_of(const Role& role) { return part(role); }
nlohmann::ordered_json json_of(const std::vector<PlannedChange>& changes) { return part(changes); }
nlohmann::ordered_json json_of(const std::vector<Unread>& unread) { return part(unread); }

}  // namespace deadlight
