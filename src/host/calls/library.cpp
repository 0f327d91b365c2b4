#include "host/calls/library.h"

#include <dlfcn.h>
#include <fmt/format.h>

namespace deadlight::linux_host {

Library::Library(const char* soname)
    : soname_(soname), handle_(dlopen(soname, RTLD_NOW | RTLD_LOCAL)) {}

void* Library::find(const char* name) {
  void* function = handle_ == nullptr ? nullptr : dlsym(handle_, name);
  if (function == nullptr && missing_ == nullptr) missing_ = name;
  return function;
}

Result<> Library::ready() const {
  if (handle_ == nullptr) {
    return fail(Errc::not_found, fmt::format("{} is not installed on this host", soname_));
  }
  if (missing_ != nullptr) {
    return fail(Errc::not_found,
                fmt::format("{} of this host is too old: it has no {}", soname_, missing_));
  }
  return {};
}

}  // namespace deadlight::linux_host
