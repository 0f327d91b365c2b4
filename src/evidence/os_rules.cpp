#include "evidence/os_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace deadlight::evidence {
namespace {

constexpr OsSet kOld = OsSet::range(Os::winnt4, Os::win2003);
constexpr OsSet kModern = OsSet::range(Os::vista, Os::server2025);
constexpr OsSet kSinceXp = OsSet::range(Os::winxp, Os::server2025);
constexpr OsSet kSinceWin10 = OsSet::range(Os::win10, Os::server2025);

// The kernel's process: 8 in Windows 2000, 4 since Windows XP, 2 in Windows NT 4.
constexpr std::uint32_t kKernelNt4 = 2;
constexpr std::uint32_t kKernelWin2000 = 8;
constexpr std::uint32_t kKernelWinXp = 4;
constexpr std::uint16_t kRawSmbPort = 445;

// Tools that only Linux has.
constexpr std::array<std::string_view, 4> kLinuxKinds = {"ss", "netstat_linux", "proc_net",
                                                         "systemctl"};

class Sockets {
 public:
  explicit Sockets(const Snapshot& snapshot) : snapshot_(snapshot) {}

  bool open(Protocol protocol, std::uint16_t port) const {
    return any([&](const Endpoint& e) { return e.protocol == protocol && e.port == port; });
  }
  bool held(std::uint32_t pid, Protocol protocol, std::uint16_t port) const {
    return any([&](const Endpoint& e) {
      return e.pid == pid && e.protocol == protocol && e.port == port;
    });
  }
  bool upnp() const { return open(Protocol::tcp, 5000) && open(Protocol::udp, 1900); }
  bool upnp_of_one_process() const {
    return any([&](const Endpoint& e) {
      return e.pid && e.protocol == Protocol::tcp && e.port == 5000 &&
             held(*e.pid, Protocol::udp, 1900);
    });
  }
  std::size_t listeners(std::uint16_t first, std::uint16_t last) const {
    std::vector<std::uint16_t> ports;
    for (const Endpoint& e : snapshot_.endpoints) {
      if (e.protocol == Protocol::tcp && e.is_open() && e.port >= first && e.port <= last) {
        ports.push_back(e.port);
      }
    }
    std::sort(ports.begin(), ports.end());
    return static_cast<std::size_t>(std::unique(ports.begin(), ports.end()) - ports.begin());
  }

 private:
  template <class Test>
  bool any(Test test) const {
    return std::any_of(snapshot_.endpoints.begin(), snapshot_.endpoints.end(),
                       [&](const Endpoint& e) { return e.is_open() && test(e); });
  }
  const Snapshot& snapshot_;
};

bool is_kernel(const Snapshot& snapshot, std::uint32_t pid) {
  const Process* process = snapshot.process(pid);
  return process != nullptr && iequals(process->image, "System");
}

void add_kernel_clues(const Snapshot& snapshot, const Sockets& sockets,
                      std::vector<OsClue>& clues) {
  if (is_kernel(snapshot, kKernelNt4)) clues.push_back({OsSet::of(Os::winnt4), "PID 2 is System"});
  if (is_kernel(snapshot, kKernelWin2000)) {
    clues.push_back({OsSet::of(Os::win2000), "PID 8 is System"});
  }
  if (is_kernel(snapshot, kKernelWinXp)) clues.push_back({kSinceXp, "PID 4 is System"});
  for (const std::uint16_t port : {kRawSmbPort, std::uint16_t{139}}) {
    if (sockets.held(kKernelWin2000, Protocol::tcp, port)) {
      clues.push_back({OsSet::of(Os::win2000), fmt::format("PID 8 holds port {}", port)});
      break;
    }
    if (sockets.held(kKernelWinXp, Protocol::tcp, port)) {
      clues.push_back({kSinceXp, fmt::format("PID 4 holds port {}", port)});
      break;
    }
  }
  if (sockets.held(kKernelWinXp, Protocol::udp, kRawSmbPort)) {
    clues.push_back({OsSet::of(Os::winxp, Os::win2003), "PID 4 holds UDP 445"});
  }
}

void add_port_clues(const Sockets& sockets, std::vector<OsClue>& clues) {
  const bool rpc = sockets.open(Protocol::tcp, 135);
  const bool smb = sockets.open(Protocol::tcp, kRawSmbPort);
  if (!rpc) return;  // nothing here says Windows
  if (smb) clues.push_back({OsSet::range(Os::win2000, Os::server2025), "port 445 is open", true});
  if (sockets.open(Protocol::udp, kRawSmbPort)) {
    clues.push_back({OsSet::range(Os::win2000, Os::win2003), "UDP 445 is open"});
    if (sockets.upnp()) {
      // Any program may have 5000 where it is a dynamic port.
      clues.push_back({OsSet::of(Os::winxp), "TCP 5000 and UDP 1900 are open beside it",
                       !sockets.upnp_of_one_process()});
    }
  } else if (sockets.upnp()) {
    clues.push_back({OsSet::of(Os::winxp), "TCP 5000 and UDP 1900 are open", true});
  }
  if (sockets.open(Protocol::udp, 5355)) clues.push_back({kModern, "UDP 5355 (LLMNR) is open"});
  if (sockets.listeners(49152, 65535) >= 3) {
    clues.push_back({kModern, "three ports or more from 49152 on are open"});
    if (sockets.listeners(49664, 49680) >= 3) {
      clues.push_back({kSinceWin10, "dynamic ports begin at 49664", true});
    } else if (sockets.listeners(49152, 49168) >= 3) {
      clues.push_back(
          {OsSet::range(Os::vista, Os::server2012r2), "dynamic ports begin at 49152", true});
    }
  } else if (sockets.listeners(49152, 65535) == 0 && sockets.listeners(1025, 1100) >= 2) {
    clues.push_back({kOld, "dynamic ports begin at 1025", true});
  }
  if (sockets.open(Protocol::tcp, 88) && sockets.open(Protocol::tcp, 389)) {
    clues.push_back({kServerSystems, "ports 88 and 389 of a domain controller are open"});
  }
}

/// The processes and services that are there, looked for among the signs.
class NameClues {
 public:
  NameClues(std::span<const OsSign> signs, std::vector<OsClue>& clues)
      : signs_(signs), clues_(clues) {}

