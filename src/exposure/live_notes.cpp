#include "exposure/live_notes.h"

#include <fmt/format.h>

#include <map>
#include <string>

#include "base/text.h"

namespace deadlight {
namespace {

constexpr std::size_t kNamesShownMax = 4;

std::string names_text(const std::vector<std::string>& names) {
  if (names.size() <= kNamesShownMax) return join(names, ", ");
  const std::vector<std::string> shown(names.begin(), names.begin() + kNamesShownMax);
  return fmt::format("{} and {} more", join(shown, ", "), names.size() - kNamesShownMax);
}

void add(std::string& text, std::string_view what, const std::vector<std::string>& names) {
  if (!names.empty()) text += fmt::format("; {} {}", what, names_text(names));
}

std::string unit_text(const std::string& name, const UnitState& unit) {
  std::string text = fmt::format("{} is {}", name, unit.active);
  if (!unit.enablement.empty()) text += " and " + unit.enablement;
  if (!unit.preset.empty()) text += fmt::format(" (preset: {})", unit.preset);
  add(text, "starts", unit.triggers);
  add(text, "is started by", unit.triggered_by);
  add(text, "is required by", unit.required_by);
  add(text, "is changed by", unit.drop_ins);
  return text;
}

}  // namespace

void note_units(Exposure& exposure, const Snapshot& snapshot) {
  std::map<std::string_view, std::string> texts;
  for (const Service& service : snapshot.services) {
    if (service.unit) texts.emplace(service.name, unit_text(service.name, *service.unit));
  }
  if (texts.empty()) return;
  for (Exposed& exposed : exposure.endpoints) {
    const auto text = texts.find(exposed.endpoint.unit.str());
    if (text != texts.end() && is_listed(exposed)) exposed.owner.because.push_back(text->second);
  }
}

void note_packages(Exposure& exposure, const Snapshot& snapshot) {
  for (Exposed& exposed : exposure.endpoints) {
    if (!is_listed(exposed) || !exposed.endpoint.pid) continue;
    const Process* process = snapshot.process(*exposed.endpoint.pid);
    if (process == nullptr || process->package.empty()) continue;
    exposed.owner.because.push_back(
        fmt::format("{} is of package {}", process->path, process->package));
  }
}

void note_filters(Exposure& exposure) {
  for (Exposed& exposed : exposure.endpoints) {
    if (!is_listed(exposed) || !exposed.endpoint.live) continue;
    const LiveFacts& live = *exposed.endpoint.live;
    if (!live.filter_because.empty()) {
      exposed.owner.because.push_back("firewall: " + live.filter_because);
    }
  }
}

}  // namespace deadlight
