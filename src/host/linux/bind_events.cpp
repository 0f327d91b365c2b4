#include "host/linux/bind_events.h"

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>

#include "base/unique_fd.h"
#include "host/linux/bpf/binds_load.h"
#include "host/linux/bpf_error.h"
#include "host/linux/cgroup_tree.h"

namespace deadlight::linux_host {
namespace {

/// One page of the ring: how far it was read, or how far it was written (kernel's
/// Documentation/bpf/ringbuf.rst).
class Position {
 public:
  Position(int ring, long page, int protection)
      : bytes_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))),
        start_(mmap(nullptr, bytes_, protection, MAP_SHARED, ring,
                    page * static_cast<long>(bytes_))) {}
  Position(const Position&) = delete;
  Position& operator=(const Position&) = delete;
  ~Position() {
    if (is_there()) munmap(start_, bytes_);
  }

  bool is_there() const { return start_ != MAP_FAILED; }
  unsigned long get() const { return __atomic_load_n(at(), __ATOMIC_ACQUIRE); }
  void set(unsigned long value) { __atomic_store_n(at(), value, __ATOMIC_RELEASE); }

 private:
  unsigned long* at() const { return static_cast<unsigned long*>(start_); }

  std::size_t bytes_;
  void* start_;
};

}  // namespace

class BindEvents::Ring {
 public:
  explicit Ring(const deadlight_binds& loaded)
      : ring_(loaded.ring),
        read_(loaded.ring, 0, PROT_READ | PROT_WRITE),
        written_(loaded.ring, 1, PROT_READ) {
    for (std::size_t i = 0; i < links_.size(); ++i) links_[i] = UniqueFd(loaded.links[i]);
  }

  bool is_there() const { return read_.is_there() && written_.is_there(); }

  /// The entries say nothing by themselves: all are read at once. A ring that was read to its end
  /// wakes its reader at the next entry.
  bool take() {
    const unsigned long end = written_.get();
    const bool any = end != read_.get();
    read_.set(end);
    return any;
  }

  void wait(std::chrono::milliseconds at_most) const {
    pollfd wanted{ring_.get(), POLLIN, 0};
    poll(&wanted, 1, static_cast<int>(at_most.count()));
  }

 private:
  UniqueFd ring_;
  std::array<UniqueFd, deadlight_bind_programs> links_;
  Position read_;
  Position written_;
};

Result<BindEvents> BindEvents::open() {
  const CgroupTree cgroups = DEADLIGHT_TRY(CgroupTree::open());
  deadlight_binds loaded{};
  const int error = -deadlight_load_binds(cgroups.root(), &loaded);
  if (error != 0) return tl::make_unexpected(bpf_error(error));
  auto ring = std::make_unique<Ring>(loaded);
  if (!ring->is_there()) return tl::make_unexpected(bpf_error(errno));
  return BindEvents(std::move(ring));
}

BindEvents::BindEvents(std::unique_ptr<Ring> ring) : ring_(std::move(ring)) {}
BindEvents::BindEvents(BindEvents&&) noexcept = default;
BindEvents& BindEvents::operator=(BindEvents&&) noexcept = default;
BindEvents::~BindEvents() = default;

bool BindEvents::wait(std::chrono::milliseconds at_most) {
  if (ring_->take()) return true;
  ring_->wait(at_most);
  return ring_->take();
}

}  // namespace deadlight::linux_host
