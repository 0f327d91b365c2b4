#pragma once

#include <vector>

#include "execute/executor.h"
#include "execute/fake_host.h"

namespace deadlight::execute::test {

/// A host with two daemons, one of them behind a socket and with a dependent.
void set_up(FakeHost& host);

/// Three steps for it: a drop-in narrows one daemon, the other is stopped and masked, values and a
/// table are set. Some acts find what they want.
std::vector<PlannedStep> sample_steps();
RunInfo sample_info();

/// The host before the first step and after each one, as an undisturbed run leaves it.
std::vector<HostState> boundaries_of(const std::vector<PlannedStep>& steps,
                                     void (*prepare)(FakeHost&));

}  // namespace deadlight::execute::test
