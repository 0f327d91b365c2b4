#include <fmt/format.h>

#include <map>
#include <string>

#include "knowledge/knowledge.h"
#include "knowledge/names.h"

namespace deadlight::knowledge {
namespace {

// Bytes outside plain ASCII become three octal digits: no digit that follows can be taken for a
// part of the escape, and no compiler warns of invisible or right-to-left characters.
std::string literal(Text text) {
  if (text.empty()) return "{}";
  std::string result = "\"";
  char previous = '\0';
  for (const char c : text) {
    const bool trigraph = c == '?' && previous == '?';
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (c < ' ' || c > '~' || trigraph) {
      result += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
    previous = c;
  }
  return result + "\"sv";
}

template <class Enum, std::size_t Count>
std::string enumerator(std::string_view type, const Name<Enum> (&names)[Count], Enum value) {
  return fmt::format("{}::{}", type, name_of(names, value));
}

std::string range(OsRange os) {
  return fmt::format("{{Os::{}, Os::{}}}", os_id(os.from), os_id(os.to));
}

std::string flag(bool value) { return value ? "true" : "false"; }

/// Writes one constant array for every distinct list and one for each kind of row. A list is
/// written before the row that refers to it.
class Writer {
 public:
  std::string file(const Knowledge& kb) {
    const std::string members = fmt::format(
        "    .sources = {},\n    .capabilities = {},\n    .services = {},\n"
        "    .aliases = {},\n    .groups = {},\n    .features = {},\n    .closers = {},\n"
        "    .ports = {},\n    .roles = {},\n    .rpc = {},\n    .netbios = {},\n"
        "    .smb = {},\n    .os_signs = {},\n    .registry = {},\n",
        list("SourceFact", kb.sources), list("CapabilityFact", kb.capabilities),
        list("ServiceFact", kb.services), list("AliasFact", kb.aliases),
        list("GroupFact", kb.groups), list("FeatureFact", kb.features),
        list("CloserFact", kb.closers), list("PortFact", kb.ports), list("RoleFact", kb.roles),
        list("RpcInterfaceFact", kb.rpc), list("NetbiosSuffixFact", kb.netbios),
        list("SmbTransportFact", kb.smb), list("OsSignFact", kb.os_signs), value(kb.registry));
    return fmt::format(
        "// Generated from the TOML of the knowledge base; change that, not this.\n"
        "#include \"knowledge/knowledge.h\"\n\n"
        "namespace deadlight::knowledge {{\nnamespace {{\n\n"
        "using namespace std::literals::string_view_literals;\n\n"
        "{}constexpr Knowledge kBuiltin{{\n{}}};\n\n"
        "}}  // namespace\n\n"
        "const Knowledge& builtin() {{ return kBuiltin; }}\n\n"
        "}}  // namespace deadlight::knowledge\n",
        arrays_, members);
  }

 private:
  // The name of a constant array with these rows; equal lists share one.
  template <class Row>
  std::string list(std::string_view type, List<Row> rows) {
    if (rows.empty()) return "{}";
    std::string body;
    for (const Row& row : rows) body += fmt::format("    {},\n", value(row));
    const auto [known, added] =
        names_.emplace(fmt::format("{} {}", type, body), fmt::format("kList{}", names_.size()));
    if (added) {
      arrays_ += fmt::format("constexpr {} {}[] = {{\n{}}};\n\n", type, known->second, body);
    }
    return known->second;
  }
  std::string texts(List<Text> rows) { return list("Text", rows); }

  std::string value(Text text) { return literal(text); }

  std::string value(const HostedFact& row) {
    return fmt::format("{{.os = {}, .image = {}, .start = {}}}", range(row.os), literal(row.image),
                       enumerator("StartType", kStartTypes, row.start));
  }

  std::string value(const DependencyFact& row) {
    return fmt::format("{{.service = {}, .os = {}}}", literal(row.service), range(row.os));
  }

  std::string value(const OpensFact& row) {
    return fmt::format(
        "{{.protocol = {}, .port_first = {}, .port_last = {}, .os = {}, .bind = {}, "
        ".holder = {}, .rpc = {}, .held_by_rpc = {}, .distinctive = {}, .by_default = {}, "
        ".client = {}, .released = {}}}",
        enumerator("Protocol", kProtocols, row.protocol), row.port_first, row.port_last,
        range(row.os), enumerator("Bind", kBinds, row.bind), literal(row.holder), flag(row.rpc),
        flag(row.held_by_rpc), flag(row.distinctive), flag(row.by_default), flag(row.client),
        enumerator("Released", kReleased, row.released));
  }

  std::string value(const TargetFact& row) {
    return fmt::format("{{.feature = {}, .all = {}, .protocol = {}, .port = {}, .rpc = {}}}",
                       literal(row.feature), flag(row.all),
                       enumerator("Protocol", kProtocols, row.protocol), row.port, flag(row.rpc));
  }

  std::string value(const EditFact& row) {
    return fmt::format(
        "{{.content = {}, .line = {}, .files = {}, .overruled_by = {}, .unclear = {}, "
        ".block = {}, .block_needs = {}, .continued = {}, .main = {}, .includes = {}, "
        ".check = {}, .restart = {}}}",
        literal(row.content), literal(row.line), texts(row.files), texts(row.overruled_by),
        literal(row.unclear), literal(row.block), literal(row.block_needs), flag(row.continued),
        literal(row.main), literal(row.includes), literal(row.check), texts(row.restart));
  }

  std::string value(const ChangeFact& row) {
    return fmt::format(
        "{{.kind = {}, .target = {}, .name = {}, .type = {}, .data = {}, .reverse = {}, "
        ".each_adapter = {}, .edit = {}}}",
        enumerator("ChangeKind", kChangeKinds, row.kind), literal(row.target), literal(row.name),
        literal(row.type), literal(row.data), literal(row.reverse), flag(row.each_adapter),
        row.edit.content.empty() ? "{}" : value(row.edit));
  }

  std::string value(const KeepFact& row) {
    return fmt::format("{{.protocol = {}, .port = {}, .from = {}, .why = {}}}",
                       enumerator("Protocol", kProtocols, row.protocol), row.port, texts(row.from),
                       literal(row.why));
  }

  std::string value(const SourceFact& row) {
    return fmt::format("{{.id = {}, .title = {}, .url = {}}}", literal(row.id), literal(row.title),
                       literal(row.url));
  }

  std::string value(const CapabilityFact& row) {
    return fmt::format("{{.id = {}, .title = {}}}", literal(row.id), literal(row.title));
  }

  std::string value(const ServiceFact& row) {
    return fmt::format(
        "{{.id = {}, .title = {}, .kind = {}, .os = {}, .aliases = {}, .hosted = {}, "
        ".depends_on = {}, .coupled = {}, .provides = {}, .breaks = {}, "
        ".protected_because = {}, .protected_os = {}, .always_runs = {}, .never_with = {}, {}}}",
        literal(row.id), literal(row.title), enumerator("ServiceKind", kServiceKinds, row.kind),
        range(row.os), texts(row.aliases), list("HostedFact", row.hosted),
        list("DependencyFact", row.depends_on), texts(row.coupled), texts(row.provides),
        literal(row.breaks), literal(row.protected_because), range(row.protected_os),
        range(row.always_runs), texts(row.never_with), basis(row));
  }

  std::string value(const AliasFact& row) {
    return fmt::format("{{{}, {}}}", literal(row.alias), literal(row.id));
  }

  std::string value(const GroupFact& row) {
    return fmt::format(
        "{{.os = {}, .image = {}, .group = {}, .services = {}, .sometimes = {}, .account = {}, "
        "{}}}",
        range(row.os), literal(row.image), literal(row.group), texts(row.services),
        texts(row.sometimes), literal(row.account), basis(row));
  }

  std::string value(const FeatureFact& row) {
    return fmt::format(
        "{{.id = {}, .title = {}, .purpose = {}, .os = {}, .opens = {}, .provides = {}, "
        ".history = {}, .note = {}, {}}}",
        literal(row.id), literal(row.title), literal(row.purpose), range(row.os),
        list("OpensFact", row.opens), texts(row.provides), literal(row.history), literal(row.note),
        basis(row));
  }

  std::string value(const CloserFact& row) {
    return fmt::format(
        "{{.id = {}, .title = {}, .os = {}, .phase = {}, .effect = {}, .when = {}, "
        ".targets = {}, .changes = {}, .loses = {}, .breaks = {}, .limits = {}, "
        ".companions = {}, .refused_because = {}, .never_with = {}, {}}}",
        literal(row.id), literal(row.title), range(row.os), enumerator("Phase", kPhases, row.phase),
        enumerator("Effect", kEffects, row.effect), enumerator("When", kWhens, row.when),
        list("TargetFact", row.targets), list("ChangeFact", row.changes), texts(row.loses),
        literal(row.breaks), literal(row.limits), texts(row.companions),
        literal(row.refused_because), texts(row.never_with), basis(row));
  }

  std::string value(const PortFact& row) {
    return fmt::format(
        "{{.protocol = {}, .port = {}, .windows_owner = {}, .linux_owner = {}, .abuse = {}, "
        ".exposure = {}, {}}}",
        enumerator("Protocol", kProtocols, row.protocol), row.port, literal(row.windows_owner),
        literal(row.linux_owner), literal(row.abuse), literal(row.exposure), basis(row));
  }

  std::string value(const RoleFact& row) {
    return fmt::format(
        "{{.id = {}, .title = {}, .purpose = {}, .extends = {}, .needs = {}, .keep = {}, "
        ".disable = {}}}",
        literal(row.id), literal(row.title), literal(row.purpose), literal(row.extends),
        texts(row.needs), list("KeepFact", row.keep), texts(row.disable));
  }

  std::string value(const RpcInterfaceFact& row) {
    return fmt::format(
        "{{.uuid = {}, .version = {}, .name = {}, .os = {}, .services = {}, .process = {}, "
        ".transports = {}, {}}}",
        literal(row.uuid), literal(row.version), literal(row.name), range(row.os),
        texts(row.services), literal(row.process), texts(row.transports), basis(row));
  }

  std::string value(const NetbiosSuffixFact& row) {
    return fmt::format(
        "{{.suffix = {}, .type = {}, .form = {}, .title = {}, .service = {}, .meaning = {}, {}}}",
        row.suffix, enumerator("NetbiosType", kNetbiosTypes, row.type), literal(row.form),
        literal(row.title), literal(row.service), literal(row.meaning), basis(row));
  }

  std::string value(const SmbTransportFact& row) {
    return fmt::format(
        "{{.os = {}, .side = {}, .setting = {}, .behaviour = {}, .tcp139 = {}, .tcp445 = {}, "
        ".udp137 = {}, .udp138 = {}, .note = {}, {}}}",
        range(row.os), enumerator("SmbSide", kSmbSides, row.side), literal(row.setting),
        literal(row.behaviour), literal(row.tcp139), literal(row.tcp445), literal(row.udp137),
        literal(row.udp138), literal(row.note), basis(row));
  }

  std::string value(const OsSignFact& row) {
    return fmt::format("{{.id = {}, .image = {}, .service = {}, .os = {}, .edition = {}, {}}}",
                       literal(row.id), literal(row.image), literal(row.service), range(row.os),
                       enumerator("Edition", kEditions, row.edition), basis(row));
  }

  // Members in their order: thousands of rows.
  std::string value(const RegisteredPort& row) {
    return fmt::format("{{{}, {}, {}, {}, {}, {}, {}}}", row.port, row.begin, row.page,
                       row.name_size, row.description_size, flag(row.tcp), flag(row.udp));
  }

  std::string value(const PortRegistry& registry) {
    return fmt::format("{{.pages = {}, .ports = {}, .sources = {}}}", texts(registry.pages),
                       list("RegisteredPort", registry.ports), texts(registry.sources));
  }

  template <class Row>
  std::string basis(const Row& row) {
    return fmt::format(".certainty = {}, .sources = {}",
                       enumerator("Certainty", kCertainties, row.certainty), texts(row.sources));
  }

  std::string arrays_;
  std::map<std::string, std::string> names_;
};

}  // namespace

std::string to_cpp(const Knowledge& knowledge) { return Writer().file(knowledge); }

}  // namespace deadlight::knowledge
