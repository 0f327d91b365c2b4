#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/text.h"
#include "model/snapshot.h"

/// Facts as one line of text each, so that a test can list what it expects.
namespace deadlight::evidence::test {

/// "884 svchost.exe: RpcSs, …"; without the colon if its services are not known.
inline std::vector<std::string> processes(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const Process& process : snapshot.processes) {
    std::string row = fmt::format("{} {}", process.pid, process.image);
    if (process.services_known || !process.services.empty()) {
      row += (process.services_known ? ": " : "? ") + join(process.services, ", ");
    }
    if (!process.command_line.empty()) row += " (" + process.command_line + ")";
    out.push_back(std::move(row));
  }
  return out;
}

/// "Dnscache 'DNS Client' running automatic 1112 [command] <dependency, …>"
inline std::vector<std::string> service_rows(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const Service& service : snapshot.services) {
    std::string row = fmt::format("{} '{}' {} {}", service.name, service.title,
                                  service_state_id(service.state), start_type_id(service.start));
    if (service.pid) row += fmt::format(" {}", *service.pid);
    if (!service.command.empty()) row += fmt::format(" [{}]", service.command);
    if (!service.depends_on.empty()) row += fmt::format(" <{}>", join(service.depends_on, ", "));
    out.push_back(std::move(row));
  }
  return out;
}

/// "1ff70682… v1.0 'annotation' ncacn_ip_tcp:10.0.0.5[1025]"
inline std::vector<std::string> rpc_rows(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const RpcEndpoint& rpc : snapshot.rpc) {
    out.push_back(fmt::format("{} v{} '{}' {}:{}[{}]", rpc.interface_id.substr(0, 8), rpc.version,
                              rpc.annotation, rpc.sequence, rpc.address, rpc.endpoint));
  }
  return out;
}

/// "http://+:80/ DefaultAppPool 3248" or "http://+:80/ reserved for account"
inline std::vector<std::string> url_rows(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const HttpUrl& url : snapshot.urls) {
    std::string row = url.url;
    if (url.reserved) row += " reserved for " + url.account;
    if (!url.queue.empty()) row += ' ' + url.queue;
    for (const std::uint32_t pid : url.pids) row += fmt::format(" {}", pid);
    out.push_back(std::move(row));
  }
  return out;
}

/// "name: on in allow tcp 80 from any in domain [program] <service>"
inline std::vector<std::string> firewall_rows(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const FirewallRule& rule : snapshot.firewall) {
    std::string row =
        fmt::format("{}: {} {} {} {} {} from {} in {}", rule.name, rule.enabled ? "on" : "off",
                    rule.inbound ? "in" : "out", rule.allow ? "allow" : "block", rule.protocol,
                    rule.local_port, rule.remote, rule.profiles);
    if (!rule.program.empty()) row += fmt::format(" [{}]", rule.program);
    if (!rule.service.empty()) row += fmt::format(" <{}>", rule.service);
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace deadlight::evidence::test
