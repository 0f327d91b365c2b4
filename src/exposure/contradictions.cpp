#include "exposure/contradictions.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "base/text.h"
#include "exposure/processes.h"

namespace deadlight {
namespace {

// Less may be a list that was filtered, or an answer about a few processes.
constexpr std::size_t kWholeListMin = 8;
// One process may have started between two commands; more than half of them have not.
constexpr std::size_t kMissingMin = 2;

using EvidenceSet = std::set<std::uint32_t>;

EvidenceSet files_of(const Sources& sources) {
  EvidenceSet files;
  for (const SourceRef& source : sources) files.insert(source.evidence);
  return files;
}

std::string name_of(const Snapshot& snapshot, std::uint32_t file) {
  return file < snapshot.evidence.size() ? snapshot.evidence[file].name : "evidence";
}

class Check {
 public:
  Check(const Snapshot& snapshot, const SystemFacts& system)
      : snapshot_(&snapshot), system_(&system) {}

  std::optional<Snapshot> run() {
    if (!is_windows(system_->os)) return std::nullopt;
    collect();
    find_other_boots();
    find_impossible_images();
    find_stopped_but_open();
    if (notes_.empty()) return std::nullopt;
    Snapshot result = *snapshot_;
    std::erase_if(result.processes,
                  [this](const Process& process) { return is_distrusted(process.sources); });
    for (Service& service : result.services) {
      if (is_distrusted(service.sources)) service.pid.reset();
      if (revived_.contains(service.name)) service.state = ServiceState::unknown;
    }
    result.notes.insert(result.notes.end(), notes_.begin(), notes_.end());
    return result;
  }

 private:
  struct TaskList {
    std::size_t processes = 0;
    std::set<std::uint32_t> pids;
  };

  void collect() {
    for (const Endpoint& endpoint : snapshot_->endpoints) {
      if (!endpoint.pid || *endpoint.pid == 0 || !endpoint.is_open()) continue;
      holders_[*endpoint.pid].push_back(&endpoint);
    }
    for (const Process& process : snapshot_->processes) {
      for (const std::uint32_t file : files_of(process.sources)) {
        TaskList& list = lists_[file];
        list.pids.insert(process.pid);
        if (!process.image.empty()) ++list.processes;
      }
    }
  }

  bool is_distrusted(const Sources& sources) const {
    return !sources.empty() &&
           std::all_of(sources.begin(), sources.end(), [this](const SourceRef& source) {
             return distrusted_.contains(source.evidence);
           });
  }

  // A whole task list names every process; the list of sockets must be of another boot, or host,
  // where it names few of those that hold one.
  void find_other_boots() {
    for (const auto& [file, list] : lists_) {
      if (list.processes < kWholeListMin) continue;
      std::size_t asked = 0;
      std::size_t missing = 0;
      std::uint32_t example = 0;
      const Endpoint* where = nullptr;
      for (const auto& [pid, sockets] : holders_) {
        if (files_of(sockets.front()->sources).contains(file)) continue;
        ++asked;
        if (list.pids.contains(pid)) continue;
        ++missing;
        example = pid;
        where = sockets.front();
      }
      if (missing < kMissingMin || 2 * missing <= asked) continue;
      distrust(file, fmt::format("{} does not name {} of the {} processes that hold sockets "
                                 "(PID {} in {})",
                                 name_of(*snapshot_, file), missing, asked, example,
                                 source_text(*snapshot_, where->sources)));
    }
  }

  // Parts of the system that always run in a process of a known name, on ports that only they open.
  void find_impossible_images() {
    std::unordered_map<std::uint32_t, const Process*> processes;
    for (const Process& process : snapshot_->processes) processes.emplace(process.pid, &process);
    for (const auto& [pid, sockets] : holders_) {
      const auto found = processes.find(pid);
      if (found == processes.end() || found->second->image.empty()) continue;
      const Process& process = *found->second;
      for (const Endpoint* socket : sockets) {
        if (share_evidence(process.sources, socket->sources)) continue;
        const std::string_view image = only_image(*socket);
        if (image.empty() || is_image(process.image, image)) continue;
        for (const std::uint32_t file : files_of(process.sources)) {
          distrust(file, fmt::format("PID {} is {} in {}, but holds {} in {}, as only {} does", pid,
                                     process.image, source_text(*snapshot_, process.sources),
                                     endpoint_text(*socket),
                                     source_text(*snapshot_, socket->sources), image));
        }
      }
    }
  }

  const knowledge::OpensFact* opener_of(const Endpoint& socket) const {
    return only_opener(system_->opens.matches_for(socket).fixed, socket);
  }

  // The one image that can hold this socket, or empty.
  std::string_view only_image(const Endpoint& socket) const {
    const knowledge::OpensFact* opens = opener_of(socket);
    if (opens == nullptr) return {};
    const knowledge::ServiceFact* fact = system_->kb->service(opens->holder);
    if (fact == nullptr || !fact->always_runs.contains(system_->os)) return {};
    return system_->kb->image_of(*fact, system_->os);
  }

  void distrust(std::uint32_t file, const std::string& why) {
    if (!distrusted_.insert(file).second) return;
    notes_.push_back(
        fmt::format("{}: they are of different times or hosts, so what {} says of "
                    "processes is not used; collect both again at one time",
                    why, name_of(*snapshot_, file)));
  }

  void find_stopped_but_open() {
    std::map<std::string_view, const Endpoint*, ILess> open;
    for (const Endpoint& endpoint : snapshot_->endpoints) {
      if (!endpoint.is_open()) continue;
      const knowledge::OpensFact* opens = opener_of(endpoint);
      if (opens != nullptr) open.try_emplace(opens->holder, &endpoint);
    }
    for (const Service& service : snapshot_->services) {
      if (service.state != ServiceState::stopped) continue;
      const auto held = open.find(system_->kb->service_id(service.name));
      if (held == open.end()) continue;
      revived_.insert(service.name);
      notes_.push_back(fmt::format(
          "{} is stopped in {}, but {}, which only it is known to open, is open in {}: another "
          "time, or another program; the state is not used",
          service.name, source_text(*snapshot_, service.sources), endpoint_text(*held->second),
          source_text(*snapshot_, held->second->sources)));
    }
  }

  const Snapshot* snapshot_;
  const SystemFacts* system_;
  std::map<std::uint32_t, std::vector<const Endpoint*>> holders_;  ///< by PID
  std::map<std::uint32_t, TaskList> lists_;                        ///< by evidence
  EvidenceSet distrusted_;
  std::set<std::string, ILess> revived_;
  std::vector<std::string> notes_;
};

}  // namespace

std::optional<Snapshot> without_contradictions(const Snapshot& snapshot,
                                               const SystemFacts& system) {
  return Check(snapshot, system).run();
}

}  // namespace deadlight
