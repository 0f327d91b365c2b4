#include "host/linux/nft_fields.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace deadlight::linux_host {
namespace {

using Json = nlohmann::json;
using Key = RuleMatch::Key;

RuleMatch protocol_match(std::uint16_t number) {
  RuleMatch match;
  match.key = Key::protocol;
  match.numbers = {{number, number}};
  return match;
}

RuleMatch family_match(const char* family) {
  RuleMatch match;
  match.key = Key::family;
  match.names = {family};
  return match;
}

Field ip_field(const std::string& protocol, const std::string& name) {
  Field field;
  field.implied = {family_match(protocol == "ip" ? "ipv4" : "ipv6")};
  if (name == "saddr") field.key = Key::source;
  if (name == "daddr") field.key = Key::local_address;
  if (name == "protocol" || name == "nexthdr") field.key = Key::protocol;
  return field;
}

Field payload_field(const Json& payload) {
  const std::string protocol = text_of(member(payload, "protocol"));
  const std::string name = text_of(member(payload, "field"));
  if (protocol == "ip" || protocol == "ip6") return ip_field(protocol, name);
  Field field;
  if (protocol == "ether") {
    if (name == "saddr") field.key = Key::source;
    return field;
  }
  if (protocol != "th") {
    const auto number = protocol_number(protocol);
    if (!number) return field;
    field.implied = {protocol_match(*number)};
  }
  if (name == "dport") field.key = Key::local_port;
  if (name == "sport") field.key = Key::source;
  if (protocol == "tcp" && name == "flags") field.key = Key::tcp_flags;
  return field;
}

Field meta_field(const std::string& key) {
  static const std::map<std::string, Key, std::less<>> kKeys = {
      {"l4proto", Key::protocol}, {"nfproto", Key::family}, {"iif", Key::device},
      {"iifname", Key::device},   {"oif", Key::device_out}, {"oifname", Key::device_out},
      {"iifgroup", Key::source},  {"iiftype", Key::source}, {"hour", Key::source},
      {"day", Key::source},       {"time", Key::source},    {"random", Key::source},
      {"length", Key::source}};
  const auto found = kKeys.find(key);
  return {found == kKeys.end() ? Key::other : found->second, {}};
}

Field fib_field(const Json& fib) {
  const std::string result = text_of(member(fib, "result"));
  const Json& flags = member(fib, "flags");
  const auto has = [&](const char* flag) {
    return flags == Json(flag) ||
           (flags.is_array() && std::find(flags.begin(), flags.end(), Json(flag)) != flags.end());
  };
  if (result == "type" && has("daddr") && !has("saddr")) return {Key::local_type, {}};
  if (result.starts_with("oif") && has("saddr")) return {Key::no_way_back, {}};
  return {};
}

}  // namespace

const Json& member(const Json& json, const char* key) {
  static const Json none;
  if (!json.is_object()) return none;
  const auto found = json.find(key);
  return found == json.end() ? none : *found;
}

std::string text_of(const Json& json) {
  return json.is_string() ? json.get<std::string>() : std::string();
}

std::pair<std::string, const Json*> only_member(const Json& json) {
  if (!json.is_object() || json.size() != 1) return {};
  return {json.begin().key(), &json.begin().value()};
}

std::optional<std::uint16_t> protocol_number(const std::string& name) {
  static const std::map<std::string, std::uint16_t, std::less<>> kNumbers = {
      {"icmp", 1},       {"tcp", 6},     {"udp", 17},   {"dccp", 33},
      {"ipv6-icmp", 58}, {"icmpv6", 58}, {"sctp", 132}, {"udplite", 136}};
  const auto found = kNumbers.find(name);
  if (found == kNumbers.end()) return std::nullopt;
  return found->second;
}

Field field_of(const Json& left) {
  const auto [kind, content] = only_member(left);
  if (content == nullptr) return {};
  if (kind == "payload") return payload_field(*content);
  if (kind == "meta") return meta_field(text_of(member(*content, "key")));
  if (kind == "fib") return fib_field(*content);
  if (kind != "ct") return {};
  const std::string key = text_of(member(*content, "key"));
  if (key == "state") return {Key::state, {}};
  return {key == "count" || key == "saddr" ? Key::source : Key::other, {}};
}

}  // namespace deadlight::linux_host
