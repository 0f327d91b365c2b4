#include "knowledge/holder.h"

#include "base/text.h"

namespace deadlight::knowledge {

bool aims_at(const TargetFact& target, const Holder& holder, const Endpoint& endpoint) {
  if (!iequals(target.feature, holder.feature)) return false;
  if (target.all) return true;
  return target.protocol == endpoint.protocol &&
         (target.port == 0 || target.port == endpoint.port) &&
         (!target.rpc || (holder.opens != nullptr && holder.opens->rpc));
}

}  // namespace deadlight::knowledge
