#include "execute/linux/scope_acts.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/ip.h"
#include "base/text.h"
#include "execute/linux/file_thing.h"
#include "execute/linux/table_thing.h"

namespace deadlight::execute {
namespace {

constexpr std::string_view kFolder = "/etc/deadlight";
constexpr std::string_view kRulesFile = "/etc/deadlight/firewall.nft";
constexpr std::string_view kUnit = "deadlight-firewall.service";
constexpr std::string_view kUnitFile = "/etc/systemd/system/deadlight-firewall.service";
constexpr std::string_view kWantsFolder = "/etc/systemd/system/sysinit.target.wants";
constexpr std::string_view kNft = "/usr/sbin/nft";
constexpr std::size_t kNetworksMax = 1000;  ///< of one socket
constexpr std::uint32_t kFileMode = 0644;
constexpr std::uint32_t kFolderMode = 0755;

// Before the network is up, as nftables.service of Debian, and behind that.
constexpr std::string_view kUnitText = R"([Unit]
Description=Who reaches what stays open (Deadlight)
Documentation=man:deadlight(1)
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
After=nftables.service
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
StandardInput=null
ProtectSystem=full
ProtectHome=yes
ExecStart=/usr/sbin/nft -f /etc/deadlight/firewall.nft

[Install]
WantedBy=sysinit.target
)";

// The file that Debian ships for nftables.service begins with "flush ruleset".
constexpr std::string_view kNftablesFolder = "/etc/systemd/system/nftables.service.d";
constexpr std::string_view kNftablesFile =
    "/etc/systemd/system/nftables.service.d/60-deadlight.conf";
constexpr std::string_view kNftablesText =
    R"(# Written by Deadlight; 'deadlight rollback' takes it back.
[Service]
ExecStartPost=/usr/sbin/nft -f /etc/deadlight/firewall.nft
ExecReload=/usr/sbin/nft -f /etc/deadlight/firewall.nft
)";

/// A socket of this host, as "tcp 5432", "tcp 10.0.0.1:5432" or "udp [fd00::1]:53" name it.
struct Target {
  std::string protocol;
  std::optional<IpAddress> address;
  std::uint16_t port = 0;
};

std::optional<Target> parse_target(std::string_view text) {
  const auto blank = text.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  Target target{std::string(text.substr(0, blank)), std::nullopt, 0};
  std::string_view socket = text.substr(blank + 1);
  if (const auto colon = socket.rfind(':'); colon != std::string_view::npos) {
    std::string_view address = socket.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']')) {
      address = address.substr(1, address.size() - 2);
    }
    target.address = parse_ip(address.substr(0, address.find('%')));
    if (!target.address) return std::nullopt;
    socket = socket.substr(colon + 1);
  }
  const auto port = number<std::uint16_t>(socket);
  if (!port || *port == 0 || (target.protocol != "tcp" && target.protocol != "udp")) {
    return std::nullopt;
  }
  target.port = *port;
  return target;
}

/// "ip saddr 10.0.0.0/8", with the bits behind the prefix cleared; nullopt for no network.
std::optional<std::string> source_of(std::string_view network) {
  const auto slash = network.find('/');
  auto ip = parse_ip(network.substr(0, slash));
  if (!ip || !ip->zone.empty()) return std::nullopt;
  const int all = ip->v6 ? 128 : 32;
  const auto bits = slash == std::string_view::npos ? std::optional<int>(all)
                                                    : number<int>(network.substr(slash + 1));
  if (!bits || *bits < 1 || *bits > all) return std::nullopt;
  for (int bit = *bits; bit < all; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    auto& byte = ip->bytes[static_cast<std::size_t>(bit / 8)];
    byte = static_cast<std::uint8_t>(byte & ~mask);
  }
  return fmt::format("{} saddr {}{}", ip->v6 ? "ip6" : "ip", ip->text(),
                     *bits == all ? "" : fmt::format("/{}", *bits));
}

Result<std::set<std::string>> sources_of(const PlannedChange& change,
                                         const std::vector<std::string>& local_networks) {
  std::vector<std::string_view> names;
  for (const std::string_view part : split(change.data, ',')) {
    const std::string_view name = trim(part);
    if (name == "local-subnet") {
      names.insert(names.end(), local_networks.begin(), local_networks.end());
    } else if (!name.empty()) {
      names.push_back(name);
    }
  }
  if (names.size() > kNetworksMax) {
    return fail(Errc::limit, fmt::format("{}: more than {} networks", change.target, kNetworksMax));
  }
  std::set<std::string> sources;
  for (const std::string_view name : names) {
    const auto source = source_of(name);
    if (!source) {
      return fail(Errc::malformed, fmt::format("{}: '{}' is no network; write it as 10.0.0.0/8",
                                               change.target, name));
    }
    sources.insert(*source);
  }
  return sources;
}

