#include "exposure/attribution.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "exposure/dynamic_ports.h"
#include "exposure/program.h"

namespace deadlight {
namespace {

constexpr std::size_t kLinuxCandidatesMax = 3;

using knowledge::Holder;
using knowledge::ServiceFact;

std::string port_text(const Endpoint& endpoint) {
  return fmt::format("{} {}", protocol_id(endpoint.protocol), endpoint.port);
}

std::string_view base_name(std::string_view path) {
  const auto slash = path.find_last_of("\\/");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::vector<Holder> holders_of(const std::vector<Match>& matches) {
  std::vector<Holder> holders;
  for (const Match& match : matches) holders.push_back(match.holder());
  return holders;
}

// The feature that a list shows: the one that all holders share; for a socket with several holders
// of one service, the one that keeps it for others.
std::string shown_feature(const std::vector<Holder>& holders) {
  const Holder* shown = nullptr;
  for (const Holder& holder : holders) {
    const bool keeper = holder.opens != nullptr && holder.opens->held_by_rpc;
    if (shown == nullptr || keeper) shown = &holder;
  }
  if (shown == nullptr) return {};
  const bool one = std::all_of(holders.begin(), holders.end(), [shown](const Holder& holder) {
    return iequals(holder.service, shown->service) || holder.feature == shown->feature;
  });
  return one ? shown->feature : std::string();
}

// It rather is a program that nobody wrote down: then nothing that is known closes it.
void rather_program(Exposed& exposed) { exposed.holders.push_back({}); }

std::vector<std::string> services_of(const std::vector<Holder>& holders) {
  std::vector<std::string> names;
  for (const Holder& holder : holders) {
    if (!holder.service.empty() &&
        std::find(names.begin(), names.end(), holder.service) == names.end()) {
      names.push_back(holder.service);
    }
  }
  std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return iless(a, b); });
  return names;
}

}  // namespace

Attribution::Attribution(const Snapshot& snapshot, const std::vector<bool>& phantom,
                         const SystemFacts& system)
    : snapshot_(&snapshot),
      kb_(system.kb),
      system_(&system),
      opens_(system.opens),
      running_(snapshot, *system.kb),
      registrations_(snapshot, system),
      solver_(snapshot, phantom, system, registrations_) {
  count_vague(phantom);
  // The solver knows those of Windows; on Linux a socket names its process itself.
  if (snapshot.host.os != Os::unknown) return;
  for (const Process& process : snapshot.processes) {
    if (!process.image.empty()) listed_.try_emplace(process.pid, &process);
  }
}

void Attribution::count_vague(const std::vector<bool>& phantom) {
  std::size_t sockets[2] = {0, 0};
  bool unlimited[2] = {false, false};
  std::set<const knowledge::OpensFact*> openers[2];
  for (std::size_t i = 0; i < snapshot_->endpoints.size(); ++i) {
    const Endpoint& endpoint = snapshot_->endpoints[i];
    if (!endpoint.is_open() || endpoint.pid || endpoint.local.is_v6() || phantom[i]) continue;
    const Matches matches = running(opens_.matches_for(endpoint));
    if (!matches.fixed.empty() || matches.vague.empty()) continue;
    const std::size_t protocol = endpoint.protocol == Protocol::udp ? 1 : 0;
    ++sockets[protocol];
    for (const Match& match : matches.vague) {
      openers[protocol].insert(match.opens);
      unlimited[protocol] |= match.opens->client;
    }
  }
  for (const std::size_t protocol : {std::size_t{0}, std::size_t{1}}) {
    crowded_[protocol] = !unlimited[protocol] && sockets[protocol] > openers[protocol].size();
  }
}

