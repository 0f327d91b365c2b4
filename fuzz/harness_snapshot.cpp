#include <string>

#include "base/assert.h"
#include "evidence/evidence.h"
#include "harness.h"
#include "knowledge/knowledge.h"
#include "model/snapshot_json.h"

namespace deadlight::fuzz {
namespace {

/// What is written is read back as the same.
void check_round_trip(const Snapshot& snapshot) {
  const std::string json = to_json(snapshot);
  const auto again = snapshot_from_json(json, "again");
  DEADLIGHT_ASSERT(again.has_value());
  DEADLIGHT_ASSERT(to_json(*again) == json);
}

}  // namespace

void snapshot_json(std::string_view bytes) {
  const auto snapshot = snapshot_from_json(bytes, "fuzz");
  if (snapshot) check_round_trip(*snapshot);
}

void evidence(std::string_view bytes) {
  // A byte that no text has separates two files.
  const auto cut = bytes.find('\x01');
  std::vector<evidence::Input> inputs = {{"a", std::string(bytes.substr(0, cut))}};
  if (cut != std::string_view::npos) inputs.push_back({"b", std::string(bytes.substr(cut + 1))});
  const std::vector<OsSign> signs = knowledge::builtin().signs();
  const auto snapshot = evidence::read(inputs, Os::unknown, signs);
  if (!snapshot) {
    DEADLIGHT_ASSERT(!snapshot.error().message.empty());
    return;
  }
  check_round_trip(*snapshot);
  std::swap(inputs.front(), inputs.back());
  const auto swapped = evidence::read(inputs, Os::unknown, signs);
  DEADLIGHT_ASSERT(swapped.has_value());
  DEADLIGHT_ASSERT(swapped->endpoints.size() == snapshot->endpoints.size());
  DEADLIGHT_ASSERT(swapped->notes == snapshot->notes);
}

}  // namespace deadlight::fuzz
