#include "model/snapshot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace deadlight {
namespace {

constexpr std::array<std::string_view, 5> kServiceStateIds = {"unknown", "running", "stopped",
                                                              "paused", "pending"};
constexpr std::array<std::string_view, 6> kStartTypeIds = {"unknown",   "boot",   "system",
                                                           "automatic", "manual", "disabled"};

template <class Enum, std::size_t N>
std::optional<Enum> find_id(const std::array<std::string_view, N>& ids, std::string_view id) {
  const auto found = std::find(ids.begin(), ids.end(), id);
  if (found == ids.end()) return std::nullopt;
  return static_cast<Enum>(found - ids.begin());
}

bool source_before(const SourceRef& a, const SourceRef& b) {
  return std::tie(a.evidence, a.line) < std::tie(b.evidence, b.line);
}

bool sources_before(const std::vector<SourceRef>& a, const std::vector<SourceRef>& b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), source_before);
}

template <class T, class Less>
void sort_unique(std::vector<T>& values, Less less) {
  std::sort(values.begin(), values.end(), less);
  const auto same = [&less](const T& a, const T& b) { return !less(a, b) && !less(b, a); };
  values.erase(std::unique(values.begin(), values.end(), same), values.end());
}

/// Sorts places instead of values: moving an endpoint costs more than comparing two.
template <class T, class Less>
void sort_facts(std::vector<T>& facts, Less less) {
  if (std::is_sorted(facts.begin(), facts.end(), less)) return;
  std::vector<T*> order;
  order.reserve(facts.size());
  for (T& fact : facts) order.push_back(&fact);
  std::sort(order.begin(), order.end(), [&less](const T* a, const T* b) { return less(*a, *b); });
  std::vector<T> sorted;
  sorted.reserve(facts.size());
  for (T* fact : order) sorted.push_back(std::move(*fact));
  facts = std::move(sorted);
}

/// Case decides only between names that are otherwise equal, so that the order is total.
bool name_before(const std::string& a, const std::string& b) {
  if (iless(a, b)) return true;
  return !iless(b, a) && a < b;
}

void sort_names(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end(), name_before);
  const auto same = [](const std::string& a, const std::string& b) { return iequals(a, b); };
  names.erase(std::unique(names.begin(), names.end(), same), names.end());
}

template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

/// Keeps the earlier of two texts that differ, so that the order of reading does not matter.
void fill(std::string& to, std::string& from) {
  if (to.empty() || (!from.empty() && from < to)) to = std::move(from);
}

template <class T>
void fill(std::optional<T>& to, const std::optional<T>& from) {
  if (!to || (from && *from < *to)) to = from;
}

std::string describe_source(const Snapshot& snapshot, const std::vector<SourceRef>& sources) {
  if (sources.empty() || sources.front().evidence >= snapshot.evidence.size()) return "evidence";
  return fmt::format("{}:{}", snapshot.evidence[sources.front().evidence].name,
                     sources.front().line);
}

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

  void renumber(std::vector<SourceRef>& sources) const {
    for (SourceRef& source : sources) {
      if (source.evidence < new_index_.size()) source.evidence = new_index_[source.evidence];
    }
    sort_unique(sources, source_before);
  }

 private:
  std::vector<std::uint32_t> new_index_;
};

bool same_socket(const Endpoint& a, const Endpoint& b) {
  return std::tie(a.protocol, a.local, a.port, a.remote, a.remote_port) ==
         std::tie(b.protocol, b.local, b.port, b.remote, b.remote_port);
}

/// Everything of an endpoint that may differ between two rows of one socket.
bool row_before(const Endpoint& a, const Endpoint& b) {
  if (endpoint_before(a, b)) return true;
  if (endpoint_before(b, a)) return false;
  if (a.components != b.components) return a.components < b.components;
  if (a.unit != b.unit) return a.unit < b.unit;
  return sources_before(a.sources, b.sources);
}

void merge_into(Endpoint& to, Endpoint& from) {
  fill(to.pid, from.pid);
  fill(to.process, from.process);
  fill(to.unit, from.unit);
  to.state = std::min(to.state, from.state);
  append(to.components, from.components);
  append(to.sources, from.sources);
}

/// True if one and the same source names both owners. That is a shared socket (several programs
/// on UDP 5353), no contradiction.
bool share_evidence(const Endpoint& a, const Endpoint& b) {
  for (const SourceRef& source : a.sources) {
    const auto same = [&](const SourceRef& other) { return other.evidence == source.evidence; };
    if (std::any_of(b.sources.begin(), b.sources.end(), same)) return true;
  }
  return false;
}

/// Rows of one socket become one row for each owner; a row without an owner joins the first.
/// Rows without PID that name different processes are different sockets (netstat -b of one that is
/// shared).
bool contradict(const Endpoint& a, const Endpoint& b) {
  return !a.pid && !b.pid && !a.process.empty() && !b.process.empty() && a.process != b.process;
}

void merge_socket(std::vector<Endpoint>& rows, Snapshot& snapshot, std::vector<Endpoint>& merged) {
  std::stable_sort(rows.begin(), rows.end(), [](const Endpoint& a, const Endpoint& b) {
    return std::tuple(!a.pid, a.pid, a.process) < std::tuple(!b.pid, b.pid, b.process);
  });
  const std::size_t first = merged.size();
  for (Endpoint& row : rows) {
    const bool fresh = merged.size() == first || (row.pid && merged.back().pid != row.pid) ||
                       contradict(merged.back(), row);
    if (fresh) {
      merged.push_back(std::move(row));
    } else {
      merge_into(row.pid || !merged.back().pid ? merged.back() : merged[first], row);
    }
  }
  for (std::size_t i = first; i < merged.size(); ++i) {
    sort_names(merged[i].components);
    sort_unique(merged[i].sources, source_before);
  }
  for (std::size_t i = first + 1; i < merged.size(); ++i) {
    if (!merged[i].pid || !merged[i - 1].pid) continue;
    if (share_evidence(merged[i - 1], merged[i])) continue;
    snapshot.notes.push_back(fmt::format(
        "{} has PID {} in {} and PID {} in {}: both are kept; are the files of one host and time?",
        endpoint_text(merged[i]), *merged[i - 1].pid,
        describe_source(snapshot, merged[i - 1].sources), *merged[i].pid,
        describe_source(snapshot, merged[i].sources)));
  }
}

