#include "model/snapshot_json.h"

#include <fmt/format.h>

#include <optional>

#include "model/json_document.h"
#include "model/snapshot_fields.h"

namespace deadlight {
namespace {

// Its tree in memory takes about 20 times the bytes.
constexpr json::Kind kKind = {"deadlight.snapshot/1", "snapshot", "give the tools' own output",
                              64 * 1024 * 1024};

struct SnapshotForm {
  template <class Io, class T>
  static void fields(Io& io, T& value) {
    deadlight::fields(io, value);
  }

  static std::string_view id_of(Protocol value) { return protocol_id(value); }
  static std::string_view id_of(State value) { return state_id(value); }
  static std::string_view id_of(ServiceState value) { return service_state_id(value); }
  static std::string_view id_of(StartType value) { return start_type_id(value); }
  static std::string_view id_of(OsConfidence value) { return os_confidence_id(value); }
  static std::string_view id_of(Answer value) { return answer_id(value); }
  static std::string_view id_of(Filter value) { return filter_id(value); }
  static std::string_view id_of(Os value) { return os_id(value); }

  static std::optional<Protocol> from_id(std::string_view id, Protocol) {
    return parse_protocol(id);
  }
  static std::optional<State> from_id(std::string_view id, State) { return parse_state(id); }
  static std::optional<ServiceState> from_id(std::string_view id, ServiceState) {
    return parse_service_state(id);
  }
  static std::optional<StartType> from_id(std::string_view id, StartType) {
    return parse_start_type(id);
  }
  static std::optional<OsConfidence> from_id(std::string_view id, OsConfidence) {
    return parse_os_confidence(id);
  }
  static std::optional<Answer> from_id(std::string_view id, Answer) { return parse_answer(id); }
  static std::optional<Filter> from_id(std::string_view id, Filter) { return parse_filter(id); }
  static std::optional<Os> from_id(std::string_view id, Os) {
    return id == os_id(Os::unknown) ? Os::unknown : parse_os(id);
  }
};

/// Where a source points to evidence that is not there; empty if none does.
template <class T>
std::string dangling(const std::vector<T>& facts, const char* list, std::size_t evidence_count) {
  for (std::size_t i = 0; i < facts.size(); ++i) {
    for (std::size_t k = 0; k < facts[i].sources.size(); ++k) {
      if (facts[i].sources[k].evidence < evidence_count) continue;
      return fmt::format("$.{}[{}].sources[{}].evidence: there is no evidence {}", list, i, k,
                         facts[i].sources[k].evidence);
    }
  }
  return {};
}

std::string first_dangling(const Snapshot& snapshot) {
  const std::size_t count = snapshot.evidence.size();
  for (std::string found :
       {dangling(snapshot.endpoints, "endpoints", count),
        dangling(snapshot.processes, "processes", count),
        dangling(snapshot.services, "services", count),
        dangling(snapshot.started, "started", count),
        dangling(snapshot.settings, "settings", count), dangling(snapshot.rpc, "rpc", count),
        dangling(snapshot.urls, "urls", count), dangling(snapshot.firewall, "firewall", count),
        dangling(snapshot.outside, "outside", count),
        dangling(snapshot.other_sockets, "other_sockets", count)}) {
    if (!found.empty()) return found;
  }
  return {};
}

}  // namespace

std::string to_json(const Snapshot& snapshot) {
  Snapshot copy = snapshot;  // fields() serves both directions and takes no const
  return json::write_document<SnapshotForm>(copy, kKind, 1);
}

Result<Snapshot> snapshot_from_json(std::string_view text, std::string_view name) {
  const json::JsonPointer tree = DEADLIGHT_TRY(json::parse_document(text, name, kKind));
  Snapshot snapshot;
  std::string error = json::read_document<SnapshotForm>(*tree, snapshot);
  if (error.empty()) error = first_dangling(snapshot);
  if (error.empty()) return snapshot;
  return fail(Errc::malformed,
              fmt::format("{}: {}; correct the file or make it again", name, error));
}

}  // namespace deadlight
