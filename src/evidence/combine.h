#pragma once

#include "model/snapshot.h"

namespace deadlight::evidence {

/// Puts `from` behind `into`; references to evidence are renumbered.
void append(Snapshot& into, Snapshot from);

/// Endpoints at "*", which name an owner but no address (fport), give their owner to every
/// endpoint with that protocol and port, and go. Those without a partner stay, and so do those
/// whose only partners are connections of a list without listeners.
void join_unaddressed(Snapshot& snapshot);

/// What `sc queryex` says of a service and its process, as Process::services. Such a list is never
/// complete: sc can be asked for a part.
void services_to_processes(Snapshot& snapshot);

/// Values under CurrentControlSet\Services\NAME that say how a service starts, as Service.
void settings_to_services(Snapshot& snapshot);

}  // namespace deadlight::evidence
