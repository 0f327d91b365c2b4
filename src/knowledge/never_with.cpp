#include "knowledge/never_with.h"

#include <algorithm>

#include "base/text.h"

namespace deadlight::knowledge {
namespace {

Text first_of(List<Text> never_with, const std::set<std::string>& capabilities) {
  for (const Text id : never_with) {
    const bool there =
        std::any_of(capabilities.begin(), capabilities.end(),
                    [id](const std::string& capability) { return iequals(capability, id); });
    if (there) return id;
  }
  return {};
}

}  // namespace

Text forbidding(const ServiceFact& service, const std::set<std::string>& capabilities) {
  return first_of(service.never_with, capabilities);
}

Text forbidding(const CloserFact& closer, const std::set<std::string>& capabilities,
                const Knowledge& kb) {
  if (const Text id = first_of(closer.never_with, capabilities); !id.empty()) return id;
  for (const ChangeFact& change : closer.changes) {
    if (change.kind != ChangeKind::service && change.kind != ChangeKind::unit) continue;
    const ServiceFact* service = kb.service(change.target);
    if (service == nullptr) continue;
    if (const Text id = forbidding(*service, capabilities); !id.empty()) return id;
  }
  return {};
}

}  // namespace deadlight::knowledge
