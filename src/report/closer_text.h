#pragma once

#include <string>

#include "knowledge/knowledge.h"

/// What a closer does, in words for a person.
namespace deadlight::report {

/// "service Messenger: start type disabled, and stop it"
std::string change_line(const knowledge::ChangeFact& change);
/// "closes it"
std::string effect_text(knowledge::Effect effect);
/// "after a reboot"
std::string when_text(knowledge::When when);

}  // namespace deadlight::report
