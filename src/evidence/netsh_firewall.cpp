#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/netsh.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kRulerBytesMin = 40;
constexpr std::string_view kRuleName = "Rule Name";

enum class Part {
  other,
  enabled,
  direction,
  profiles,
  remote,
  protocol,
  local_port,
  program,
  service,
  action
};

struct Key {
  std::string_view name;
  Part part;
};
constexpr std::array<Key, 21> kKeys = {{{"Enabled", Part::enabled},
                                        {"Direction", Part::direction},
                                        {"Profiles", Part::profiles},
                                        {"RemoteIP", Part::remote},
                                        {"Protocol", Part::protocol},
                                        {"LocalPort", Part::local_port},
                                        {"Program", Part::program},
                                        {"Service", Part::service},
                                        {"Action", Part::action},
                                        {"Description", Part::other},
                                        {"Grouping", Part::other},
                                        {"LocalIP", Part::other},
                                        {"RemotePort", Part::other},
                                        {"Edge traversal", Part::other},
                                        {"InterfaceTypes", Part::other},
                                        {"Security", Part::other},
                                        {"Rule source", Part::other},
                                        {"AuthByassRules", Part::other},
                                        {"Defer to", Part::other},
                                        {"Usage", Part::other},
                                        {"RemoteComputerGroups", Part::other}}};

// The order of the lines when the keys are translated. Only rules without /verbose, whose lines are
// always these.
constexpr std::array<Part, 11> kOrder = {
    Part::enabled,  Part::direction,  Part::profiles, Part::other, Part::other, Part::remote,
    Part::protocol, Part::local_port, Part::other,    Part::other, Part::action};
constexpr std::size_t kProtocolPlace = 6;

struct Word {
  std::string_view text;
  bool value;
};
constexpr std::array<Word, 26> kYes = {
    {{"Yes", true},   {"No", false},     {"Ja", true},   {"Nein", false}, {"Oui", true},
     {"Non", false},  {"Sí", true},      {"Si", true},   {"Sì", true},    {"Sim", true},
     {"Não", false},  {"Да", true},      {"Нет", false}, {"是", true},    {"否", false},
     {"はい", true},  {"いいえ", false}, {"Tak", true},  {"Nie", false},  {"Ano", true},
     {"Ne", false},   {"Igen", true},    {"Nem", false}, {"Nee", false},  {"Evet", true},
     {"Hayır", false}}};
constexpr std::array<Word, 22> kInbound = {
    {{"In", true},         {"Out", false},     {"Eingehend", true}, {"Ausgehend", false},
     {"Ein", true},        {"Aus", false},     {"Entrée", true},    {"Sortie", false},
     {"Entrant", true},    {"Sortant", false}, {"Dentro", true},    {"Fuera", false},
     {"Entrada", true},    {"Saída", false},   {"Salida", false},   {"In entrata", true},
     {"In uscita", false}, {"入", true},       {"出", false},       {"入力", true},
     {"出力", false},      {"Входящий", true}}};
constexpr std::array<Word, 22> kAllow = {
    {{"Allow", true},       {"Block", false},       {"Bypass", true},    {"Zulassen", true},
     {"Blockieren", false}, {"Blocken", false},     {"Autoriser", true}, {"Bloquer", false},
     {"Permitir", true},    {"Bloquear", false},    {"Consenti", true},  {"Blocca", false},
     {"允许", true},        {"阻止", false},        {"許可", true},      {"ブロック", false},
     {"Разрешить", true},   {"Блокировать", false}, {"Zezwalaj", true},  {"Blokuj", false},
     {"Toestaan", true},    {"Blokkeren", false}}};

template <std::size_t N>
std::optional<bool> meaning(const std::array<Word, N>& table, std::string_view text) {
  for (const Word& word : table) {
    if (iequals(word.text, text)) return word.value;
  }
  return std::nullopt;
}

bool is_any(std::string_view text) {
  constexpr std::array<std::string_view, 12> kAny = {
      "Any",      "Beliebig",  "Alle",  "Tout", "Toutes", "Cualquiera",
      "Qualquer", "Qualsiasi", "Любой", "任何", "任意",   "Dowolny"};
  return std::any_of(kAny.begin(), kAny.end(), [&](auto any) { return iequals(any, text); });
}

