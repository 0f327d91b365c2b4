#pragma once

#include <chrono>
#include <memory>

#include "base/result.h"

namespace deadlight::linux_host {

/// Tells at once that sockets began to listen, or datagram sockets were bound, in any network
/// namespace; not which: look at the tables. Tells the moment before sockets end as well. Costs
/// nothing while nothing happens. One thread.
class BindEvents {
 public:
  /// Errors: `unsupported` for a kernel that cannot (before Linux 5.14) or a program built
  /// without BPF; `not_found` without a unified cgroup hierarchy; `denied` without CAP_BPF and
  /// CAP_NET_ADMIN.
  static Result<BindEvents> open();

  BindEvents(BindEvents&&) noexcept;
  BindEvents& operator=(BindEvents&&) noexcept;
  ~BindEvents();

  /// Waits until something happens, `at_most` that long, or until a signal comes. True if something
  /// happened since the last call.
  bool wait(std::chrono::milliseconds at_most);

 private:
  class Ring;
  explicit BindEvents(std::unique_ptr<Ring> ring);

  std::unique_ptr<Ring> ring_;
};

}  // namespace deadlight::linux_host
