#include "exposure/containers.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace deadlight {
namespace {

Container& container(std::vector<Container>& all, std::string_view image, std::string_view group) {
  for (Container& one : all) {
    if (iequals(one.image, image) && iequals(one.group, group)) return one;
  }
  all.push_back({std::string(image), std::string(group), {}});
  return all.back();
}

void add_service(Container& container, std::string_view service) {
  if (!container.hosts(service)) container.services.emplace_back(service);
}

}  // namespace

bool Container::hosts(std::string_view service) const {
  return std::any_of(services.begin(), services.end(),
                     [service](const std::string& name) { return iequals(name, service); });
}

std::string Container::text() const {
  return group.empty() ? image : fmt::format("{} ({})", image, group);
}

std::vector<Container> containers_of(Os os, const knowledge::Knowledge& kb) {
  std::vector<Container> all;
  for (const knowledge::GroupFact& group : kb.groups) {
    if (!group.os.contains(os)) continue;
    Container& target = container(all, group.image, group.group);
    for (const std::string_view service : group.services) {
      const knowledge::ServiceFact* fact = kb.service(service);
      add_service(target, fact != nullptr ? fact->id : service);
    }
  }
  for (const knowledge::ServiceFact& service : kb.services) {
    if (!service.os.contains(os)) continue;
    if (service.kind == knowledge::ServiceKind::driver) {
      add_service(container(all, kSystemImage, ""), service.id);
      continue;
    }
    for (const knowledge::HostedFact& hosted : service.hosted) {
      if (hosted.os.contains(os) && !hosted.image.empty()) {
        add_service(container(all, hosted.image, ""), service.id);
      }
    }
  }
  return all;
}

}  // namespace deadlight
