#pragma once

#include <unistd.h>

#include <utility>

namespace deadlight {

/// A descriptor that is closed with the object; -1 for none.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int handle) : handle_(handle) {}
  UniqueFd(UniqueFd&& other) noexcept : handle_(std::exchange(other.handle_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() {
    if (handle_ >= 0) ::close(handle_);
  }

  explicit operator bool() const { return handle_ >= 0; }
  int get() const { return handle_; }

 private:
  int handle_ = -1;
};

}  // namespace deadlight
