#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <map>

#include "base/text.h"
#include "truth/builder.h"
#include "truth/foreign.h"

namespace deadlight::truth {
namespace {

using knowledge::Bind;
using knowledge::OpensFact;
using knowledge::ServiceFact;
using knowledge::ServiceKind;

const knowledge::Knowledge& kb() { return knowledge::builtin(); }

bool is_client(Os os) {
  constexpr Os kClients[] = {Os::winxp, Os::vista, Os::win7, Os::win8, Os::win10, Os::win11};
  return std::find(std::begin(kClients), std::end(kClients), os) != std::end(kClients);
}

bool names(std::initializer_list<std::string_view> list, std::string_view wanted) {
  return std::any_of(list.begin(), list.end(),
                     [wanted](std::string_view one) { return iequals(one, wanted); });
}

/// Server roles cannot be installed on a client, and clients have a few services of their own.
bool is_of_other_edition(const ServiceFact& fact, Os os) {
  if (!is_client(os)) return iequals(fact.id, "wscsvc");
  return names({"NTDS", "ADWS", "DFSR", "Dfs", "DNS", "Kdc", "WINS"}, fact.id) ||
         names({"dns.exe", "wins.exe", "ismserv.exe", "dfsrs.exe", "dfssvc.exe", "ntfrs.exe"},
               kb().image_of(fact, os));
}

/// A Windows host: what the knowledge base says of the system, in the processes of this host, and
/// the exceptions that administrators and vendors make.
class WindowsMaker {
 public:
  WindowsMaker(Os os, std::uint64_t seed) : builder_(os, seed), dice_(builder_.dice()), os_(os) {}

  TrueHost make() {
    boot();
    choose();
    open_chosen();
    add_foreign_services(builder_);
    squat();
    add_programs(builder_);
    share_multicast();
    add_connections(builder_);
    return builder_.finish();
  }

 private:
  void boot();
  void choose();
  void run(const ServiceFact& fact);
  std::uint32_t process_for(const ServiceFact& fact);
  std::uint32_t host_for(std::string_view image, std::string_view group);
  void open_chosen();
  bool in_iis(const OpensFact& opens) const;
  void open_row(const OpensFact& opens);
  std::vector<std::string> rpc_servers_of(std::uint32_t pid, Protocol protocol) const;
  std::uint32_t pid_of(const OpensFact& opens) const;
  void squat();
  void share_multicast();

  std::string folder() const {
    const bool winnt = os_ == Os::winnt4 || os_ == Os::win2000;
    return winnt ? "C:\\WINNT\\System32" : "C:\\Windows\\System32";
  }