void Attribution::name_owner(Exposed& exposed) const {
  const Endpoint& endpoint = exposed.endpoint;
  exposed.owner.process = endpoint.process;
  const std::string source = source_text(*snapshot_, endpoint.sources);
  if (!source.empty()) exposed.owner.because.push_back("listed in " + source);
  if (snapshot_->host.os == Os::linux) {
    from_unit(exposed);
  } else if (!from_components(exposed)) {
    const ProcessView* view = endpoint.pid ? solver_.find(*endpoint.pid) : nullptr;
    const auto listed = endpoint.pid ? listed_.find(*endpoint.pid) : listed_.end();
    if (view != nullptr) {
      from_process(exposed, *view);
    } else if (listed != listed_.end()) {
      from_listed(exposed, *listed->second);
    } else {
      from_port(exposed, opens_.matches_for(endpoint));
    }
    from_rpc(exposed);
    if (view == nullptr ? endpoint.process.empty() : view->is_system()) from_urls(exposed);
  }
  doubt_guessed_system(exposed);
  // Only a list of all services of the process leaves no room for others, and only if one of them
  // is known to open such a port.
  const ProcessView* view = endpoint.pid ? solver_.find(*endpoint.pid) : nullptr;
  const bool known_to_open =
      std::any_of(exposed.holders.begin(), exposed.holders.end(),
                  [](const Holder& holder) { return holder.opens != nullptr; });
  exposed.owner.others_possible = exposed.owner.confidence == Confidence::candidate &&
                                  (view == nullptr || !view->services_observed || !known_to_open);
}

void summarise_holders(Exposed& exposed) {
  exposed.owner.feature = shown_feature(exposed.holders);
  const std::vector<std::string> services = services_of(exposed.holders);
  if (services.size() == 1) exposed.owner.service = services.front();
  if (exposed.owner.confidence == Confidence::candidate) exposed.owner.candidates = services;
}

// What only one version opens is no proof while the version itself is a guess.
void Attribution::doubt_guessed_system(Exposed& exposed) const {
  if (snapshot_->host.os_confidence != OsConfidence::guessed) return;
  if (exposed.owner.confidence != Confidence::derived) return;
  exposed.owner.confidence = Confidence::candidate;
  exposed.owner.because.push_back(fmt::format(
      "the system is only guessed ({}); --os would make it certain", snapshot_->host.os_basis));
}

void Attribution::hold(Exposed& exposed, std::string_view service, const Matches& matches) const {
  const ServiceFact* fact = kb_->service(service);
  const std::string id(fact != nullptr ? fact->id : service);
  for (const Match& match : matches.best_of({id})) exposed.holders.push_back(match.holder());
  if (exposed.holders.empty()) exposed.holders.push_back({id, "", nullptr});
}

void Attribution::candidates(Exposed& exposed, const std::vector<Match>& matches) const {
  exposed.holders = holders_of(matches);
  exposed.owner.confidence = exposed.holders.empty() ? Confidence::unknown : Confidence::candidate;
}

void Attribution::program(Exposed& exposed) const {
  exposed.holders.clear();
  exposed.owner.confidence =
      exposed.owner.process.empty() ? Confidence::unknown : Confidence::observed;
  exposed.owner.known_program = is_known_program(exposed.owner.process, *system_);
}

bool Attribution::from_components(Exposed& exposed) const {
  std::string service;
  for (const std::string& component : exposed.endpoint.components) {
    const std::string_view name = base_name(component);
    const ServiceFact* fact = kb_->service(name);
    if (fact != nullptr) {
      service = fact->id;
    } else if (snapshot_->service(name) != nullptr) {
      service = name;
    }
  }
  if (service.empty()) return false;
  hold(exposed, service, opens_.matches_for(exposed.endpoint));
  exposed.owner.confidence = Confidence::observed;
  exposed.owner.because.push_back(fmt::format("netstat -b names {} for this socket", service));
  return true;
}

void Attribution::from_process(Exposed& exposed, const ProcessView& view) const {
  Owner& owner = exposed.owner;
  if (owner.process.empty()) {
    owner.process = view.image;
    if (owner.process.empty() && view.container() != nullptr) {
      owner.process = view.container()->image;
    }
  }
  owner.because.push_back(fmt::format("PID {} holds it", view.pid));
  owner.because.insert(owner.because.end(), view.because.begin(), view.because.end());
  const Matches matches = opens_.matches_for(exposed.endpoint);
  if (view.services_observed && view.services.size() == 1) {
    hold(exposed, view.services.front(), matches);
    owner.confidence = Confidence::observed;
  } else if (view.is_system()) {
    from_kernel(exposed, matches);
  } else if (!view.services.empty()) {
    from_services(exposed, view, view.services_observed ? matches : running(matches));
  } else if (view.possible.empty()) {
    owner.because.push_back(fmt::format("{} is no service host that is known for {}", owner.process,
                                        os_title(snapshot_->host.os)));
    program(exposed);
    owner.known_program = owner.known_program && !view.disguised;
  } else {
    from_possible(exposed, view, matches);
  }
  if (view.guessed && owner.confidence != Confidence::derived) owner.process = view.image;
}

