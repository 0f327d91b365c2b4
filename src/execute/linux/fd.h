#pragma once

#include <unistd.h>

#include <utility>

namespace deadlight::execute {

/// A file descriptor, closed with the object.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int handle) : handle_(handle) {}
  Fd(Fd&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Fd() {
    if (handle_ >= 0) close(handle_);
  }

  explicit operator bool() const { return handle_ >= 0; }
  int get() const { return handle_; }

 private:
  int handle_ = -1;
};

}  // namespace deadlight::execute
