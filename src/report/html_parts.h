#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exposure/exposure.h"
#include "report/html_writer.h"

/// What the sections of the page share.
namespace deadlight::report {

/// For a manager: "Not needed". The ids are for programs.
std::string_view verdict_title(Verdict verdict);
/// Goes on after "3 open ports".
std::string_view verdict_meaning(Verdict verdict);
/// "v-unneeded": carries the colour.
std::string_view verdict_class(Verdict verdict);
/// Outline of a sign 12 units wide and high, so that colour never carries the verdict alone.
std::string_view verdict_sign(Verdict verdict);

/// "any address", "one adapter": who can reach it by its address alone.
std::string_view reach_title(Reach reach);

struct HtmlCell {
  std::string text;
  bool code = false;
  std::vector<std::string> more = {};  ///< smaller lines under it
};

/// A table whose first column heads each row. On a narrow screen rows become blocks with a label
/// before each cell; the roles keep it a table for screen readers there.
struct HtmlTable {
  std::string_view caption;
  std::vector<std::string_view> columns;
  std::vector<std::vector<HtmlCell>> rows;
};
void put_table(HtmlWriter& html, const HtmlTable& table);

/// A list; nothing for none.
void put_list(HtmlWriter& html, const std::vector<std::string>& items, std::string_view css = "");

/// A label and its text in a list of facts; nothing for an empty text.
void put_fact(HtmlWriter& html, std::string_view label, std::string_view text);

/// The same list with each file's name alone where no other file has that name. The page's head
/// has the whole paths.
std::vector<Evidence> short_evidence(const std::vector<Evidence>& evidence);

/// What the evidence says of a socket's process, owner, places, as cells of its row.
HtmlCell port_cell(const Exposed& row);
HtmlCell process_cell(const Exposed& row);
/// `evidence` as short_evidence() gives it.
HtmlCell known_cell(const Exposed& row, const std::vector<Evidence>& evidence);

}  // namespace deadlight::report
