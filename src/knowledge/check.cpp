#include "knowledge/check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "knowledge/row_id.h"

namespace deadlight::knowledge {
namespace {

// Rows are sorted, so rows with one id are neighbours.
template <class Row>
void check_unique(Checker& checker, std::string_view kind, List<Row> rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string id = row_id(rows[i]);
    if (id.empty()) checker.problem({kind, id}, "id", "is empty; give the row an id");
    if (i > 0 && iequals(row_id(rows[i - 1]), id)) {
      checker.problem({kind, id}, "id", "is there twice; keep one of the rows");
    }
  }
}

void check_plain_rows(Checker& checker) {
  for (const SourceFact& source : checker.kb().sources) {
    checker.filled({"source", source.id}, "title", source.title);
  }
  for (const CapabilityFact& capability : checker.kb().capabilities) {
    checker.filled({"capability", capability.id}, "title", capability.title);
  }
  for (const PortFact& port : checker.kb().ports) {
    const std::string id = row_id(port);
    const Checker::Row row{"port", id};
    checker.source_refs(row, port.sources);
    const bool silent = port.windows_owner.empty() && port.linux_owner.empty() &&
                        port.abuse.empty() && port.exposure.empty();
    if (silent) {
      checker.problem(row, "windows", "says nothing; fill windows, linux, abuse or exposure");
    }
  }
}

void check_extends(Checker& checker, const RoleFact& role) {
  const Checker::Row row{"role", role.id};
  Text next = role.extends;
  for (std::size_t i = 0; !next.empty(); ++i) {
    if (iequals(next, role.id) || i > checker.kb().roles.size()) {
      checker.problem(row, "extends", "goes round in a circle; a role cannot extend itself");
      return;
    }
    const RoleFact* parent = checker.kb().role(next);
    if (parent == nullptr) {
      checker.problem(row, "extends",
                      fmt::format("names '{}', which is no [[role]]; correct the name", next));
      return;
    }
    next = parent->extends;
  }
}

void check_role_refs(Checker& checker, const RoleFact& role) {
  const Checker::Row row{"role", role.id};
  check_extends(checker, role);
  checker.capability_refs(row, "needs", role.needs);
  for (const Text wanted : role.disable) {
    if (checker.kb().closer(wanted) != nullptr || checker.kb().service(wanted) != nullptr) continue;
    checker.problem(row, "disable",
                    fmt::format("names '{}', which is no [[service]] and no [[closer]]; correct "
                                "the name",
                                wanted));
  }
}

void check_roles(Checker& checker) {
  for (const RoleFact& role : checker.kb().roles) {
    const Checker::Row row{"role", role.id};
    checker.filled(row, "title", role.title);
    checker.filled(row, "purpose", role.purpose);
    check_role_refs(checker, role);
  }
}

}  // namespace

void Checker::problem(Row row, std::string_view key, std::string_view message) {
  problems_.push_back(
      fmt::format("{}{} '{}': {} {}", place_of(row, key), row.kind, row.id, key, message));
}

// "x.toml:12: ", with the line of the key if it is there; empty for a row of another origin.
std::string Checker::place_of(const Row& row, std::string_view key) const {
  const auto place = places_.find(to_lower(fmt::format("{} '{}'", row.kind, row.id)));
  if (place == places_.end()) return {};
  const auto& keys = place->second.keys;
  auto at = row.item == kNoItem ? keys.end() : keys.find(fmt::format("{}[{}]", key, row.item));
  if (at == keys.end()) at = keys.find(key);
  return fmt::format("{}:{}: ", place->second.file,
                     at == keys.end() ? place->second.line : at->second);
}

void Checker::filled(Row row, std::string_view key, Text text) {
  if (text.empty()) problem(row, key, "is empty; write it");
}

void Checker::os_given(Row row, OsRange os) {
  if (os.from == Os::unknown) {
    problem(row, "os", "is missing; give a range such as win2000-winxp, vista- or linux");
  }
}

void Checker::source_refs(Row row, List<Text> sources) {
  if (sources.empty()) problem(row, "sources", "is empty; name at least one [[source]]");
  for (const Text id : sources) {
    if (kb_.source(id) != nullptr) continue;
    problem(row, "sources",
            fmt::format("names '{}', which is no [[source]]; add it to sources.toml", id));
  }
}

void Checker::capability_refs(Row row, std::string_view key, List<Text> capabilities) {
  for (const Text id : capabilities) {
    if (kb_.capability(id) != nullptr) continue;
    problem(row, key,
            fmt::format("names '{}', which is no [[capability]]; correct the name or add it to "
                        "capabilities.toml",
                        id));
  }
}

const ServiceFact* Checker::service_ref(Row row, std::string_view key, Text id) {
  const ServiceFact* service = kb_.service(id);
  if (service == nullptr) {
    problem(row, key, fmt::format("names '{}', which is no [[service]]; add a row for it", id));
  } else if (!iequals(service->id, id)) {
    // Holders are compared by id, so that an alias here would never match.
    problem(row, key, fmt::format("names '{}', an alias; write '{}'", id, service->id));
  }
  return service;
}

void Checker::service_on(Row row, std::string_view key, Text id, OsRange os) {
  const ServiceFact* service = service_ref(row, key, id);
  if (service == nullptr) return;
  const std::string absent =
      systems_where(os, [service](Os one) { return !service->os.contains(one); });
  if (absent.empty()) return;
  problem(row, key,
          fmt::format("names '{}', which is not there on {}; correct either os", id, absent));
}

std::vector<std::string> check_role(const RoleFact& role, const Knowledge& kb,
                                    const Places& places) {
  Checker checker(kb, places);
  check_role_refs(checker, role);
  return checker.take();
}

std::vector<std::string> check(const Knowledge& knowledge) { return check_at(knowledge, {}); }

std::vector<std::string> check_at(const Knowledge& knowledge, const Places& places) {
  Checker checker(knowledge, places);
  check_unique(checker, "source", knowledge.sources);
  check_unique(checker, "capability", knowledge.capabilities);
  check_unique(checker, "service", knowledge.services);
  check_unique(checker, "feature", knowledge.features);
  check_unique(checker, "closer", knowledge.closers);
  check_unique(checker, "port", knowledge.ports);
  check_unique(checker, "role", knowledge.roles);
  check_unique(checker, "group", knowledge.groups);
  check_unique(checker, "rpc_interface", knowledge.rpc);
  check_unique(checker, "netbios_suffix", knowledge.netbios);
  check_unique(checker, "smb_transport", knowledge.smb);
  check_unique(checker, "os_sign", knowledge.os_signs);
  check_plain_rows(checker);
  check_services(checker);
  check_groups(checker);
  check_features(checker);
  check_closers(checker);
  check_network(checker);
  check_os_signs(checker);
  check_roles(checker);
  return checker.take();
}

}  // namespace deadlight::knowledge