Result<std::vector<std::string>> rules_of(const PlannedChange& change,
                                          const std::vector<std::string>& local_networks) {
  const std::optional<Target> target = parse_target(change.target);
  if (!target) {
    return fail(Errc::malformed,
                fmt::format("'{}' is no socket to limit; write it as tcp 5432", change.target));
  }
  std::string where;
  if (target->address && !target->address->is_any()) {
    where =
        fmt::format("{} daddr {} ", target->address->v6 ? "ip6" : "ip", target->address->text());
  }
  where += fmt::format("{} dport {}", target->protocol, target->port);
  std::vector<std::string> rules;
  const std::set<std::string> sources = DEADLIGHT_TRY(sources_of(change, local_networks));
  for (const std::string& source : sources) {
    // From the other family nothing comes to one address.
    const bool v6 = source.starts_with("ip6 ");
    if (where.starts_with(v6 ? "ip " : "ip6 ")) continue;
    rules.push_back(fmt::format("{} {} return", where, source));
  }
  // Of TCP only what begins a connection is dropped: one that is there goes on, known to the
  // kernel's connection tracking or not.
  rules.push_back(fmt::format("{} {}drop comment \"deadlight: {}\"", where,
                              target->protocol == "tcp" ? "tcp flags syn / fin,syn,rst,ack " : "",
                              change.target));
  return rules;
}

State file_of(std::string content) { return {Form::file, std::move(content), kFileMode, 0, 0}; }

// What `nft -f` reads at a start of the host: as set_table() does it, in one transaction.
std::string rules_file(std::string_view rules) {
  return fmt::format(
      "#!/usr/sbin/nft -f\n"
      "# Written by Deadlight; 'deadlight rollback' takes it back.\n"
      "add table {0}\ndelete table {0}\n{1}",
      kScopeTable, rules);
}

}  // namespace

Result<std::string> scope_rules(const std::vector<PlannedChange>& changes,
                                const std::vector<std::string>& local_networks) {
  std::vector<std::string> rules = {"iif \"lo\" return"};
  const bool has_udp = std::any_of(changes.begin(), changes.end(), [](const PlannedChange& change) {
    return change.target.starts_with("udp");
  });
  // Answers to what this host itself asked by a UDP socket.
  if (has_udp) rules.emplace_back("meta l4proto udp ct state established,related return");
  for (const PlannedChange& change : changes) {
    const std::vector<std::string> more = DEADLIGHT_TRY(rules_of(change, local_networks));
    for (const std::string& rule : more) {
      if (std::find(rules.begin(), rules.end(), rule) == rules.end()) rules.push_back(rule);
    }
  }
  // Behind the host's own filter (0), so that its counters and logs see what they saw before.
  return fmt::format(
      "table {} {{\n\tchain input {{\n"
      "\t\ttype filter hook input priority filter + 10; policy accept;\n\t\t{}\n\t}}\n}}\n",
      kScopeTable, join(rules, "\n\t\t"));
}

Result<> add_scope(const std::vector<PlannedChange>& changes, const HostView& view,
                   Translation& translation) {
  const std::string text = DEADLIGHT_TRY(scope_rules(changes, view.local_networks));
  const std::string rules = DEADLIGHT_TRY(as_listed(std::string(kScopeTable), text));
  std::vector<Act>& acts = translation.step.acts;
  acts.push_back({Thing::table, std::string(kScopeTable), {Form::value, rules, 0, 0, 0}});
  const State folder{Form::folder, {}, kFolderMode, 0, 0};
  const auto make_folder = [&](std::string_view path) -> Result<> {
    const State now = DEADLIGHT_TRY(file_state(view.root, std::string(path)));
    if (now.form == Form::absent) acts.push_back({Thing::file, std::string(path), folder});
    return {};
  };
  DEADLIGHT_TRY(make_folder(kFolder));
  acts.push_back({Thing::file, std::string(kRulesFile), file_of(rules_file(rules))});

  const Result<UnitFacts> unit = view.units.facts(std::string(kUnit));
  if (!unit && unit.error().code == Errc::unsupported) {
    translation.by_hand.push_back(fmt::format(
        "systemd does not run this host: make 'nft -f {}' a part of its start", kRulesFile));
    return {};
  }
  DEADLIGHT_TRY(unit);
  const auto nft = DEADLIGHT_TRY(view.root.open_at(kNft, O_PATH));
  if (!nft) {
    return fail(Errc::refused, fmt::format("{}: is not there, and what it loads would be lost at "
                                           "the next start of the host; install nftables",
                                           kNft));
  }
  acts.push_back({Thing::file, std::string(kUnitFile), file_of(std::string(kUnitText))});
  DEADLIGHT_TRY(make_folder(kNftablesFolder));
  acts.push_back({Thing::file, std::string(kNftablesFile), file_of(std::string(kNftablesText))});
  DEADLIGHT_TRY(make_folder(kWantsFolder));
  acts.push_back({Thing::file,
                  fmt::format("{}/{}", kWantsFolder, kUnit),
                  {Form::link, std::string(kUnitFile), 0, 0, 0}});
  acts.push_back({Thing::unit, std::string(kUnit), {Form::value, "active", 0, 0, 0}});
  add_settle(translation.step, {Settle::Kind::reload_manager, {}});
  return {};
}

}  // namespace deadlight::execute
