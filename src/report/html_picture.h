#pragma once

#include "report/html_graph.h"
#include "report/html_writer.h"

namespace deadlight::report {

/// The graph as one inline SVG figure with a legend. Colours come from the page's style sheet.
void put_picture(HtmlWriter& html, const Graph& graph, std::string_view description);

}  // namespace deadlight::report
