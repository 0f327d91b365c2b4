#pragma once

#include <string>

#include "execute/executor.h"

namespace deadlight::execute {

struct UndoOrder {
  bool force = false;    ///< overwrite also what somebody changed in between
  bool give_up = false;  ///< end it even where something cannot be restored
};

/// Takes one step back to the states that were recorded before it: what ran too much is stopped,
/// files and values are restored, the manager reloaded, then units start again. The caller has
/// recorded UndoBegun, or tried to: all it takes is on disk since the step began, so a journal that
/// takes no more does not stop it. `outcome` gets the stage, what is left and what went wrong.
void undo_step(ActHost& host, Journal& journal, UndoOrder order, StepOutcome& outcome);

/// Appends; an error becomes a problem of `outcome`, but for the errors after the first.
void note(Journal& journal, Record record, StepOutcome& outcome);

/// "file /etc/x", "unit ssh.service".
std::string name_of(const Act& act);

}  // namespace deadlight::execute
