#include "exposure/processes.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "base/text.h"
#include "exposure/command_line.h"
#include "exposure/opens.h"

namespace deadlight {
namespace {

// The kernel's process (NT4: 2, 2000: 8, XP and later: 4).
std::optional<std::uint32_t> system_pid(Os os) {
  if (!is_windows(os)) return std::nullopt;
  if (os == Os::winnt4) return 2;
  return os == Os::win2000 ? 8 : 4;
}

// Since Windows 10 1703 most services have a svchost of their own, so that a group is no one
// process.
bool groups_are_processes(Os os) { return !OsRange{Os::win10, Os::server2025}.contains(os); }

// Windows runs these from its own folder; the same name elsewhere is somebody's disguise.
bool is_disguise(std::string_view path, std::string_view image) {
  constexpr std::string_view kSystemImages[] = {"svchost.exe", "services.exe", "lsass.exe",
                                                "wininit.exe", "spoolsv.exe"};
  const bool system = std::any_of(std::begin(kSystemImages), std::end(kSystemImages),
                                  [image](std::string_view one) { return iequals(one, image); });
  return system && path.find('\\') != std::string_view::npos && !icontains(path, "\\system32\\");
}

std::string at(const std::string& source) { return source.empty() ? "" : " (" + source + ")"; }

}  // namespace

bool is_image(std::string_view evidence, std::string_view image) {
  return iequals(evidence, image) || (!evidence.empty() && istarts_with(image, evidence) &&
                                      iequals(image.substr(evidence.size()), ".exe"));
}

std::string source_text(const Snapshot& snapshot, const Sources& sources) {
  if (sources.empty() || sources.front().evidence >= snapshot.evidence.size()) return {};
  const SourceRef& source = sources.front();
  const std::string& name = snapshot.evidence[source.evidence].name;
  return source.line == 0 ? name : fmt::format("{}:{}", name, source.line);
}

ProcessSolver::ProcessSolver(const Snapshot& snapshot, const std::vector<bool>& phantom,
                             const SystemFacts& system, const Registrations& registrations)
    : snapshot_(&snapshot), system_(&system), registrations_(&registrations) {
  if (!is_windows(system.os)) return;
  for (const Process& process : snapshot.processes) processes_.try_emplace(process.pid, &process);
  collect(phantom);
  find_boot();
  for (ProcessView& view : views_) {
    read_evidence(view);
    if (view.at_least.empty()) read_registrations(view);
    narrow_by_image(view);
    narrow_by_ports(view);
  }
  withdraw_double_claims();
  while (exclude_taken()) {
  }
  eliminate();
  for (ProcessView& view : views_) {
    const Container* container = view.container();
    if (container != nullptr && !view.services_observed) {
      view.services = container->services;
      for (const std::string& name : view.at_least) {
        if (!container->hosts(name)) view.services.push_back(name);
      }
    }
    count_vague(view);
  }
}

const ProcessView* ProcessSolver::find(std::uint32_t pid) const {
  const auto found =
      std::lower_bound(views_.begin(), views_.end(), pid,
                       [](const ProcessView& view, std::uint32_t id) { return view.pid < id; });
  return found != views_.end() && found->pid == pid ? &*found : nullptr;
}

void ProcessSolver::collect(const std::vector<bool>& phantom) {
  std::map<std::uint32_t, ProcessView> by_pid;
  for (std::size_t i = 0; i < snapshot_->endpoints.size(); ++i) {
    const Endpoint& endpoint = snapshot_->endpoints[i];
    if (!endpoint.is_open() || !endpoint.pid || phantom[i]) continue;
    ProcessView& view = by_pid[*endpoint.pid];
    view.pid = *endpoint.pid;
    view.sockets.push_back(&endpoint);
    if (view.image.empty()) view.image = endpoint.process;
  }
  for (auto& [pid, view] : by_pid) views_.push_back(std::move(view));
}

const Process* ProcessSolver::evidence_of(std::uint32_t pid) const {
  const auto found = processes_.find(pid);
  return found != processes_.end() ? found->second : nullptr;
}

void ProcessSolver::read_evidence(ProcessView& view) const {
  const Process* process = evidence_of(view.pid);
  if (process != nullptr && !process->image.empty()) view.image = process->image;
  if (process != nullptr) read_command_line(view, *process);
  if (process == nullptr || process->services.empty()) {
    if (!view.image.empty()) {
      view.because.push_back(fmt::format("PID {} is {}", view.pid, view.image));
    }
    return;
  }
  for (const std::string& name : process->services) {
    const knowledge::ServiceFact* fact = system_->kb->service(name);
    view.at_least.emplace_back(fact != nullptr ? std::string(fact->id) : name);
  }
  view.services_observed |= process->services_known;
  if (view.services_observed) view.services = view.at_least;
  const std::string hosted = view.at_least.size() == 1
                                 ? view.at_least.front() + (view.services_observed ? " alone" : "")
                                 : fmt::format("{} services", view.at_least.size());
  view.because.push_back(fmt::format("PID {} is {} and hosts {}{}{}", view.pid,
                                     view.image.empty() ? "a process" : view.image,
                                     view.services_observed ? "" : "at least ", hosted,
                                     at(source_text(*snapshot_, process->sources))));
}

// The endpoint map proves that a service is in the process: it does not say that it is alone.
void ProcessSolver::read_registrations(ProcessView& view) const {
  std::set<std::string, ILess> services;
  for (const Endpoint* socket : view.sockets) {
    const Registered* registered = registrations_->rpc(socket->protocol, socket->port);
    if (registered != nullptr)
      services.insert(registered->services.begin(), registered->services.end());
  }
  view.at_least.assign(services.begin(), services.end());
}

void ProcessSolver::read_command_line(ProcessView& view, const Process& process) const {
  SvchostCommand command = parse_svchost_command(process.command_line);
  if (command.group.empty()) return;
  view.because.push_back(fmt::format("PID {} was started as '{}'{}", view.pid, process.command_line,
                                     at(source_text(*snapshot_, process.sources))));
  view.group = std::move(command.group);
  if (command.service.empty() || !process.services.empty()) return;
  view.at_least = {system_->kb->service_id(command.service)};
  view.services = view.at_least;
  view.services_observed = true;
}

bool ProcessSolver::is_kernel(const ProcessView& view) const {
  return view.pid == system_pid(system_->os) || iequals(view.image, kSystemImage);
}

bool ProcessSolver::may_be(const ProcessView& view, const Container& container) const {
  const bool kernel = is_kernel(view);
  if (kernel != (container.image == kSystemImage)) return false;
  if (!kernel && !view.image.empty() && !is_image(view.image, container.image)) return false;
  if (!view.group.empty() && !iequals(view.group, container.group)) return false;
  return view.at_least.empty() ||
         std::any_of(view.at_least.begin(), view.at_least.end(),
                     [&](const std::string& name) { return container.hosts(name); });
}

void ProcessSolver::narrow_by_image(ProcessView& view) const {
  const Process* process = evidence_of(view.pid);
  for (const Container& container : system_->containers) {
    if (!may_be(view, container)) continue;
    if (process != nullptr && is_disguise(process->path, container.image)) {
      view.disguised = true;
      continue;
    }
    view.possible.push_back(&container);
  }
  if (is_kernel(view) && view.image.empty()) {
    view.image = kSystemImage;
    view.because.push_back(fmt::format("PID {} is the kernel's own process on {}", view.pid,
                                       os_title(snapshot_->host.os)));
  }
}

const knowledge::OpensFact* ProcessSolver::opener_of(const Endpoint& socket) const {
  return only_opener(system_->opens.matches_for(socket).fixed, socket);
}

// PIDs grow from the system's start on, and programs begin after the services. The last process
// that is a service's for certain holds what always runs, or a port of a service that binds each
// address apart, as programs do not.
void ProcessSolver::find_boot() {
  constexpr std::uint32_t kServicePidMax = 2000;
  if (is_modern_windows(system_->os)) return;
  std::uint32_t last = 0;
  for (const ProcessView& view : views_) {
    if (view.pid >= kServicePidMax) break;
    for (const Endpoint* socket : view.sockets) {
      const knowledge::OpensFact* opens = opener_of(*socket);
      if (opens == nullptr) continue;
      const knowledge::ServiceFact* fact = system_->kb->service(opens->holder);
      const bool always = fact != nullptr && fact->always_runs.contains(system_->os);
      const bool apart =
          opens->bind == knowledge::Bind::each && socket->local.ip && !socket->local.ip->is_any();
      if (always || apart) last = view.pid;
    }
  }
  for (ProcessView& view : views_) view.began_with_services = view.pid <= last;
}

void ProcessSolver::narrow_by_ports(ProcessView& view) const {
  for (const Endpoint* socket : view.sockets) {
    if (view.possible.size() < 2) return;
    const knowledge::OpensFact* opens = opener_of(*socket);
    if (opens == nullptr) continue;
    if (!system_->is_proof(opens->holder, view.image, view.began_with_services)) continue;
    std::vector<const Container*> hosting;
    std::copy_if(view.possible.begin(), view.possible.end(), std::back_inserter(hosting),
                 [opens](const Container* one) { return one->hosts(opens->holder); });
    if (hosting.empty() || hosting.size() == view.possible.size()) continue;
    view.possible = std::move(hosting);
    view.because.push_back(fmt::format(
        "PID {} holds {} {}, which on {} only {} opens, so it is {}", view.pid,
        protocol_id(socket->protocol), socket->port, os_title(snapshot_->host.os), opens->holder,
        view.container() != nullptr ? view.container()->text() : "a host of that service"));
  }
}

// One service host runs once: if two processes look like it, neither is known to be it.
void ProcessSolver::withdraw_double_claims() {
  if (!groups_are_processes(snapshot_->host.os)) return;
  std::map<const Container*, std::vector<ProcessView*>> claims;
  for (ProcessView& view : views_) {
    const Container* container = view.container();
    if (container != nullptr && !container->group.empty() && !view.services_observed &&
        view.group.empty()) {
      claims[container].push_back(&view);
    }
  }
  for (const auto& [container, views] : claims) {
    if (views.size() < 2) continue;
    for (ProcessView* view : views) {
      view->contested = true;
      view->because.push_back(
          fmt::format("but another process looks like {} as well, and it runs "
                      "once: neither is certain",
                      container->text()));
      view->possible.clear();
      for (const Container& other : system_->containers) {
        if (iequals(other.image, container->image)) view->possible.push_back(&other);
      }
    }
  }
}

// Returns true while it still learns something.
bool ProcessSolver::exclude_taken() {
  if (!groups_are_processes(snapshot_->host.os)) return false;
  std::set<const Container*> taken;
  std::vector<std::uint32_t> hosts;
  for (const ProcessView& view : views_) {
    if (view.container() == nullptr) continue;
    taken.insert(view.container());
    if (!view.is_system()) hosts.push_back(view.pid);
  }
  if (!hosts.empty()) {
    first_host_ = hosts.front();
    last_host_ = hosts.back();
  }
  bool changed = false;
  for (ProcessView& view : views_) {
    if (view.possible.size() < 2) continue;
    changed |= std::erase_if(view.possible,
                             [&taken](const Container* one) { return taken.contains(one); }) > 0;
  }
  return changed;
}

void ProcessSolver::count_vague(ProcessView& view) const {
  for (const Endpoint* socket : view.sockets) {
    const std::vector<Match> held = system_->opens.matches_for(*socket).best_of(view.services);
    if (one_holder(held)) ++view.vague_sockets[{held.front().opens, socket->local.is_v6()}];
  }
}

void ProcessSolver::eliminate() {
  // Since Vista PIDs say nothing of the order in which processes began.
  if (is_modern_windows(system_->os)) return;
  std::map<const Container*, std::vector<ProcessView*>> fits;
  for (ProcessView& view : views_) {
    if (view.possible.size() < 2 || view.services_observed) continue;
    std::vector<const Container*> fitting;
    std::copy_if(view.possible.begin(), view.possible.end(), std::back_inserter(fitting),
                 [&](const Container* one) { return explains(*one, view); });
    if (fitting.empty()) continue;
    if (fitting.size() == 1) fits[fitting.front()].push_back(&view);
  }
  for (auto& [container, views] : fits) {
    // Two processes for one host, or a PID out of the boot's order: then it may be any program.
    if (views.size() != 1) continue;
    ProcessView& view = *views.front();
    if (!started_with_service_hosts(view) || may_be_moved_service(*container, view)) continue;
    view.possible = {container};
    view.guessed = true;
    view.because.push_back(
        fmt::format("among the service hosts of {} that no other process is, only {} opens such "
                    "sockets, and PID {} was started among them",
                    os_title(snapshot_->host.os), container->text(), view.pid));
  }
}

bool ProcessSolver::started_with_service_hosts(const ProcessView& view) const {
  return view.pid > first_host_ && view.pid < last_host_;
}

// Any service can be given a process of its own (sc config NAME type= own).
bool ProcessSolver::may_be_moved_service(const Container& container,
                                         const ProcessView& view) const {
  for (const Container& other : system_->containers) {
    if (&other == &container || !iequals(other.image, container.image)) continue;
    for (const std::string& service : other.services) {
      if (explains_alone(service, view) && !is_seen_in(other, service)) return true;
    }
  }
  return false;
}

bool ProcessSolver::explains_alone(const std::string& service, const ProcessView& view) const {
  std::set<std::uint16_t> rpc_ports;  // an RPC server has one a protocol
  return std::all_of(view.sockets.begin(), view.sockets.end(), [&](const Endpoint* socket) {
    const std::vector<Match> held = system_->opens.matches_for(*socket).best_of({service});
    if (held.empty()) return false;
    if (held.front().opens->rpc) rpc_ports.insert(socket->port);
    return rpc_ports.size() <= 1;
  });
}

// True if the service holds a socket in the process that is `container`.
bool ProcessSolver::is_seen_in(const Container& container, const std::string& service) const {
  return std::any_of(views_.begin(), views_.end(), [&](const ProcessView& view) {
    if (view.container() != &container) return false;
    return std::any_of(view.sockets.begin(), view.sockets.end(), [&](const Endpoint* socket) {
      const std::vector<Match> held =
          system_->opens.matches_for(*socket).best_of(container.services);
      return one_holder(held) && iequals(held.front().opens->holder, service);
    });
  });
}

bool ProcessSolver::explains(const Container& container, const ProcessView& view) const {
  return std::all_of(view.sockets.begin(), view.sockets.end(), [&](const Endpoint* socket) {
    const Matches matches = system_->opens.matches_for(*socket);
    const std::vector<Match> held = matches.best_of(container.services);
    if (held.empty()) return false;
    // A port that others are known for is no dynamic one.
    return matches.fixed.empty() || !held.front().opens->dynamic();
  });
}

}  // namespace deadlight
