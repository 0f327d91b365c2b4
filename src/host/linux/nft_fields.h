#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/linux/nft_rules.h"

/// Expressions of libnftables-json(5).
namespace deadlight::linux_host {

/// null if `json` is no object or has none such.
const nlohmann::json& member(const nlohmann::json& json, const char* key);
/// Empty if it is no text.
std::string text_of(const nlohmann::json& json);
/// Name and content of a statement or expression: an object with one member. nullptr for others.
std::pair<std::string, const nlohmann::json*> only_member(const nlohmann::json& json);
/// Of a transport ("tcp"), as it stands in a packet.
std::optional<std::uint16_t> protocol_number(const std::string& name);

/// What a field of a header says of a packet, and what it must be for the packet to have it.
struct Field {
  RuleMatch::Key key = RuleMatch::Key::other;
  std::vector<RuleMatch> implied;
};

/// `other` for what is not understood.
Field field_of(const nlohmann::json& left);

}  // namespace deadlight::linux_host
