#include <gmock/gmock.h>

#include <cctype>
#include <regex>

#include "knowledge/knowledge.h"
#include "report/html_graph.h"
#include "report/html_style.h"
#include "report/register.h"
#include "report/report.h"
#include "report/samples.h"

namespace deadlight::report {
namespace {

// A failure shows what is missing, not the whole page.
void expect_has(const std::string& page, const std::string& text) {
  EXPECT_TRUE(page.find(text) != std::string::npos) << "lacks: " << text;
}
void expect_lacks(const std::string& page, const std::string& text) {
  const std::size_t at = page.find(text);
  EXPECT_TRUE(at == std::string::npos)
      << "has: " << page.substr(at < 80 ? 0 : at - 80, 160 + text.size());
}

std::string scan_page(const Exposure& exposure) {
  return exposure_html(exposure, sample_knowledge(), nullptr);
}

std::string plan_page() {
  const Plan plan = sample_plan();
  return exposure_html(sample_exposure(), sample_knowledge(), &plan);
}

/// Reads markup as XML would: every tag closed in order, attributes in quotes and once, only
/// the five entities, no character that XML forbids. Empty if it is well-formed.
class MarkupCheck {
 public:
  explicit MarkupCheck(std::string_view text) : text_(text) {}

  std::string run() {
    if (text_.starts_with("<!DOCTYPE html>")) at_ = 15;
    while (at_ < text_.size() && problem_.empty()) {
      if (text_[at_] == '<') {
        tag();
      } else {
        character();
      }
    }
    if (problem_.empty() && !open_.empty()) problem_ = "not closed: " + open_.back();
    return problem_;
  }

 private:
  void fail(const std::string& what) {
    problem_ = what + " at: " + std::string(text_.substr(at_, 60));
  }

  void character() {
    const auto byte = static_cast<unsigned char>(text_[at_]);
    if (byte < ' ' && byte != '\n') return fail("control character");
    if (byte == '&') {
      static const std::regex kEntity("^&(amp|lt|gt|quot|#39);");
      const std::string some(text_.substr(at_, 8));
      if (!std::regex_search(some, kEntity)) return fail("bare ampersand");
    }
    ++at_;
  }

  std::string name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                  text_[at_] == '-' || text_[at_] == ':')) {
      ++at_;
    }
    return std::string(text_.substr(start, at_ - start));
  }

  bool take(std::string_view what) {
    if (!text_.substr(at_).starts_with(what)) return false;
    at_ += what.size();
    return true;
  }

  void tag() {
    ++at_;
    if (take("/")) {
      const std::string closed = name();
      if (open_.empty() || open_.back() != closed) return fail("wrong end tag " + closed);
      open_.pop_back();
      if (!take(">")) fail("end tag without end");
      return;
    }
    const std::string opened = name();
    if (opened.empty()) return fail("no tag");
    std::vector<std::string> attributes;
    while (take(" ")) {
      const std::string attribute = name();
      if (attribute.empty() || !take("=\"")) return fail("no attribute");
      for (const std::string& other : attributes) {
        if (other == attribute) return fail("attribute twice");
      }
      attributes.push_back(attribute);
      while (problem_.empty() && at_ < text_.size() && text_[at_] != '"') {
        if (text_[at_] == '<') return fail("tag in attribute");
        character();
      }
      if (!take("\"")) return fail("attribute without end");
    }
    if (take("/>")) return;
    if (!take(">")) return fail("tag without end");
    open_.push_back(opened);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;
  std::string problem_;
};

std::string markup_problem(const std::string& page) { return MarkupCheck(page).run(); }

void expect_self_contained(const std::string& page) {
  for (const char* word :
       {"http:", "https:", "//", "src=", "url(", "@import", "<script", "<link", "<iframe",
        "<object", "<embed", "<base", "<form", "javascript:", "data:", " on", " style="}) {
    // " on" begins words as well: as an attribute it has a '=' behind letters.
    if (std::string_view(word) == " on") {
      EXPECT_FALSE(std::regex_search(page, std::regex("<[^>]* on[a-z]+="))) << "event handler";
      continue;
    }
    expect_lacks(page, word);
  }
  static const std::regex kReference("href=\"([^\"]*)\"");
  for (auto i = std::sregex_iterator(page.begin(), page.end(), kReference);
       i != std::sregex_iterator(); ++i) {
    const std::string target = (*i)[1];
    EXPECT_THAT(target, testing::StartsWith("#"));
    expect_has(page, " id=\"" + target.substr(1) + "\"");
  }
}

