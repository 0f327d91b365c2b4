#include "host/linux/nft_reach.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

namespace deadlight::linux_host {
namespace {

using Key = RuleMatch::Key;
using Action = Rule::Action;

constexpr int kDepthMax = 16;  ///< the kernel's own limit of jumps (NFT_JUMP_STACK_SIZE)
constexpr std::size_t kStepsMax = 200'000;

/// Of the packets looked at, how many something holds for. `unknown`: none, some or all.
enum class Fit { none, unknown, some, all };

Fit negate(Fit fit) {
  if (fit == Fit::none) return Fit::all;
  return fit == Fit::all ? Fit::none : fit;
}

std::string place(const Chain& chain, const Rule& rule) {
  return fmt::format("rule {} of {}", rule.number, chain.title());
}

bool has_name(const RuleMatch& match, std::string_view name) {
  return std::find(match.names.begin(), match.names.end(), name) != match.names.end();
}

bool has_number(const RuleMatch& match, std::uint16_t number) {
  return std::any_of(match.numbers.begin(), match.numbers.end(), [number](const PortRange& range) {
    return range.first <= number && number <= range.last;
  });
}

bool has_address(const RuleMatch& match, const IpAddress& address) {
  return std::any_of(match.addresses.begin(), match.addresses.end(),
                     [&](const AddressSpan& span) { return span.contains(address); });
}

std::uint16_t number_of(Protocol protocol) {
  constexpr std::uint16_t kTcp = 6;
  constexpr std::uint16_t kUdp = 17;
  return protocol == Protocol::tcp ? kTcp : kUdp;
}

bool fits_device(const RuleMatch& match, std::string_view device) {
  return std::any_of(match.names.begin(), match.names.end(), [device](std::string_view name) {
    return name.ends_with('*') ? device.starts_with(name.substr(0, name.size() - 1))
                               : device == name;
  });
}

bool is_only_lo(const RuleMatch& match) {
  return std::all_of(match.names.begin(), match.names.end(),
                     [](const std::string& name) { return name == "lo"; });
}

Fit either(bool all) { return all ? Fit::all : Fit::none; }

/// One packet's way through the chains of one family.
class Way {
 public:
  Way(const Ruleset& rules, const Caller& caller) : rules_(rules), caller_(caller) {}

  Passage walk() {
    Passage result;
    for (const Chain& chain : rules_.chains) {
      if (!is_met(chain)) continue;
      const Passage one = through(chain);
      if (one.filter == Filter::blocked) return one;
      if (rank(one.filter) > rank(result.filter) || result.because.empty()) result = one;
    }
    if (rules_.legacy.empty() || result.filter == Filter::unknown) return result;
    return {Filter::unknown, "iptables-legacy has rules beside, which are not read"};
  }

 private:
  struct Verdict {
    bool drops = false;
    std::string by;
    bool diverts = false;
  };

  static int rank(Filter filter) {
    return filter == Filter::unknown ? 2 : filter == Filter::limited ? 1 : 0;
  }

  bool is_met(const Chain& chain) const {
    const std::string_view family = caller_.local.v6 ? "ip6" : "ip";
    if (chain.family != "inet" && chain.family != "netdev" && chain.family != "bridge" &&
        chain.family != family) {
      return false;
    }
    // A forwarded packet has been through the nat rules already.
    if (chain.hook == "prerouting") return !caller_.forwarded || chain.type != "nat";
    if (chain.hook == "ingress") return true;
    return chain.hook == (caller_.forwarded ? "forward" : "input");
  }

  // Packets of other devices do not meet an ingress chain, and which come by a bridge is not known.
  Fit who_meets(const Chain& chain) const {
    if (chain.family == "bridge") return Fit::unknown;
    if (chain.hook != "ingress") return Fit::all;
    if (caller_.device.empty()) return Fit::some;
    return either(chain.device == caller_.device);
  }

  Passage through(const Chain& chain) {
    accepted_ = {};
    dropped_ = {};
    const Fit fit = who_meets(chain);
    if (fit == Fit::none) return {};
    std::optional<Verdict> end = run(chain, fit, 0);
    if (!end) {
      end = Verdict{chain.drops, "the policy of " + chain.title(), false};
      if (fit != Fit::all) {
        note(fit, *end);
        end = Verdict{};
      }
    }
    if (steps_ > kStepsMax) {
      return {Filter::unknown, chain.title() + " has more rules than are followed"};
    }
    return conclude(*end);
  }

