#include "host/linux/unit_states.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "host/linux/net_namespace.h"

namespace deadlight::linux_host {
namespace {

constexpr std::size_t kUnitsMax = 1000;
constexpr std::size_t kNamesMax = 50;  ///< in one list of a unit's state
constexpr std::uint32_t kInit = 1;
constexpr std::string_view kSocket = ".socket";

bool is_socket(std::string_view unit) { return unit.ends_with(kSocket); }

bool is_held_by_init(const Endpoint& endpoint) {
  return endpoint.is_open() && endpoint.live && endpoint.net_namespace().empty() &&
         endpoint.pid == kInit;
}

// As systemd writes what a socket unit listens on: a device is a setting of its own.
std::string listen_text(const Endpoint& endpoint) {
  Address address = endpoint.local;
  if (address.ip && !address.ip->is_link_local()) address.ip->zone = {};
  return fmt::format("{} {}", endpoint.protocol == Protocol::tcp ? "Stream" : "Datagram",
                     socket_text(address, endpoint.port));
}

// Names of units of a user's manager, or of one in a container, say nothing of this system's units.
bool is_of_system(const Endpoint& endpoint) {
  const std::string_view cgroup = endpoint.live ? endpoint.live->cgroup : std::string_view();
  const std::string_view unit = endpoint.unit;
  return (unit.ends_with(".service") || is_socket(unit)) && !cgroup.starts_with("/user.slice/") &&
         container_of_cgroup(cgroup).empty();
}

std::vector<std::string> list_of(const Bus::Properties& said, std::string_view name) {
  std::vector<std::string> list = said.list(name);
  if (list.size() > kNamesMax) list.resize(kNamesMax);
  std::sort(list.begin(), list.end());
  return list;
}

UnitState state_of(const Bus::Properties& said) {
  UnitState state;
  state.active = said.text("ActiveState");
  state.enablement = said.text("UnitFileState");
  state.preset = said.text("UnitFilePreset");
  state.triggers = list_of(said, "Triggers");
  state.triggered_by = list_of(said, "TriggeredBy");
  state.required_by = list_of(said, "RequiredBy");
  state.drop_ins = list_of(said, "DropInPaths");
  return state;
}

}  // namespace

/// True if nobody answers, so that there is no use in asking again.
bool Units::failed(const Error& error) {
  if (error.code != Errc::unsupported) return false;
  failure_ = error.message;
  return true;
}

const Units::SocketUnit* Units::socket_unit(const std::string& name) {
  const auto [at, fresh] = sockets_.try_emplace(name);
  SocketUnit& unit = at->second;
  if (!fresh || !failure_.empty()) return &unit;
  unit.name = name;
  const Result<Bus::Properties> own = bus_.own_properties(name);
  if (!own) {
    failed(own.error());
    return &unit;
  }
  unit.listens = own->list("Listen");
  // With Accept= each visitor gets an instance of a template, which is not there before.
  if (own->flag("Accept")) {
    unit.service = name.substr(0, name.size() - kSocket.size()) + "@.service";
  } else if (const Result<Bus::Properties> said = bus_.unit(name)) {
    const std::vector<std::string> triggers = said->list("Triggers");
    if (!triggers.empty()) unit.service = triggers.front();
  }
  return &unit;
}

void Units::load_sockets() {
  if (all_loaded_) return;
  all_loaded_ = true;
  const Result<std::vector<std::string>> names = bus_.loaded("*.socket");
  if (!names) {
    failed(names.error());
    return;
  }
  for (std::size_t i = 0; i < std::min(names->size(), kUnitsMax); ++i) {
    static_cast<void>(socket_unit((*names)[i]));
  }
}

const Units::SocketUnit* Units::listening(const Endpoint& endpoint) {
  load_sockets();
  const std::string wanted = listen_text(endpoint);
  for (const auto& [name, unit] : sockets_) {
    if (std::find(unit.listens.begin(), unit.listens.end(), wanted) != unit.listens.end()) {
      return &unit;
    }
  }
  return nullptr;
}

void Units::name_sockets(std::vector<Endpoint>& endpoints) {
  for (Endpoint& endpoint : endpoints) {
    if (!is_held_by_init(endpoint) || !failure_.empty()) continue;
    const SocketUnit* unit =
        is_socket(endpoint.unit.str()) ? socket_unit(endpoint.unit.str()) : listening(endpoint);
    if (unit == nullptr) continue;
    if (!unit->name.empty()) endpoint.unit = unit->name;
    endpoint.live->activates = unit->service;
  }
}

void Units::add_states(Snapshot& snapshot) {
  std::set<std::string, std::less<>> wanted;
  for (const Endpoint& endpoint : snapshot.endpoints) {
    if (endpoint.is_open() && is_of_system(endpoint)) wanted.insert(endpoint.unit);
  }
  std::size_t asked = 0;
  for (Service& service : snapshot.services) {
    if (!wanted.contains(service.name)) continue;
    if (!failure_.empty() || ++asked > kUnitsMax) return;
    const Result<Bus::Properties> said = bus_.unit(service.name);
    if (said) {
      service.unit = state_of(*said);
    } else {
      failed(said.error());
    }
  }
}

}  // namespace deadlight::linux_host
