#pragma once

#include <string>
#include <vector>

#include "execute/act.h"
#include "execute/history.h"

namespace deadlight::execute {

/// What should be and what is; endpoints as endpoint_text() writes them.
struct Verified {
  std::vector<std::string> closed;     ///< was to close, and is closed
  std::vector<std::string> regressed;  ///< was to close, and is open
  std::vector<std::string> kept;       ///< was to stay, and is open
  std::vector<std::string> lost;       ///< was to stay, and is closed
  std::vector<std::string> appeared;   ///< open, and expected nowhere
  bool reboot_pending = false;         ///< some of `regressed` go with the next reboot

  bool as_planned() const { return regressed.empty() && lost.empty(); }
};

/// `open`: what is open now.
Verified verify(const Expectations& expected, const std::vector<std::string>& open);

/// What the steps of a run set and is not so any more, whether or not a port shows it.
struct Altered {
  std::vector<std::string> things;  ///< "unit cups.service", "nftables table inet deadlight"
  std::vector<std::string> unseen;  ///< why others could not be looked at
};

/// Looks at each thing that a step set which is done and not undone, as the last of them left it.
Altered altered_since(const RunLog& run, ActHost& host);

/// True for a step that changed something which is not taken back, and for a run with one.
bool stands(const StepLog& step);
bool stands(const RunLog& run);

/// The newest run that stands; nullptr for none.
const RunLog* last_standing(const History& history);

/// The run that takes itself back unless it is confirmed; nullptr for none.
const RunLog* awaiting_confirmation(const History& history);

}  // namespace deadlight::execute
