#include "cli/output.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/file.h"
#include "base/text.h"
#include "cli/session.h"

namespace deadlight::cli {
namespace {

constexpr int kWidthDefault = 80;
constexpr int kWidthMin = 60;
constexpr int kWidthMax = 1000;

int terminal_width() {
  if (const char* columns = std::getenv("COLUMNS")) {
    if (const auto width = number<int>(columns); width && *width > 0) return *width;
  }
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return kWidthDefault;
}

bool goes_to_standard_output(const std::string& file) { return file.empty() || file == "-"; }

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

// A line break in a message (from a file's name, say) must not pass for a second message.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
  }
  return text;
}

}  // namespace

report::Style style_for(const std::string& file) {
  report::Style style;
  style.width = std::clamp(terminal_width(), kWidthMin, kWidthMax);
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  const bool terminal_output = goes_to_standard_output(file) && isatty(STDOUT_FILENO) == 1;
  style.colour = terminal_output && !dumb && !is_set("NO_COLOR");
  return style;
}

Result<> print(std::string_view text, const std::string& file) {
  if (!goes_to_standard_output(file)) return write_file(file, text);
  while (!text.empty()) {
    const ssize_t written = write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) return {};
    if (written < 0) {
      return fail(Errc::io, fmt::format("standard output: {}; make room or choose another place",
                                        std::strerror(errno)));
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

int report_error(const Error& error) {
  const std::string line = fmt::format("deadlight: {}\n", one_line(error.message));
  std::fputs(line.c_str(), stderr);
  return error.code == Errc::refused ? kExitRefused : kExitUsage;
}

}  // namespace deadlight::cli