  Passage conclude(const Verdict& end) const {
    const Found& against = end.drops ? accepted_ : dropped_;
    const std::string_view does = end.drops ? "drops the others" : "lets the others in";
    if (!against.unknown.empty()) {
      return {Filter::unknown, against.unknown + " is not understood"};
    }
    if (against.some.empty()) {
      if (end.drops)
        return {Filter::blocked, end.by + (end.diverts ? " sends it elsewhere" : " drops it")};
      return {Filter::open, end.by.empty() ? "" : end.by + " lets it in"};
    }
    return {Filter::limited,
            fmt::format("{} {} some by where they come from or how often{}{}", against.some,
                        end.drops ? "lets in" : "drops", end.by.empty() ? "" : ", " + end.by + " ",
                        end.by.empty() ? "" : does)};
  }

  struct Found {
    std::string some;     ///< the first rule that does it to some
    std::string unknown;  ///< the first that may
  };

  void note(Fit fit, const Verdict& verdict) {
    Found& found = verdict.drops ? dropped_ : accepted_;
    std::string& first = fit == Fit::unknown ? found.unknown : found.some;
    if (first.empty()) first = verdict.by;
  }

  void note_unknown(const Chain& chain, const Rule& rule) {
    note(Fit::unknown, {true, place(chain, rule), false});
    note(Fit::unknown, {false, place(chain, rule), false});
  }

  /// What happens to all that are left, if the chain says so.
  std::optional<Verdict> run(const Chain& chain, Fit fit, int depth) {
    for (const Rule& rule : chain.rules) {
      if (++steps_ > kStepsMax) return Verdict{};
      const Fit here = std::min(fit, fit_of(rule));
      if (here == Fit::none || rule.action == Action::none) continue;
      switch (rule.action) {
        case Action::accept:
        case Action::drop:
        case Action::divert: {
          const Verdict verdict{rule.action != Action::accept, place(chain, rule),
                                rule.action == Action::divert};
          if (here == Fit::all) return verdict;
          note(here, verdict);
          break;
        }
        case Action::jump:
        case Action::go_to: {
          const Chain* target = rules_.target(rule);
          if (target == nullptr || depth >= kDepthMax) {
            note_unknown(chain, rule);
            break;
          }
          if (const auto end = run(*target, here, depth + 1)) return end;
          // What comes back from a goto meets the base chain's policy, and nothing in between.
          if (rule.action == Action::go_to) note_unknown(chain, rule);
          break;
        }
        case Action::leave:
          if (here == Fit::all) return std::nullopt;
          fit = std::min(fit, here);
          break;
        case Action::other:
        case Action::none:
          note_unknown(chain, rule);
          break;
      }
    }
    return std::nullopt;
  }

  Fit fit_of(const Rule& rule) const {
    Fit fit = Fit::all;
    for (const RuleMatch& match : rule.matches) {
      const Fit one = fit_of(match);
      fit = std::min(fit, match.negated ? negate(one) : one);
      if (fit == Fit::none) break;
    }
    return fit;
  }

  Fit fit_of(const RuleMatch& match) const {
    switch (match.key) {
      case Key::protocol:
        return either(has_number(match, number_of(caller_.protocol)));
      case Key::local_port:
        return either(has_number(match, caller_.port));
      case Key::family:
        return either(has_name(match, caller_.local.v6 ? "ipv6" : "ipv4"));
      case Key::local_address:
        return fit_of_address(match);
      case Key::local_type:
        return has_name(match, "local") ? Fit::all : Fit::some;
      case Key::device:
        if (is_only_lo(match)) return Fit::none;
        return caller_.device.empty() ? Fit::some : either(fits_device(match, caller_.device));
      case Key::device_out:
        return fit_of_device_out(match);
      case Key::state:
        return fit_of_state(match);
      case Key::tcp_flags:
        return either(has_name(match, "syn"));
      case Key::source:
        return Fit::some;
      // Who gets no answer cannot use the port.
      case Key::no_way_back:
        return Fit::none;
      case Key::other:
        break;
    }
    return Fit::unknown;
  }

  static Fit fit_of_state(const RuleMatch& match) {
    if (has_name(match, "new")) return Fit::all;
    return has_name(match, "untracked") ? Fit::unknown : Fit::none;
  }

  // A socket for every address is called by one of the namespace's own, or by a group's.
  Fit fit_of_address(const RuleMatch& match) const {
    if (!caller_.local.is_any()) return either(has_address(match, caller_.local));
    bool all = true;
    bool none = true;
    for (const OwnAddress& own : rules_.addresses) {
      if (own.ip.v6 != caller_.local.v6 || own.ip.is_loopback()) continue;
      (has_address(match, own.ip) ? none : all) = false;
    }
    const bool groups = caller_.protocol == Protocol::udp;
    if (none && all) return Fit::some;  // its addresses are not known
    if (none) return groups ? Fit::some : Fit::none;
    return all && !groups ? Fit::all : Fit::some;
  }