std::string any_or_lower(std::string_view text) {
  return is_any(text) ? std::string("any") : to_lower(text);
}

bool is_protocol(std::string_view text) {
  constexpr std::array<std::string_view, 8> kProtocols = {"TCP",  "UDP", "ICMPv4", "ICMPv6",
                                                          "IGMP", "GRE", "IPv6",   "L2TP"};
  return is_any(text) || number<std::uint8_t>(text).has_value() ||
         std::any_of(kProtocols.begin(), kProtocols.end(),
                     [&](auto protocol) { return iequals(protocol, text); });
}

bool is_rule_ruler(std::string_view line) {
  line = trim(line);
  return line.size() >= kRulerBytesMin && line.find_first_not_of('-') == std::string_view::npos;
}

class RuleReader {
 public:
  explicit RuleReader(Reading& reading) : reading_(reading) {}

  std::size_t run(std::size_t heading, std::size_t ruler) {
    const KeyValue name = *key_value(reading_.line(heading));
    rule_.name = name.value;
    is_english_ = iequals(name.key, kRuleName);
    indent_ = indent_of(reading_.line(heading));
    rule_.sources = reading_.source(heading);
    reading_.take(heading, Mark::row);
    reading_.take(ruler, Mark::heading);
    std::size_t i = ruler + 1;
    for (; i < reading_.line_count() && reading_.is_free(i) && !ends_at(i); ++i) read_line(i);
    finish(heading);
    return i;
  }

 private:
  /// At a blank line, and where the next rule begins without one.
  bool ends_at(std::size_t index) const {
    if (trim(reading_.line(index)).empty()) return true;
    return index + 1 < reading_.line_count() && is_rule_ruler(reading_.line(index + 1));
  }

  void read_line(std::size_t index) {
    constexpr std::size_t kContinuesMin = 8;
    const std::string_view line = reading_.line(index);
    // "        Type    Code", more networks: they belong to the line before.
    if (indent_of(line) >= indent_ + kContinuesMin) {
      if (last_ == Part::remote) append_remote(trim(line));
      return reading_.take(index, Mark::row);
    }
    const std::optional<KeyValue> field = key_value(line);
    if (!field) return reading_.take(index, Mark::heading);  // "Ok."
    reading_.take(index, Mark::row);
    rule_.sources.append(reading_.source(index));
    last_ = part_of(*field);
    set(last_, field->value);
  }

  void append_remote(std::string_view text) {
    if (!rule_.remote.empty() && !rule_.remote.ends_with(',')) rule_.remote += ',';
    rule_.remote += to_lower(text);
  }

  Part part_of(const KeyValue& field) {
    if (is_english_) {
      for (const Key& key : kKeys) {
        if (iequals(key.name, field.key)) return key.part;
      }
      return Part::other;
    }
    const std::size_t place = place_++;
    if (place >= kOrder.size()) return Part::other;
    // A line that was lost would shift the others.
    if (place == kProtocolPlace && !is_protocol(field.value)) place_ = kOrder.size();
    if (kOrder[place] == Part::local_port && meaning(kYes, field.value)) {
      place_ = kOrder.size() - 1;  // a protocol without ports: this is "Edge traversal" already
      return Part::other;
    }
    return kOrder[place];
  }

  void set(Part part, std::string_view value) {
    switch (part) {
      case Part::enabled:
        enabled_ = meaning(kYes, value);
        break;
      case Part::direction:
        inbound_ = meaning(kInbound, value);
        break;
      case Part::action:
        allow_ = meaning(kAllow, value);
        break;
      case Part::profiles:
        rule_.profiles = to_lower(value);
        break;
      case Part::remote:
        rule_.remote = any_or_lower(value);
        break;
      case Part::protocol:
        if (is_protocol(value)) rule_.protocol = any_or_lower(value);
        break;
      case Part::local_port:
        rule_.local_port = any_or_lower(value);
        break;
      case Part::program:
        rule_.program = value;
        break;
      case Part::service:
        rule_.service = value;
        break;
      case Part::other:
        break;
    }
  }

