#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "exposure/remedies.h"
#include "plan/changes.h"
#include "plan/plan.h"
#include "plan/sessions.h"

namespace deadlight {
namespace {

using simulated::SimulatedHost;

constexpr std::size_t kNearNamesMax = 4;
constexpr std::size_t kStemBytes = 3;

struct Request {
  Remedy remedy;
  bool only_stop = false;
};

bool knows_service(std::string_view name, const Exposure& exposure,
                   const knowledge::Knowledge& kb) {
  if (kb.service(name) != nullptr) return true;
  const bool listed =
      std::any_of(exposure.services.begin(), exposure.services.end(),
                  [name](const Service& service) { return iequals(service.name, name); });
  return listed || std::any_of(exposure.endpoints.begin(), exposure.endpoints.end(),
                               [name](const Exposed& exposed) {
                                 return std::any_of(exposed.holders.begin(), exposed.holders.end(),
                                                    [name](const knowledge::Holder& holder) {
                                                      return iequals(holder.service, name);
                                                    });
                               });
}

// Units go by the host's own name for them; Windows services by their key name, however written.
std::string own_name(std::string_view name, const Exposure& exposure,
                     const knowledge::Knowledge& kb) {
  const knowledge::ServiceFact* fact = kb.service(name);
  return std::string(fact != nullptr && is_windows(exposure.host.os) ? fact->id : name);
}

// "net stop messenger" is what people type: its last word names the service.
std::string near_names(std::string_view text, Os os, const knowledge::Knowledge& kb) {
  const std::vector<std::string_view> parts = words(text);
  if (parts.empty()) return {};
  std::vector<std::string> names;
  const std::string_view stem = parts.back().substr(0, kStemBytes);
  for (const knowledge::ServiceFact& service : kb.services) {
    if (names.size() < kNearNamesMax && service.os.contains(os) && icontains(service.id, stem)) {
      names.push_back(fmt::format("disable:{}", service.id));
    }
  }
  for (const knowledge::CloserFact& closer : kb.closers) {
    if (names.size() < 2 * kNearNamesMax && closer.os.contains(os) && icontains(closer.id, stem)) {
      names.emplace_back(closer.id);
    }
  }
  return names.empty() ? std::string() : "; near it are " + join(names, ", ");
}

Result<Request> parse_request(std::string_view text, const Exposure& exposure,
                              const knowledge::Knowledge& kb) {
  const auto colon = text.find(':');
  const std::string_view verb = text.substr(0, colon);
  const bool stop = iequals(verb, "stop");
  if (colon != std::string_view::npos && (stop || iequals(verb, "disable"))) {
    const std::string_view name = trim(text.substr(colon + 1));
    if (name.empty()) {
      return fail(Errc::malformed,
                  fmt::format("'{}' names no service; write {}:SERVICE", text, to_lower(verb)));
    }
    if (!knows_service(name, exposure, kb)) {
      return fail(Errc::not_found, fmt::format("no service '{}' is known on this host or in the "
                                               "knowledge base{}",
                                               name, near_names(name, exposure.host.os, kb)));
    }
    return Request{{nullptr, own_name(name, exposure, kb)}, stop};
  }
  const knowledge::CloserFact* closer = kb.closer(text);
  if (closer == nullptr) {
    return fail(Errc::not_found, fmt::format("'{}' is no change that is known; write "
                                             "disable:SERVICE, stop:SERVICE or a closer's id{}",
                                             text, near_names(text, exposure.host.os, kb)));
  }
  return Request{{closer, {}}, false};
}

void describe(WhatIf& result, const Request& request, const Exposure& exposure,
              const Remedies& remedies) {
  for (PlannedChange& change : changes_of(request.remedy, exposure, remedies)) {
    if (request.only_stop) {
      change.type = "unchanged";
      change.undo = "start it again";
    }
    result.changes.push_back(std::move(change));
  }
  for (const std::string& text : breaks_of(request.remedy, remedies.kb()))
    add_once(result.breaks, text);
  if (request.remedy.closer != nullptr) add_once(result.warnings, request.remedy.closer->limits);
  if (const std::string forbidden = remedies.forbidden(request.remedy); !forbidden.empty()) {
    add_once(result.warnings, "a plan would leave it out: " + forbidden);
  }
  if (request.only_stop) {
    add_once(result.warnings,
             fmt::format("{} is only stopped: unless it is disabled it is back after a reboot",
                         request.remedy.service));
  }
}

}  // namespace

Result<WhatIf> what_if(const Exposure& exposure, const std::vector<std::string>& changes,
                       const knowledge::Knowledge& kb) {
  const SystemFacts system(exposure.host.os, kb);
  const Remedies remedies(exposure, system);
  SimulatedHost host = simulate(exposure, remedies.dependencies());
  WhatIf result;
  result.host = exposure.host;
  result.open_before = host.listing();
  result.unread = exposure.unread;
  if (!result.unread.empty()) {
    result.warnings.emplace_back(
        "some lines of the evidence could not be read, and may be open ports: 'deadlight scan' "
        "names them");
  }
  for (const std::string& text : changes) {
    const Request request = DEADLIGHT_TRY(parse_request(text, exposure, kb));
    if (request.only_stop) {
      DEADLIGHT_TRY(host.stop(request.remedy.service));
    } else {
      DEADLIGHT_TRY(apply(host, request.remedy));
    }
    describe(result, request, exposure, remedies);
  }
  result.also_stops = stopped_besides(result.changes, host);
  result.open_at_once = host.listing();
  result.reboot = host.reboot_pending();
  if (result.reboot) host.reboot();
  result.open_after = host.listing();
  result.closes = gone(result.open_before, result.open_after);
  for (const std::string& text : ended_sessions(exposure, result.closes)) {
    add_once(result.warnings, text);
  }
  return result;
}

}  // namespace deadlight
