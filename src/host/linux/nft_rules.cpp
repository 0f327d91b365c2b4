#include "host/linux/nft_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>
#include <utility>

#include "host/linux/nft_fields.h"

namespace deadlight::linux_host {
namespace {

using Json = nlohmann::json;
using Key = RuleMatch::Key;
using Action = Rule::Action;

constexpr std::size_t kBytesMax = 64U << 20U;
constexpr std::size_t kRulesMax = 200'000;
constexpr std::uint16_t kPortMax = 65535;

std::optional<std::uint16_t> number_of(const Json& json) {
  if (json.is_number_unsigned()) {
    const auto value = json.get<std::uint64_t>();
    if (value > kPortMax) return std::nullopt;
    return static_cast<std::uint16_t>(value);
  }
  return json.is_string() ? protocol_number(json.get<std::string>()) : std::nullopt;
}

AddressSpan network_of(const IpAddress& address, std::size_t bits) {
  AddressSpan span{address, address};
  const std::size_t size = address.v6 ? 16 : 4;
  for (std::size_t bit = bits; bit < size * 8; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    span.first.bytes[bit / 8] = static_cast<std::uint8_t>(span.first.bytes[bit / 8] & ~mask);
    span.last.bytes[bit / 8] = static_cast<std::uint8_t>(span.last.bytes[bit / 8] | mask);
  }
  return span;
}

std::optional<AddressSpan> span_of(const Json& json) {
  if (const Json& prefix = member(json, "prefix"); prefix.is_object()) {
    const auto address = parse_ip(text_of(member(prefix, "addr")));
    const auto bits = number_of(member(prefix, "len"));
    if (!address || !bits || *bits > (address->v6 ? 128 : 32)) return std::nullopt;
    return network_of(*address, *bits);
  }
  if (const Json& range = member(json, "range"); range.is_array() && range.size() == 2) {
    const auto first = parse_ip(text_of(range[0]));
    const auto last = parse_ip(text_of(range[1]));
    if (!first || !last || first->v6 != last->v6) return std::nullopt;
    return AddressSpan{*first, *last};
  }
  const auto address = parse_ip(text_of(json));
  if (!address) return std::nullopt;
  return AddressSpan{*address, *address};
}

std::optional<PortRange> range_of(const Json& json) {
  if (const Json& range = member(json, "range"); range.is_array() && range.size() == 2) {
    const auto first = number_of(range[0]);
    const auto last = number_of(range[1]);
    if (!first || !last) return std::nullopt;
    return PortRange{*first, *last};
  }
  const auto number = number_of(json);
  if (!number) return std::nullopt;
  return PortRange{*number, *number};
}

bool is_numeric(Key key) { return key == Key::protocol || key == Key::local_port; }

/// Puts one value into a match; false if it is not understood.
bool add_value(RuleMatch& match, const Json& json) {
  const Json& wrapped = member(member(json, "elem"), "val");  // with a time-out or comment
  const Json& value = wrapped.is_null() ? json : wrapped;
  if (is_numeric(match.key)) {
    const auto range = range_of(value);
    if (range) match.numbers.push_back(*range);
    return range.has_value();
  }
  if (match.key == Key::local_address) {
    const auto span = span_of(value);
    if (span) match.addresses.push_back(*span);
    return span.has_value();
  }
  if (match.key == Key::source || match.key == Key::no_way_back) return true;
  if (value.is_string()) match.names.push_back(value.get<std::string>());
  return value.is_string();
}

bool add_values(RuleMatch& match, const Json& values) {
  if (!values.is_array()) return add_value(match, values);
  return std::all_of(values.begin(), values.end(),
                     [&](const Json& value) { return add_value(match, value); });
}

class Parser {
 public:
  Result<Ruleset> parse(std::string_view text) {
    if (text.size() > kBytesMax) {
      return fail(Errc::limit, "firewall rules: there are more than 64 MiB of them");
    }
    const Json document = Json::parse(text, nullptr, false);
    const Json& list = member(document, "nftables");
    if (!list.is_array()) {
      return fail(Errc::malformed, "firewall rules: nftables' answer is no list of its rules");
    }
    for (const Json& entry : list) read_set(entry);
    for (const Json& entry : list) read_chain(member(entry, "chain"));
    for (const Json& entry : list) read_rule(member(entry, "rule"));
    if (rules_ > kRulesMax) {
      return fail(Errc::limit, fmt::format("firewall rules: there are more than {}", kRulesMax));
    }
    sort_chains();
    find_targets();
    return std::move(ruleset_);
  }

