#include "execute/linux/host_view.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>
#include <optional>

#include "base/text.h"
#include "base/unit_name.h"

namespace deadlight::execute {
namespace {

constexpr std::size_t kAncestorsMax = 64;
constexpr std::size_t kProcBytesMax = 16 * 1024;

struct FreeAddresses {
  void operator()(ifaddrs* addresses) const { freeifaddrs(addresses); }
};

// The bytes of an address of either family; empty for another one.
std::vector<std::uint8_t> bytes_of(const sockaddr* address) {
  std::vector<std::uint8_t> bytes;
  if (address == nullptr) return bytes;
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    bytes.resize(sizeof v4.sin_addr);
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
  } else if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    bytes.resize(sizeof v6.sin6_addr);
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  }
  return bytes;
}

std::string network_of(const ifaddrs& interface) {
  std::vector<std::uint8_t> address = bytes_of(interface.ifa_addr);
  const std::vector<std::uint8_t> mask = bytes_of(interface.ifa_netmask);
  if (address.empty() || mask.size() != address.size()) return {};
  int bits = 0;
  for (std::size_t i = 0; i < address.size(); ++i) {
    address[i] = static_cast<std::uint8_t>(address[i] & mask[i]);
    bits += std::popcount(mask[i]);
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (inet_ntop(interface.ifa_addr->sa_family, address.data(), text.data(), text.size()) ==
      nullptr) {
    return {};
  }
  return fmt::format("{}/{}", text.data(), bits);
}

std::string read_proc(const Root& root, const std::string& path) {
  const Result<std::optional<UniqueFd>> file = root.open_at(path, O_RDONLY);
  if (!file || !*file) return {};
  std::string text(kProcBytesMax, '\0');
  const ssize_t size = read((*file)->get(), text.data(), text.size());
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

// "Name:  value" of /proc/PID/status.
std::string_view field_of(std::string_view status, std::string_view name) {
  for (const std::string_view line : split(status, '\n')) {
    if (line.starts_with(name)) return trim(line.substr(name.size()));
  }
  return {};
}

template <class Append>
void append_all(std::vector<std::string>& to, const Append& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

Result<UnitFacts> LiveUnits::facts(const std::string& unit) {
  const linux_host::Bus::Properties said = DEADLIGHT_TRY(bus_.unit(unit));
  const std::string_view load = said.text("LoadState");
  const std::string_view state = said.text("ActiveState");
  UnitFacts facts;
  facts.id = said.text("Id");
  facts.names = said.list("Names");
  facts.masked = load == "masked";
  facts.active = state == "active" || state == "activating" || state == "reloading";
  facts.there = load != "not-found" || facts.active;
  facts.transient = said.flag("Transient");
  facts.refuses_stop = said.flag("RefuseManualStop");
  facts.triggered_by = said.list("TriggeredBy");
  facts.triggers = said.list("Triggers");
  // Those of systemd's dependencies that carry a stop over (unit-dependency-atom.c).
  for (const char* name :
       {"RequiredBy", "RequisiteOf", "BoundBy", "ConsistsOf", "PropagatesStopTo"}) {
    append_all(facts.stops_with_it, said.list(name));
  }
  for (const char* name : {"WantedBy", "RequiredBy", "BoundBy", "UpheldBy"}) {
    append_all(facts.pulled_in_by, said.list(name));
  }
  return facts;
}

std::vector<std::string> own_networks() {
  std::vector<std::string> networks;
  ifaddrs* raw = nullptr;
  if (getifaddrs(&raw) != 0) return networks;
  const std::unique_ptr<ifaddrs, FreeAddresses> all(raw);
  for (const ifaddrs* one = raw; one != nullptr; one = one->ifa_next) {
    if ((one->ifa_flags & IFF_LOOPBACK) != 0) continue;
    const std::string network = network_of(*one);
    if (!network.empty() &&
        std::find(networks.begin(), networks.end(), network) == networks.end()) {
      networks.push_back(network);
    }
  }
  std::sort(networks.begin(), networks.end());
  return networks;
}

std::vector<std::uint32_t> ancestors(const Root& root) {
  std::vector<std::uint32_t> pids;
  std::optional<std::uint32_t> pid = static_cast<std::uint32_t>(getpid());
  while (pid && *pid > 1 && pids.size() < kAncestorsMax) {
    pids.push_back(*pid);
    const std::string status = read_proc(root, fmt::format("/proc/{}/status", *pid));
    pid = number<std::uint32_t>(field_of(status, "PPid:"));
  }
  return pids;
}

std::vector<std::string> login_path(const Root& root) {
  std::vector<std::string> units;
  for (const std::uint32_t pid : ancestors(root)) {
    const std::string cgroups = read_proc(root, fmt::format("/proc/{}/cgroup", pid));
    for (const std::string_view line : split(cgroups, '\n')) {
      const std::string unit(unit_in_path(trim(line.substr(line.rfind(':') + 1))));
      if (!unit.empty() && std::find(units.begin(), units.end(), unit) == units.end()) {
        units.push_back(unit);
      }
    }
  }
  return units;
}

void add_settle(StepActs& step, const Settle& settle) {
  const bool there = std::any_of(
      step.settles.begin(), step.settles.end(),
      [&settle](const Settle& one) { return one.kind == settle.kind && one.unit == settle.unit; });
  if (!there) step.settles.push_back(settle);
}

}  // namespace deadlight::execute
