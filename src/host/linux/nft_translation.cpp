#include "host/linux/nft_translation.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"

namespace deadlight::linux_host {
namespace {

using Key = RuleMatch::Key;
using Words = std::vector<std::string_view>;

constexpr std::size_t kWordsMax = 1024;

/// The words of a rule; those in quotes are left out, for anybody may have chosen them.
Words words_of(std::string_view line) {
  Words result;
  bool quoted = false;
  for (const std::string_view word : words(line)) {
    const auto quotes = std::count(word.begin(), word.end(), '"');
    if (!quoted && quotes == 0) result.push_back(word);
    if (quotes % 2 != 0) quoted = !quoted;
    if (result.size() >= kWordsMax) break;
  }
  return result;
}

/// What follows these words, which stand there once: more would leave open which of them is meant.
std::optional<std::span<const std::string_view>> after(const Words& rule,
                                                       std::initializer_list<const char*> before) {
  const auto at = std::search(rule.begin(), rule.end(), before.begin(), before.end());
  if (at == rule.end()) return std::nullopt;
  const auto rest = at + static_cast<std::ptrdiff_t>(before.size());
  if (std::search(rest, rule.end(), before.begin(), before.end()) != rule.end()) {
    return std::nullopt;
  }
  return std::span(rest, rule.end());
}

std::optional<PortRange> ports_of(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = number<std::uint16_t>(text.substr(0, dash));
  const auto last = dash == text.npos ? first : number<std::uint16_t>(text.substr(dash + 1));
  if (!first || !last || *first > *last) return std::nullopt;
  return PortRange{*first, *last};
}

/// "172.17.0.2:80", "[fd00::2]:80-90", "172.17.0.2", ":81".
void read_target(std::string_view text, Rule& rule) {
  const bool bracketed = text.starts_with('[');
  const auto end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == text.npos) return;
  const std::string_view address = bracketed ? text.substr(1, end - 1) : text.substr(0, end);
  const std::string_view rest = text.substr(end + (bracketed ? 1 : 0));
  if (!address.empty() && !parse_ip(address)) return;
  if (rest.starts_with(':')) {
    const auto ports = ports_of(rest.substr(1));
    if (!ports) return;
    rule.to_ports = *ports;
  }
  rule.to_address = address;
}

/// Passes over an optional "!=".
void read_negation(std::span<const std::string_view>& rest, RuleMatch& match) {
  match.negated = !rest.empty() && (rest.front() == "!=" || rest.front() == "!");
  if (match.negated) rest = rest.subspan(1);
}

/// The next word's list of names.
bool read_names(std::span<const std::string_view> rest, RuleMatch& match) {
  read_negation(rest, match);
  if (rest.empty()) return false;
  for (const std::string_view name : split(rest.front(), ',')) match.names.emplace_back(name);
  return true;
}

/// "{ 80, 443, 1000-2000 }" or one of them.
bool read_ports(std::span<const std::string_view> rest, RuleMatch& match) {
  read_negation(rest, match);
  const bool several = !rest.empty() && rest.front() == "{";
  if (several) rest = rest.subspan(1);
  for (const std::string_view word : rest) {
    if (several && word == "}") return !match.numbers.empty();
    const auto ports = ports_of(word.substr(0, word.find(',')));
    if (!ports) return false;
    match.numbers.push_back(*ports);
    if (!several) return true;
  }
  return false;
}

std::optional<RuleMatch> translated(std::string_view name, const Words& rule) {
  RuleMatch match;
  if (name == "conntrack" || name == "state") {
    const auto state = after(rule, {"ct", "state"});
    match.key = Key::state;
    if (state && after(rule, {"ct"}) && read_names(*state, match)) return match;
  } else if (name == "addrtype") {
    const auto type = after(rule, {"fib", "daddr", "type"});
    match.key = Key::local_type;
    if (type && after(rule, {"fib"}) && read_names(*type, match)) return match;
  } else if (name == "multiport") {
    const auto ports = after(rule, {"dport"});
    match.key = Key::local_port;
    if (ports && !after(rule, {"sport"}) && read_ports(*ports, match)) return match;
  }
  return std::nullopt;
}

void translate(const Words& words, Rule& rule) {
  for (RuleMatch& match : rule.matches) {
    if (match.key != Key::other || match.names.size() != 1) continue;
    if (auto known = translated(match.names.front(), words)) match = std::move(*known);
  }
  if (rule.action != Rule::Action::divert) return;
  const auto dnat = after(words, {"dnat", "to"});
  const auto redirect = after(words, {"redirect", "to"});
  if (dnat && !dnat->empty()) read_target(dnat->front(), rule);
  if (redirect && !redirect->empty()) read_target(redirect->front(), rule);
}

/// Finds rules in the order in which they stand in their chain.
class Cursor {
 public:
  explicit Cursor(Ruleset& rules) : rules_(rules) {}

  void go_to(std::string_view table, std::string_view chain) {
    const auto at = std::find_if(rules_.chains.begin(), rules_.chains.end(), [&](const Chain& one) {
      return one.name == chain && one.family + ' ' + one.table == table;
    });
    chain_ = at == rules_.chains.end() ? nullptr : &*at;
    next_ = 0;
  }

  Rule* find(std::uint64_t handle) {
    while (chain_ != nullptr && next_ < chain_->rules.size()) {
      Rule& rule = chain_->rules[next_++];
      if (rule.handle == handle) return &rule;
    }
    return nullptr;
  }

 private:
  Ruleset& rules_;
  Chain* chain_ = nullptr;
  std::size_t next_ = 0;
};

}  // namespace

bool has_rules_of_iptables(const Ruleset& rules) {
  return std::any_of(rules.chains.begin(), rules.chains.end(), [](const Chain& chain) {
    return std::any_of(chain.rules.begin(), chain.rules.end(),
                       [](const Rule& rule) { return rule.of_iptables; });
  });
}

void add_translations(std::string_view text, Ruleset& rules) {
  constexpr std::string_view kTable = "table ";
  constexpr std::string_view kChain = "chain ";
  constexpr std::string_view kOpens = " {";
  constexpr std::string_view kHandle = " # handle ";
  std::string_view table;
  Cursor cursor(rules);
  for (std::string_view line : split(text, '\n')) {
    line = trim(line);
    const auto at = line.rfind(kHandle);
    if (at == line.npos) continue;
    const auto handle = number<std::uint64_t>(line.substr(at + kHandle.size()));
    line = line.substr(0, at);
    if (line.starts_with(kTable) && line.ends_with(kOpens)) {
      table = line.substr(kTable.size(), line.size() - kTable.size() - kOpens.size());
    } else if (line.starts_with(kChain) && line.ends_with(kOpens)) {
      cursor.go_to(table, line.substr(kChain.size(), line.size() - kChain.size() - kOpens.size()));
    } else if (handle) {
      Rule* rule = cursor.find(*handle);
      if (rule != nullptr && rule->of_iptables) translate(words_of(line), *rule);
    }
  }
}

}  // namespace deadlight::linux_host