Exposed socket(std::uint16_t port, const std::string& process) {
  Exposed row;
  row.endpoint.local = make_address("0.0.0.0");
  row.endpoint.port = port;
  row.endpoint.pid = 1000U + port;
  row.endpoint.sources = {{0, port}};
  row.owner.process = process;
  row.owner.confidence = Confidence::observed;
  row.verdict = Verdict::stuck;
  row.verdict_reason = "a program";
  return row;
}

Exposure many(std::uint16_t count) {
  Exposure exposure;
  exposure.host.os = Os::win10;
  exposure.evidence = {{"many.txt", "netstat"}};
  for (std::uint16_t i = 1; i <= count; ++i) {
    exposure.endpoints.push_back(socket(i, "program" + std::to_string(i) + ".exe"));
  }
  return exposure;
}

Exposure hostile() {
  Exposure exposure = sample_exposure();
  const std::string bad = "<script>alert(1)</script>\"' onload=x &lt; \u202egpj.exe \x01\xff\x7f";
  exposure.host.name = bad;
  exposure.host.os_basis = bad;
  exposure.role.title = bad;
  exposure.evidence[0].name = "</style><img src=x>" + bad;
  for (Exposed& row : exposure.endpoints) {
    row.owner.process = bad + std::string(10000, 'A');
    row.endpoint.unit = bad;
    row.verdict_reason += bad;
    row.owner.because.push_back("]]>" + bad);
  }
  exposure.endpoints[4].owner.candidates = {bad, "\U0001f600", std::string(10000, 'B')};
  exposure.unread[0].reason = bad;
  exposure.unread[1].file = bad;
  exposure.notes.push_back(bad);
  return exposure;
}

TEST(HtmlPage, IsWellFormed) {
  EXPECT_EQ(markup_problem(scan_page(sample_exposure())), "");
  EXPECT_EQ(markup_problem(plan_page()), "");
  EXPECT_EQ(markup_problem(scan_page({})), "");
  const Plan empty;
  EXPECT_EQ(markup_problem(exposure_html({}, sample_knowledge(), &empty)), "");
}

TEST(HtmlPage, TheCheckItselfFindsDamage) {
  EXPECT_EQ(markup_problem("<p>a &amp; b</p>"), "");
  for (const char* damaged : {"<p>", "<p></b>", "<p a=\"1\" a=\"2\"></p>", "<p>&nbsp;</p>",
                              "<p>&</p>", "<p a='1'></p>", "<p>\x01</p>", "<br>", "</p>"}) {
    EXPECT_NE(markup_problem(damaged), "") << damaged;
  }
}

TEST(HtmlPage, LoadsNothing) {
  expect_self_contained(scan_page(sample_exposure()));
  expect_self_contained(plan_page());
}

TEST(HtmlPage, PolicyNamesItsOwnStyleAndNothingElse) {
  const std::string page = scan_page(sample_exposure());
  expect_has(page,
             "default-src &#39;none&#39;; style-src &#39;sha256-" + page_style_hash() + "&#39;");
  EXPECT_EQ(page_style_hash().size(), 44U);
  expect_has(page, "<style>" + std::string(page_style()) + "</style>");
  expect_lacks(std::string(page_style()), "</");
}

