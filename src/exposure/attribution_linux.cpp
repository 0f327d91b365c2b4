// Owners on Linux: the kernel names each process's cgroup, and with it the unit.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "exposure/attribution.h"
#include "exposure/program.h"

namespace deadlight {
namespace {

using knowledge::Holder;
using knowledge::ServiceFact;

constexpr std::string_view kInitScope = "init.scope";

bool is_unit_of_manager(std::string_view unit) {
  return unit.ends_with(".service") || unit.ends_with(".socket");
}

// Tools may name a unit or a process without its number.
std::string process_text(const Endpoint& endpoint) {
  if (!endpoint.pid) return endpoint.process.empty() ? "its process" : endpoint.process.str();
  return endpoint.process.empty() ? fmt::format("PID {}", *endpoint.pid)
                                  : fmt::format("PID {} ({})", *endpoint.pid, endpoint.process);
}

// PID 1 holds a socket unit's socket until the first visitor, and hands it on then.
std::string unit_reason(const Endpoint& endpoint) {
  if (endpoint.live && !endpoint.live->activates.empty()) {
    return fmt::format("PID 1 listens for {}, and starts {} for a visitor", endpoint.unit,
                       endpoint.live->activates);
  }
  return fmt::format("{} runs in the cgroup of {}", process_text(endpoint), endpoint.unit);
}

}  // namespace

void Attribution::from_unit(Exposed& exposed) const {
  const Endpoint& endpoint = exposed.endpoint;
  const Matches matches = opens_.matches_for(endpoint);
  Owner& owner = exposed.owner;
  if (const std::string_view where = endpoint.net_namespace(); !where.empty()) {
    owner.because.push_back(fmt::format("it is open in another network namespace, {}", where));
  }
  // No socket holds a published port, so that nobody here has it open.
  if (is_published(endpoint)) return;
  if (is_unit_of_manager(endpoint.unit)) {
    hold(exposed, endpoint.unit, matches);
    // A host calls a unit by its own name (sshd.service for ssh.service), and so must a change.
    for (Holder& holder : exposed.holders) holder.service = endpoint.unit;
    owner.confidence = Confidence::observed;
    owner.because.push_back(unit_reason(endpoint));
    return;
  }
  // What this host's own services are known for says nothing of another namespace's.
  if (!endpoint.net_namespace().empty()) return program(exposed);
  if (endpoint.unit == kInitScope || (endpoint.unit.empty() && is_first_process(endpoint))) {
    return from_socket_unit(exposed, matches);
  }
  if (!endpoint.unit.empty()) {
    owner.because.push_back(fmt::format("{} was started in {}, not by a service",
                                        process_text(endpoint), endpoint.unit));
    return program(exposed);
  }
  // The kernel's own sockets (NFS, WireGuard) have no process, and neither have those of other
  // users.
  if (owner.process.empty()) return from_port(exposed, matches);
  const std::vector<Match> running = run_by(matches, owner.process);
  if (running.empty()) {
    owner.because.push_back(
        fmt::format("no service manager names the unit of {}", process_text(endpoint)));
    return program(exposed);
  }
  candidates(exposed, running);
  owner.because.push_back(fmt::format("{} is what {} runs; no cgroup names the unit", owner.process,
                                      running.front().opens->holder));
}

// Matches whose service runs `process`. The kernel cuts the names of processes to 15 characters.
std::vector<Match> Attribution::run_by(const Matches& matches, std::string_view process) const {
  process = program_of(process, Os::linux);
  std::vector<Match> running;
  for (const Match& match : matches.best()) {
    const ServiceFact* fact = kb_->service(match.opens->holder);
    if (fact == nullptr || process.empty()) continue;
    const bool runs = std::any_of(
        fact->hosted.begin(), fact->hosted.end(), [process](const knowledge::HostedFact& hosted) {
          return hosted.os.contains(Os::linux) && istarts_with(hosted.image, process);
        });
    if (runs) running.push_back(match);
  }
  return running;
}

// PID 1 listens for a socket unit until the first visitor starts the service.
void Attribution::from_socket_unit(Exposed& exposed, const Matches& matches) const {
  std::vector<Match> units;
  for (const Match& match : matches.best()) {
    if (match.opens->holder.ends_with(".socket")) units.push_back(match);
  }
  exposed.owner.because.push_back("PID 1 holds it for a socket unit");
  if (units.empty()) return program(exposed);
  candidates(exposed, units);
}

}  // namespace deadlight
