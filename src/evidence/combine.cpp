#include "evidence/combine.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace deadlight::evidence {
namespace {

using SocketKey = std::pair<Protocol, std::uint16_t>;

template <class T>
void move_facts(std::vector<T>& into, std::vector<T>& from, std::uint32_t evidence_offset) {
  for (T& fact : from) {
    for (SourceRef& source : fact.sources) source.evidence += evidence_offset;
  }
  if (into.empty()) {
    into = std::move(from);
    return;
  }
  into.insert(into.end(), std::make_move_iterator(from.begin()),
              std::make_move_iterator(from.end()));
}

template <class T>
void move_all(std::vector<T>& into, std::vector<T>& from) {
  into.insert(into.end(), std::make_move_iterator(from.begin()),
              std::make_move_iterator(from.end()));
}

bool is_unaddressed(const Endpoint& endpoint) { return endpoint.local.is_unnamed(); }

/// A closed connection's row has no owner any more; what `connected` stands for may be closed.
bool can_have_owner(const Endpoint& endpoint) {
  return endpoint.state != State::time_wait && endpoint.state != State::closed &&
         endpoint.state != State::connected;
}

void give_owner(Endpoint& to, const Endpoint& owner, std::vector<std::string>& notes) {
  if (to.pid && *to.pid != *owner.pid) {
    notes.push_back(
        fmt::format("{} has PID {}, but another tool names PID {} for the port: the first is kept; "
                    "are the files of one host and time?",
                    endpoint_text(to), *to.pid, *owner.pid));
    return;
  }
  to.pid = owner.pid;
  if (to.process.empty()) to.process = owner.process;
  to.sources.append(owner.sources);
}

/// Owners by port. One port with two owners says nothing of either address.
struct Owners {
  std::map<SocketKey, Endpoint> single;
  std::map<SocketKey, std::size_t> rows;
  std::set<SocketKey> shared;
};

/// Ports with more listeners than rows that name their owners: two processes may have them, the row
/// of one of which is lost. The kernel has a port at each adapter (NetBT).
void share_crowded_ports(const std::vector<Endpoint>& endpoints, Owners& owners) {
  constexpr std::string_view kAnyAddress = "*";
  std::map<SocketKey, std::set<std::string, std::less<>>> listeners;
  for (const Endpoint& endpoint : endpoints) {
    if (is_unaddressed(endpoint) || !endpoint.is_open()) continue;
    const SocketKey key{endpoint.protocol, endpoint.port};
    if (!owners.single.contains(key)) continue;
    const bool any = endpoint.local.ip && endpoint.local.ip->is_any();
    listeners[key].insert(any ? std::string(kAnyAddress) : endpoint.local.text());
  }
  for (const auto& [key, addresses] : listeners) {
    const bool one_each = iequals(owners.single.at(key).process, "System");
    if (one_each && !addresses.contains(kAnyAddress)) continue;
    if (owners.rows[key] < addresses.size()) owners.shared.insert(key);
  }
}

Owners collect_owners(const std::vector<Endpoint>& endpoints) {
  Owners owners;
  for (const Endpoint& endpoint : endpoints) {
    // PID 0 stands where nobody has the socket any more.
    if (!is_unaddressed(endpoint) || endpoint.pid.value_or(0) == 0) continue;
    const SocketKey key{endpoint.protocol, endpoint.port};
    const auto [known, fresh] = owners.single.emplace(key, endpoint);
    if (!fresh && known->second.pid != endpoint.pid) owners.shared.insert(key);
    ++owners.rows[key];
  }
  if (!owners.single.empty()) share_crowded_ports(endpoints, owners);
  return owners;
}

/// Evidence that shows listeners at their addresses, not only connections.
std::set<std::uint32_t> lists_of_listeners(const std::vector<Endpoint>& endpoints) {
  std::set<std::uint32_t> lists;
  for (const Endpoint& endpoint : endpoints) {
    if (!endpoint.is_open() || endpoint.protocol != Protocol::tcp || is_unaddressed(endpoint)) {
      continue;
    }
    for (const SourceRef& source : endpoint.sources) lists.insert(source.evidence);
  }
  return lists;
}

}  // namespace