// Of a system that is not known a task list still names the process, and the services in it.
void Attribution::from_listed(Exposed& exposed, const Process& process) const {
  Owner& owner = exposed.owner;
  owner.process = process.image;
  const std::string place = source_text(*snapshot_, process.sources);
  owner.because.push_back(fmt::format("PID {} is {}{}", process.pid, process.image,
                                      place.empty() ? "" : fmt::format(" ({})", place)));
  if (process.services.empty()) return program(exposed);
  for (const std::string& name : process.services) {
    exposed.holders.push_back({kb_->service_id(name), "", nullptr});
  }
  const bool alone = process.services_known && process.services.size() == 1;
  owner.confidence = alone ? Confidence::observed : Confidence::candidate;
}

// Drivers hold sockets for themselves (NetBT) and, as http.sys does, on behalf of services.
void Attribution::from_kernel(Exposed& exposed, const Matches& known) const {
  const Matches matches = running(known);
  std::vector<Match> held = matches.fixed;
  for (const Match& match : matches.vague) {
    const ServiceFact* fact = kb_->service(match.opens->holder);
    if (matches.fixed.empty() && fact != nullptr && fact->kind == knowledge::ServiceKind::driver) {
      held.push_back(match);
    }
  }
  candidates(exposed, held);
  if (held.empty() && !known.fixed.empty()) {
    // Only a part of the system opens it all the same: an old list, or a reboot that is due.
    if (known.fixed.front().opens->distinctive) candidates(exposed, known.fixed);
    exposed.owner.because.push_back(
        fmt::format("{} is known for {}, but the evidence shows that it does not run",
                    known.fixed.front().opens->holder, port_text(exposed.endpoint)));
  } else if (held.empty()) {
    exposed.owner.because.push_back(
        "no driver is known to open this port; an outgoing connection "
        "of the kernel's own clients can look like this");
  } else if (one_holder(held) &&
             (held.front().opens->distinctive || always_runs(*held.front().opens))) {
    exposed.owner.confidence = Confidence::derived;
    exposed.owner.because.push_back(fmt::format("of what the kernel holds, {} belongs to {}",
                                                port_text(exposed.endpoint),
                                                known_title(held.front().opens->holder)));
  }
}

void Attribution::from_services(Exposed& exposed, const ProcessView& view,
                                const Matches& matches) const {
  Owner& owner = exposed.owner;
  const std::vector<Match> held = matches.best_of(view.services);
  candidates(exposed, held);
  if (held.empty()) {
    owner.confidence = Confidence::candidate;
    for (const std::string& name : view.services) exposed.holders.push_back({name, "", nullptr});
    owner.because.push_back(fmt::format("none of them is known to open {}; it may be any",
                                        port_text(exposed.endpoint)));
    return;
  }
  if (!one_holder(held)) {
    owner.because.push_back(fmt::format("several of them open such a port"));
    add_unknown_services(exposed, view);
    return;
  }
  const std::string_view service = held.front().opens->holder;
  const bool vague = matches.fixed.empty() || held.front().opens->dynamic();
  if (!only_rpc_socket(view, exposed, held.front())) {
    owner.because.push_back(fmt::format(
        "{} opens one such port, but the process holds several: it may be another's", service));
    for (const std::string& name : view.services) {
      if (!iequals(name, service)) exposed.holders.push_back({name, "", nullptr});
    }
    return;
  }
  if (held.front().opens->dynamic() && add_moved_services(exposed, view, service)) return;
  const bool proof = !vague && held.front().opens->distinctive;
  if (!proof && may_be_unknown_service(exposed, view, {vague, held.front().opens->dynamic()})) {
    return;
  }
  owner.confidence = Confidence::derived;
  owner.because.push_back(
      view.services.size() == 1
          ? fmt::format("{} is the only service in it", service)
          : fmt::format(
                "of the services in it only {} opens {}", service,
                vague ? fmt::format("a dynamic {} port", protocol_id(exposed.endpoint.protocol))
                      : port_text(exposed.endpoint)));
}

