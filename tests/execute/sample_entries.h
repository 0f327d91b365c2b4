#pragma once

#include <string>
#include <vector>

#include "execute/record.h"

namespace deadlight::execute::test {

/// One record of each type, in an order in which they may follow each other; every field differs
/// from its default somewhere.
std::vector<Entry> sample_entries();

/// A journal with these records.
std::string journal_of(const std::vector<Entry>& entries);

}  // namespace deadlight::execute::test
