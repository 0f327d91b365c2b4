#pragma once

#include "execute/linux/host_view.h"
#include "knowledge/knowledge.h"
#include "plan/plan.h"

namespace deadlight::execute {

/// How this host carries `step` out; nothing is changed yet. How a file is changed comes from the
/// closers that the step names, never from the step: a plan may have been read from a file.
/// Errors: `refused`, with what stands against it; `not_found` if nothing of the step is here any
/// more, or the knowledge base does not have what it names; `unsupported` for changes of another
/// system; else as of `view`.
Result<Translation> translate(const Step& step, const HostView& view,
                              const knowledge::Knowledge& kb);

}  // namespace deadlight::execute
