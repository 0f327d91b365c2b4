#include "exposure/shared_sockets.h"

#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace deadlight {
namespace {

constexpr std::uint32_t kInit = 1;

bool same_socket(const Endpoint& a, const Endpoint& b) {
  return a.protocol == b.protocol && a.port == b.port && a.local == b.local && a.state == b.state &&
         a.remote == b.remote && a.remote_port == b.remote_port;
}

// `first` up to `last`, not included: one socket.
void share(const std::vector<Endpoint>& endpoints, std::size_t first, std::size_t last,
           std::vector<SharedSocket>& shared) {
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> programs;
  std::optional<std::size_t> init;
  std::optional<std::size_t> worker;
  for (std::size_t i = first; i < last; ++i) {
    const Endpoint& endpoint = endpoints[i];
    if (!endpoint.pid || endpoint.process.empty()) continue;
    const auto [program, fresh] = programs.try_emplace({endpoint.process, endpoint.unit}, i);
    if (fresh) {
      (endpoint.pid == kInit ? init : worker) = i;
      continue;
    }
    shared[i].left_out = true;
    shared[program->second].others.push_back(*endpoint.pid);
  }
  if (init && worker) {
    shared[*init].left_out = true;
    shared[*worker].others.push_back(kInit);
  }
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
