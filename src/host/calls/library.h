#pragma once

#include "base/result.h"

namespace deadlight::linux_host {

/// A shared library that is loaded when it is first needed: most commands call none of its
/// functions, and to load it with all that it needs itself would take longer than the rest of their
/// start. It stays loaded. Any thread.
class Library {
 public:
  /// `soname` as in "libsystemd.so.0"; lives forever.
  explicit Library(const char* soname);

  /// Null if the library is not there or has no such function; ready() says so then.
  template <class Function>
  Function function(const char* name) {
    return reinterpret_cast<Function>(find(name));
  }
  /// Error: `not_found` with what is missing, of the library or of what was asked of it.
  Result<> ready() const;

 private:
  void* find(const char* name);

  const char* soname_;
  void* handle_;
  const char* missing_ = nullptr;  ///< the first function that was not found
};

}  // namespace deadlight::linux_host

/// A member of the name and type of a function of the member `library`.
#define DEADLIGHT_CALL(name) decltype(&::name) name = library.function<decltype(&::name)>(#name)
