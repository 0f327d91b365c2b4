#pragma once

#include "evidence/reading.h"

namespace deadlight::evidence {

/// Called when every reader is done: what nobody took becomes Unread if it looks like a damaged
/// part of a listing, and Skipped if it is other text. Nothing is dropped.
void account_for_the_rest(Reading& reading);

/// The kinds of input that are read, for messages.
std::string_view known_kinds();

}  // namespace deadlight::evidence