 private:
  using Name = std::tuple<std::string, std::string, std::string>;  ///< family, table, own

  static Name name_of(const Json& entry, const char* own) {
    return {text_of(member(entry, "family")), text_of(member(entry, "table")),
            text_of(member(entry, own))};
  }

  void read_set(const Json& entry) {
    for (const char* kind : {"set", "map"}) {
      const Json& set = member(entry, kind);
      if (set.is_object()) sets_[name_of(set, "name")] = &member(set, "elem");
    }
  }

  void read_chain(const Json& entry) {
    if (!entry.is_object()) return;
    Chain chain;
    std::tie(chain.family, chain.table, chain.name) = name_of(entry, "name");
    chain.hook = text_of(member(entry, "hook"));
    chain.type = text_of(member(entry, "type"));
    chain.device = text_of(member(entry, "dev"));
    const Json& priority = member(entry, "prio");
    if (priority.is_number_integer()) chain.priority = priority.get<std::int64_t>();
    chain.drops = text_of(member(entry, "policy")) == "drop";
    if (indices_.try_emplace(name_of(entry, "name"), ruleset_.chains.size()).second) {
      ruleset_.chains.push_back(std::move(chain));
    }
  }

  void read_rule(const Json& entry) {
    const auto at = indices_.find(name_of(entry, "chain"));
    if (!entry.is_object() || at == indices_.end() || ++rules_ > kRulesMax) return;
    Chain& chain = ruleset_.chains[at->second];
    family_ = chain.family;
    table_ = chain.table;
    Rule rule;
    rule.number = chain.rules.empty() ? 1 : chain.rules.back().number + 1;
    if (const Json& handle = member(entry, "handle"); handle.is_number_unsigned()) {
      rule.handle = handle.get<std::uint64_t>();
    }
    const Json& statements = member(entry, "expr");
    if (!statements.is_array()) return;
    for (const Json& statement : statements) {
      if (read_statement(statement, rule, chain)) break;
    }
    // Kept even if it does nothing: the place of those that follow counts.
    chain.rules.push_back(std::move(rule));
  }

  /// True if nothing of the rule comes after it.
  bool read_statement(const Json& json, Rule& rule, Chain& chain) {
    const auto [kind, content] = only_member(json);
    if (content == nullptr) {
      rule.matches.emplace_back();
      return false;
    }
    if (kind == "match") {
      add_match(*content, rule);
    } else if (kind == "vmap") {
      add_verdicts(*content, rule, chain);
      return true;
    } else if (kind == "xt") {
      return read_of_iptables(text_of(member(*content, "type")), text_of(member(*content, "name")),
                              rule);
    } else if (kind == "limit" || kind == "quota" || kind == "ct count" || kind == "meter") {
      rule.matches.push_back({Key::source, false, {}, {}, {}});
    } else {
      return read_action(kind, *content, rule);
    }
    return false;
  }

  /// A part that iptables-nft hands to the kernel in iptables' own form (iptables-extensions(8)).
  static bool read_of_iptables(const std::string& type, const std::string& name, Rule& rule) {
    static const std::map<std::string, Action, std::less<>> kTargets = {
        {"DNAT", Action::divert},   {"REDIRECT", Action::divert}, {"REJECT", Action::drop},
        {"TARPIT", Action::drop},   {"LOG", Action::none},        {"NFLOG", Action::none},
        {"MARK", Action::none},     {"CONNMARK", Action::none},   {"TCPMSS", Action::none},
        {"CHECKSUM", Action::none}, {"CT", Action::none},         {"NOTRACK", Action::none},
        {"SET", Action::none},      {"SNAT", Action::none},       {"MASQUERADE", Action::none}};
    rule.of_iptables = true;
    if (type != "target") {
      if (name != "comment") rule.matches.push_back({Key::other, false, {}, {}, {name}});
      return false;
    }
    const auto target = kTargets.find(name);
    rule.action = target == kTargets.end() ? Action::other : target->second;
    if (name == "DNAT") rule.to_address = "an address that only iptables tells";
    return true;
  }