  void add_image(std::string_view name) { add(OsSign::Kind::image, name, "process"); }
  void add_service(std::string_view name) { add(OsSign::Kind::service, name, "service"); }

 private:
  void add(OsSign::Kind kind, std::string_view name, std::string_view what) {
    for (const OsSign& sign : signs_) {
      if (sign.kind != kind || !iequals(sign.name, name)) continue;
      const bool known = std::any_of(clues_.begin(), clues_.end(), [&](const OsClue& clue) {
        return clue.possible == sign.possible;
      });
      if (!known) {
        clues_.push_back({sign.possible, fmt::format("the {} {} is there", what, sign.name)});
      }
    }
  }

  std::span<const OsSign> signs_;
  std::vector<OsClue>& clues_;
};

void add_name_clues(const Snapshot& snapshot, NameClues names) {
  for (const Process& process : snapshot.processes) {
    names.add_image(process.image);
    for (const std::string& service : process.services) names.add_service(service);
  }
  // What netstat -b names, which knows no process ids without -o.
  for (const Endpoint& endpoint : snapshot.endpoints) {
    if (icontains(endpoint.process.str(), ".exe")) names.add_image(endpoint.process.str());
    for (const std::string& component : endpoint.components) names.add_service(component);
  }
  for (const Service& service : snapshot.services) {
    names.add_service(service.name);
    if (service.name.ends_with(".service") || service.name.ends_with(".socket")) {
      names.add_image("systemd");
    }
  }
}

void add_setting_clues(const Snapshot& snapshot, std::vector<OsClue>& clues) {
  constexpr std::string_view kKey = "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";
  if (const Setting* product = snapshot.setting(kKey, "ProductName")) {
    const OsSet possible = os_of_product(product->data);
    if (!possible.empty()) clues.push_back({possible, "ProductName is " + product->data});
  }
  if (const Setting* build = snapshot.setting(kKey, "CurrentBuildNumber")) {
    const Setting* version = snapshot.setting(kKey, "CurrentVersion");
    // Since Windows 10 the value still says 6.3.
    const std::string text = version != nullptr && build->data.size() == 4
                                 ? version->data + '.' + build->data
                                 : "10.0." + build->data;
    const OsSet possible = os_of_version(text);
    if (!possible.empty()) clues.push_back({possible, "CurrentBuildNumber is " + build->data});
  }
}

void add_kind_clues(const Snapshot& snapshot, std::vector<OsClue>& clues) {
  for (const Evidence& evidence : snapshot.evidence) {
    for (const std::string_view kind : split(evidence.kind, '+')) {
      if (std::find(kLinuxKinds.begin(), kLinuxKinds.end(), kind) == kLinuxKinds.end()) continue;
      clues.push_back(
          {OsSet::of(Os::linux), fmt::format("{} is a listing of Linux", evidence.name)});
      return;
    }
  }
}

struct ProductRule {
  std::string_view word;
  OsSet possible;
};
// Longer names first: "Server 2012 R2" is no "Server 2012".
constexpr std::array<ProductRule, 21> kProducts = {{{"Server 2025", OsSet::of(Os::server2025)},
                                                    {"Server 2022", OsSet::of(Os::server2022)},
                                                    {"Server 2019", OsSet::of(Os::server2019)},
                                                    {"Server 2016", OsSet::of(Os::server2016)},
                                                    {"Server 2012 R2", OsSet::of(Os::server2012r2)},
                                                    {"Server 2012", OsSet::of(Os::server2012)},
                                                    {"Server 2008 R2", OsSet::of(Os::server2008r2)},
                                                    {"Server 2008", OsSet::of(Os::server2008)},
                                                    {"Server 2003", OsSet::of(Os::win2003)},
                                                    {"Hyper-V Server", OsSet()},
                                                    {"Windows 11", OsSet::of(Os::win11)},
                                                    {"Windows 10", OsSet::of(Os::win10)},
                                                    {"Windows 8", OsSet::of(Os::win8)},
                                                    {"Windows 7", OsSet::of(Os::win7)},
                                                    {"Vista", OsSet::of(Os::vista)},
                                                    {"Windows XP", OsSet::of(Os::winxp)},
                                                    {"XP Professional", OsSet::of(Os::winxp)},
                                                    {"2000", OsSet::of(Os::win2000)},
                                                    {"NT 4", OsSet::of(Os::winnt4)},
                                                    {"NT4", OsSet::of(Os::winnt4)},
                                                    {"Linux", OsSet::of(Os::linux)}}};

struct VersionRule {
  std::string_view prefix;
  OsSet possible;
};
constexpr std::array<VersionRule, 9> kVersions = {
    {{"4.0", OsSet::of(Os::winnt4)},
     {"5.0", OsSet::of(Os::win2000)},  // also printed as 5.00.2195
     {"5.1", OsSet::of(Os::winxp)},
     {"5.2", OsSet::of(Os::win2003)},
     {"6.0.6000", OsSet::of(Os::vista)},
     {"6.0", OsSet::of(Os::vista, Os::server2008)},
     {"6.1", OsSet::of(Os::win7, Os::server2008r2)},
     {"6.2", OsSet::of(Os::win8, Os::server2012)},
     {"6.3", OsSet::of(Os::win8, Os::server2012r2)}}};

struct BuildRule {
  unsigned build;
  OsSet possible;
};
// Builds that a server was made of; all others are of clients.
constexpr std::array<BuildRule, 4> kServerBuilds = {
    {{14393, OsSet::of(Os::win10, Os::server2016)},
     {17763, OsSet::of(Os::win10, Os::server2019)},
     {20348, OsSet::of(Os::server2022)},
     {26100, OsSet::of(Os::win11, Os::server2025)}}};
constexpr unsigned kFirstWindows11Build = 22000;

}  // namespace

