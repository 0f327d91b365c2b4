#include "harness_role.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "knowledge/loader.h"
#include "knowledge/row_reader.h"

namespace {

using namespace deadlight;
using namespace deadlight::knowledge;

bool is_one_line(const std::string& message) {
  return !message.empty() && message.find('\n') == std::string::npos;
}

void read_as_role(std::string_view text) {
  const Result<Loaded> loaded = load_role(text, "role.toml", Knowledge{});
  if (!loaded) {
    DEADLIGHT_ASSERT(is_one_line(loaded.error().message));
    return;
  }
  DEADLIGHT_ASSERT(loaded->knowledge.roles.size() == 1);
  DEADLIGHT_ASSERT(loaded->knowledge.role(loaded->role_id) != nullptr);
}

void read_as_knowledge(std::string_view text) {
  Overlay overlay;
  Reading reading;
  read_rows(text, "x.toml", overlay, reading);
  DEADLIGHT_ASSERT(std::all_of(reading.problems.begin(), reading.problems.end(), is_one_line));
  Knowledge kb;
  kb.services = reading.rows.services;
  kb.groups = reading.rows.groups;
  kb.features = reading.rows.features;
  kb.closers = reading.rows.closers;
  kb.roles = reading.rows.roles;
  const auto problems = check(kb);
  DEADLIGHT_ASSERT(std::all_of(problems.begin(), problems.end(), is_one_line));
  DEADLIGHT_ASSERT(!to_cpp(kb).empty());
}

}  // namespace

void fuzz_role(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_as_role(text);
  read_as_knowledge(text);
}
