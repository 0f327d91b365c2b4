#include "truth/builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "truth/language.h"

namespace deadlight::truth {
namespace {

constexpr std::size_t kOsCount = static_cast<std::size_t>(Os::linux) + 1;

std::array<Book, kOsCount> make_books() {
  std::array<Book, kOsCount> books;
  for (const Os os : all_os()) {
    Book& book = books[static_cast<std::size_t>(os)];
    for (const knowledge::FeatureFact& feature : knowledge::builtin().features) {
      for (const knowledge::OpensFact& opens : feature.opens) {
        if (opens.os.contains(os)) book.rows.push_back({&feature, &opens});
      }
    }
    for (const knowledge::ServiceFact& service : knowledge::builtin().services) {
      if (service.os.contains(os)) book.services.push_back(&service);
    }
  }
  return books;
}

std::uint16_t first_dynamic_port(Os os, Dice& dice) {
  if (os == Os::linux) return dice.port(32768, 50000);
  if (!is_modern_windows(os)) return 1025;
  return OsRange{Os::win10, Os::server2025}.contains(os) ? 49664 : 49152;
}

}  // namespace

const Book& book_of(Os os) {
  static const std::array<Book, kOsCount> kBooks = make_books();
  return kBooks[static_cast<std::size_t>(os)];
}

Builder::Builder(Os os, std::uint64_t seed) : dice_(seed) {
  constexpr std::string_view kNames[] = {"gargan", "WS-0143", "SRV01", "db-prod-2", "PC", "XPBOX"};
  host_.os = os;
  host_.name = dice_.pick(kNames);
  host_.language = dice_.one_in(2) ? &languages().front() : &dice_.pick(languages());
  const std::uint32_t adapters = dice_.one_in(3) ? 2 : 1;
  for (std::uint32_t i = 0; i < adapters; ++i) {
    host_.adapters.push_back(
        fmt::format("192.168.{}.{}", dice_.between(0, 200), dice_.between(2, 250)));
  }
  const bool can_v6 = os == Os::linux || is_modern_windows(os);
  const bool may_v6 = os == Os::winxp || os == Os::win2003;
  if (can_v6 ? !dice_.one_in(4) : may_v6 && dice_.one_in(6)) {
    host_.adapters_v6.push_back(
        fmt::format("fe80::{:x}:{:x}:{:x}:{:x}%{}", dice_.between(0x100, 0xFFFF),
                    dice_.below(0xFFFF), dice_.below(0xFFFF), dice_.between(1, 0xFFFF),
                    os == Os::linux ? "eth0" : std::to_string(dice_.between(2, 20))));
  }
  port_ = first_dynamic_port(os, dice_);
  pid_ = os == Os::winnt4 ? 20 : os == Os::linux ? 300 : dice_.between(35, 110) * 4;
}

std::uint32_t Builder::next_pid() {
  const std::uint32_t pid = pid_;
  const bool by_four = host_.os != Os::winnt4 && host_.os != Os::linux;
  pid_ += by_four ? 4 * dice_.between(1, 40) : dice_.between(1, 30);
  return pid;
}

std::uint32_t Builder::start(std::string_view image, std::string_view path) {
  return start_as(next_pid(), image, path);
}

std::uint32_t Builder::start_as(std::uint32_t pid, std::string_view image, std::string_view path) {
  TrueProcess process;
  process.pid = pid;
  process.image = image;
  if (!path.empty()) {
    process.path = fmt::format("{}{}{}", path, host_.os == Os::linux ? '/' : '\\', image);
    process.command_line = process.path;
  }
  host_.processes.push_back(std::move(process));
  return pid;
}

TrueProcess& Builder::process(std::uint32_t pid) {
  return *std::find_if(host_.processes.begin(), host_.processes.end(),
                       [pid](const TrueProcess& one) { return one.pid == pid; });
}

bool Builder::is_running(std::string_view service) const {
  const TrueService* known = host_.service(service);
  return known != nullptr && known->running;
}

TrueService& Builder::service(std::string_view name, std::string_view title) {
  for (TrueService& one : host_.services) {
    if (iequals(one.name, name)) return one;
  }
  TrueService& added = host_.services.emplace_back();
  added.name = name;
  added.title = title;
  return added;
}

bool Builder::is_free(Protocol protocol, std::string_view local, std::uint16_t port) const {
  return !taken_.contains({protocol, std::string(local), port});
}

bool Builder::open(TrueSocket socket) {
  if (socket.protocol == Protocol::udp && socket.remote.empty()) socket.state = State::bound;
  const bool wildcard = socket.local == "0.0.0.0";
  if (!wildcard && socket.remote.empty() && socket.local.find(':') == std::string::npos &&
      !is_free(socket.protocol, "0.0.0.0", socket.port)) {
    return false;
  }
  if (!taken_.insert({socket.protocol, socket.local, socket.port}).second) return false;
  host_.sockets.push_back(std::move(socket));
  return true;
}

bool Builder::open_any(TrueSocket socket) {
  socket.local = "0.0.0.0";
  const bool dual = host_.has_v6() && (modern() || host_.os == Os::linux) && !dice_.one_in(5);
  if (!open(socket)) return false;
  socket.local = "::";
  if (dual) open(std::move(socket));
  return true;
}

std::uint16_t Builder::dynamic_port() {
  const bool legacy = host_.os != Os::linux && !modern();
  for (;;) {
    port_ = static_cast<std::uint16_t>(port_ + 1);
    if (legacy && port_ > 5000) port_ = 1025;
    if (host_.os == Os::linux && port_ > 60999) port_ = 32768;
    if (host_.os != Os::linux && !legacy && port_ < 49152) port_ = 49152;
    const auto taken = [this](const TrueSocket& socket) { return socket.port == port_; };
    if (std::none_of(host_.sockets.begin(), host_.sockets.end(), taken)) return port_;
  }
}

void Builder::leave_boot_ports() {
  constexpr std::uint16_t kBootPortsEnd = 1057;
  if (host_.os != Os::linux && !modern()) port_ = std::max(port_, kBootPortsEnd);
}

std::string Builder::random_remote() {
  if (dice_.one_in(3)) {
    return fmt::format("192.168.{}.{}", dice_.between(0, 200), dice_.between(2, 250));
  }
  return fmt::format("{}.{}.{}.{}", dice_.between(11, 126), dice_.below(256), dice_.below(256),
                     dice_.between(1, 254));
}

TrueHost Builder::finish() {
  const auto rank = [](const TrueSocket& socket) {
    const bool v6 = socket.local.find(':') != std::string::npos;
    const auto address = make_address(socket.local).ip.value_or(IpAddress{}).bytes;
    return std::tuple(socket.protocol, v6, address, socket.port, socket.remote, socket.remote_port,
                      socket.pid);
  };
  std::vector<TrueSocket>& sockets = host_.sockets;
  std::stable_sort(sockets.begin(), sockets.end(),
                   [&rank](const auto& a, const auto& b) { return rank(a) < rank(b); });
  std::sort(host_.processes.begin(), host_.processes.end(),
            [](const auto& a, const auto& b) { return a.pid < b.pid; });
  std::sort(host_.services.begin(), host_.services.end(),
            [](const auto& a, const auto& b) { return iless(a.name, b.name); });
  return std::move(host_);
}

const TrueProcess* TrueHost::process(std::uint32_t pid) const {
  for (const TrueProcess& one : processes) {
    if (one.pid == pid) return &one;
  }
  return nullptr;
}

const TrueService* TrueHost::service(std::string_view wanted) const {
  for (const TrueService& one : services) {
    if (iequals(one.name, wanted)) return &one;
  }
  return nullptr;
}

TrueHost make_host(Os os, std::uint64_t seed) {
  return os == Os::linux ? make_linux(seed) : make_windows(os, seed);
}

}  // namespace deadlight::truth
