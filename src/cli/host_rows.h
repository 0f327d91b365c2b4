#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "exposure/exposure.h"
#include "plan/plan.h"
#include "report/report.h"

namespace deadlight::cli {

/// What the list of many hosts says of one.
struct HostRow {
  std::string name;    ///< its folder's
  std::string folder;  ///< path as given
  std::optional<Error> error;
  Os os = Os::unknown;
  std::size_t open = 0;
  std::map<Verdict, std::size_t> verdicts;  ///< of what is open
  std::size_t steps = 0;
  std::size_t reboots = 0;
  bool finding = false;  ///< the plan leaves something, or a line could not be read
  /// By feature that is open: what of it is not needed is closed by this closer; else empty.
  std::map<std::string, std::string> features;
  std::string json;  ///< of the plan or the exposure; empty unless asked for
};

/// Fills all but name, folder, error and json.
void describe(HostRow& row, const Exposure& exposure, const Plan& plan);

std::string host_heading(std::size_t name_width);
/// One line without its end.
std::string host_line(const HostRow& row, std::size_t name_width);
/// One line of JSON without its end: `row.json` with "name" and "folder", or the error.
std::string host_json(const HostRow& row);

/// What all hosts have in common.
class HostSummary {
 public:
  void add(const HostRow& row);
  void interrupt(std::size_t hosts) { left_out_ = hosts; }

  /// Without the end of its last line.
  std::string text(const report::Style& style) const;
  /// One line: "schema": "deadlight.hosts/1"; docs/formats.md.
  std::string json() const;

  std::size_t read() const { return read_; }
  bool has_findings() const { return failed_ > 0 || findings_; }

 private:
  struct Feature {
    std::size_t hosts = 0;
    std::size_t unneeded = 0;
    std::map<std::string, std::size_t> closers;

    /// The closer that most plans use; none: an empty name.
    std::pair<std::string, std::size_t> favourite() const;
  };

  std::vector<std::pair<std::string, const Feature*>> by_hosts() const;

  std::size_t read_ = 0;
  std::size_t failed_ = 0;
  std::size_t left_out_ = 0;  ///< not looked at any more
  std::size_t open_ = 0;
  std::size_t steps_ = 0;
  bool findings_ = false;
  std::map<Verdict, std::size_t> verdicts_;
  std::map<std::string, Feature> features_;
};

}  // namespace deadlight::cli
