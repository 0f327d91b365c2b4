#include "cli/host_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text_width.h"
#include "cli/session.h"
#include "report/table.h"

namespace deadlight::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr Verdict kShown[] = {Verdict::needed, Verdict::unneeded, Verdict::stuck, Verdict::unknown};
constexpr std::string_view kRowFormat = "{:<{}}  {:<12} {:>5} {:>6} {:>8} {:>5} {:>7} {:>5} {:>7}";

std::size_t count_of(const std::map<Verdict, std::size_t>& verdicts, Verdict verdict) {
  const auto found = verdicts.find(verdict);
  return found == verdicts.end() ? 0 : found->second;
}

std::string line_of(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Line breaks stand only between the tokens of a document: inside of a text they are escaped.
std::string on_one_line(std::string_view document) {
  std::string line;
  line.reserve(document.size());
  bool indent = false;
  for (const char c : document) {
    if (c == '\n') {
      indent = true;
    } else if (!indent || c != ' ') {
      indent = false;
      line += c;
    }
  }
  return line;
}

// Which step closes what: a step's first closer is what it is there for.
std::map<std::string, std::string> closer_by_socket(const Plan& plan) {
  std::map<std::string, std::string> closers;
  for (const Step& step : plan.steps) {
    for (const std::string& socket : step.closes) closers.try_emplace(socket, step.closers.front());
  }
  return closers;
}

std::string plural(std::size_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

}  // namespace

void describe(HostRow& row, const Exposure& exposure, const Plan& plan) {
  row.os = exposure.host.os;
  const std::map<std::string, std::string> closers = closer_by_socket(plan);
  for (const Exposed& exposed : exposure.endpoints) {
    if (!is_listed(exposed)) continue;
    ++row.open;
    ++row.verdicts[exposed.verdict];
    if (exposed.owner.feature.empty()) continue;
    std::string& closer = row.features[exposed.owner.feature];
    const auto closing = closers.find(endpoint_text(exposed.endpoint));
    if (closer.empty() && closing != closers.end()) closer = closing->second;
  }
  row.steps = plan.steps.size();
  row.reboots = static_cast<std::size_t>(std::count_if(
      plan.steps.begin(), plan.steps.end(), [](const Step& step) { return step.reboot; }));
  row.finding = !plan.stuck.empty() || !plan.unexplained.empty() || has_unread_row(plan.unread);
}

std::string host_heading(std::size_t name_width) {
  return fmt::format(fmt::runtime(kRowFormat), "HOST", name_width, "SYSTEM", "OPEN", "NEEDED",
                     "UNNEEDED", "STUCK", "UNKNOWN", "STEPS", "REBOOTS");
}

std::string host_line(const HostRow& row, std::size_t name_width) {
  const std::string name = printable(row.name);
  if (row.error) {
    return fmt::format("{:<{}}  error: {}", name, name_width, printable(row.error->message));
  }
  return fmt::format(fmt::runtime(kRowFormat), name, name_width, os_id(row.os), row.open,
                     count_of(row.verdicts, Verdict::needed),
                     count_of(row.verdicts, Verdict::unneeded),
                     count_of(row.verdicts, Verdict::stuck),
                     count_of(row.verdicts, Verdict::unknown), row.steps, row.reboots);
}

std::string host_json(const HostRow& row) {
  if (row.error) {
    return line_of({{"schema", "deadlight.host-error/1"},
                    {"name", row.name},
                    {"folder", row.folder},
                    {"error", row.error->message}});
  }
  const std::string place = line_of({{"name", row.name}, {"folder", row.folder}});
  // "{a}" and "{b}" become "{a,b}".
  return place.substr(0, place.size() - 1) + "," + on_one_line(row.json).substr(1);
}

void HostSummary::add(const HostRow& row) {
  if (row.error) {
    ++failed_;
    return;
  }
  ++read_;
  open_ += row.open;
  steps_ += row.steps;
  findings_ |= row.finding;
  for (const auto& [verdict, count] : row.verdicts) verdicts_[verdict] += count;
  for (const auto& [id, closer] : row.features) {
    Feature& feature = features_[id];
    ++feature.hosts;
    if (closer.empty()) continue;
    ++feature.unneeded;
    ++feature.closers[closer];
  }
}

std::pair<std::string, std::size_t> HostSummary::Feature::favourite() const {
  std::pair<std::string, std::size_t> best;
  for (const auto& [closer, plans] : closers) {
    if (plans > best.second) best = {closer, plans};
  }
  return best;
}

std::vector<std::pair<std::string, const HostSummary::Feature*>> HostSummary::by_hosts() const {
  std::vector<std::pair<std::string, const Feature*>> rows;
  for (const auto& [id, feature] : features_) rows.emplace_back(id, &feature);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.second->hosts > b.second->hosts; });
  return rows;
}

std::string HostSummary::text(const report::Style& style) const {
  std::string text = fmt::format("\n{} read", plural(read_, "host"));
  if (failed_ > 0) text += fmt::format(", {} not", failed_);
  if (left_out_ > 0) text += fmt::format(", {} left out: stopped", left_out_);
  text += fmt::format("; {} open:", plural(open_, "port"));
  for (const Verdict verdict : kShown) {
    text += fmt::format("{} {} {}", verdict == kShown[0] ? "" : ",", count_of(verdicts_, verdict),
                        verdict_id(verdict));
  }
  text += fmt::format("; {} in all", plural(steps_, "step"));
  if (features_.empty()) return text;
  report::Table table({{"FEATURE", 0}, {"HOSTS", 0}, {"CLOSED ON", 0}, {"MOSTLY BY", 0}});
  for (const auto& [id, feature] : by_hosts()) {
    const auto [closer, plans] = feature->favourite();
    table.row({{id, {}},
               {std::to_string(feature->hosts), {}},
               {std::to_string(feature->unneeded), {}},
               {closer.empty() ? "" : fmt::format("{} ({})", closer, plans), {}}});
  }
  text += "\n\n" + table.render(style);
  text.pop_back();  // the line's end is the caller's
  return text;
}

std::string HostSummary::json() const {
  Json features = Json::array();
  for (const auto& [id, feature] : by_hosts()) {
    const auto [closer, plans] = feature->favourite();
    features.push_back({{"feature", id},
                        {"open_hosts", feature->hosts},
                        {"closed_hosts", feature->unneeded},
                        {"closer", closer.empty() ? Json() : Json(closer)},
                        {"closer_hosts", plans}});
  }
  Json summary = {{"schema", "deadlight.hosts/1"},
                  {"hosts", read_ + failed_ + left_out_},
                  {"read", read_},
                  {"failed", failed_},
                  {"left_out", left_out_},
                  {"open", open_}};
  for (const Verdict verdict : kShown) {
    summary[std::string(verdict_id(verdict))] = count_of(verdicts_, verdict);
  }
  summary["steps"] = steps_;
  summary["features"] = std::move(features);
  return line_of(summary);
}

}  // namespace deadlight::cli
