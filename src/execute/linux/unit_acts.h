#pragma once

#include <string>
#include <vector>

#include "execute/linux/host_view.h"
#include "knowledge/knowledge.h"

namespace deadlight::execute {

/// A unit that is to run no more, not even after a restart of the host.
struct UnitChange {
  std::string unit;
  bool mask = false;  ///< not even if something asks for it
};

/// Appends to `translation` how this host switches `changes` off: stops what would start them
/// again, what would stop with them, and them; then takes away exactly the links in
/// /etc/systemd/system that enable them. A unit that something else pulls in (another unit, D-Bus,
/// a SysV script's generator) is masked by a link to /dev/null instead. A unit that this host does
/// not have is left out.
/// Errors: `refused` for what is protected, carries the caller's session, or could not be undone;
/// else as of `view`.
Result<> add_units_off(const std::vector<UnitChange>& changes, const HostView& view,
                       const knowledge::Knowledge& kb, Translation& translation);

}  // namespace deadlight::execute