  Fit fit_of_device_out(const RuleMatch& match) const {
    if (!caller_.forwarded) return Fit::unknown;
    for (const OwnAddress& own : rules_.addresses) {
      if (own.network.contains(caller_.local)) return either(fits_device(match, own.device));
    }
    return Fit::unknown;
  }

  const Ruleset& rules_;
  const Caller& caller_;
  Found accepted_;
  Found dropped_;
  std::size_t steps_ = 0;
};

/// Collects what rules of one nat chain, and of those that it jumps to, publish.
class Publisher {
 public:
  Publisher(const Ruleset& rules, Publications& found) : rules_(rules), found_(found) {}

  void collect(const Chain& chain, const std::vector<RuleMatch>& before, int depth) {
    for (const Rule& rule : chain.rules) {
      if (++steps_ > kStepsMax) return;
      const bool jumps = rule.action == Action::jump || rule.action == Action::go_to;
      const bool diverts = rule.action == Action::divert && !rule.to_address.empty();
      if (!jumps && !diverts) continue;
      std::vector<RuleMatch> matches = before;
      matches.insert(matches.end(), rule.matches.begin(), rule.matches.end());
      if (diverts) {
        add(chain, rule, matches);
        continue;
      }
      const Chain* target = rules_.target(rule);
      if (target != nullptr && depth < kDepthMax) collect(*target, matches, depth + 1);
    }
  }

 private:
  static const RuleMatch* find(const std::vector<RuleMatch>& matches, Key key) {
    const auto found = std::find_if(matches.begin(), matches.end(), [key](const RuleMatch& match) {
      return match.key == key && !match.negated;
    });
    return found == matches.end() ? nullptr : &*found;
  }

  void add(const Chain& chain, const Rule& rule, const std::vector<RuleMatch>& matches) {
    const RuleMatch* ports = find(matches, Key::local_port);
    if (ports == nullptr || found_.ports.size() >= kPublishedMax) {
      return found_.notes.push_back(fmt::format("{} sends {} on to {}: which ports is not known",
                                                place(chain, rule), "what comes in",
                                                rule.to_address));
    }
    const RuleMatch* protocol = find(matches, Key::protocol);
    for (const Protocol one : {Protocol::tcp, Protocol::udp}) {
      if (protocol != nullptr && !has_number(*protocol, number_of(one))) continue;
      for (const PortRange& range : ports->numbers) {
        found_.ports.push_back({one, range, local(chain, matches), chain.family == "inet",
                                rule.to_address, rule.to_ports, place(chain, rule)});
      }
    }
  }

  static IpAddress local(const Chain& chain, const std::vector<RuleMatch>& matches) {
    const RuleMatch* address = find(matches, Key::local_address);
    if (address != nullptr && !address->addresses.empty() &&
        address->addresses.front().first == address->addresses.front().last) {
      return address->addresses.front().first;
    }
    IpAddress any;
    any.v6 = chain.family == "ip6";
    return any;
  }

  static constexpr std::size_t kPublishedMax = 10'000;

  const Ruleset& rules_;
  Publications& found_;
  std::size_t steps_ = 0;
};

}  // namespace

Passage passage(const Ruleset& rules, const Caller& caller) { return Way(rules, caller).walk(); }

Passage widest(const Passage& v4, const Passage& v6) {
  if (v4.filter == v6.filter) {
    const bool same = v4.because == v6.because || v6.because.empty();
    return {v4.filter, same ? v4.because
                       : v4.because.empty()
                           ? "IPv6: " + v6.because
                           : fmt::format("IPv4: {}; IPv6: {}", v4.because, v6.because)};
  }
  const auto text = [](const char* family, const Passage& one) {
    return fmt::format("{}: {}", family, one.because.empty() ? "no rule stops it" : one.because);
  };
  const auto width = [](Filter filter) {
    return filter == Filter::open ? 3 : filter == Filter::unknown ? 2 : filter == Filter::limited;
  };
  return {width(v4.filter) > width(v6.filter) ? v4.filter : v6.filter,
          text("IPv4", v4) + "; " + text("IPv6", v6)};
}

Publications published_ports(const Ruleset& rules) {
  Publications found;
  Publisher publisher(rules, found);
  for (const Chain& chain : rules.chains) {
    if (chain.type == "nat" && chain.hook == "prerouting") publisher.collect(chain, {}, 0);
  }
  return found;
}

}  // namespace deadlight::linux_host
