#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/unique_fd.h"

namespace deadlight::linux_host {

/// Runs `body` on a thread with a network namespace of its own, loopback up. Empty, or why this
/// machine allows no such thing.
std::string run_in_own_network(const std::function<void()>& body);

/// A socket bound to `address` (with port 0: one that the kernel chooses); listening if a stream.
struct TestSocket {
  UniqueFd handle;
  std::uint16_t port = 0;

  explicit operator bool() const { return static_cast<bool>(handle); }
};
struct SocketWish {
  int type = 0;  ///< SOCK_STREAM, …
  std::string address;
  std::uint16_t port = 0;
  int protocol = 0;
  bool v6_only = false;
  std::string device = {};
};
TestSocket bind_socket(const SocketWish& wish);
/// A connection to `server`, which must listen on 127.0.0.1; both ends.
std::vector<UniqueFd> connect_to(const TestSocket& server);

/// A process that runs `prepare`, says so, and waits until the object ends it.
class TestProcess {
 public:
  /// `prepare` returns false if it could not do its work; it runs in the child and must not return
  /// to the test's own code.
  explicit TestProcess(const std::function<bool()>& prepare);
  ~TestProcess();
  TestProcess(const TestProcess&) = delete;
  TestProcess& operator=(const TestProcess&) = delete;

  bool ready() const { return ready_; }
  std::uint32_t pid() const { return static_cast<std::uint32_t>(pid_); }

 private:
  pid_t pid_ = -1;
  bool ready_ = false;
};

}  // namespace deadlight::linux_host
