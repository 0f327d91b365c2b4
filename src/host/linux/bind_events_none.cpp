// Stands for bind_events.cpp where the tools to build it are missing.
#include "host/linux/bind_events.h"

namespace deadlight::linux_host {

class BindEvents::Ring {};

Result<BindEvents> BindEvents::open() {
  return fail(Errc::unsupported, "BPF: this program was built without it");
}

BindEvents::BindEvents(std::unique_ptr<Ring> ring) : ring_(std::move(ring)) {}
BindEvents::BindEvents(BindEvents&&) noexcept = default;
BindEvents& BindEvents::operator=(BindEvents&&) noexcept = default;
BindEvents::~BindEvents() = default;

bool BindEvents::wait(std::chrono::milliseconds) { return false; }

}  // namespace deadlight::linux_host
