#pragma once

#include <string>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>

namespace deadlight {

enum class Errc { malformed, not_found, denied, unsupported, conflict, limit, refused, io };

struct Error {
  Errc code;            ///< A kind that a caller may treat differently.
  std::string message;  ///< What, where, what to do: "host.txt: no listing found; give ...".
};

/// A value, or the reason there is none. A caller that ignores one is warned.
template <class T = void>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

inline tl::unexpected<Error> fail(Errc code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

namespace detail {
template <class T>
T take(Result<T>& result) {
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}
}  // namespace detail

}  // namespace deadlight

/// Unwraps a Result, or returns its error from the calling function. Never nest it.
#define DEADLIGHT_TRY(...)                                                                \
  __extension__({                                                                         \
    auto deadlight_try_ = (__VA_ARGS__);                                                  \
    if (!deadlight_try_) return ::tl::make_unexpected(std::move(deadlight_try_).error()); \
    ::deadlight::detail::take(deadlight_try_);                                            \
  })
