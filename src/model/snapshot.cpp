#include "model/snapshot.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace deadlight {
namespace {

constexpr std::array<std::string_view, 5> kServiceStateIds = {"unknown", "running", "stopped",
                                                              "paused", "pending"};
constexpr std::array<std::string_view, 6> kStartTypeIds = {"unknown",   "boot",   "system",
                                                           "automatic", "manual", "disabled"};

constexpr std::array<std::string_view, 4> kOsConfidenceIds = {"unknown", "guessed", "derived",
                                                              "given"};
constexpr std::array<std::string_view, 5> kAnswerIds = {"open", "closed", "filtered",
                                                        "open_or_filtered", "unfiltered"};

template <class Enum, std::size_t N>
std::optional<Enum> find_id(const std::array<std::string_view, N>& ids, std::string_view id) {
  const auto found = std::find(ids.begin(), ids.end(), id);
  if (found == ids.end()) return std::nullopt;
  return static_cast<Enum>(found - ids.begin());
}

constexpr std::array<std::string_view, 5> kFilterIds = {"unread", "open", "limited", "blocked",
                                                        "unknown"};

}  // namespace

std::string_view os_confidence_id(OsConfidence confidence) {
  return kOsConfidenceIds[static_cast<std::size_t>(confidence)];
}

std::optional<OsConfidence> parse_os_confidence(std::string_view id) {
  return find_id<OsConfidence>(kOsConfidenceIds, id);
}

std::string_view filter_id(Filter filter) { return kFilterIds[static_cast<std::size_t>(filter)]; }

std::optional<Filter> parse_filter(std::string_view id) { return find_id<Filter>(kFilterIds, id); }

std::string_view answer_id(Answer answer) { return kAnswerIds[static_cast<std::size_t>(answer)]; }

std::optional<Answer> parse_answer(std::string_view id) { return find_id<Answer>(kAnswerIds, id); }

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

}  // namespace deadlight
