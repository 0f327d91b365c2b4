#include "execute/linux/sysctl_thing.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>

#include "base/text.h"

namespace deadlight::execute {
namespace {

constexpr std::size_t kValueBytesMax = 4096;  ///< the kernel takes no more at a time

std::string path_of(std::string_view name) {
  std::string path = "/proc/sys/";
  for (const char c : name) path += c == '.' ? '/' : c == '/' ? '.' : c;
  return path;
}

// The kernel prints lists with tabs, people write them with blanks.
bool same_value(std::string_view a, std::string_view b) { return words(a) == words(b); }

}  // namespace

Result<State> sysctl_state(const Root& root, const std::string& name) {
  const std::string path = path_of(name);
  const std::optional<UniqueFd> file = DEADLIGHT_TRY(root.open_at(path, O_RDONLY));
  if (!file) return State{};
  std::array<char, kValueBytesMax> value{};
  const ssize_t size = read(file->get(), value.data(), value.size());
  if (size < 0) return system_failure(path, "read it", errno);
  State state;
  state.form = Form::value;
  state.content = std::string_view(value.data(), static_cast<std::size_t>(size));
  while (state.content.ends_with('\n')) state.content.pop_back();
  return state;
}

Result<> set_sysctl(const Root& root, const std::string& name, const State& to) {
  const State now = DEADLIGHT_TRY(sysctl_state(root, name));
  if (now.form == to.form && same_value(now.content, to.content)) return {};
  if (to.form != Form::value || now.form == Form::absent) {
    return fail(Errc::refused,
                fmt::format("{}: this kernel has {} setting, and no change makes or ends one", name,
                            now.form == Form::absent ? "no such" : "the"));
  }
  const std::string path = path_of(name);
  const std::optional<UniqueFd> file = DEADLIGHT_TRY(root.open_at(path, O_WRONLY));
  const std::string line = to.content + "\n";
  // One write: the kernel reads each as a value of its own.
  if (!file || write(file->get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    if (file && errno == EINVAL) {
      return fail(Errc::refused,
                  fmt::format("{}: the kernel does not take '{}'", name, to.content));
    }
    return system_failure(path, "write it", errno);
  }
  const State after = DEADLIGHT_TRY(sysctl_state(root, name));
  if (same_value(after.content, to.content)) return {};
  return fail(Errc::refused,
              fmt::format("{}: the kernel made '{}' of '{}'", name, after.content, to.content));
}

}  // namespace deadlight::execute
