// Every row of this program against every row of ss, in a namespace with sockets in many states.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>

#include "base/text.h"
#include "host/linux/live_collector.h"
#include "host/linux/net_sandbox.h"

namespace deadlight::linux_host {
namespace {

constexpr const char* kSs = "ss -H -an --tcp --udp";

std::string output_of(const char* command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command, "r"), pclose);
  std::string text;
  std::array<char, 4096> part{};
  while (pipe) {
    const std::size_t size = fread(part.data(), 1, part.size(), pipe.get());
    if (size == 0) break;
    text.append(part.data(), size);
  }
  return text;
}

struct StateName {
  std::string_view ss;
  State state;
};
constexpr StateName kStates[] = {
    {"LISTEN", State::listening},      {"UNCONN", State::bound},
    {"ESTAB", State::established},     {"TIME-WAIT", State::time_wait},
    {"FIN-WAIT-1", State::fin_wait_1}, {"FIN-WAIT-2", State::fin_wait_2},
    {"CLOSE-WAIT", State::close_wait}, {"SYN-SENT", State::syn_sent},
    {"LAST-ACK", State::last_ack},     {"CLOSING", State::closing}};

std::string row_text(std::string_view protocol, State state, const std::string& local,
                     const std::string& remote) {
  return std::string(protocol) + ' ' + std::string(state_id(state)) + ' ' + local + ' ' + remote;
}

/// "*:80" of a dual-stack socket, "[::1]:80", "0.0.0.0%lo:80", as this program writes them.
std::string address_of_ss(std::string text, bool remote) {
  if (remote && text.ends_with(":*")) return "-";
  if (text.starts_with("*:")) text.replace(0, 1, "[::]");
  return text;
}

std::vector<std::string> rows_of_this_program(const std::string& text) {
  std::vector<std::string> rows;
  for (const std::string_view line : split(text, '\n')) {
    const auto cells = words(line);
    if (cells.size() < 6) continue;
    const auto* state = std::find_if(std::begin(kStates), std::end(kStates),
                                     [&](const StateName& one) { return one.ss == cells[1]; });
    if (state == std::end(kStates)) {
      ADD_FAILURE() << "a state of ss that this test does not know: " << line;
      continue;
    }
    rows.push_back(row_text(cells[0], state->state, address_of_ss(std::string(cells[4]), false),
                            address_of_ss(std::string(cells[5]), true)));
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<std::string> rows_of_this_program() {
  LiveOptions options;
  options.all_states = true;
  options.each = true;
  const auto snapshot = collect_live(options);
  std::vector<std::string> rows;
  if (!snapshot) return rows;
  for (const Endpoint& row : snapshot->endpoints) {
    if (!row.net_namespace().empty()) continue;
    rows.push_back(row_text(protocol_id(row.protocol), row.state, socket_text(row.local, row.port),
                            row.remote ? socket_text(*row.remote, row.remote_port) : "-"));
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

TEST(SsComparison, EveryRowIsTheSame) {
  if (output_of("ss -V").empty()) GTEST_SKIP() << "ss is not installed (iproute2)";
  const std::string why = run_in_own_network([] {
    std::vector<TestSocket> bound;
    for (const SocketWish& wish :
         {SocketWish{SOCK_STREAM, "127.0.0.1"}, SocketWish{SOCK_STREAM, "0.0.0.0"},
          SocketWish{SOCK_STREAM, "::"}, SocketWish{SOCK_STREAM, "::", 0, 0, true},
          SocketWish{SOCK_STREAM, "::1"}, SocketWish{SOCK_DGRAM, "127.0.0.1"},
          SocketWish{SOCK_DGRAM, "::"}, SocketWish{SOCK_DGRAM, "0.0.0.0", 0, 0, false, "lo"}}) {
      bound.push_back(bind_socket(wish));
      ASSERT_TRUE(bound.back());
    }
    std::vector<std::vector<UniqueFd>> pairs;
    for (int i = 0; i < 8; ++i) {
      pairs.push_back(connect_to(bound.front()));
      ASSERT_EQ(pairs.back().size(), 2U);
    }
    shutdown(pairs[0][0].get(), SHUT_WR);  // FIN-WAIT-2, and CLOSE-WAIT at the other end
    pairs[1][0] = UniqueFd();              // the same, without a process at one end
    pairs[2].clear();                      // TIME-WAIT
    const UniqueFd peer(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(bound[5].port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(connect(peer.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    // States change by themselves for a moment: what ss says before and after has to be the same.
    std::vector<std::string> expected;
    std::vector<std::string> own;
    for (int tries = 0; tries < 50; ++tries) {
      expected = rows_of_this_program(output_of(kSs));
      own = rows_of_this_program();
      if (expected == rows_of_this_program(output_of(kSs))) break;
    }
    EXPECT_EQ(expected.size(), 8U + 15U + 1U);
    EXPECT_EQ(own, expected);
  });
  if (!why.empty()) GTEST_SKIP() << why;
}

}  // namespace
}  // namespace deadlight::linux_host
