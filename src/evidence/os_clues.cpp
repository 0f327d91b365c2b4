#include "evidence/os_clues.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"

namespace deadlight::evidence {
namespace {

// The kernel's process: 8 in Windows 2000, 4 since Windows XP, 2 in Windows NT 4.
constexpr std::uint32_t kKernelWin2000 = 8;
constexpr std::uint32_t kKernelWinXp = 4;
constexpr std::uint16_t kFirstModernDynamicPort = 49152;
constexpr std::uint16_t kRawSmbPort = 445;

struct Guess {
  Os os = Os::unknown;
  std::string basis;
};

bool holds(const Snapshot& snapshot, std::uint32_t pid, Protocol protocol, std::uint16_t port) {
  return std::any_of(snapshot.endpoints.begin(), snapshot.endpoints.end(),
                     [&](const Endpoint& endpoint) {
                       return endpoint.is_open() && endpoint.pid == pid &&
                              endpoint.protocol == protocol && endpoint.port == port;
                     });
}

bool is_open(const Snapshot& snapshot, Protocol protocol, std::uint16_t port) {
  return std::any_of(
      snapshot.endpoints.begin(), snapshot.endpoints.end(), [&](const Endpoint& endpoint) {
        return endpoint.is_open() && endpoint.protocol == protocol && endpoint.port == port;
      });
}

Guess from_banner(const std::vector<Clues>& clues) {
  for (const Clues& clue : clues) {
    if (clue.banner == Os::unknown) continue;
    const std::string_view server =
        is_modern_windows(clue.banner) ? "; give --os for a server of that version" : "";
    return {clue.banner,
            fmt::format("the version {} in {}{}", clue.banner_text, clue.banner_place, server)};
  }
  return {};
}

/// Reasons that hold on one version only.
Guess from_kernel_process(const Snapshot& snapshot) {
  const Process* kernel = snapshot.process(kKernelWin2000);
  if (kernel != nullptr && iequals(kernel->image, "System")) {
    return {Os::win2000, "PID 8 is System"};
  }
  for (const std::uint16_t port : {kRawSmbPort, std::uint16_t{139}}) {
    if (holds(snapshot, kKernelWin2000, Protocol::tcp, port)) {
      return {Os::win2000, fmt::format("PID 8 holds port {}", port)};
    }
  }
  return {};
}

Guess from_folder(const Snapshot& snapshot, const std::vector<Clues>& clues) {
  std::string place;
  for (const Clues& clue : clues) {
    if (!clue.winnt_place.empty() && place.empty()) place = "the prompt in " + clue.winnt_place;
  }
  for (const Process& process : snapshot.processes) {
    if (place.empty() && icontains(process.path, ":\\WINNT\\")) {
      place = fmt::format("the path of PID {}", process.pid);
    }
  }
  if (place.empty()) return {};
  // NT 4.0 has no raw SMB. A Windows 2000 that closed port 445 looks the same from here.
  if (is_open(snapshot, Protocol::tcp, kRawSmbPort)) {
    return {Os::win2000, place + " names \\WINNT, and port 445 is open"};
  }
  return {Os::winnt4, "guessed: " + place +
                          " names \\WINNT, and port 445 is not open; give --os if it is another"};
}

bool has_modern_dynamic_port(const Snapshot& snapshot) {
  return std::any_of(snapshot.endpoints.begin(), snapshot.endpoints.end(),
                     [](const Endpoint& endpoint) {
                       return endpoint.is_open() && endpoint.protocol == Protocol::tcp &&
                              endpoint.port >= kFirstModernDynamicPort;
                     });
}

Guess from_ports(const Snapshot& snapshot) {
  if (holds(snapshot, kKernelWinXp, Protocol::udp, kRawSmbPort)) {
    return {Os::winxp, "PID 4 holds UDP 445; give --os win2003 for a server"};
  }
  if (!holds(snapshot, kKernelWinXp, Protocol::tcp, kRawSmbPort)) return {};
  if (has_modern_dynamic_port(snapshot)) {
    return {Os::win10,
            "guessed: PID 4 holds port 445 and ports from 49152 on are open, as since "
            "Windows Vista; give --os"};
  }
  if (is_open(snapshot, Protocol::tcp, 5000) && is_open(snapshot, Protocol::udp, 1900)) {
    return {Os::winxp,
            "guessed: PID 4 holds port 445, and TCP 5000 and UDP 1900 are open; "
            "give --os if it is another"};
  }
  return {};
}

}  // namespace

void recognise_os(Snapshot& snapshot, const std::vector<Clues>& clues) {
  Guess guess = from_banner(clues);
  if (guess.os == Os::unknown) guess = from_kernel_process(snapshot);
  if (guess.os == Os::unknown) guess = from_folder(snapshot, clues);
  if (guess.os == Os::unknown) guess = from_ports(snapshot);
  if (guess.os == Os::unknown) guess.basis = "nothing in the evidence tells; give --os";
  snapshot.host.os = guess.os;
  snapshot.host.os_basis = std::move(guess.basis);
}

void recognise_host_name(Snapshot& snapshot) {
  if (!snapshot.host.name.empty()) return;
  std::set<std::string, ILess> names;
  for (const Endpoint& endpoint : snapshot.endpoints) {
    const std::string& text = endpoint.local.text;
    if (endpoint.local.ip || text == "*" || iequals(text, "localhost")) continue;
    names.insert(text);
    if (names.size() > 1) return;
  }
  if (!names.empty()) snapshot.host.name = *names.begin();
}

}  // namespace deadlight::evidence
