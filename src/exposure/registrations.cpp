#include "exposure/registrations.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "exposure/processes.h"

namespace deadlight {
namespace {

using knowledge::RpcInterfaceFact;

constexpr std::size_t kReasonsMax = 4;  // a process that shares lists dozens
constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;
constexpr std::string_view kWebWorker = "w3wp.exe";
constexpr std::string_view kWebService = "W3SVC";

void explain(Registered& registered, std::string reason) {
  if (registered.because.size() < kReasonsMax) registered.because.push_back(std::move(reason));
}

std::optional<Protocol> transport_of(std::string_view sequence) {
  if (iequals(sequence, "ncacn_ip_tcp")) return Protocol::tcp;
  if (iequals(sequence, "ncadg_ip_udp")) return Protocol::udp;
  return std::nullopt;
}

// Whose interface it is. Two services may use one UUID on different systems: where the base has
// seen it on this one, only that counts.
std::set<std::string, ILess> services_of(std::string_view uuid, const SystemFacts& system) {
  std::set<std::string, ILess> here;
  std::set<std::string, ILess> anywhere;
  for (const RpcInterfaceFact& row : system.kb->rpc_interfaces(uuid)) {
    // A row without services is any program's.
    if (row.services.empty()) return {};
    for (const std::string_view service : row.services) {
      anywhere.emplace(service);
      if (row.os.contains(system.os)) here.emplace(service);
    }
  }
  return here.empty() ? anywhere : here;
}

// "http://+:5985/wsman/", "https://[::1]:443/", "http://*/": the port, or that of the scheme.
std::optional<std::uint16_t> port_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  const std::string_view rest = url.substr(scheme + 3);
  const std::string_view host = rest.substr(0, rest.find('/'));
  const auto colon = host.rfind(':');
  if (colon == std::string_view::npos || host.ends_with(']')) {
    return istarts_with(url, "https") ? kHttpsPort : kHttpPort;
  }
  // A site of its own address: "http://+:80:10.0.0.3/".
  const auto first = host.starts_with('[') ? colon : host.find(':');
  const std::string_view port = host.substr(first + 1);
  return number<std::uint16_t>(port.substr(0, port.find(':')));
}

}  // namespace

Registrations::Registrations(const Snapshot& snapshot, const SystemFacts& system) {
  for (const RpcEndpoint& endpoint : snapshot.rpc) add(endpoint, snapshot, system);
  ProcessIndex processes;
  if (!snapshot.urls.empty()) {
    for (const Process& process : snapshot.processes) processes.emplace(process.pid, &process);
  }
  for (const HttpUrl& url : snapshot.urls) {
    add(url, snapshot, processes);
  }
}

void Registrations::add(const RpcEndpoint& endpoint, const Snapshot& snapshot,
                        const SystemFacts& system) {
  const auto protocol = transport_of(endpoint.sequence);
  const auto port = number<std::uint16_t>(endpoint.endpoint);
  if (!protocol || !port || *port == 0) return;
  Registered& registered = rpc_[{*protocol, *port}];
  const std::set<std::string, ILess> services = services_of(endpoint.interface_id, system);
  registered.alone = false;
  if (services.size() == 1) {
    if (!registered.services.insert(*services.begin()).second) return;
    explain(registered, fmt::format("the RPC endpoint map registers an interface of {} there ({})",
                                    *services.begin(), source_text(snapshot, endpoint.sources)));
    return;
  }
  registered.others = true;
  explain(registered,
          fmt::format("the RPC endpoint map registers {}{} there ({})", endpoint.interface_id,
                      endpoint.annotation.empty() ? "" : " '" + endpoint.annotation + "'",
                      source_text(snapshot, endpoint.sources)));
}

void Registrations::add(const HttpUrl& url, const Snapshot& snapshot,
                        const ProcessIndex& processes) {
  const auto port = port_of(url.url);
  if (!port || url.reserved) return;
  Registered& registered = urls_[*port];
  registered.others |= url.pids.empty();
  for (const std::uint32_t pid : url.pids) {
    const auto found = processes.find(pid);
    const Process* process = found != processes.end() ? found->second : nullptr;
    explain(registered, fmt::format("HTTP.sys serves {} for PID {}{} ({})", url.url, pid,
                                    process != nullptr ? " (" + process->image + ")" : "",
                                    source_text(snapshot, url.sources)));
    if (process != nullptr && iequals(process->image, kWebWorker)) {
      registered.services.emplace(kWebService);
    } else if (process != nullptr && process->services.size() == 1) {
      registered.services.insert(process->services.front());
      registered.alone &= process->services_known;
    } else {
      registered.others = true;
    }
  }
}

const Registered* Registrations::rpc(Protocol protocol, std::uint16_t port) const {
  const auto found = rpc_.find({protocol, port});
  return found != rpc_.end() ? &found->second : nullptr;
}

const Registered* Registrations::urls(std::uint16_t port) const {
  const auto found = urls_.find(port);
  return found != urls_.end() ? &found->second : nullptr;
}

}  // namespace deadlight
