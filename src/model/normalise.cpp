#include <array>
#include <numeric>
#include <set>
#include <tuple>

#include "model/normalise_parts.h"

namespace deadlight {
namespace {

/// Sorts the evidence, joins equal entries and renumbers every reference to them.
class EvidenceOrder {
 public:
  explicit EvidenceOrder(Snapshot& snapshot) {
    std::vector<Evidence>& evidence = snapshot.evidence;
    std::vector<std::uint32_t> order(evidence.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto key = [&](std::uint32_t i) { return std::tie(evidence[i].name, evidence[i].kind); };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
    std::vector<Evidence> sorted;
    new_index_.resize(evidence.size());
    for (const std::uint32_t old : order) {
      if (sorted.empty() || key(old) != std::tie(sorted.back().name, sorted.back().kind)) {
        sorted.push_back(evidence[old]);
      }
      new_index_[old] = static_cast<std::uint32_t>(sorted.size() - 1);
    }
    evidence = std::move(sorted);
  }

  void renumber(Sources& sources) const {
    for (SourceRef& source : sources) {
      if (source.evidence < new_index_.size()) source.evidence = new_index_[source.evidence];
    }
    sources.normalise();
  }

 private:
  std::vector<std::uint32_t> new_index_;
};

/// The longer of two names of one program says more: "inetinfo.exe" rather than "inetinfo".
void take_image(Process& to, Process& from, Snapshot& snapshot) {
  if (from.image.empty()) return;
  if (to.image.empty()) {
    to.image = std::move(from.image);
  } else if (is_same_image(to.image, from.image)) {
    const auto key = [](const std::string& name) { return std::pair(name.size(), name); };
    if (key(from.image) > key(to.image)) to.image = std::move(from.image);
  } else {
    snapshot.notes.push_back(fmt::format(
        "PID {} is {} in {} and {} in {}: the first is kept; are the files of one host and time?",
        to.pid, to.image, describe_source(snapshot, to.sources), from.image,
        describe_source(snapshot, from.sources)));
  }
}

void normalise_processes(Snapshot& snapshot) {
  std::vector<Process>& all = snapshot.processes;
  sort_facts(all, [](const Process& a, const Process& b) {
    const auto key = [](const Process& p) { return std::tie(p.pid, p.image, p.path, p.services); };
    if (key(a) != key(b)) return key(a) < key(b);
    return sources_before(a.sources, b.sources);
  });
  std::vector<Process> merged;
  for (Process& process : all) {
    if (merged.empty() || merged.back().pid != process.pid) {
      merged.push_back(std::move(process));
      continue;
    }
    Process& to = merged.back();
    take_image(to, process, snapshot);
    fill(to.path, process.path);
    fill(to.command_line, process.command_line);
    fill(to.package, process.package);
    to.services_known = to.services_known || process.services_known;
    append(to.services, process.services);
    to.sources.append(process.sources);
  }
  for (Process& process : merged) {
    sort_names(process.services);
    process.sources.normalise();
  }
  all = std::move(merged);
}

void merge_into(Service& to, Service& from, Snapshot& snapshot) {
  const auto differ = [&](std::string_view what, std::string_view a, std::string_view b) {
    snapshot.notes.push_back(fmt::format("service {} is {} in {} and {} in {}: {} is kept", to.name,
                                         a, describe_source(snapshot, to.sources), b,
                                         describe_source(snapshot, from.sources), what));
  };
  if (to.state == ServiceState::unknown) to.state = from.state;
  if (from.state != ServiceState::unknown && from.state != to.state) {
    differ(service_state_id(to.state), service_state_id(to.state), service_state_id(from.state));
  }
  if (to.start == StartType::unknown) to.start = from.start;
  if (from.start != StartType::unknown && from.start != to.start) {
    differ(start_type_id(to.start), start_type_id(to.start), start_type_id(from.start));
  }
  fill(to.title, from.title);
  fill(to.command, from.command);
  if (!to.unit) to.unit = std::move(from.unit);
  fill(to.pid, from.pid);
  append(to.depends_on, from.depends_on);
  to.sources.append(from.sources);
}

/// "ssh" of `service --status-all` is "ssh.service" where systemd runs: one service, two names.
void take_unit_names(Snapshot& snapshot) {
  constexpr std::string_view kSuffix = ".service";
  std::set<std::string_view> units;
  for (const Service& service : snapshot.services) {
    if (service.name.ends_with(kSuffix)) units.insert(service.name);
  }
  for (const Endpoint& endpoint : snapshot.endpoints) {
    const std::string_view unit = endpoint.unit;
    if (unit.ends_with(kSuffix)) units.insert(unit);
  }
  if (units.empty()) return;
  // Names are replaced at the end only: the set refers to them.
  std::vector<std::pair<Service*, std::string>> renamed;
  for (Service& service : snapshot.services) {
    std::string unit = service.name + std::string(kSuffix);
    if (units.contains(unit)) renamed.emplace_back(&service, std::move(unit));
  }
  for (auto& [service, unit] : renamed) service->name = std::move(unit);
}

void normalise_services(Snapshot& snapshot) {
  take_unit_names(snapshot);
  std::vector<Service>& all = snapshot.services;
  sort_facts(all, [](const Service& a, const Service& b) {
    if (!iequals(a.name, b.name)) return iless(a.name, b.name);
    const auto key = [](const Service& s) {
      return std::tie(s.state, s.start, s.name, s.title, s.pid, s.command, s.depends_on);
    };
    if (key(a) != key(b)) return key(a) < key(b);
    return sources_before(a.sources, b.sources);
  });
  std::vector<Service> merged;
  for (Service& service : all) {
    if (merged.empty() || !iequals(merged.back().name, service.name)) {
      merged.push_back(std::move(service));
    } else {
      merge_into(merged.back(), service, snapshot);
    }
  }
  for (Service& service : merged) {
    sort_names(service.depends_on);
    service.sources.normalise();
  }
  all = std::move(merged);
}

void normalise_settings(Snapshot& snapshot) {
  std::vector<Setting>& all = snapshot.settings;
  const auto same_value = [](const Setting& a, const Setting& b) {
    return iequals(a.key, b.key) && iequals(a.name, b.name);
  };
  sort_facts(all, [](const Setting& a, const Setting& b) {
    if (!iequals(a.key, b.key)) return iless(a.key, b.key);
    if (!iequals(a.name, b.name)) return iless(a.name, b.name);
    const auto key = [](const Setting& s) { return std::tie(s.type, s.data, s.key, s.name); };
    if (key(a) != key(b)) return key(a) < key(b);
    return sources_before(a.sources, b.sources);
  });
  std::vector<Setting> merged;
  for (Setting& setting : all) {
    if (merged.empty() || !same_value(merged.back(), setting)) {
      merged.push_back(std::move(setting));
      continue;
    }
    Setting& to = merged.back();
    if (to.data != setting.data) {
      snapshot.notes.push_back(fmt::format("{} {} is {} in {} and {} in {}: the first is kept",
                                           to.key, to.name, to.data,
                                           describe_source(snapshot, to.sources), setting.data,
                                           describe_source(snapshot, setting.sources)));
    }
    to.sources.append(setting.sources);
  }
  for (Setting& setting : merged) setting.sources.normalise();
  all = std::move(merged);
}

/// Sorts by `key`; facts that are equal in all of it become one with the sources of each.
template <class T, class Key>
void merge_equal(std::vector<T>& facts, Key key) {
  std::sort(facts.begin(), facts.end(), [&key](const T& a, const T& b) {
    if (key(a) != key(b)) return key(a) < key(b);
    return sources_before(a.sources, b.sources);
  });
  std::vector<T> merged;
  for (T& fact : facts) {
    if (merged.empty() || key(merged.back()) != key(fact)) {
      merged.push_back(std::move(fact));
    } else {
      merged.back().sources.append(fact.sources);
    }
  }
  for (T& fact : merged) fact.sources.normalise();
  facts = std::move(merged);
}

void normalise_rpc(std::vector<RpcEndpoint>& rpc) {
  merge_equal(rpc, [](const RpcEndpoint& e) {
    return std::tie(e.sequence, e.endpoint, e.address, e.interface_id, e.version, e.annotation);
  });
}

void normalise_urls(std::vector<HttpUrl>& urls) {
  for (HttpUrl& url : urls) {
    std::sort(url.pids.begin(), url.pids.end());
    url.pids.erase(std::unique(url.pids.begin(), url.pids.end()), url.pids.end());
  }
  merge_equal(urls, [](const HttpUrl& u) {
    return std::tie(u.url, u.reserved, u.queue, u.account, u.pids);
  });
}

void normalise_firewall(std::vector<FirewallRule>& rules) {
  merge_equal(rules, [](const FirewallRule& r) {
    return std::tie(r.name, r.inbound, r.enabled, r.allow, r.protocol, r.local_port, r.remote,
                    r.profiles, r.program, r.service);
  });
}

void normalise_outside(std::vector<OutsidePort>& ports) {
  merge_equal(ports, [](const OutsidePort& p) {
    return std::tuple(p.protocol, p.address.text(), p.port, p.answer, std::string_view(p.service));
  });
  // nmap -v names a port when it finds it, and again in its table, where it has a service.
  std::vector<OutsidePort> merged;
  for (OutsidePort& port : ports) {
    const OutsidePort* found = merged.empty() ? nullptr : &merged.back();
    if (found == nullptr || !found->service.empty() || found->protocol != port.protocol ||
        found->address != port.address || found->port != port.port ||
        found->answer != port.answer) {
      merged.push_back(std::move(port));
      continue;
    }
    port.sources.append(found->sources);
    port.sources.normalise();
    merged.back() = std::move(port);
  }
  ports = std::move(merged);
}

}  // namespace

void normalise(Snapshot& snapshot) {
  const EvidenceOrder order(snapshot);
  const auto renumber = [&order](auto& facts) {
    for (auto& fact : facts) order.renumber(fact.sources);
  };
  renumber(snapshot.endpoints);
  renumber(snapshot.processes);
  renumber(snapshot.services);
  renumber(snapshot.started);
  renumber(snapshot.settings);
  renumber(snapshot.rpc);
  renumber(snapshot.urls);
  renumber(snapshot.firewall);
  renumber(snapshot.outside);
  renumber(snapshot.other_sockets);
  normalise_processes(snapshot);  // endpoints ask for them
  normalise_endpoints(snapshot);
  normalise_services(snapshot);
  merge_equal(snapshot.started, [](const StartedTitle& s) { return std::string_view(s.title); });
  normalise_settings(snapshot);
  normalise_rpc(snapshot.rpc);
  normalise_urls(snapshot.urls);
  normalise_firewall(snapshot.firewall);
  normalise_outside(snapshot.outside);
  merge_equal(snapshot.other_sockets, [](const OtherSocket& s) {
    return std::tie(s.family, s.net_namespace, s.local, s.state, s.unit, s.process, s.pid, s.uid);
  });
  sort_unique(snapshot.unread, [](const Unread& a, const Unread& b) {
    return std::tie(a.file, a.line, a.reason) < std::tie(b.file, b.line, b.reason);
  });
  sort_unique(snapshot.skipped, [](const Skipped& a, const Skipped& b) {
    return std::tie(a.file, a.first_line, a.last_line) <
           std::tie(b.file, b.first_line, b.last_line);
  });
  sort_unique(snapshot.notes, std::less<>());
}

}  // namespace deadlight
