#pragma once

#include <string>
#include <string_view>

#include "drift/drift.h"
#include "exposure/exposure.h"
#include "knowledge/knowledge.h"
#include "model/snapshot.h"
#include "plan/plan.h"

/// Values in, text out. No I/O.
namespace deadlight::report {

struct Style {
  int width = 80;            ///< columns; tables fit from 60 up
  bool colour = false;       ///< ANSI escapes
  bool connections = false;  ///< `--all`: connections and phantoms as well
  bool reasons = false;      ///< `--why`: the chain of reasons under each row
  bool verbose = false;      ///< every unread and skipped line, not only the first ones
};

std::string exposure_text(const Exposure& exposure, const knowledge::Knowledge& kb,
                          const Style& style);
std::string exposure_json(const Exposure& exposure, const Style& style);

std::string plan_text(const Plan& plan, const Style& style);
std::string plan_json(const Plan& plan);
/// A few lines under a scan: what a plan would close, in how many steps.
std::string plan_summary(const Plan& plan, const Style& style);

/// One self-contained XHTML-compatible page without scripts or anything loaded from elsewhere; the
/// same values give the same bytes. `plan` adds its steps; nullptr: without.
std::string exposure_html(const Exposure& exposure, const knowledge::Knowledge& kb,
                          const Plan* plan);

/// RFC 4180: a header, then a line for each endpoint; UTF-8. A cell that a spreadsheet would take
/// for a formula starts with an apostrophe.
std::string exposure_csv(const Exposure& exposure, const Style& style);
/// As exposure_csv(), a line for each step.
std::string plan_csv(const Plan& plan);

/// SARIF 2.1.0: a result for each open endpoint that is unneeded, stuck or unknown. `version` is
/// the program's.
std::string exposure_sarif(const Exposure& exposure, const knowledge::Knowledge& kb,
                           std::string_view version);

std::string what_if_text(const WhatIf& result, const Style& style);
std::string what_if_json(const WhatIf& result);

/// "+ 8080/tcp 0.0.0.0  app.service, app (812), reach any; unneeded: …": one line, no newline.
std::string drift_line(const Drift& drift);
std::string drift_text(const DriftReport& drift, const Style& style);
std::string drift_json(const DriftReport& drift, const Exposure& before, const Exposure& now);
/// One line with its newline. `time` as in RFC 3339.
std::string drift_json_line(const Drift& drift, std::string_view time, const Exposure& before,
                            const Exposure& now);

/// What `subject` is ("445/tcp", a service, a feature), who holds it on this host, every way to
/// close it. Errors: `not_found` if neither the host nor the knowledge base knows it; `malformed`.
Result<std::string> explain_text(std::string_view subject, const Exposure& exposure,
                                 const knowledge::Knowledge& kb, const Style& style);
Result<std::string> explain_json(std::string_view subject, const Exposure& exposure,
                                 const knowledge::Knowledge& kb);

}  // namespace deadlight::report
