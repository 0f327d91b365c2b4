#include "host/linux/net_sandbox.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <thread>

namespace deadlight::linux_host {
namespace {

bool set_loopback_up() {
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  const UniqueFd handle(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return handle && ioctl(handle.get(), SIOCSIFFLAGS, &request) == 0;
}

socklen_t fill(sockaddr_storage& storage, const SocketWish& wish) {
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  if (inet_pton(AF_INET, wish.address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(wish.port);
    return sizeof *v4;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET6, wish.address.c_str(), &v6->sin6_addr) != 1) return 0;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(wish.port);
  return sizeof *v6;
}

}  // namespace

std::string run_in_own_network(const std::function<void()>& body) {
  std::string why;
  std::thread thread([&] {
    if (unshare(CLONE_NEWNET) != 0) {
      why = std::string("no network namespace may be made here: ") + std::strerror(errno);
    } else if (!set_loopback_up()) {
      why = "the loopback device of a new network namespace does not come up";
    } else {
      body();
    }
  });
  thread.join();
  return why;
}

TestSocket bind_socket(const SocketWish& wish) {
  sockaddr_storage storage{};
  socklen_t size = fill(storage, wish);
  auto* generic = reinterpret_cast<sockaddr*>(&storage);
  UniqueFd handle(socket(storage.ss_family, wish.type | SOCK_CLOEXEC, wish.protocol));
  if (!handle) return {};
  const int only = wish.v6_only ? 1 : 0;
  if (storage.ss_family == AF_INET6) {
    setsockopt(handle.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
  }
  if (!wish.device.empty() &&
      setsockopt(handle.get(), SOL_SOCKET, SO_BINDTODEVICE, wish.device.c_str(),
                 static_cast<socklen_t>(wish.device.size())) != 0) {
    return {};
  }
  if (bind(handle.get(), generic, size) != 0) return {};
  if (wish.type == SOCK_STREAM && listen(handle.get(), 64) != 0) return {};
  if (getsockname(handle.get(), generic, &size) != 0) return {};
  // Both families have the port at the same place.
  return {std::move(handle), ntohs(reinterpret_cast<sockaddr_in*>(&storage)->sin_port)};
}

std::vector<UniqueFd> connect_to(const TestSocket& server) {
  std::vector<UniqueFd> ends;
  ends.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(ends[0].get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return {};
  ends.emplace_back(accept4(server.handle.get(), nullptr, nullptr, SOCK_CLOEXEC));
  return ends;
}

TestProcess::TestProcess(const std::function<bool()>& prepare) {
  int ready[2] = {-1, -1};
  if (pipe(ready) != 0) return;
  pid_ = fork();
  if (pid_ == 0) {
    close(ready[0]);
    const char answer = prepare() ? '+' : '-';
    if (write(ready[1], &answer, 1) == 1) pause();
    _exit(0);
  }
  close(ready[1]);
  char answer = 0;
  ready_ = pid_ > 0 && read(ready[0], &answer, 1) == 1 && answer == '+';
  close(ready[0]);
}

TestProcess::~TestProcess() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

}  // namespace deadlight::linux_host
