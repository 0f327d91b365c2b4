#include <fmt/format.h>

#include "base/text.h"
#include "knowledge/row_id.h"
#include "report/kb_rows.h"
#include "report/port_name.h"

namespace deadlight::report {
namespace {

using knowledge::Knowledge;

constexpr std::size_t kNearNamesMax = 6;
constexpr KbKind kNamedKinds[] = {KbKind::services, KbKind::features, KbKind::closers,
                                  KbKind::roles, KbKind::capabilities};

// "<20>"
bool is_suffix(std::string_view text) {
  return text.size() == 4 && text.front() == '<' && text.back() == '>';
}

Result<std::vector<KbEntry>> of_suffix(std::string_view text, const Knowledge& kb) {
  std::vector<KbEntry> entries;
  for (const knowledge::NetbiosSuffixFact& row : kb.netbios) {
    if (iequals(knowledge::suffix_text(row.suffix), text.substr(1, 2))) {
      entries.push_back(entry_of(row, kb));
    }
  }
  if (!entries.empty()) return entries;
  return fail(Errc::not_found, fmt::format("no NetBIOS suffix {} is known; `deadlight kb list "
                                           "netbios` shows those there are",
                                           text));
}

Result<std::vector<KbEntry>> of_port(const PortName& name, const Knowledge& kb) {
  std::vector<KbEntry> entries;
  for (const Protocol protocol : name.protocols) {
    KbEntry entry = port_entry(protocol, name.port, kb);
    const bool says = std::any_of(entry.fields.begin(), entry.fields.end(),
                                  [](const KbField& field) { return !field.values.empty(); });
    if (says) entries.push_back(std::move(entry));
  }
  if (!entries.empty()) return entries;
  return fail(Errc::not_found,
              fmt::format("nothing is known of port {}: it has no registered name, and no feature "
                          "is known to open it",
                          name.port));
}

void add_named(std::vector<KbEntry>& entries, std::string_view name, const Knowledge& kb) {
  if (const auto* service = kb.service(name)) entries.push_back(entry_of(*service, kb));
  if (const auto* feature = kb.feature(name)) entries.push_back(entry_of(*feature, kb));
  if (const auto* closer = kb.closer(name)) entries.push_back(entry_of(*closer, kb));
  if (const auto* role = kb.role(name)) entries.push_back(entry_of(*role, kb));
  if (const auto* capability = kb.capability(name)) entries.push_back(entry_of(*capability, kb));
  if (const auto* source = kb.source(name)) entries.push_back(entry_of(*source, kb));
  for (const knowledge::GroupFact& group : kb.groups) {
    const bool meant = iequals(group.group.empty() ? group.image : group.group, name);
    if (meant) entries.push_back(entry_of(group, kb));
  }
  for (const knowledge::OsSignFact& sign : kb.os_signs) {
    const bool meant = iequals(sign.id, name) || iequals(sign.name(), name);
    if (meant) entries.push_back(entry_of(sign, kb));
  }
  for (const knowledge::RpcInterfaceFact& row : kb.rpc_interfaces(name)) {
    entries.push_back(entry_of(row, kb));
  }
}

// Names that hold the text, the shortest first.
std::string near_names(std::string_view text, const Knowledge& kb) {
  std::vector<std::string> names;
  const auto look_at = [&](const auto& row) {
    const bool meant = icontains(row.id, text) || icontains(row.title, text);
    if (meant && std::find(names.begin(), names.end(), row.id) == names.end()) {
      names.emplace_back(row.id);
    }
  };
  for (const KbKind kind : kNamedKinds) {
    each_row(kind, Os::unknown, kb, [&](const auto& row) {
      if constexpr (
          requires { row.id; } && requires { row.title; })
        look_at(row);
    });
  }
  std::stable_sort(names.begin(), names.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
  if (names.size() > kNearNamesMax) names.resize(kNearNamesMax);
  return names.empty() ? "; `deadlight kb list KIND` shows the names there are"
                       : "; near are " + join(names, ", ");
}

}  // namespace

Result<std::vector<KbEntry>> find_entries(std::string_view subject, const Knowledge& kb) {
  subject = trim(subject);
  if (subject.empty()) {
    return fail(Errc::malformed,
                "show what? Give a service, a feature, a closer, a role, a port (445/tcp), the "
                "UUID of an RPC interface or a NetBIOS suffix (<20>)");
  }
  if (is_suffix(subject)) return of_suffix(subject, kb);
  std::vector<KbEntry> entries;
  add_named(entries, subject, kb);
  if (!entries.empty()) return entries;
  if (const auto port = parse_port(subject)) {
    if (!*port) return tl::unexpected(port->error());
    return of_port(**port, kb);
  }
  return fail(Errc::not_found,
              fmt::format("'{}' is not in the knowledge base{}", subject, near_names(subject, kb)));
}

}  // namespace deadlight::report
