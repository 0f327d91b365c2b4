#pragma once

#include <string>
#include <string_view>

#include "exposure/exposure.h"
#include "knowledge/knowledge.h"
#include "plan/plan.h"
#include "report/report.h"

namespace deadlight::report {

/// A knowledge base of a few rows: raw SMB, the endpoint mapper, the DNS cache's socket.
const knowledge::Knowledge& sample_knowledge();

/// A Windows XP host with one row of each verdict, a phantom and a connection.
Exposure sample_exposure();

Plan sample_plan();
WhatIf sample_what_if();

Style style_of(int width);

/// Compares with tests/data/report/`name`. With DEADLIGHT_WRITE_EXPECTED=1 in the environment the
/// file is written instead, to be reviewed before it is committed.
void expect_file(std::string_view name, const std::string& text);

/// No line is wider than `width`, ends in a blank or holds an escape.
void expect_fits(const std::string& text, int width);

}  // namespace deadlight::report
