#include "exposure/evident.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace deadlight {
namespace {

struct Sign {
  std::string_view service;
  std::string_view capability;
};

// The Key Distribution Center is disabled on what is no domain controller; Net Logon starts only on
// hosts that have joined a domain.
constexpr Sign kSigns[] = {
    {"NTDS", "domain-controller"},
    {"Kdc", "domain-controller"},
    {"Netlogon", "domain-member"},
};

bool holds_socket(const Exposure& exposure, std::string_view service) {
  return std::any_of(exposure.endpoints.begin(), exposure.endpoints.end(),
                     [service](const Exposed& exposed) {
                       return iequals(exposed.owner.service, service) &&
                              (exposed.owner.confidence == Confidence::observed ||
                               exposed.owner.confidence == Confidence::derived);
                     });
}

}  // namespace

void find_evident(Exposure& exposure, const RunningServices& running) {
  if (!is_windows(exposure.host.os)) return;
  for (const Sign& sign : kSigns) {
    if (!running.does_run(sign.service) && !holds_socket(exposure, sign.service)) continue;
    exposure.evident.try_emplace(std::string(sign.capability),
                                 fmt::format("{} runs here", sign.service));
  }
}

}  // namespace deadlight
