#include "exposure/shared_sockets.h"

#include <map>
#include <optional>
#include <string_view>
#include <tuple>

namespace deadlight {
namespace {

constexpr std::uint32_t kInit = 1;

bool same_socket(const Endpoint& a, const Endpoint& b) {
  return a.protocol == b.protocol && a.port == b.port && a.local == b.local && a.state == b.state &&
         a.remote == b.remote && a.remote_port == b.remote_port;
}

// `first` up to `last`, not included: one socket in each network namespace.
void share(const std::vector<Endpoint>& endpoints, std::size_t first, std::size_t last,
           std::vector<SharedSocket>& shared) {
  std::map<std::tuple<std::string_view, std::string_view, std::string_view>, std::size_t> programs;
  std::map<std::string_view, std::size_t> workers;  // the last one of each namespace
  std::optional<std::size_t> init;
  for (std::size_t i = first; i < last; ++i) {
    const Endpoint& endpoint = endpoints[i];
    if (!endpoint.pid || endpoint.process.empty()) continue;
    const std::string_view place = endpoint.net_namespace();
    const auto [program, fresh] = programs.try_emplace({place, endpoint.process, endpoint.unit}, i);
    if (fresh) {
      if (endpoint.pid == kInit) {
        init = i;
      } else {
        workers[place] = i;
      }
      continue;
    }
    shared[i].left_out = true;
    shared[program->second].others.push_back(*endpoint.pid);
  }
  if (!init) return;
  const auto worker = workers.find(endpoints[*init].net_namespace());
  if (worker == workers.end()) return;
  shared[*init].left_out = true;
  shared[worker->second].others.push_back(kInit);
}

}  // namespace

std::vector<SharedSocket> find_shared(const std::vector<Endpoint>& endpoints, Os os) {
  std::vector<SharedSocket> shared(endpoints.size());
  if (os != Os::linux) return shared;
  for (std::size_t first = 0; first < endpoints.size();) {
    std::size_t last = first + 1;
    while (last < endpoints.size() && same_socket(endpoints[first], endpoints[last])) ++last;
    if (last - first > 1) share(endpoints, first, last, shared);
    first = last;
  }
  return shared;
}

}  // namespace deadlight