TEST(HtmlPage, HostileTextStaysText) {
  const std::string page = scan_page(hostile());
  EXPECT_EQ(markup_problem(page), "");
  for (const char* live : {"<script", "<img", "alert(1)</", "\u202e", "\x7f"}) {
    expect_lacks(page, live);
  }
  expect_has(page, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;");
  EXPECT_FALSE(std::regex_search(page, std::regex("<[a-z]+[^>]* onload=")));
}

TEST(HtmlPage, LongNamesAreCutAndSaySo) {
  const std::string page = scan_page(hostile());
  expect_lacks(page, std::string(301, 'A'));
  expect_has(page, "\u2026 (cut, 10");
}

TEST(HtmlPage, HeadSaysWhatIsKnownOfTheHost) {
  const std::string page = scan_page(sample_exposure());
  for (const char* text : {"<h1>gargan</h1>", "Windows XP, known by: PID 4 holds port 445",
                           "Nothing reachable (closed)", "xp.txt (netstat)", "tasks.txt (tasklist)",
                           "the evidence names none"}) {
    expect_has(page, text);
  }
}

TEST(HtmlPage, SummaryCountsEachVerdict) {
  const std::string page = scan_page(sample_exposure());
  expect_has(page, "8 ports are open on this host.");
  expect_has(page, "1 is needed for its role");
  expect_has(page, "4 are not needed and can be closed.");
  expect_has(page, "1 is open without a known owner");
  expect_has(page, "12 lines of the evidence could not be understood.");
}

TEST(HtmlPage, EachKeptEndpointIsInTheRegister) {
  Exposure exposure = many(60);
  for (Exposed& row : exposure.endpoints) {
    row.verdict = Verdict::needed;
    row.verdict_reason = "reason of " + std::to_string(row.endpoint.port);
  }
  const std::string page = scan_page(exposure);
  const std::string entries = page.substr(page.find("id=\"register\""));
  EXPECT_EQ(justification_register(exposure, sample_knowledge()).size(), 60U);
  for (std::uint16_t port = 1; port <= 60; ++port) {
    const std::string text = std::to_string(port);
    expect_has(entries, "<code>" + text + "/tcp</code>");
    expect_has(entries, "<span>reason of " + text + "</span>");
    expect_has(entries, "<small>many.txt:" + text + "</small>");
  }
}

TEST(HtmlPage, EveryOpenEndpointIsInATable) {
  const std::string page = scan_page(many(200));
  for (std::uint16_t port = 1; port <= 200; ++port) {
    expect_has(page, "<code>" + std::to_string(port) + "/tcp</code>");
  }
}

TEST(HtmlPage, UnreadLinesAndNotesAreNamed) {
  const std::string page = scan_page(sample_exposure());
  expect_has(page, "12 lines were not understood");
  expect_has(page, "xp.txt:30: port 70000 is above 65535");
  expect_has(page, "tasks.txt names no process 884");
  expect_has(page, "Not counted as open: 1 connection");
  expect_has(page, "4 lines of other text");
}

TEST(HtmlPage, ManyUnreadLinesAreCounted) {
  Exposure exposure;
  for (std::uint32_t line = 1; line <= 1000; ++line) {
    exposure.unread.push_back({"x", line, "damaged"});
  }
  const std::string page = scan_page(exposure);
  expect_has(page, "x:200: damaged");
  expect_lacks(page, "x:201: damaged");
  expect_has(page, "and 800 more");
}

TEST(HtmlPage, PlanOnlyWhereThereIsOne) {
  expect_lacks(scan_page(sample_exposure()), "id=\"plan\"");
  const std::string page = plan_page();
  for (const char* text :
       {"id=\"plan\"", "Switch off the SMB device of NetBT", "SmbDeviceEnabled = 0",
        "after a reboot", "delete the value, or write back what was there",
        "Dependent1, Dependent2", "tcp 0.0.0.0: 135 1025", "Other ways, not taken",
        "Windows does not start without it"}) {
    expect_has(page, text);
  }
}

TEST(HtmlPage, HeadingsAndTablesHaveStructure) {
  const std::string page = plan_page();
  EXPECT_EQ(std::count(page.begin(), page.end(), '\f'), 0);
  expect_has(page, "<html lang=\"en\">");
  expect_has(page, "<th scope=\"col\" role=\"columnheader\">Port</th>");
  expect_has(page, "<th scope=\"row\"");
  expect_has(page, "role=\"img\" aria-labelledby=\"picture-title picture-text\"");
  const std::regex heading("<h1>");
  EXPECT_EQ(std::distance(std::sregex_iterator(page.begin(), page.end(), heading), {}), 1);
}

TEST(HtmlPage, TheSameTwice) {
  EXPECT_EQ(plan_page(), plan_page());
  EXPECT_EQ(scan_page(hostile()), scan_page(hostile()));
}

void expect_no_overlap(const Graph& graph) {
  for (const auto& column : graph.columns) {
    EXPECT_LE(column.size(), kGraphNodesMax);
    int free_from = 0;
    for (const GraphNode& node : column) {
      EXPECT_GE(node.y - kGraphPitch / 2, free_from);
      free_from = node.y + kGraphPitch / 2;
    }
    EXPECT_LE(free_from, graph.height);
  }
  for (std::size_t column = 0; column < 2; ++column) {
    for (const GraphEdge& edge : graph.edges[column]) {
      ASSERT_LT(edge.from, graph.columns[column].size());
      ASSERT_LT(edge.to, graph.columns[column + 1].size());
    }
  }
}

TEST(Graph, NothingOverlapsWhateverTheNumber) {
  const std::uint16_t counts[] = {1, 3, 31, 32, 33, 60, 200, 3000};
  for (const std::uint16_t count : counts) {
    const Graph graph = graph_of(many(count), sample_knowledge());
    expect_no_overlap(graph);
    std::size_t sockets = 0;
    for (const GraphEdge& edge : graph.edges[1]) sockets += edge.sockets;
    EXPECT_EQ(sockets, count);
  }
}

TEST(Graph, FoldsWhatHasNoRoom) {
  const Graph graph = graph_of(many(60), sample_knowledge());
  EXPECT_TRUE(graph.columns[1].back().folded);
  EXPECT_EQ(graph.columns[1].back().label, "29 more processes");
  const Graph small = graph_of(many(32), sample_knowledge());
  EXPECT_FALSE(small.columns[1].back().folded);
}

TEST(Graph, PortsOfOneProgramShareANodeWhenThereAreMany) {
  Exposure exposure = many(60);
  for (Exposed& row : exposure.endpoints) {
    row.owner.process = "one.exe";
    row.endpoint.pid = 7;
  }
  const Graph graph = graph_of(exposure, sample_knowledge());
  ASSERT_EQ(graph.columns[2].size(), 1U);
  EXPECT_EQ(graph.columns[2][0].label, "tcp 1 2 3 +57");
}

TEST(Graph, WhatIsNotCertainIsMarked) {
  const Graph graph = graph_of(sample_exposure(), sample_knowledge());
  std::size_t uncertain = 0;
  for (const GraphEdge& edge : graph.edges[0]) uncertain += edge.certain ? 0U : 1U;
  EXPECT_EQ(uncertain, 2U);
}

TEST(Register, NamesTheControls) {
  const auto entries = justification_register(sample_exposure(), sample_knowledge());
  ASSERT_EQ(entries.size(), 1U);
  std::vector<std::string> ids;
  for (const Control* control : entries[0].controls) ids.emplace_back(control->id);
  EXPECT_EQ(ids, (std::vector<std::string>{"CIS 4.8", "NIST CM-7", "PCI DSS 1.2.5", "PCI DSS 2.2.4",
                                           "NERC CIP-007 R1"}));
  EXPECT_EQ(entries[0].reason, "kept by --keep 443/tcp");
  EXPECT_EQ(entries[0].places, std::vector<std::string>{"xp.txt:7"});
}

TEST(Register, ClearTextProtocolsAnswerOneMore) {
  Exposure exposure = sample_exposure();
  exposure.endpoints[1].holders = {{"MSFTPSVC", "iis-ftp", nullptr}};
  const auto entries = justification_register(exposure, sample_knowledge());
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].controls.size(), controls().size());
}

TEST(Register, ClearTextFeaturesAreInTheKnowledgeBase) {
  for (const std::string_view feature : clear_text_features()) {
    EXPECT_NE(knowledge::builtin().feature(feature), nullptr) << feature;
  }
}

TEST(Register, WhoMayReachItComesFromTheRole) {
  Exposure exposure = sample_exposure();
  exposure.role.keep = {{Protocol::tcp, 443, {"local-subnet"}, "the web site"}};
  const auto entries = justification_register(exposure, sample_knowledge());
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].from, std::vector<std::string>{"local-subnet"});
}

}  // namespace
}  // namespace deadlight::report
