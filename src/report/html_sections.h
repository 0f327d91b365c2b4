#pragma once

#include <string_view>

#include "knowledge/knowledge.h"
#include "plan/plan.h"
#include "report/html_writer.h"

/// The parts of the page, each a section of its own with a heading and an id to jump to.
namespace deadlight::report {

void put_summary(HtmlWriter& html, const Exposure& exposure, const Plan* plan);

/// The rows with this verdict, put together by owner; nothing where there is none.
void put_findings(HtmlWriter& html, const Exposure& exposure, const knowledge::Knowledge& kb,
                  Verdict verdict);

void put_register(HtmlWriter& html, const Exposure& exposure, const knowledge::Knowledge& kb);

void put_plan(HtmlWriter& html, const Plan& plan);

/// Lines that were not understood, contradictions, what is not counted.
void put_limits(HtmlWriter& html, const Exposure& exposure, const Plan* plan);

/// "unneeded": the id of a verdict's section is the verdict's. True if put_findings() puts one.
bool has_findings(const Exposure& exposure, Verdict verdict);

}  // namespace deadlight::report