/// Identity only, unlike endpoint_before(), so that all rows of a socket stand together.
bool socket_before(const Endpoint& a, const Endpoint& b) {
  const auto key = [](const Endpoint& e) {
    return std::tuple(e.protocol, std::string_view(e.local.text), e.port, e.remote.has_value(),
                      e.remote ? std::string_view(e.remote->text) : std::string_view(),
                      e.remote_port);
  };
  return key(a) < key(b);
}

void normalise_endpoints(Snapshot& snapshot) {
  std::vector<Endpoint>& all = snapshot.endpoints;
  sort_facts(all, [](const Endpoint& a, const Endpoint& b) {
    if (socket_before(a, b)) return true;
    return !socket_before(b, a) && row_before(a, b);
  });
  std::vector<Endpoint> merged;
  merged.reserve(all.size());
  std::vector<Endpoint> rows;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i + 1;
    while (end < all.size() && same_socket(all[i], all[end])) ++end;
    if (end == i + 1) {
      sort_names(all[i].components);
      merged.push_back(std::move(all[i]));
    } else {
      rows.assign(std::make_move_iterator(all.begin() + static_cast<std::ptrdiff_t>(i)),
                  std::make_move_iterator(all.begin() + static_cast<std::ptrdiff_t>(end)));
      merge_socket(rows, snapshot, merged);
    }
    i = end;
  }
  sort_facts(merged, endpoint_before);
  all = std::move(merged);
}

/// True for names of one program: fport leaves ".exe" out, and tasklist of Windows 2000 and XP cuts
/// a long name at 25 letters.
bool same_image(std::string_view a, std::string_view b) {
  constexpr std::size_t kTasklistLetters = 25;
  const auto stem = [](std::string_view name) {
    return name.size() > 4 && iequals(name.substr(name.size() - 4), ".exe")
               ? name.substr(0, name.size() - 4)
               : name;
  };
  if (iequals(stem(a), stem(b))) return true;
  const auto cut = std::min(a.size(), b.size());
  return cut >= kTasklistLetters && (istarts_with(a, b) || istarts_with(b, a));
}

/// The longer of two names of one program says more: "inetinfo.exe" rather than "inetinfo".
void take_image(Process& to, Process& from, Snapshot& snapshot) {
  if (from.image.empty()) return;
  if (to.image.empty()) {
    to.image = std::move(from.image);
  } else if (same_image(to.image, from.image)) {
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
    to.services_known = to.services_known || process.services_known;
    append(to.services, process.services);
    append(to.sources, process.sources);
  }
  for (Process& process : merged) {
    sort_names(process.services);
    sort_unique(process.sources, source_before);
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
  fill(to.pid, from.pid);
  append(to.depends_on, from.depends_on);
  append(to.sources, from.sources);
}

void normalise_services(Snapshot& snapshot) {
  std::vector<Service>& all = snapshot.services;
  sort_facts(all, [](const Service& a, const Service& b) {
    if (!iequals(a.name, b.name)) return iless(a.name, b.name);
    const auto key = [](const Service& s) {
      return std::tie(s.state, s.start, s.name, s.title, s.pid, s.depends_on);
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
    sort_unique(service.sources, source_before);
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
    append(to.sources, setting.sources);
  }
  for (Setting& setting : merged) sort_unique(setting.sources, source_before);
  all = std::move(merged);
}

}  // namespace

std::string_view service_state_id(ServiceState state) {
  return kServiceStateIds[static_cast<std::size_t>(state)];
}

std::optional<ServiceState> parse_service_state(std::string_view id) {
  return find_id<ServiceState>(kServiceStateIds, id);
}

std::string_view start_type_id(StartType start) {
  return kStartTypeIds[static_cast<std::size_t>(start)];
}

std::optional<StartType> parse_start_type(std::string_view id) {
  return find_id<StartType>(kStartTypeIds, id);
}

const Process* Snapshot::process(std::uint32_t pid) const {
  const auto found = std::find_if(processes.begin(), processes.end(),
                                  [pid](const Process& process) { return process.pid == pid; });
  return found != processes.end() ? &*found : nullptr;
}

const Service* Snapshot::service(std::string_view name) const {
  const auto found = std::find_if(services.begin(), services.end(), [name](const Service& service) {
    return iequals(service.name, name);
  });
  return found != services.end() ? &*found : nullptr;
}

const Setting* Snapshot::setting(std::string_view key, std::string_view name) const {
  const auto found = std::find_if(settings.begin(), settings.end(), [&](const Setting& setting) {
    return iequals(setting.key, key) && iequals(setting.name, name);
  });
  return found != settings.end() ? &*found : nullptr;
}

void normalise(Snapshot& snapshot) {
  const EvidenceOrder order(snapshot);
  const auto renumber = [&order](auto& facts) {
    for (auto& fact : facts) order.renumber(fact.sources);
  };
  renumber(snapshot.endpoints);
  renumber(snapshot.processes);
  renumber(snapshot.services);
  renumber(snapshot.settings);
  normalise_endpoints(snapshot);
  normalise_processes(snapshot);
  normalise_services(snapshot);
  normalise_settings(snapshot);
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
