#include "report/kb_entry.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "knowledge/row_id.h"

namespace deadlight::report {
namespace {

using namespace knowledge;

template <class Row>
std::vector<std::string> ids_where(List<Row> rows, List<Text> Row::*list, std::string_view id) {
  std::vector<std::string> ids;
  for (const Row& row : rows) {
    if (lists(row.*list, id)) ids.emplace_back(row.id);
  }
  return ids;
}

std::string keep_text(const KeepFact& keep) {
  std::vector<std::string> from(keep.from.begin(), keep.from.end());
  std::string text = fmt::format("{}/{}", keep.port, protocol_id(keep.protocol));
  if (!from.empty()) text += fmt::format(" from {}", join(from, ", "));
  if (!keep.why.empty()) text += fmt::format(": {}", keep.why);
  return text;
}

// The role's own needs and those of the roles that it extends, each once.
std::vector<std::string> all_needs(const RoleFact& role, const Knowledge& kb) {
  std::vector<std::string> needs;
  const RoleFact* next = &role;
  for (std::size_t i = 0; next != nullptr && i <= kb.roles.size(); ++i) {
    for (const Text id : next->needs) {
      if (std::find(needs.begin(), needs.end(), id) == needs.end()) needs.emplace_back(id);
    }
    next = next->extends.empty() ? nullptr : kb.role(next->extends);
  }
  return needs;
}

template <class Row>
std::size_t citing(List<Row> rows, std::string_view id) {
  return static_cast<std::size_t>(std::count_if(
      rows.begin(), rows.end(), [id](const Row& row) { return lists(row.sources, id); }));
}

}  // namespace

void KbEntry::text(std::string_view key, std::string_view label, std::string_view value) {
  KbField field{key, label, {}, false};
  if (!value.empty()) field.values.emplace_back(value);
  fields.push_back(std::move(field));
}

void KbEntry::list(std::string_view key, std::string_view label, std::vector<std::string> values) {
  fields.push_back({key, label, std::move(values), true});
}

void KbEntry::list(std::string_view key, std::string_view label, List<Text> values) {
  list(key, label, std::vector<std::string>(values.begin(), values.end()));
}

KbEntry entry_of(const RoleFact& row, const Knowledge& kb) {
  KbEntry entry{"role", std::string(row.id), std::string(row.title), {}, {}, {}};
  entry.text("purpose", "Purpose", row.purpose);
  entry.text("extends", "Extends", row.extends);
  entry.list("needs", "Needs", all_needs(row, kb));
  std::vector<std::string> keep;
  for (const KeepFact& fact : row.keep) keep.push_back(keep_text(fact));
  entry.list("keep", "Keeps", std::move(keep));
  entry.list("disable", "Switches off", row.disable);
  return entry;
}

KbEntry entry_of(const CapabilityFact& row, const Knowledge& kb) {
  KbEntry entry{"capability", std::string(row.id), std::string(row.title), {}, {}, {}};
  entry.list("services", "Services", ids_where(kb.services, &ServiceFact::provides, row.id));
  entry.list("features", "Features", ids_where(kb.features, &FeatureFact::provides, row.id));
  entry.list("lost_by", "Ended by", ids_where(kb.closers, &CloserFact::loses, row.id));
  std::vector<std::string> roles;
  for (const RoleFact& role : kb.roles) {
    const std::vector<std::string> needs = all_needs(role, kb);
    if (std::any_of(needs.begin(), needs.end(),
                    [&row](const std::string& id) { return iequals(id, row.id); })) {
      roles.emplace_back(role.id);
    }
  }
  entry.list("roles", "Roles", std::move(roles));
  return entry;
}

KbEntry entry_of(const GroupFact& row, const Knowledge&) {
  KbEntry entry{"group", row_id(row), {}, {}, {}, {}};
  entry.text("os", "Systems", row.os.text());
  entry.text("image", "Program", row.image);
  entry.text("group", "Group", row.group);
  entry.text("account", "Account", row.account);
  entry.list("services", "Services", row.services);
  entry.list("sometimes", "Sometimes", row.sometimes);
  entry.rests_on(row);
  return entry;
}

KbEntry entry_of(const RpcInterfaceFact& row, const Knowledge&) {
  KbEntry entry{"rpc_interface", std::string(row.uuid), std::string(row.name), {}, {}, {}};
  entry.text("version", "Version", row.version);
  entry.text("os", "Seen on", row.os.text());
  entry.list("services", "Services", row.services);
  entry.text("process", "Process", row.process);
  entry.list("transports", "Transports", row.transports);
  entry.rests_on(row);
  return entry;
}

KbEntry entry_of(const NetbiosSuffixFact& row, const Knowledge&) {
  KbEntry entry{"netbios_suffix", row_id(row), std::string(row.title), {}, {}, {}};
  entry.text("suffix", "Suffix", suffix_text(row.suffix));
  entry.text("form", "Name", row.form);
  entry.text("type", "Type", netbios_type_id(row.type));
  entry.text("service", "Service", row.service);
  entry.text("meaning", "Meaning", row.meaning);
  entry.rests_on(row);
  return entry;
}

KbEntry entry_of(const SmbTransportFact& row, const Knowledge&) {
  KbEntry entry{"smb_transport", row_id(row), {}, {}, {}, {}};
  entry.text("os", "Systems", row.os.text());
  entry.text("side", "Side", smb_side_id(row.side));
  entry.text("setting", "Setting", row.setting);
  entry.text("behaviour", "Behaviour", row.behaviour);
  entry.text("tcp139", "TCP 139", row.tcp139);
  entry.text("tcp445", "TCP 445", row.tcp445);
  entry.text("udp137", "UDP 137", row.udp137);
  entry.text("udp138", "UDP 138", row.udp138);
  entry.text("note", "Note", row.note);
  entry.rests_on(row);
  return entry;
}

KbEntry entry_of(const OsSignFact& row, const Knowledge&) {
  KbEntry entry{"os_sign", std::string(row.id), {}, {}, {}, {}};
  entry.text("image", "Program", row.image);
  entry.text("service", "Service", row.service);
  entry.text("os", "Systems", row.os.text());
  entry.text("edition", "Edition", row.edition == Edition::any ? "" : edition_id(row.edition));
  entry.rests_on(row);
  return entry;
}

KbEntry entry_of(const SourceFact& row, const Knowledge& kb) {
  KbEntry entry{"source", std::string(row.id), std::string(row.title), {}, {}, {}};
  entry.text("url", "Address", row.url);
  const std::size_t rows =
      citing(kb.services, row.id) + citing(kb.features, row.id) + citing(kb.closers, row.id) +
      citing(kb.groups, row.id) + citing(kb.ports, row.id) + citing(kb.rpc, row.id) +
      citing(kb.netbios, row.id) + citing(kb.smb, row.id) + citing(kb.os_signs, row.id);
  entry.text("cited_by", "Cited by", fmt::format("{} rows", rows));
  return entry;
}

}  // namespace deadlight::report