  bool read_action(const std::string& kind, const Json& content, Rule& rule) const {
    static const std::map<std::string, Action, std::less<>> kActions = {
        {"accept", Action::accept}, {"drop", Action::drop},    {"reject", Action::drop},
        {"jump", Action::jump},     {"goto", Action::go_to},   {"return", Action::leave},
        {"continue", Action::none}, {"dnat", Action::divert},  {"redirect", Action::divert},
        {"queue", Action::other},   {"tproxy", Action::other}, {"synproxy", Action::other}};
    // These change or count packets and let them go on.
    static constexpr std::array<std::string_view, 12> kPassing = {
        "counter", "log",  "mangle", "notrack",    "set",       "map",
        "fwd",     "snat", "dup",    "masquerade", "ct helper", "last"};
    const auto action = kActions.find(kind);
    if (action == kActions.end()) {
      const bool passes = std::find(kPassing.begin(), kPassing.end(), kind) != kPassing.end();
      if (!passes || kind == "fwd") rule.matches.emplace_back();
      return false;
    }
    rule.action = action->second;
    rule.target = text_of(member(content, "target"));
    if (rule.action == Action::divert) read_divert(content, rule);
    return true;
  }

  void read_divert(const Json& content, Rule& rule) const {
    const Json& address = member(content, "addr");
    const Json& port = member(content, "port");
    rule.to_address = text_of(address);
    if (!address.is_null() && rule.to_address.empty()) rule.to_address = "several addresses";
    if (const auto range = range_of(port)) rule.to_ports = *range;
    for (const Json* target : {&address, &port}) {
      if (target->is_object() && !target->contains("range")) add_map(member(*target, "map"), rule);
    }
  }

  /// What a map has no row for goes on to the next rule.
  void add_map(const Json& map, Rule& rule) const {
    const Field field = field_of(member(map, "key"));
    const Json& data = member(map, "data");
    const Json* rows = data.is_string() ? set_of(text_of(data)) : &member(data, "set");
    RuleMatch match;
    match.key = field.key;
    bool known = rows != nullptr && rows->is_array() && match.key != Key::other;
    for (std::size_t i = 0; known && i < rows->size(); ++i) {
      const Json& row = (*rows)[i];
      known = row.is_array() && row.size() == 2 && add_value(match, row[0]);
    }
    if (!known) match.key = Key::other;
    rule.matches.insert(rule.matches.end(), field.implied.begin(), field.implied.end());
    rule.matches.push_back(std::move(match));
  }

  void add_match(const Json& json, Rule& rule) {
    const Json& left = member(json, "left");
    const std::string op = text_of(member(json, "op"));
    if (const Json& mask = member(left, "&"); mask.is_array() && mask.size() == 2) {
      return add_flags(mask, op, member(json, "right"), rule);
    }
    Field field = field_of(left);
    rule.matches.insert(rule.matches.end(), field.implied.begin(), field.implied.end());
    RuleMatch match;
    match.key = field.key;
    match.negated = op == "!=";
    const bool compares = op == "<" || op == ">" || op == "<=" || op == ">=";
    const bool known = compares ? add_compared(match, op, member(json, "right"))
                                : add_right(match, member(json, "right"));
    if (!known) match.key = Key::other;
    rule.matches.push_back(std::move(match));
  }

  // "tcp flags & (fin | syn | rst | ack) == syn": a first packet has SYN and nothing else.
  static void add_flags(const Json& mask, const std::string& op, const Json& right, Rule& rule) {
    const Field field = field_of(mask[0]);
    RuleMatch match;
    const auto is_syn = [](const Json& json) { return json == Json("syn"); };
    const bool looks_at_syn =
        is_syn(mask[1]) ||
        (mask[1].is_array() && std::any_of(mask[1].begin(), mask[1].end(), is_syn));
    if (field.key == Key::tcp_flags && (op == "==" || op == "!=")) {
      const bool fits = looks_at_syn ? is_syn(right) : right == Json(0);
      rule.matches.insert(rule.matches.end(), field.implied.begin(), field.implied.end());
      match.key = Key::tcp_flags;
      match.negated = fits == (op == "!=");
      match.names = {"syn"};
    }
    rule.matches.push_back(std::move(match));
  }

