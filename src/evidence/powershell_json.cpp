#include "base/text.h"
#include "evidence/powershell.h"

namespace deadlight::evidence {
namespace {

/// Members of an object that stands for one value: a state as {"value": 2, "Value": "Listen"}, a
/// process as all its properties.
std::string_view value_of(const JsonObject& object, PsField field) {
  if (field == PsField::process_name) {
    const std::string_view name = object.value("ProcessName");
    return name.empty() ? object.value("Name") : name;
  }
  return field == PsField::state || field == PsField::status || field == PsField::start
             ? object.value("Value")
             : std::string_view();
}

/// Services that one depends on come as objects of their own.
std::string names_of(const std::vector<JsonObject>& objects, PsField field) {
  std::string names;
  for (const JsonObject& object : objects) {
    if (ps_field(object.name) != field) continue;
    const std::string_view name =
        object.has("Name") ? object.value("Name") : object.value("ServiceName");
    if (name.empty()) continue;
    if (!names.empty()) names += ", ";
    names += name;
  }
  return names;
}

bool take_record(PsFacts& facts, const JsonObject& object, const PsHint& hint) {
  PsRecord record;
  record.line = object.line;
  for (const JsonObject::Member& member : object.members) {
    record.set(ps_field(member.name), member.value);
  }
  for (const JsonObject& child : object.children) {
    const PsField field = ps_field(child.name);
    if (iequals(child.name, "CimSystemProperties")) {
      record.set(PsField::class_name, child.value("ClassName"));
    } else if (const std::string_view value = value_of(child, field); !value.empty()) {
      record.set(field, value);
    }
  }
  const std::string depends_on = names_of(object.children, PsField::depends_on);
  record.set(PsField::depends_on, depends_on);
  const PsKind kind = PsFacts::kind(record, hint);
  if (kind == PsKind::none) return false;
  facts.reading().found(kPowerShellKind);
  if (object.repeats) {
    facts.reading().complain(object.line, std::string(kRepeatedName));
  } else {
    facts.add(kind, record, hint);
  }
  return true;
}

}  // namespace

bool take_powershell_object(PsFacts& facts, const JsonObject& object, const PsHint& hint) {
  PsHint own = hint;
  own.read(object.name);  // {"tcp": [...], "udp": [...]}
  if (take_record(facts, object, own)) return true;
  bool any = false;
  for (const JsonObject& child : object.children) {
    any = take_powershell_object(facts, child, hint) || any;
  }
  return any;
}

}  // namespace deadlight::evidence