void append(Snapshot& into, Snapshot from) {
  const auto offset = static_cast<std::uint32_t>(into.evidence.size());
  move_all(into.evidence, from.evidence);
  move_facts(into.endpoints, from.endpoints, offset);
  move_facts(into.processes, from.processes, offset);
  move_facts(into.services, from.services, offset);
  move_facts(into.started, from.started, offset);
  into.started_known = into.started_known || from.started_known;
  move_facts(into.settings, from.settings, offset);
  move_facts(into.rpc, from.rpc, offset);
  move_facts(into.urls, from.urls, offset);
  move_facts(into.firewall, from.firewall, offset);
  move_facts(into.outside, from.outside, offset);
  move_all(into.unread, from.unread);
  move_all(into.skipped, from.skipped);
  move_all(into.notes, from.notes);
}

void join_unaddressed(Snapshot& snapshot) {
  const Owners owners = collect_owners(snapshot.endpoints);
  if (owners.single.empty()) return;
  const std::set<std::uint32_t> listeners = lists_of_listeners(snapshot.endpoints);
  std::set<SocketKey> joined;
  for (Endpoint& endpoint : snapshot.endpoints) {
    const SocketKey key{endpoint.protocol, endpoint.port};
    const auto owner = owners.single.find(key);
    if (is_unaddressed(endpoint) || owner == owners.single.end()) continue;
    if (owners.shared.contains(key) || !can_have_owner(endpoint)) continue;
    // netstat without -a shows connections only: their ports may be listened on as well.
    const bool whole =
        std::any_of(endpoint.sources.begin(), endpoint.sources.end(),
                    [&](const SourceRef& source) { return listeners.contains(source.evidence); });
    give_owner(endpoint, owner->second, snapshot.notes);
    if (endpoint.is_open() || whole) joined.insert(key);
  }
  for (const auto& [protocol, port] : owners.shared) {
    snapshot.notes.push_back(
        fmt::format("several sockets hold {}/{}, and the tool that names their processes names no "
                    "address: all are kept",
                    port, protocol_id(protocol)));
  }
  std::erase_if(snapshot.endpoints, [&](const Endpoint& endpoint) {
    return is_unaddressed(endpoint) && joined.contains({endpoint.protocol, endpoint.port});
  });
}

void services_to_processes(Snapshot& snapshot) {
  for (const Service& service : snapshot.services) {
    if (!service.pid || service.state == ServiceState::stopped) continue;
    Process process;
    process.pid = *service.pid;
    process.services = {service.name};
    process.sources = service.sources;
    snapshot.processes.push_back(std::move(process));
  }
}

void settings_to_services(Snapshot& snapshot) {
  constexpr std::string_view kServices = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\";
  for (const Setting& setting : snapshot.settings) {
    if (!istarts_with(setting.key, kServices)) continue;
    const std::string_view name = std::string_view(setting.key).substr(kServices.size());
    if (name.empty() || name.find('\\') != std::string_view::npos) continue;
    Service service;
    service.name = name;
    service.sources = setting.sources;
    if (iequals(setting.name, "Start") && setting.data.size() == 1 && setting.data[0] >= '0' &&
        setting.data[0] <= '4') {
      service.start = static_cast<StartType>(setting.data[0] - '0' + 1);
    } else if (iequals(setting.name, "DependOnService")) {
      for (const std::string_view part : split(setting.data, ';')) {
        if (!trim(part).empty()) service.depends_on.emplace_back(trim(part));
      }
    } else if (iequals(setting.name, "DisplayName") && !setting.data.starts_with('@')) {
      service.title = setting.data;  // "@file.dll,-5" only points to a text
    } else {
      continue;
    }
    snapshot.services.push_back(std::move(service));
  }
}

}  // namespace deadlight::evidence