OsSet os_of_product(std::string_view name) {
  for (const ProductRule& rule : kProducts) {
    if (icontains(name, rule.word)) return rule.possible;
  }
  return {};
}

OsSet os_of_version(std::string_view version) {
  constexpr std::string_view kTen = "10.0.";
  if (version.starts_with(kTen)) {
    const std::string_view rest = version.substr(kTen.size());
    const auto build = number<unsigned>(rest.substr(0, rest.find_first_of(". ")));
    if (!build) return {};
    for (const BuildRule& rule : kServerBuilds) {
      if (rule.build == *build) return rule.possible;
    }
    return OsSet::of(*build < kFirstWindows11Build ? Os::win10 : Os::win11);
  }
  for (const VersionRule& rule : kVersions) {
    if (version.starts_with(rule.prefix)) return rule.possible;
  }
  return {};
}

std::vector<OsClue> os_clues_of(const Snapshot& snapshot, std::span<const OsSign> signs) {
  std::vector<OsClue> clues;
  const Sockets sockets(snapshot);
  add_setting_clues(snapshot, clues);
  add_kind_clues(snapshot, clues);
  add_kernel_clues(snapshot, sockets, clues);
  add_name_clues(snapshot, {signs, clues});
  add_port_clues(sockets, clues);
  return clues;
}

}  // namespace deadlight::evidence
