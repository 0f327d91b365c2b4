#include "truth/builder.h"
#include "truth/foreign.h"

namespace deadlight::truth {
namespace {

bool invents_listeners(Os os) { return os == Os::winnt4 || os == Os::win2000 || os == Os::winxp; }

State state_of_connection(Dice& dice) {
  constexpr State kStates[] = {State::established, State::established, State::established,
                               State::close_wait,  State::time_wait,   State::syn_sent,
                               State::fin_wait_1,  State::fin_wait_2,  State::last_ack};
  return dice.pick(kStates);
}

/// To a server of somebody else. Old systems show the local port as listening, too.
void add_outgoing(Builder& builder, std::uint32_t pid) {
  constexpr std::uint16_t kServers[] = {80,  443, 443,  80,   25,   110,
                                        139, 445, 8080, 6667, 5222, 3389};
  Dice& dice = builder.dice();
  TrueSocket socket;
  socket.local = builder.host().adapters.front();
  socket.port = builder.dynamic_port();
  socket.remote = builder.random_remote();
  socket.remote_port = dice.pick(kServers);
  socket.state = state_of_connection(dice);
  socket.pid = socket.state == State::time_wait ? 0 : pid;
  // Which of the services in a process is the client, nobody can tell from outside.
  const TrueProcess& process = builder.process(pid);
  std::vector<std::string> holders = process.services;
  holders.insert(holders.end(), process.parts.begin(), process.parts.end());
  socket.holders = holders;
  const State state = socket.state;
  const std::uint16_t port = socket.port;
  if (!builder.open(std::move(socket))) return;
  if (!invents_listeners(builder.host().os) || state == State::time_wait) return;
  TrueSocket twin;
  twin.local = "0.0.0.0";
  twin.port = port;
  twin.pid = pid;
  twin.holders = std::move(holders);
  twin.phantom = true;
  builder.share(std::move(twin));
}

/// Somebody else's connection to a listener of this host.
void add_incoming(Builder& builder) {
  Dice& dice = builder.dice();
  const std::vector<TrueSocket>& sockets = builder.host().sockets;
  if (sockets.empty()) return;
  const TrueSocket& listener = dice.pick(sockets);
  const bool reachable =
      listener.local == "0.0.0.0" || listener.local == builder.host().adapters.front();
  if (listener.protocol != Protocol::tcp || listener.state != State::listening || !reachable ||
      listener.phantom) {
    return;
  }
  TrueSocket socket = listener;
  socket.local = builder.host().adapters.front();
  socket.remote = builder.random_remote();
  socket.remote_port = dice.port(1025, 65535);
  socket.state = dice.one_in(4) ? State::time_wait : State::established;
  if (socket.state == State::time_wait) socket.pid = 0;
  builder.share(std::move(socket));
}

}  // namespace

void add_connections(Builder& builder) {
  Dice& dice = builder.dice();
  const std::uint32_t clients = dice.below(3);
  for (std::uint32_t i = 0; i < clients; ++i) {
    const std::uint32_t pid = start_program(builder);
    const std::uint32_t count = dice.between(1, 4);
    for (std::uint32_t c = 0; c < count; ++c) add_outgoing(builder, pid);
  }
  // Services are clients as well: of directories, updates, other shares.
  const std::uint32_t of_services = dice.below(3);
  for (std::uint32_t i = 0; i < of_services; ++i) {
    const TrueProcess& process = dice.pick(builder.host().processes);
    if (process.pid != 0) add_outgoing(builder, process.pid);
  }
  const std::uint32_t incoming = dice.below(4);
  for (std::uint32_t i = 0; i < incoming; ++i) add_incoming(builder);
}

}  // namespace deadlight::truth
