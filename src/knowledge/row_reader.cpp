#include "knowledge/row_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/text.h"
#include "knowledge/network_rows.h"
#include "knowledge/os_sign_rows.h"
#include "knowledge/row_id.h"
#include "knowledge/table_reader.h"

namespace deadlight::knowledge {
namespace {

constexpr std::string_view kPortForm = "a port from 1 to 65535";

std::optional<std::uint16_t> port_number(std::string_view text) {
  const auto port = number<std::uint16_t>(trim(text));
  return port && *port != 0 ? port : std::nullopt;
}

std::uint16_t read_port(TableReader& table) {
  const auto port = table.integer("port");
  if (!port) return 0;
  if (*port >= 1 && *port <= 65535) return static_cast<std::uint16_t>(*port);
  table.bad_value("port", std::to_string(*port), kPortForm);
  return 0;
}

// port = 135, port = "2000-9999" or port = "dynamic".
void read_opens_port(TableReader& table, OpensFact& opens) {
  if (!table.is_text("port")) {
    opens.port_first = opens.port_last = read_port(table);
    return;
  }
  const Text text = table.line("port");
  if (text == "dynamic") return;
  const auto dash = text.find('-');
  const auto first = port_number(text.substr(0, dash));
  const auto last = dash == Text::npos ? first : port_number(text.substr(dash + 1));
  if (!first || !last || *first > *last) {
    table.bad_value("port", text,
                    "a port such as 135, a range such as \"2000-9999\" or \"dynamic\"");
    return;
  }
  opens.port_first = *first;
  opens.port_last = *last;
}

OpensFact read_opens(TableReader& table, OsRange feature_os) {
  table.require({"protocol", "port"});
  OpensFact opens;
  opens.protocol = table.choice<Protocol>("protocol", kProtocols, Protocol::tcp);
  read_opens_port(table, opens);
  opens.os = table.os("os", feature_os);
  opens.bind = table.choice<Bind>("bind", kBinds, Bind::any);
  opens.holder = table.line("holder");
  opens.rpc = table.flag("rpc");
  opens.held_by_rpc = table.flag("held_by_rpc");
  opens.distinctive = table.flag("distinctive");
  opens.by_default = table.flag("by_default");
  opens.client = table.flag("client");
  opens.released = table.choice<Released>("released", kReleased, Released::stop);
  return opens;
}

// "NetBT@win2000-win2003". Names of unit instances hold an '@' of their own ("ntp@eth0.service").
DependencyFact read_dependency(TableReader& table, Text text, OsRange service_os) {
  const auto at = text.rfind('@');
  if (at == Text::npos) return {text, service_os};
  const Text suffix = text.substr(at + 1);
  if (const auto range = parse_os_range(suffix)) return {text.substr(0, at), *range};
  if (suffix.find('.') == Text::npos) {
    table.bad_value("depends_on", text, "a service, or service@range with an OS range");
  }
  return {text, service_os};
}

// "raw-smb", "upnp:udp", "rpc-endpoint-mapper:tcp/135".
TargetFact read_target(TableReader& table, Text text) {
  TargetFact target;
  const auto colon = text.find(':');
  target.feature = trim(text.substr(0, colon));
  if (colon == Text::npos) return target;
  const Text socket = text.substr(colon + 1);
  const auto slash = socket.find('/');
  const auto protocol = parse_protocol(socket.substr(0, slash));
  const Text which = slash == Text::npos ? Text() : socket.substr(slash + 1);
  target.rpc = which == "rpc";
  const auto port = which.empty() || target.rpc ? std::nullopt : port_number(which);
  if (!protocol || (slash != Text::npos && !port && !target.rpc)) {
    table.bad_value("targets", text, "feature, feature:udp, feature:tcp/135 or feature:tcp/rpc");
    return target;
  }
  target.all = false;
  target.protocol = *protocol;
  target.port = port.value_or(0);
  return target;
}

EditFact read_edit(TableReader& table) {
  EditFact edit;
  edit.content = table.raw("content");
  edit.line = table.line("line");
  edit.files = table.lines("files");
  edit.overruled_by = table.lines("overruled_by");
  edit.unclear = table.line("unclear");
  edit.block = table.line("block");
  edit.block_needs = table.line("block_needs");
  edit.continued = table.flag("continued");
  edit.main = table.line("main");
  edit.includes = table.line("includes");
  edit.check = table.line("check");
  edit.restart = table.lines("restart");
  return edit;
}

ChangeFact read_change(TableReader& table) {
  table.require({"kind", "target", "reverse"});
  ChangeFact change;
  change.kind = table.choice<ChangeKind>("kind", kChangeKinds, ChangeKind::manual);
  change.target = table.line("target");
  change.name = table.line("name");
  change.type = table.line("type");
  change.data = table.raw("data");
  change.reverse = table.prose("reverse");
  change.each_adapter = table.flag("each_adapter");
  change.edit = read_edit(table);
  return change;
}

// port = "443/tcp"
KeepFact read_keep(TableReader& table) {
  table.require({"port"});
  KeepFact keep;
  if (const Text text = table.line("port"); !text.empty()) {
    const auto slash = text.find('/');
    const auto port = port_number(text.substr(0, slash));
    const auto protocol =
        slash == Text::npos ? std::nullopt : parse_protocol(trim(text.substr(slash + 1)));
    if (port && protocol) {
      keep.port = *port;
      keep.protocol = *protocol;
    } else {
      table.bad_value("port", text, "a port and a protocol such as \"443/tcp\"");
    }
  }
  keep.from = table.lines("from");
  keep.why = table.prose("why");
  return keep;
}

HostedFact read_hosted(TableReader& table, OsRange service_os) {
  HostedFact hosted;
  hosted.os = table.os("os", service_os);
  hosted.image = table.line("image");
  hosted.start = table.choice<StartType>("start", kStartTypes, StartType::unknown);
  return hosted;
}

SourceFact read_source(TableReader& table) {
  table.require({"id"});
  SourceFact source;
  source.id = table.line("id");
  source.title = table.prose("title");
  source.url = table.line("url");
  return source;
}

CapabilityFact read_capability(TableReader& table) {
  table.require({"id"});
  CapabilityFact capability;
  capability.id = table.line("id");
  capability.title = table.prose("title");
  return capability;
}

ServiceFact read_service(TableReader& table) {
  table.require({"id", "certainty"});
  Overlay& overlay = table.file().overlay;
  ServiceFact service;
  service.id = table.line("id");
  service.title = table.prose("title");
  service.kind = table.choice<ServiceKind>("kind", kServiceKinds, ServiceKind::service);
  service.os = table.os("os");
  service.aliases = table.lines("aliases");
  service.hosted = table.tables<HostedFact>(
      "hosted", [&service](TableReader& hosted) { return read_hosted(hosted, service.os); });
  std::vector<DependencyFact> dependencies;
  for (const Text text : table.lines("depends_on")) {
    dependencies.push_back(read_dependency(table, text, service.os));
  }
  service.depends_on = overlay.keep(std::move(dependencies));
  service.coupled = table.lines("coupled");
  service.provides = table.lines("provides");
  service.breaks = table.prose("breaks");
  service.protected_because = table.prose("protected_because");
  service.protected_os = table.os("protected_os", service.os);
  service.always_runs = table.os("always_runs");
  service.never_with = table.lines("never_with");
  table.basis(service);
  return service;
}

GroupFact read_group(TableReader& table) {
  table.require({"os", "image", "services", "certainty"});
  GroupFact group;
  group.os = table.os("os");
  group.image = table.line("image");
  group.group = table.line("group");
  group.services = table.lines("services");
  group.sometimes = table.lines("sometimes");
  group.account = table.line("account");
  table.basis(group);
  return group;
}

FeatureFact read_feature(TableReader& table) {
  table.require({"id", "certainty"});
  FeatureFact feature;
  feature.id = table.line("id");
  feature.title = table.prose("title");
  feature.purpose = table.prose("purpose");
  feature.os = table.os("os");
  feature.opens = table.tables<OpensFact>(
      "opens", [&feature](TableReader& opens) { return read_opens(opens, feature.os); });
  feature.provides = table.lines("provides");
  feature.history = table.prose("history");
  feature.note = table.prose("note");
  table.basis(feature);
  return feature;
}

CloserFact read_closer(TableReader& table) {
  table.require({"id", "phase", "effect", "when", "certainty"});
  Overlay& overlay = table.file().overlay;
  CloserFact closer;
  closer.id = table.line("id");
  closer.title = table.prose("title");
  closer.os = table.os("os");
  closer.phase = table.choice<Phase>("phase", kPhases, Phase::services);
  closer.effect = table.choice<Effect>("effect", kEffects, Effect::release);
  closer.when = table.choice<When>("when", kWhens, When::now);
  std::vector<TargetFact> targets;
  for (const Text text : table.lines("targets")) targets.push_back(read_target(table, text));
  closer.targets = overlay.keep(std::move(targets));
  closer.changes = table.tables<ChangeFact>("change", read_change);
  closer.loses = table.lines("loses");
  closer.breaks = table.prose("breaks");
  closer.limits = table.prose("limits");
  closer.companions = table.lines("companions");
  closer.refused_because = table.prose("refused_because");
  closer.never_with = table.lines("never_with");
  table.basis(closer);
  return closer;
}

PortFact read_port_row(TableReader& table) {
  table.require({"protocol", "port", "certainty"});
  PortFact port;
  port.protocol = table.choice<Protocol>("protocol", kProtocols, Protocol::tcp);
  port.port = read_port(table);
  port.windows_owner = table.prose("windows");
  port.linux_owner = table.prose("linux");
  port.abuse = table.prose("abuse");
  port.exposure = table.prose("exposure");
  table.basis(port);
  return port;
}

RoleFact read_role_row(TableReader& table) {
  table.require({"id"});
  RoleFact role;
  role.id = table.line("id");
  role.title = table.prose("title");
  role.purpose = table.prose("purpose");
  role.extends = table.line("extends");
  role.needs = table.lines("needs");
  role.keep = table.tables<KeepFact>("keep", read_keep);
  role.disable = table.lines("disable");
  return role;
}

Place place_of(const TomlValue& table, const std::string& file) {
  Place place{file, table.line, {}};
  for (const TomlMember& member : table.members) {
    place.keys.emplace(member.key, member.line);
    const std::vector<TomlValue>& items = member.value.items;
    for (std::size_t i = 0; i < items.size() && items[i].kind == TomlValue::Kind::table; ++i) {
      place.keys.emplace(fmt::format("{}[{}]", member.key, i), items[i].line);
    }
  }
  return place;
}

// Reads each [[kind]] of `top`; a row that another file or line gave already is a problem.
template <class Row>
void read_kind(TableReader& top, std::string_view kind, std::vector<Row>& rows,
               Row (*read)(TableReader&)) {
  const TomlFile& file = top.file();
  for (const TomlValue* value : top.tables_of(kind)) {
    TableReader table(*value, std::string(kind), file);
    const std::size_t problems = file.problems.size();
    const Row row = read(table);
    table.finish();
    rows.push_back(row);
    const std::string id = row_id(row);
    if (id.empty()) {
      // Unless it is told already what is wrong with the id.
      if (file.problems.size() == problems) {
        file.problem(value->line, fmt::format("'id' in [[{}]] is empty; give the row one", kind));
      }
      continue;
    }
    const std::string title = fmt::format("{} '{}'", kind, id);
    const auto [first, added] = file.places.emplace(to_lower(title), place_of(*value, file.name));
    if (added) continue;
    file.problem(value->line,
                 fmt::format("{} is already in {}; merge the two", title, first->second.text()));
  }
}

// What a file of rows may hold besides roles.
constexpr std::string_view kOtherKinds[] = {
    "source", "capability",    "service",        "group",         "feature", "closer",
    "port",   "rpc_interface", "netbios_suffix", "smb_transport", "os_sign"};

void read_kinds(TableReader& top, Rows& rows) {
  read_kind(top, "source", rows.sources, read_source);
  read_kind(top, "capability", rows.capabilities, read_capability);
  read_kind(top, "service", rows.services, read_service);
  read_kind(top, "group", rows.groups, read_group);
  read_kind(top, "feature", rows.features, read_feature);
  read_kind(top, "closer", rows.closers, read_closer);
  read_kind(top, "port", rows.ports, read_port_row);
  read_kind(top, "role", rows.roles, read_role_row);
  read_kind(top, "rpc_interface", rows.rpc, read_rpc_interface);
  read_kind(top, "netbios_suffix", rows.netbios, read_netbios_suffix);
  read_kind(top, "smb_transport", rows.smb, read_smb_transport);
  read_kind(top, "os_sign", rows.os_signs, read_os_sign);
}

}  // namespace

void read_rows(std::string_view toml, const std::string& name, Overlay& overlay, Reading& reading) {
  const Result<TomlValue> root = parse_toml(toml, name);
  if (!root) {
    reading.problems.push_back(root.error().message);
    return;
  }
  const TomlFile file{name, overlay, reading.problems, reading.places};
  TableReader top(*root, "", file);
  read_kinds(top, reading.rows);
  top.finish();
}

bool holds_rows(std::string_view toml) {
  const Result<TomlValue> root = parse_toml(toml, "");
  if (!root) return false;
  return std::any_of(root->members.begin(), root->members.end(), [](const TomlMember& member) {
    return std::find(std::begin(kOtherKinds), std::end(kOtherKinds), member.key) !=
           std::end(kOtherKinds);
  });
}

void read_role(std::string_view toml, const std::string& name, Overlay& overlay, Reading& reading) {
  const Result<TomlValue> root = parse_toml(toml, name);
  if (!root) {
    reading.problems.push_back(root.error().message);
    return;
  }
  const TomlFile file{name, overlay, reading.problems, reading.places};
  TableReader top(*root, "", file);
  if (!top.has("role")) {
    const RoleFact role = read_role_row(top);
    reading.rows.roles.push_back(role);
    reading.places.emplace(to_lower(fmt::format("role '{}'", role.id)), place_of(*root, name));
  } else {
    read_kind(top, "role", reading.rows.roles, read_role_row);
    const std::size_t count = top.tables_of("role").size();
    if (count != 1) {
      file.problem(top.line_of("role"), fmt::format("{} roles; a role file holds one", count));
    }
  }
  top.finish();
}

}  // namespace deadlight::knowledge
