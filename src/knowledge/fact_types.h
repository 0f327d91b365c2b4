#pragma once

#include <span>
#include <string_view>

namespace deadlight::knowledge {

using Text = std::string_view;
template <class T>
using List = std::span<const T>;

/// True if `wanted` is among `texts`, without difference of case.
bool lists(List<Text> texts, Text wanted);

/// How a fact is known: stated by a vendor or measurement, by the community, or concluded.
enum class Certainty { documented, community, inferred };
std::string_view certainty_id(Certainty certainty);

}  // namespace deadlight::knowledge
