// The floor of bench_scan: asks the kernel for its sockets by sock_diag, looks at nothing, ends.
// "listeners" or "all". Links little, so that its start costs little.
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <initializer_list>

namespace {

constexpr std::uint32_t kListening = 1U << 10U;
constexpr std::uint32_t kUnconnected = 1U << 7U;
constexpr std::uint32_t kAll = 0xFFF;

alignas(nlmsghdr) char g_buffer[64 * 1024];

/// Number of messages; -1 if the kernel refused.
long dump(int handle, int family, int protocol, std::uint32_t states) {
  struct {
    nlmsghdr head;
    inet_diag_req_v2 body;
  } request{};
  request.head.nlmsg_len = sizeof request;
  request.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.body.sdiag_family = static_cast<unsigned char>(family);
  request.body.sdiag_protocol = static_cast<unsigned char>(protocol);
  request.body.idiag_states = states;
  if (send(handle, &request, sizeof request, 0) < 0) return -1;
  long messages = 0;
  for (;;) {
    const ssize_t size = recv(handle, g_buffer, sizeof g_buffer, 0);
    if (size <= 0) return -1;
    auto rest = static_cast<unsigned>(size);
    for (auto* head = reinterpret_cast<nlmsghdr*>(g_buffer); NLMSG_OK(head, rest);
         head = NLMSG_NEXT(head, rest)) {
      if (head->nlmsg_type == NLMSG_DONE) return messages;
      if (head->nlmsg_type == NLMSG_ERROR) return -1;
      ++messages;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool all = argc > 1 && std::strcmp(argv[1], "all") == 0;
  const int handle = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  long messages = 0;
  for (const int protocol : {IPPROTO_TCP, IPPROTO_UDP}) {
    const std::uint32_t some = protocol == IPPROTO_TCP ? kListening : kUnconnected;
    for (const int family : {AF_INET, AF_INET6}) {
      const long count = dump(handle, family, protocol, all ? kAll : some);
      if (count < 0) return 2;
      messages += count;
    }
  }
  return messages >= 0 ? 0 : 2;
}