  static bool add_compared(RuleMatch& match, const std::string& op, const Json& right) {
    if (match.key == Key::source) return true;
    const auto number = number_of(right);
    if (!is_numeric(match.key) || !number) return false;
    const int from = op == ">" ? *number + 1 : op == ">=" ? *number : 0;
    const int to = op == "<" ? *number - 1 : op == "<=" ? *number : kPortMax;
    if (from > to || from > kPortMax) return false;
    match.numbers = {{static_cast<std::uint16_t>(from), static_cast<std::uint16_t>(to)}};
    return true;
  }

  bool add_right(RuleMatch& match, const Json& right) const {
    if (match.key == Key::other) return false;
    if (match.key == Key::no_way_back) {
      // "missing" and false say that there is no such device; 0 is how some versions write it.
      match.negated = match.negated != (right == Json(true));
      return right.is_boolean() || right == Json(0) || right == Json("missing");
    }
    if (const Json& set = member(right, "set"); set.is_array()) return add_values(match, set);
    const std::string name = text_of(right);
    if (!name.starts_with('@')) return add_values(match, right);
    // Who asks is anybody's guess: what the set holds changes nothing.
    if (match.key == Key::source) return true;
    const Json* elements = set_of(name);
    return elements != nullptr && (elements->is_null() || add_values(match, *elements));
  }

  const Json* set_of(const std::string& reference) const {
    if (!reference.starts_with('@')) return nullptr;
    const auto found = sets_.find(Name(family_, table_, reference.substr(1)));
    return found == sets_.end() ? nullptr : found->second;
  }

  /// A rule for each row of a verdict map.
  void add_verdicts(const Json& vmap, Rule& rule, Chain& chain) {
    const Json& data = member(vmap, "data");
    const Json* rows = data.is_string() && text_of(data).starts_with('@') ? set_of(text_of(data))
                                                                          : &member(data, "set");
    const Field field = field_of(member(vmap, "key"));
    rule.matches.insert(rule.matches.end(), field.implied.begin(), field.implied.end());
    if (rows == nullptr || !rows->is_array()) {
      rule.action = rows != nullptr && rows->is_null() ? Action::none : Action::other;
      return;
    }
    for (const Json& row : *rows) {
      if (!row.is_array() || row.size() != 2 || ++rules_ > kRulesMax) continue;
      Rule one = rule;
      RuleMatch match;
      match.key = field.key;
      if (match.key == Key::other || !add_value(match, row[0])) match.key = Key::other;
      one.matches.push_back(std::move(match));
      const auto [kind, content] = only_member(row[1]);
      one.action = Action::other;
      if (content != nullptr) read_action(kind, *content, one);
      chain.rules.push_back(std::move(one));
    }
  }

  void find_targets() {
    std::vector<Chain>& chains = ruleset_.chains;
    for (std::size_t i = 0; i < chains.size(); ++i) {
      indices_[{chains[i].family, chains[i].table, chains[i].name}] = i;
    }
    for (Chain& chain : chains) {
      for (Rule& rule : chain.rules) {
        if (rule.target.empty()) continue;
        const auto found = indices_.find({chain.family, chain.table, rule.target});
        if (found != indices_.end()) rule.chain = found->second;
      }
    }
  }

  void sort_chains() {
    constexpr std::array<std::string_view, 4> kHooks = {"ingress", "prerouting", "input",
                                                        "forward"};
    const auto key = [&](const Chain& chain) {
      return std::pair(std::find(kHooks.begin(), kHooks.end(), chain.hook) - kHooks.begin(),
                       chain.priority);
    };
    std::stable_sort(ruleset_.chains.begin(), ruleset_.chains.end(),
                     [&](const Chain& a, const Chain& b) { return key(a) < key(b); });
  }

  Ruleset ruleset_;
  std::map<Name, const Json*> sets_;
  std::map<Name, std::size_t> indices_;
  std::size_t rules_ = 0;
  std::string family_;
  std::string table_;
};

}  // namespace

bool AddressSpan::contains(const IpAddress& address) const {
  return address.v6 == first.v6 && first.bytes <= address.bytes && address.bytes <= last.bytes;
}

Result<Ruleset> parse_ruleset(std::string_view json) { return Parser().parse(json); }

}  // namespace deadlight::linux_host
