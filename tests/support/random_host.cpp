#include "support/random_host.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "exposure/containers.h"
#include "knowledge/knowledge.h"

namespace deadlight::test {
namespace {

using knowledge::Bind;
using knowledge::OpensFact;

constexpr const char* kAdapterAddress = "10.0.0.3";
constexpr std::size_t kHeadingLines = 2;

bool chance(std::mt19937& random, unsigned one_in) { return random() % one_in == 0; }

class Maker {
 public:
  Maker(Os os, std::mt19937& random)
      : random_(random), containers_(containers_of(os, knowledge::builtin())) {
    host_.host.os = os;
    host_.host.os_basis = "made up";
    names_services_ = chance(random_, 2);
    next_port_ = is_modern_windows(os) ? 49664 : os == Os::linux ? 40000 : 1025;
  }

  Snapshot make() {
    for (const knowledge::FeatureFact& feature : knowledge::builtin().features) {
      for (const OpensFact& opens : feature.opens) {
        const bool wanted = chance(random_, opens.by_default ? 2 : 12);
        if (wanted && opens.os.contains(host_.host.os)) open(opens);
      }
    }
    normalise(host_);
    return host_;
  }

 private:
  void open(const OpensFact& opens) {
    const std::uint16_t port = opens.dynamic() ? next_port_++ : opens.port_first;
    switch (opens.bind) {
      case Bind::any:
        add(opens, "0.0.0.0", port);
        break;
      case Bind::adapter:
        add(opens, kAdapterAddress, port);
        break;
      case Bind::loopback:
        add(opens, "127.0.0.1", port);
        break;
      case Bind::each:
        add(opens, kAdapterAddress, port);
        add(opens, "127.0.0.1", port);
        break;
    }
  }

  void add(const OpensFact& opens, const char* address, std::uint16_t port) {
    Endpoint endpoint;
    endpoint.protocol = opens.protocol;
    endpoint.local = make_address(address);
    endpoint.port = port;
    endpoint.state = opens.protocol == Protocol::tcp ? State::listening : State::bound;
    if (host_.host.os == Os::linux) {
      endpoint.unit = opens.holder;
      endpoint.process = "daemon";
      endpoint.pid = pid_of(opens.holder);
    } else if (host_.host.os != Os::win2000 && host_.host.os != Os::winnt4) {
      endpoint.pid = process_of(opens.holder);
    }
    const std::string text = endpoint_text(endpoint);
    if (taken_.insert(text).second) host_.endpoints.push_back(std::move(endpoint));
  }

  std::uint32_t process_of(std::string_view service) {
    for (const Container& container : containers_) {
      if (!container.hosts(service)) continue;
      if (container.image == kSystemImage) return 4;
      const std::uint32_t pid = pid_of(container.text());
      if (names_services_) name_service(pid, container.image, service);
      return pid;
    }
    return pid_of(service);
  }

  std::uint32_t pid_of(std::string_view key) {
    const auto [entry, fresh] = pids_.try_emplace(std::string(key), next_pid_);
    if (fresh) next_pid_ += 4 * (1 + static_cast<std::uint32_t>(random_() % 30));
    return entry->second;
  }

  void name_service(std::uint32_t pid, std::string_view image, std::string_view service) {
    for (Process& process : host_.processes) {
      if (process.pid != pid) continue;
      if (std::find(process.services.begin(), process.services.end(), service) ==
          process.services.end()) {
        process.services.emplace_back(service);
      }
      return;
    }
    Process process;
    process.pid = pid;
    process.image = image;
    process.services = {std::string(service)};
    process.services_known = true;
    host_.processes.push_back(std::move(process));
  }

  std::mt19937& random_;
  std::vector<Container> containers_;
  Snapshot host_;
  std::map<std::string, std::uint32_t, std::less<>> pids_;
  std::set<std::string> taken_;
  std::uint32_t next_pid_ = 600;
  std::uint16_t next_port_ = 1025;
  bool names_services_ = false;
};

}  // namespace

Snapshot random_host(Os os, std::mt19937& random) { return Maker(os, random).make(); }

std::string as_netstat(const Snapshot& snapshot) {
  std::string text =
      "Active Connections\n"
      "  Proto  Local Address          Foreign Address        State           PID\n";
  for (const Endpoint& endpoint : snapshot.endpoints) {
    const bool tcp = endpoint.protocol == Protocol::tcp;
    text += fmt::format("  {:<6} {:<22} {:<22} {:<15} {}\n", tcp ? "TCP" : "UDP",
                        socket_text(endpoint.local, endpoint.port), tcp ? "0.0.0.0:0" : "*:*",
                        tcp ? "LISTENING" : "",
                        endpoint.pid ? std::to_string(*endpoint.pid) : std::string());
  }
  return text;
}

std::string with_shuffled_rows(std::string_view netstat, std::mt19937& random) {
  std::vector<std::string_view> lines = split(netstat, '\n');
  lines.pop_back();
  std::shuffle(lines.begin() + kHeadingLines, lines.end(), random);
  std::string text;
  for (const std::string_view line : lines) text.append(line).append("\n");
  return text;
}

}  // namespace deadlight::test