  void finish(std::size_t heading) {
    if (!enabled_ || !inbound_ || !allow_ || rule_.protocol.empty()) {
      reading_.unread(heading,
                      "a firewall rule whose state, direction, action or protocol is not "
                      "understood; list it on an English console or with "
                      "Get-NetFirewallRule");
      return;
    }
    rule_.enabled = *enabled_;
    rule_.inbound = *inbound_;
    rule_.allow = *allow_;
    reading_.add(std::move(rule_));
  }

  Reading& reading_;
  FirewallRule rule_;
  std::optional<bool> enabled_;
  std::optional<bool> inbound_;
  std::optional<bool> allow_;
  std::size_t indent_ = 0;  ///< of the rule's lines
  Part last_ = Part::other;
  bool is_english_ = false;
  std::size_t place_ = 0;  ///< of a line whose key is translated
};

}  // namespace

std::size_t read_netsh_rule(Reading& reading, std::size_t ruler) {
  if (!is_rule_ruler(reading.line(ruler)) || ruler == 0 || !reading.is_free(ruler - 1)) {
    return ruler;
  }
  const std::optional<KeyValue> name = key_value(reading.line(ruler - 1));
  const std::size_t first = ruler + 1;
  if (!name || name->value.empty() || first >= reading.line_count()) return ruler;
  // The first line of a rule says whether it is enabled, or describes it.
  const std::optional<KeyValue> field = key_value(reading.line(first));
  if (!reading.is_free(first) || !field) return ruler;
  const bool english = iequals(name->key, kRuleName);
  if (!english && !meaning(kYes, field->value)) return ruler;
  reading.found("netsh");
  return RuleReader(reading).run(ruler - 1, ruler);
}

/// "139    TCP       Enable   Inbound               NetBIOS Session Service"
std::size_t read_netsh_portopening(Reading& reading, std::size_t ruler) {
  const std::size_t heading = netsh_heading(reading, ruler);
  if (heading == ruler) return ruler;
  const std::vector<std::string_view> names = words(reading.line(heading));
  if (names.size() < 4 || !iequals(names[0], "Port") || !iequals(names[1], "Protocol") ||
      !iequals(names[2], "Mode")) {
    return ruler;
  }
  const bool has_direction = iequals(names[3], "Traffic");
  take_netsh_heading(reading, heading);
  take_netsh_heading(reading, ruler);
  std::string profile;
  const std::size_t title = netsh_heading(reading, heading);
  for (const std::string_view name : {"domain", "standard"}) {
    if (title != heading && icontains(reading.line(title), name)) profile = name;
  }
  if (title != heading && reading.line(title).find(':') != std::string_view::npos) {
    take_netsh_heading(reading, title);
  }
  std::size_t i = ruler + 1;
  for (; i < reading.line_count() && reading.is_free(i); ++i) {
    const std::string_view line = reading.line(i);
    const std::vector<std::string_view> parts = words(line);
    if (parts.empty()) break;
    const std::size_t name_word = has_direction ? 4 : 3;
    const bool enabled = parts.size() > 2 && istarts_with(parts[2], "Enable");
    const bool is_row = parts.size() > name_word && number<std::uint16_t>(parts[0]) &&
                        (enabled || istarts_with(parts[2], "Disable"));
    if (!is_row) {
      reading.unread(i, "no port, protocol and mode in the row of netsh");
      continue;
    }
    FirewallRule rule;
    rule.name = trim(line.substr(static_cast<std::size_t>(parts[name_word].data() - line.data())));
    rule.enabled = enabled;
    rule.inbound = !has_direction || istarts_with(parts[3], "In");
    rule.allow = true;
    rule.protocol = to_lower(parts[1]);
    rule.local_port = parts[0];
    rule.profiles = profile;
    rule.sources = reading.source(i);
    reading.add(std::move(rule));
    reading.take(i, Mark::row);
  }
  return i;
}

}  // namespace deadlight::evidence
