#include "truth/damage.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "truth/damage_rows.h"
#include "truth/language.h"

namespace deadlight::truth {
namespace {

void nothing(Sheet&, const TrueHost&, Dice&) {}

void each_line(Sheet& sheet, std::string (*change)(std::string_view)) {
  for (Line& line : sheet.page.lines) line.text = change(line.text);
}

void around(Sheet& sheet, std::vector<std::string> before, std::vector<std::string> after) {
  std::vector<Line> lines;
  for (std::string& text : before) lines.push_back({std::move(text), {}});
  std::move(sheet.page.lines.begin(), sheet.page.lines.end(), std::back_inserter(lines));
  for (std::string& text : after) lines.push_back({std::move(text), {}});
  sheet.page.lines = std::move(lines);
}

/// Runs of at least `least` blanks become `with`; those before the first word too.
std::string replaced_blanks(std::string_view line, std::size_t least, std::string_view with) {
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find_first_not_of(' ', at), line.size());
    if (end - at >= least) {
      out += with;
    } else {
      out.append(line.substr(at, end - at));
    }
    at = end;
    const std::size_t next = std::min(line.find(' ', at), line.size());
    out.append(line.substr(at, next - at));
    at = next;
  }
  return out;
}

std::vector<std::string> cells(std::string_view line) {
  std::vector<std::string> out;
  const std::string text = replaced_blanks(line, 2, "\t");
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\t', at), text.size());
    if (end > at) out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

void collapsed(Sheet& sheet, const TrueHost&, Dice&) {
  each_line(sheet, [](std::string_view line) { return replaced_blanks(line, 2, " "); });
}
void tabs(Sheet& sheet, const TrueHost&, Dice&) {
  each_line(sheet, [](std::string_view line) { return replaced_blanks(line, 2, "\t"); });
}
void no_indent(Sheet& sheet, const TrueHost&, Dice&) {
  each_line(sheet, [](std::string_view line) {
    return std::string(line.substr(std::min(line.find_first_not_of(' '), line.size())));
  });
}
void trailing_blanks(Sheet& sheet, const TrueHost&, Dice&) {
  each_line(sheet, [](std::string_view line) { return pad(line, 100); });
}
void cr_lf(Sheet& sheet, const TrueHost&, Dice&) { sheet.line_end = "\r\n"; }
void cr(Sheet& sheet, const TrueHost&, Dice&) { sheet.line_end = "\r"; }

void br(Sheet& sheet, const TrueHost&, Dice& dice) {
  each_line(sheet, escaped);
  constexpr std::string_view kEnds[] = {"<br>\n", "<br />\r\n", "<BR>", "<br/>"};
  sheet.line_end = dice.pick(kEnds);
}

void nbsp(Sheet& sheet, const TrueHost&, Dice&) {
  each_line(sheet, [](std::string_view line) {
    return replaced_blanks(escaped(line), 2, "&nbsp;&nbsp;&nbsp;");
  });
  sheet.line_end = "<br>\n";
}

void html_table(Sheet& sheet, const TrueHost&, Dice& dice) {
  each_line(sheet, [](std::string_view line) {
    std::string row = "<tr>";
    for (const std::string& cell : cells(line)) row += "<td>" + escaped(cell) + "</td>";
    return row + "</tr>";
  });
  around(sheet, {"<table border=1>"}, {"</table>"});
  if (dice.one_in(2)) sheet.line_end = "";
}

void html_pre(Sheet& sheet, const TrueHost&, Dice&) {
  each_line(sheet, escaped);
  around(sheet, {"<html><body><p>Hello</p>", "<pre>"}, {"</pre></body></html>"});
}

void bb_code(Sheet& sheet, const TrueHost& host, Dice& dice) {
  const std::string tag = dice.one_in(2) ? "CODE" : "quote";
  around(sheet, {std::string(host.language->prose), "[" + tag + "]"}, {"[/" + tag + "]", "Thanks"});
}

void fence(Sheet& sheet, const TrueHost& host, Dice&) {
  around(sheet, {std::string(host.language->prose), "```"}, {"```"});
}

void pipes(Sheet& sheet, const TrueHost&, Dice&) {
  each_line(sheet, [](std::string_view line) {
    const std::vector<std::string> row = cells(line);
    return row.empty() ? std::string() : fmt::format("| {} |", fmt::join(row, " | "));
  });
}

void prefixed(Sheet& sheet, const TrueHost&, Dice& dice) {
  constexpr std::string_view kPrefixes[] = {"> ", ">", "# ", "// ", "; ", "REM ", ">> ", "    "};
  const std::string prefix(dice.pick(kPrefixes));
  for (Line& line : sheet.page.lines) line.text = prefix + line.text;
}

void quoted(Sheet& sheet, const TrueHost&, Dice&) {
  std::vector<Line>& lines = sheet.page.lines;
  const auto has_quotes = [](const Line& line) { return line.text.find('"') != std::string::npos; };
  if (std::any_of(lines.begin(), lines.end(), has_quotes)) return;
  for (Line& line : lines) {
    if (!line.text.empty()) line.text = "\"" + line.text + "\"";
  }
}

void prompts(Sheet& sheet, const TrueHost&, Dice& dice) {
  if (dice.one_in(2)) {
    around(sheet, {"C:\\Documents and Settings\\me>tool /all"},
           {"", "C:\\Documents and Settings\\me>exit"});
  } else {
    around(sheet, {"PS C:\\> tool -all"}, {"PS C:\\>"});
  }
}

void prose(Sheet& sheet, const TrueHost& host, Dice&) {
  const std::string sentence(host.language->prose);
  around(sheet, {sentence, "I ran the tool just now, here is what it said about my computer:", ""},
         {"", sentence, "-- ", "Greetings from 10.0.0.1, port 80 is mine."});
}

constexpr Damage kDamages[] = {
    // clang-format off
    {"none", nothing},
    {"collapsed blanks", collapsed},
    {"tabs", tabs},
    {"no indent", no_indent},
    {"trailing blanks", trailing_blanks},
    {"CR LF", cr_lf},
    {"CR", cr},
    {"<br>", br},
    {"&nbsp;", nbsp},
    {"HTML table", html_table},
    {"<pre>", html_pre},
    {"BBCode", bb_code},
    {"Markdown fence", fence},
    {"Markdown pipes", pipes},
    {"comment prefix", prefixed},
    {"quotation marks", quoted},
    {"prompts", prompts},
    {"prose", prose},
    {"one line", on_one_line},
    {"wrapped", wrapped_rows},
    {"glued", glued_rows, true},
    {"cut off", cut_off_tail},
    {"masked", masked_addresses, true},
    {"lost lines", lost_lines},
    {"doubled lines", doubled_lines},
    {"more", paged},
    // clang-format on
};

}  // namespace

std::span<const Damage> damages() { return kDamages; }

}  // namespace deadlight::truth
