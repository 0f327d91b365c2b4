#include "knowledge/knowledge.h"

#include <algorithm>
#include <functional>
#include <string>

#include "base/text.h"
#include "knowledge/names.h"

namespace deadlight::knowledge {
namespace {

template <class Row>
const Row* find_row(List<Row> rows, Text id) {
  const auto at = std::lower_bound(rows.begin(), rows.end(), id, [](const Row& row, Text wanted) {
    return iless(row.id, wanted);
  });
  return at != rows.end() && iequals(at->id, id) ? &*at : nullptr;
}

// "ifup@.service" for the instance "ifup@eth0.service" (systemd.unit(5)); empty for other names.
std::string template_of(Text unit) {
  const auto at = unit.find('@');
  const auto dot = unit.rfind('.');
  if (at == Text::npos || dot == Text::npos || dot <= at + 1) return {};
  return std::string(unit.substr(0, at + 1)).append(unit.substr(dot));
}

bool is_in(const GroupFact& group, Text service, Os os) {
  return group.os.contains(os) && lists(group.services, service);
}

const GroupFact* find_group(List<GroupFact> groups, Text service, Os os) {
  const auto at = std::find_if(groups.begin(), groups.end(), [service, os](const GroupFact& row) {
    return is_in(row, service, os);
  });
  return at == groups.end() ? nullptr : &*at;
}

// The rows with that key, which are neighbours.
template <class Row, class Key, class KeyOf, class Less>
List<Row> equal_rows(List<Row> rows, const Key& wanted, KeyOf key_of, Less less) {
  const auto first = std::lower_bound(
      rows.begin(), rows.end(), wanted,
      [&](const Row& row, const Key& key) { return less(std::invoke(key_of, row), key); });
  const auto last = std::find_if(
      first, rows.end(), [&](const Row& row) { return less(wanted, std::invoke(key_of, row)); });
  return {first, last};
}

const ServiceFact* find_service(const Knowledge& kb, Text id_or_alias) {
  if (const ServiceFact* row = find_row(kb.services, id_or_alias)) return row;
  const List<AliasFact> rows = equal_rows(kb.aliases, id_or_alias, &AliasFact::alias, iless);
  return rows.empty() ? nullptr : find_row(kb.services, rows.front().id);
}

}  // namespace

bool lists(List<Text> texts, Text wanted) {
  return std::any_of(texts.begin(), texts.end(),
                     [wanted](Text text) { return iequals(text, wanted); });
}

std::string_view certainty_id(Certainty certainty) { return name_of(kCertainties, certainty); }
std::string_view effect_id(Effect effect) { return name_of(kEffects, effect); }
std::string_view when_id(When when) { return name_of(kWhens, when); }
std::string_view change_kind_id(ChangeKind kind) { return name_of(kChangeKinds, kind); }
std::string_view netbios_type_id(NetbiosType type) { return name_of(kNetbiosTypes, type); }
std::string_view smb_side_id(SmbSide side) { return name_of(kSmbSides, side); }
std::string_view edition_id(Edition edition) { return name_of(kEditions, edition); }

std::string_view phase_title(Phase phase) {
  static constexpr Name<Phase> kTitles[] = {
      {Phase::services, "Unused services"},
      {Phase::netbt, "NetBIOS over TCP/IP"},
      {Phase::smb, "Raw SMB"},
      {Phase::rpc, "RPC servers"},
      {Phase::dcom, "DCOM"},
      {Phase::leftovers, "Leftovers"},
  };
  return name_of(kTitles, phase);
}

OsSet OsSignFact::systems() const {
  const OsSet all = OsSet::of(os);
  switch (edition) {
    case Edition::any:
      return all;
    case Edition::client:
      return all & kClientSystems;
    case Edition::server:
      return all & kServerSystems;
  }
  return {};
}

const SourceFact* Knowledge::source(Text id) const { return find_row(sources, id); }
const CapabilityFact* Knowledge::capability(Text id) const { return find_row(capabilities, id); }
const FeatureFact* Knowledge::feature(Text id) const { return find_row(features, id); }
const CloserFact* Knowledge::closer(Text id) const { return find_row(closers, id); }
const RoleFact* Knowledge::role(Text id) const { return find_row(roles, id); }

const ServiceFact* Knowledge::service(Text id_or_alias) const {
  if (const ServiceFact* row = find_service(*this, id_or_alias)) return row;
  const std::string unit = template_of(id_or_alias);
  return unit.empty() ? nullptr : find_service(*this, unit);
}

const PortFact* Knowledge::port(Protocol protocol, std::uint16_t number) const {
  const auto wanted = std::pair(protocol, number);
  const auto at = std::lower_bound(
      ports.begin(), ports.end(), wanted,
      [](const PortFact& row, const auto& key) { return std::pair(row.protocol, row.port) < key; });
  return at != ports.end() && std::pair(at->protocol, at->port) == wanted ? &*at : nullptr;
}

List<RpcInterfaceFact> Knowledge::rpc_interfaces(Text uuid) const {
  if (uuid.starts_with('{') && uuid.ends_with('}')) uuid = uuid.substr(1, uuid.size() - 2);
  return equal_rows(rpc, uuid, &RpcInterfaceFact::uuid, iless);
}

List<NetbiosSuffixFact> Knowledge::netbios_suffixes(std::uint8_t suffix) const {
  return equal_rows(netbios, suffix, &NetbiosSuffixFact::suffix, std::less<>());
}

std::optional<RegisteredName> Knowledge::registered(Protocol protocol, std::uint16_t number) const {
  for (const RegisteredPort& row :
       equal_rows(registry.ports, number, &RegisteredPort::port, std::less<>())) {
    const bool is_row =
        (protocol == Protocol::tcp && row.tcp) || (protocol == Protocol::udp && row.udp);
    if (!is_row) continue;
    const Text text = registry.pages[row.page].substr(row.begin);
    return RegisteredName{text.substr(0, row.name_size),
                          text.substr(row.name_size, row.description_size)};
  }
  return std::nullopt;
}

std::string Knowledge::service_id(Text id_or_alias) const {
  const ServiceFact* row = service(id_or_alias);
  return std::string(row != nullptr ? row->id : id_or_alias);
}

std::vector<const GroupFact*> Knowledge::groups_of(Text service_name, Os os) const {
  std::vector<const GroupFact*> result;
  const ServiceFact* row = service(service_name);
  for (const GroupFact& group : groups) {
    if (is_in(group, service_name, os) || (row != nullptr && is_in(group, row->id, os))) {
      result.push_back(&group);
    }
  }
  return result;
}

const GroupFact* Knowledge::group_of(Text service_name, Os os) const {
  if (const GroupFact* group = find_group(groups, service_name, os)) return group;
  const ServiceFact* row = service(service_name);
  const bool is_alias = row != nullptr && !iequals(row->id, service_name);
  return is_alias ? find_group(groups, row->id, os) : nullptr;
}

Text Knowledge::image_of(const ServiceFact& row, Os os) const {
  if (row.kind == ServiceKind::driver) return "System";
  if (const GroupFact* group = group_of(row.id, os)) return group->image;
  for (const HostedFact& hosted : row.hosted) {
    if (hosted.os.contains(os) && !hosted.image.empty()) return hosted.image;
  }
  return {};
}

std::vector<OsSign> Knowledge::signs() const {
  std::vector<OsSign> result;
  result.reserve(os_signs.size());
  for (const OsSignFact& row : os_signs) {
    const auto kind = row.image.empty() ? OsSign::Kind::service : OsSign::Kind::image;
    result.push_back({kind, row.name(), row.systems()});
  }
  return result;
}

}  // namespace deadlight::knowledge
