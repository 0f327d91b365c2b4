#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "base/text.h"
#include "knowledge/check.h"
#include "knowledge/row_id.h"

namespace deadlight::knowledge {
namespace {

// Aliases are looked up like ids: one name must not mean two services.
void check_aliases(Checker& checker) {
  std::map<std::string, Text, ILess> owners;
  for (const ServiceFact& service : checker.kb().services) {
    owners.emplace(std::string(service.id), service.id);
  }
  for (const ServiceFact& service : checker.kb().services) {
    for (const Text alias : service.aliases) {
      const auto [owner, added] = owners.emplace(std::string(alias), service.id);
      if (added) continue;
      checker.problem({"service", service.id}, "aliases",
                      fmt::format("has '{}', which is a name of service '{}' already; drop one",
                                  alias, owner->second));
    }
  }
}

// The group's image wins where both say one, so a different one here is a mistake in either.
void check_image(Checker& checker, const ServiceFact& service, const HostedFact& hosted) {
  if (hosted.image.empty()) return;
  for (const Os os : all_os()) {
    if (!hosted.os.contains(os) || !service.os.contains(os)) continue;
    const GroupFact* group = checker.kb().group_of(service.id, os);
    if (group == nullptr || iequals(group->image, hosted.image)) continue;
    checker.problem({"service", service.id}, "hosted",
                    fmt::format("says {} on {}, but group '{}' says {}; correct one of them",
                                hosted.image, os_id(os), row_id(*group), group->image));
    return;
  }
}

// What always runs turns a port number into evidence, so it is said of systems that have it.
void check_always_runs(Checker& checker, const ServiceFact& service) {
  for (const Os os : all_os()) {
    if (!service.always_runs.contains(os) || service.os.contains(os)) continue;
    checker.problem({"service", service.id}, "always_runs",
                    fmt::format("covers {}, but the service is on {} only; correct one of them",
                                os_id(os), service.os.text()));
    return;
  }
}

// Two groups for one service on one system: nobody could tell which process hosts it, unless both
// say that it depends on the build.
void check_one_group(Checker& checker) {
  std::set<std::string, ILess> told;
  for (const Os os : all_os()) {
    std::map<Text, const GroupFact*, ILess> groups;
    for (const GroupFact& group : checker.kb().groups) {
      if (!group.os.contains(os)) continue;
      for (const Text service : group.services) {
        const auto [first, added] = groups.emplace(service, &group);
        if (added ||
            (lists(group.sometimes, service) && lists(first->second->sometimes, service))) {
          continue;
        }
        if (!told.emplace(service).second) continue;
        checker.problem({"group", row_id(group)}, "services",
                        fmt::format("names '{}', which group '{}' has on {} too; keep it in one, "
                                    "or name it in 'sometimes' of both",
                                    service, row_id(*first->second), os_id(os)));
      }
    }
  }
}

}  // namespace

void check_services(Checker& checker) {
  check_aliases(checker);
  for (const ServiceFact& service : checker.kb().services) {
    const Checker::Row row{"service", service.id};
    checker.filled(row, "title", service.title);
    checker.os_given(row, service.os);
    checker.source_refs(row, service.sources);
    checker.capability_refs(row, "provides", service.provides);
    checker.capability_refs(row, "never_with", service.never_with);
    for (const DependencyFact& dependency : service.depends_on) {
      const ServiceFact* needed = checker.service_ref(row, "depends_on", dependency.service);
      if (needed == &service) checker.problem(row, "depends_on", "names itself; take it out");
    }
    for (const Text unit : service.coupled) checker.service_ref(row, "coupled", unit);
    for (const HostedFact& hosted : service.hosted) check_image(checker, service, hosted);
    check_always_runs(checker, service);
  }
}

void check_groups(Checker& checker) {
  for (const GroupFact& group : checker.kb().groups) {
    const std::string id = row_id(group);
    const Checker::Row row{"group", id};
    checker.os_given(row, group.os);
    checker.filled(row, "image", group.image);
    checker.source_refs(row, group.sources);
    if (group.services.empty()) {
      checker.problem(row, "services", "is empty; name the services or drop the row");
    }
    for (const Text service : group.sometimes) {
      if (lists(group.services, service)) continue;
      checker.problem(row, "sometimes",
                      fmt::format("names '{}', which 'services' lacks; add it there too", service));
    }
  }
  check_one_group(checker);
}

}  // namespace deadlight::knowledge
