#include <fmt/format.h>

#include <algorithm>

#include "knowledge/check.h"
#include "knowledge/row_id.h"

namespace deadlight::knowledge {
namespace {

void check_rpc(Checker& checker, const RpcInterfaceFact& fact) {
  const std::string id = row_id(fact);
  const Checker::Row row{"rpc_interface", id};
  checker.filled(row, "name", fact.name);
  checker.os_given(row, fact.os);
  checker.source_refs(row, fact.sources);
  for (const Text service : fact.services) checker.service_on(row, "services", service, fact.os);
  if (fact.services.empty() && fact.process.empty()) {
    checker.problem(row, "process", "is empty; say who answers, or name the services");
  }
}

void check_netbios(Checker& checker, const NetbiosSuffixFact& fact) {
  const std::string id = row_id(fact);
  const Checker::Row row{"netbios_suffix", id};
  checker.filled(row, "form", fact.form);
  checker.filled(row, "meaning", fact.meaning);
  checker.source_refs(row, fact.sources);
  if (!fact.service.empty()) checker.service_ref(row, "service", fact.service);
}

void check_smb(Checker& checker, const SmbTransportFact& fact) {
  const std::string id = row_id(fact);
  const Checker::Row row{"smb_transport", id};
  checker.os_given(row, fact.os);
  checker.filled(row, "setting", fact.setting);
  checker.filled(row, "behaviour", fact.behaviour);
  checker.source_refs(row, fact.sources);
}

}  // namespace

void check_network(Checker& checker) {
  for (const RpcInterfaceFact& fact : checker.kb().rpc) check_rpc(checker, fact);
  for (const NetbiosSuffixFact& fact : checker.kb().netbios) check_netbios(checker, fact);
  for (const SmbTransportFact& fact : checker.kb().smb) check_smb(checker, fact);
  if (!checker.kb().registry.ports.empty()) {
    checker.source_refs({"registry", "iana.tsv"}, checker.kb().registry.sources);
  }
}

}  // namespace deadlight::knowledge