  Builder builder_;
  Dice& dice_;
  Os os_;
  std::uint32_t system_ = 4;
  bool split_ = false;          ///< each service has a svchost of its own
  std::uint16_t rpc_port_ = 0;  ///< first of a range that an administrator set; 0: none
  std::vector<BookRow> chosen_;
  std::map<std::string, std::uint32_t, ILess> hosts_;  ///< by image and group
};

void WindowsMaker::boot() {
  system_ = os_ == Os::winnt4 ? 2 : os_ == Os::win2000 ? 8 : 4;
  const bool can_split = OsRange{Os::win10, Os::server2025}.contains(os_) && os_ != Os::server2016;
  split_ = can_split && !dice_.one_in(3);
  if (dice_.one_in(12)) rpc_port_ = dice_.one_in(2) ? 5000 : 3000;
  builder_.start_as(0, "System Idle Process", "");
  builder_.start_as(system_, "System", "");
  builder_.start("smss.exe", folder());
  builder_.start("csrss.exe", folder());
  if (builder_.modern()) hosts_["wininit.exe"] = builder_.start("wininit.exe", folder());
  hosts_["winlogon.exe"] = builder_.start("winlogon.exe", folder());
  hosts_["services.exe"] = builder_.start("services.exe", folder());
  hosts_["lsass.exe"] = builder_.start("lsass.exe", folder());
}

/// Which rows of the book this host has, and which services run besides.
void WindowsMaker::choose() {
  constexpr std::uint32_t kRarity[] = {6, 20, 60};
  const std::uint32_t rarity = dice_.pick(kRarity);
  const std::uint32_t often = dice_.between(1, 3);
  const Book& book = book_of(os_);
  for (const BookRow& row : book.rows) {
    if (!dice_.one_in(row.opens->by_default ? often : rarity)) continue;
    const ServiceFact* holder = kb().service(row.opens->holder);
    if (holder == nullptr || is_of_other_edition(*holder, os_)) continue;
    chosen_.push_back(row);
  }
  for (const ServiceFact* fact : book.services) {
    if (is_of_other_edition(*fact, os_)) continue;
    const bool holds = std::any_of(chosen_.begin(), chosen_.end(), [fact](const BookRow& row) {
      return iequals(row.opens->holder, fact->id);
    });
    if (holds || fact->always_runs.contains(os_) || dice_.one_in(6)) {
      run(*fact);
    } else if (dice_.one_in(4) && fact->kind == ServiceKind::service) {
      TrueService& stopped = builder_.service(fact->id, fact->title);
      stopped.start = dice_.one_in(2) ? StartType::manual : StartType::disabled;
      stopped.command = folder() + "\\svchost.exe -k netsvcs";
    }
  }
}

void WindowsMaker::run(const ServiceFact& fact) {
  if (fact.kind == ServiceKind::process) {
    builder_.process(process_for(fact)).parts.emplace_back(fact.id);
    return;
  }
  TrueService& service = builder_.service(fact.id, fact.title);
  service.running = true;
  if (fact.kind == ServiceKind::driver) {
    service.driver = true;
    service.start = StartType::system;
    service.command = folder() + "\\drivers\\" + to_lower(fact.id) + ".sys";
    return;
  }
  service.pid = process_for(fact);
  TrueProcess& process = builder_.process(service.pid);
  service.command = process.command_line;
  process.services.emplace_back(fact.id);
}

std::uint32_t WindowsMaker::process_for(const ServiceFact& fact) {
  const std::vector<const knowledge::GroupFact*> groups = kb().groups_of(fact.id, os_);
  if (groups.empty()) {
    std::string image(kb().image_of(fact, os_));
    if (image.empty()) image = to_lower(fact.id) + ".exe";
    return host_for(image, "");
  }
  const knowledge::GroupFact& group = *dice_.pick(groups);
  const bool is_svchost = iequals(group.image, "svchost.exe");
  const bool own = is_svchost && ((split_ && !fact.protected_on(os_)) || dice_.one_in(40));
  if (!own) return host_for(group.image, group.group);
  const std::uint32_t pid = builder_.start("svchost.exe", folder());
  TrueProcess& process = builder_.process(pid);
  process.command_line += fmt::format(" -k {}", group.group);
  if (split_) process.command_line += fmt::format(" -p -s {}", fact.id);
  return pid;
}

std::uint32_t WindowsMaker::host_for(std::string_view image, std::string_view group) {
  if (iequals(image, "System")) return system_;
  const std::string key = group.empty() ? std::string(image) : fmt::format("{} {}", image, group);
  const auto known = hosts_.find(key);
  if (known != hosts_.end()) return known->second;
  const std::uint32_t pid = builder_.start(image, folder());
  if (!group.empty()) builder_.process(pid).command_line += fmt::format(" -k {}", group);
  hosts_[key] = pid;
  return pid;
}

std::uint32_t WindowsMaker::pid_of(const OpensFact& opens) const {
  if (is_kernel_port(os_, opens.protocol, opens.port_first)) return system_;
  const ServiceFact& fact = *kb().service(opens.holder);
  if (fact.kind == ServiceKind::driver) return system_;
  const auto* service = builder_.host().service(fact.id);
  if (service != nullptr && service->pid != 0) return service->pid;
  const auto host = hosts_.find(std::string(kb().image_of(fact, os_)));
  return host != hosts_.end() ? host->second : system_;
}

/// A process has one dynamic RPC socket for each protocol, which all its RPC servers share.
std::vector<std::string> WindowsMaker::rpc_servers_of(std::uint32_t pid, Protocol protocol) const {
  std::vector<std::string> names;
  for (const BookRow& row : chosen_) {
    if (!row.opens->rpc || !row.opens->dynamic() || row.opens->protocol != protocol) continue;
    if (pid_of(*row.opens) == pid) names.emplace_back(row.opens->holder);
  }
  return names;
}

void WindowsMaker::open_chosen() {
  // Services start in no fixed order, and so they get their ports.
  for (std::size_t i = chosen_.size(); i > 1; --i)
    std::swap(chosen_[i - 1], chosen_[dice_.below(i)]);
  std::set<std::pair<std::uint32_t, Protocol>> rpc_done;
  for (const BookRow& row : chosen_) {
    const OpensFact& opens = *row.opens;
    if (opens.rpc && opens.dynamic() && !rpc_done.insert({pid_of(opens), opens.protocol}).second) {
      continue;
    }
    open_row(opens);
  }
}

/// IIS gave its own administration site any free port above 1024: it cannot be told from a site or
/// a mail server that somebody has moved there.
bool WindowsMaker::in_iis(const OpensFact& opens) const {
  const TrueProcess* process = builder_.host().process(pid_of(opens));
  return process != nullptr && iequals(process->image, "inetinfo.exe");
}

void WindowsMaker::open_row(const OpensFact& opens) {
  TrueSocket socket;
  socket.protocol = opens.protocol;
  socket.pid = pid_of(opens);
  socket.by_book = true;
  socket.holders = {std::string(kb().service(opens.holder)->id)};
  socket.port = opens.dynamic() ? 0 : dice_.port(opens.port_first, opens.port_last);
  if (opens.dynamic() && opens.rpc) {
    socket.holders = rpc_servers_of(socket.pid, opens.protocol);
    if (rpc_port_ != 0) {
      socket.port = rpc_port_++;
      socket.by_book = false;
    }
  } else if (!opens.dynamic() && !opens.distinctive && !in_iis(opens) && dice_.one_in(15)) {
    // Somebody chose another port for it.
    constexpr std::uint16_t kOthers[] = {8080, 8000, 81, 8443, 2222, 14330, 33890, 10080};
    socket.port = dice_.pick(kOthers);
    socket.by_book = false;
  }
  if (socket.port == 0) socket.port = builder_.dynamic_port();
  if (opens.bind == Bind::any) {
    builder_.open_any(socket);
    return;
  }
  if (opens.bind != Bind::loopback) {
    for (const std::string& adapter : builder_.host().adapters) {
      socket.local = adapter;
      builder_.open(socket);
    }
  }
  socket.local = "127.0.0.1";
  if (opens.bind != Bind::adapter) builder_.open(socket);
}

/// A program on a port that is known for something else.
void WindowsMaker::squat() {
  if (!dice_.one_in(3)) return;
  const Book& book = book_of(os_);
  const std::uint32_t count = dice_.between(1, 3);
  std::uint32_t pid = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const OpensFact& opens = *dice_.pick(book.rows).opens;
    if (opens.dynamic()) continue;
    const ServiceFact* fact = kb().service(opens.holder);
    // Its holder always runs, and has had the port since the system started.
    if (fact != nullptr && fact->always_runs.contains(os_)) continue;
    TrueSocket socket;
    socket.protocol = opens.protocol;
    socket.port = opens.port_first;
    socket.squats_system = fact != nullptr && fact->kind == ServiceKind::driver;
    const TrueHost& host = builder_.host();
    const bool taken =
        std::any_of(host.sockets.begin(), host.sockets.end(), [&socket](const TrueSocket& other) {
          return other.protocol == socket.protocol && other.port == socket.port;
        });
    if (taken) continue;
    if (pid == 0) pid = start_program(builder_);
    socket.pid = pid;
    builder_.open_any(socket);
  }
}

/// Browsers and others listen for the same multicast as the system does.
void WindowsMaker::share_multicast() {
  if (!builder_.modern() || !dice_.one_in(4)) return;
  const std::uint32_t pid = start_program(builder_);
  constexpr std::uint16_t kPorts[] = {5353, 1900, 3702};
  TrueSocket socket;
  socket.protocol = Protocol::udp;
  socket.state = State::bound;
  socket.local = "0.0.0.0";
  socket.port = dice_.pick(kPorts);
  socket.pid = pid;
  builder_.share(socket);
}

}  // namespace

TrueHost make_windows(Os os, std::uint64_t seed) { return WindowsMaker(os, seed).make(); }

}  // namespace deadlight::truth
