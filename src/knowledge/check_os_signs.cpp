#include <fmt/format.h>

#include "base/text.h"
#include "knowledge/check.h"

namespace deadlight::knowledge {
namespace {

void check_name(Checker& checker, const OsSignFact& fact) {
  const Checker::Row row{"os_sign", fact.id};
  if (fact.name().empty()) {
    checker.problem(row, "image", "is missing; name a process by image, or a service by service");
  } else if (!fact.image.empty() && !fact.service.empty()) {
    checker.problem(row, "service", "stands beside image; make two rows of it");
  }
}

// Two rows of one name would give two reasons for one thing, or contradict each other.
void check_other_names(Checker& checker, std::size_t index) {
  const List<OsSignFact> facts = checker.kb().os_signs;
  const OsSignFact& fact = facts[index];
  for (const OsSignFact& other : facts.first(index)) {
    const bool same = !fact.name().empty() && iequals(other.image, fact.image) &&
                      iequals(other.service, fact.service) && !iequals(other.id, fact.id);
    if (!same) continue;
    checker.problem({"os_sign", fact.id}, fact.image.empty() ? "service" : "image",
                    fmt::format("is '{}', as in os_sign '{}'; a row that replaces that one has "
                                "its id",
                                fact.name(), other.id));
  }
}

}  // namespace

void check_os_signs(Checker& checker) {
  const List<OsSignFact> facts = checker.kb().os_signs;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const Checker::Row row{"os_sign", facts[i].id};
    check_name(checker, facts[i]);
    check_other_names(checker, i);
    checker.os_given(row, facts[i].os);
    if (facts[i].os.from != Os::unknown && facts[i].systems().empty()) {
      checker.problem(row, "edition",
                      fmt::format("leaves no system of {}; leave it out or correct the os",
                                  facts[i].os.text()));
    }
    checker.source_refs(row, facts[i].sources);
  }
}

}  // namespace deadlight::knowledge
