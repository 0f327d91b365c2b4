#include "cli/report_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/output.h"

namespace deadlight::cli {
namespace {

constexpr std::string_view kStandardOutput = "-";

bool is_standard_output(std::string_view place) {
  return place.empty() || place == kStandardOutput;
}

}  // namespace

bool prints_main(const ReportFiles& files, const CommonArgs& common) {
  if (!is_standard_output(common.output)) return true;
  const auto taken = {files.html, files.csv, files.sarif};
  return std::find(taken.begin(), taken.end(), kStandardOutput) == taken.end();
}

Result<> check_places(const ReportFiles& files, const CommonArgs& common) {
  std::map<std::string_view, std::string_view> option_at;
  const std::pair<std::string_view, std::string_view> places[] = {
      {"-o", common.output},
      {"--json", common.json && common.output.empty() ? kStandardOutput : std::string_view()},
      {"--html", files.html},
      {"--csv", files.csv},
      {"--sarif", files.sarif}};
  for (const auto& [option, place] : places) {
    if (place.empty()) continue;
    const auto [other, is_new] = option_at.emplace(place, option);
    if (is_new) continue;
    return fail(
        Errc::conflict,
        fmt::format("{} and {} would both write to {}; give one of them a file of its own",
                    other->second, option, place == kStandardOutput ? "standard output" : place));
  }
  return {};
}

Result<> check_one_host(const ReportFiles& files) {
  if (files.html.empty() && files.csv.empty() && files.sarif.empty()) return {};
  return fail(Errc::unsupported,
              "--html, --csv and --sarif are of one host; give the folder of one, or --json");
}

Result<> print_all(const std::vector<Output>& outputs) {
  for (const bool standard_output : {false, true}) {
    for (const Output& output : outputs) {
      if (is_standard_output(output.place) != standard_output) continue;
      DEADLIGHT_TRY(print(output.text, output.place));
    }
  }
  return {};
}

}  // namespace deadlight::cli
