#include "exposure/phantom.h"

#include <algorithm>
#include <map>

#include "exposure/dynamic_ports.h"

namespace deadlight {
namespace {

// Below it only servers listen: a remote port above may as well be the client of an accepted
// connection, whose listener is real.
constexpr int kFirstClientPort = 1024;

bool shows_phantoms(Os os) { return os == Os::winnt4 || os == Os::win2000 || os == Os::winxp; }

// What an active open leaves behind; a listener's own socket is in none of these states alone.
bool is_connection(const Endpoint& endpoint) {
  return endpoint.protocol == Protocol::tcp && !endpoint.is_open() && endpoint.remote;
}

bool same_owner(const Endpoint& a, const Endpoint& b) {
  // TIME_WAIT connections have lost their process: netstat shows PID 0.
  return !a.pid || !b.pid || *a.pid == *b.pid || *b.pid == 0;
}

// Listeners with exactly one connected twin, to a server's port or to one above.
std::vector<bool> find_twins(std::span<const Endpoint> endpoints, Os os, const OpensIndex& known,
                             bool to_server) {
  std::vector<bool> phantom(endpoints.size(), false);
  if (!shows_phantoms(os)) return phantom;
  std::map<std::uint16_t, std::vector<const Endpoint*>> connections;
  for (const Endpoint& endpoint : endpoints) {
    if (is_connection(endpoint)) connections[endpoint.port].push_back(&endpoint);
  }
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const Endpoint& listener = endpoints[i];
    if (listener.protocol != Protocol::tcp || listener.state != State::listening) continue;
    const auto twins = connections.find(listener.port);
    if (twins == connections.end() || twins->second.size() != 1) continue;
    const Endpoint& twin = *twins->second.front();
    phantom[i] = is_dynamic_port(listener.port, os) &&
                 (twin.remote_port < kFirstClientPort) == to_server && same_owner(listener, twin) &&
                 known.matches_for(listener).fixed.empty();
  }
  return phantom;
}

}  // namespace

std::vector<bool> find_phantoms(std::span<const Endpoint> endpoints, Os os,
                                const OpensIndex& known) {
  return find_twins(endpoints, os, known, true);
}

std::vector<bool> find_doubtful(std::span<const Endpoint> endpoints, Os os,
                                const OpensIndex& known) {
  return find_twins(endpoints, os, known, false);
}

}  // namespace deadlight