void Attribution::from_possible(Exposed& exposed, const ProcessView& view,
                                const Matches& known) const {
  const Matches matches = running(known);
  std::vector<std::string> services;
  for (const Container* container : view.possible) {
    services.insert(services.end(), container->services.begin(), container->services.end());
  }
  const std::vector<Match> held = matches.best_of(services);
  candidates(exposed, held);
  if (held.empty()) {
    exposed.owner.because.push_back("no service that may be in this process is known to open it");
    return program(exposed);
  }
  const knowledge::OpensFact* opener = only_opener(held, exposed.endpoint);
  if (opener != nullptr && !view.contested &&
      system_->is_proof(opener->holder, view.image, view.began_with_services)) {
    exposed.owner.confidence = Confidence::derived;
    exposed.owner.because.push_back(fmt::format("on {} only {} opens {}",
                                                os_title(snapshot_->host.os), opener->holder,
                                                port_text(exposed.endpoint)));
    return;
  }
  exposed.owner.because.push_back(fmt::format(
      "a number is only a hint: a task list would say which process PID {} is", view.pid));
  if (view.image.empty() && opener == nullptr) {
    rather_program(exposed);
  }
}

// Without a process, a port number is a hint. It is proof only where a part of the system that
// always runs, and nothing else, opens that port.
void Attribution::from_port(Exposed& exposed, const Matches& known) const {
  if (!exposed.owner.process.empty() && is_windows(snapshot_->host.os)) {
    return from_image(exposed, running(known));
  }
  const std::vector<Match> held = running(known).best();
  // No distribution has that many: nobody stops a dozen services to find out which it was.
  const std::size_t services = holder_count(held);
  if (snapshot_->host.os == Os::linux && services > kLinuxCandidatesMax) {
    exposed.owner.because.push_back(fmt::format(
        "{} services are known for such a port and the evidence names no process: list as root",
        services));
    return;
  }
  candidates(exposed, held);
  if (held.empty()) {
    if (!exposed.owner.process.empty()) program(exposed);
    exposed.owner.because.push_back("the evidence names no process for it");
    return;
  }
  const bool chance = is_dynamic_port(exposed.endpoint.port, snapshot_->host.os);
  const knowledge::OpensFact* opener = only_opener(held, exposed.endpoint);
  if (opener != nullptr && always_runs(*opener) && !chance) {
    exposed.owner.confidence = Confidence::derived;
    exposed.owner.because.push_back(fmt::format("on {} only {} opens {}, and it always runs",
                                                os_title(snapshot_->host.os), opener->holder,
                                                port_text(exposed.endpoint)));
    return;
  }
  exposed.owner.because.push_back(
      "the evidence names no process: these services are known for such a port");
  if (crowded_[exposed.endpoint.protocol == Protocol::udp ? 1 : 0] && known.fixed.empty()) {
    rather_program(exposed);
  }
}

Matches Attribution::running(const Matches& matches) const {
  const auto stopped = [this](const Match& match) {
    return !running_.may_run(match.opens->holder);
  };
  Matches result = matches;
  std::erase_if(result.fixed, stopped);
  std::erase_if(result.vague, stopped);
  return result;
}

// netstat -b without PIDs: the program is known, and so the services that may be in it.
void Attribution::from_image(Exposed& exposed, const Matches& matches) const {
  Owner& owner = exposed.owner;
  owner.because.push_back("the evidence names the process " + owner.process);
  std::vector<std::string> services;
  for (const Container& container : solver_.containers()) {
    if (!is_image(owner.process, container.image)) continue;
    services.insert(services.end(), container.services.begin(), container.services.end());
  }
  const std::vector<Match> held =
      iequals(owner.process, kSystemImage) ? matches.fixed : matches.best_of(services);
  if (services.empty() || held.empty()) return program(exposed);
  candidates(exposed, held);
  const knowledge::OpensFact* opener = only_opener(held, exposed.endpoint);
  if (opener != nullptr && system_->is_proof(opener->holder, owner.process, false)) {
    owner.confidence = Confidence::derived;
    owner.because.push_back(fmt::format("of what it may hold, {} belongs to {}",
                                        port_text(exposed.endpoint), opener->holder));
  }
}

bool Attribution::always_runs(const knowledge::OpensFact& opens) const {
  const ServiceFact* fact = kb_->service(opens.holder);
  return fact != nullptr && (fact->kind == knowledge::ServiceKind::driver ||
                             fact->always_runs.contains(snapshot_->host.os));
}

std::string Attribution::known_title(std::string_view service) const {
  const ServiceFact* fact = kb_->service(service);
  return fact != nullptr ? fmt::format("{} ({})", service, fact->title) : std::string(service);
}

}  // namespace deadlight
