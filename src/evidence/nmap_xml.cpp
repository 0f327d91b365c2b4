#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>

#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/outside_scan.h"
#include "evidence/readers.h"

namespace deadlight::evidence {
namespace {

constexpr std::size_t kBytesMax = std::size_t{64} * 1024 * 1024;
constexpr std::size_t kPrologLinesMax = 20;  // from "<?xml" to "<nmaprun"

bool begins_run(std::string_view line) { return trim(line).starts_with("<nmaprun"); }

/// One <nmaprun>: nmap's -oX, and masscan's, which has the same names.
class NmapRun {
 public:
  NmapRun(Reading& reading, std::size_t first) : scan_(reading, "nmap"), first_(first) {
    for (std::size_t i = first; i < reading.line_count() && text_.size() <= kBytesMax; ++i) {
      begins_.push_back(text_.size());
      text_ += reading.line(i);
      text_ += '\n';
      if (reading.line(i).find("</nmaprun>") != std::string_view::npos) break;
    }
  }

  /// Returns the line behind the run.
  std::size_t run() {
    const std::size_t end = first_ + begins_.size();
    for (std::size_t i = first_; i < end; ++i) scan_.heading(i);
    if (text_.size() > kBytesMax) {
      scan_.reading().unread(first_,
                             fmt::format("the XML is larger than {} bytes; split it", kBytesMax));
      return end;
    }
    // Neither document types nor entities but XML's own five are read.
    pugi::xml_document document;
    const pugi::xml_parse_result result = document.load_buffer(
        text_.data(), text_.size(),
        pugi::parse_minimal | pugi::parse_escapes | pugi::parse_wconv_attribute,
        pugi::encoding_utf8);
    for (const pugi::xml_node host : document.child("nmaprun").children("host")) read_host(host);
    scan_.finish();
    if (!result) {
      const auto at = static_cast<std::size_t>(std::max<std::ptrdiff_t>(result.offset, 0));
      scan_.reading().unread(line_at(at),
                             "not XML from here on, or cut off; what stands before is kept");
    }
    return end;
  }

 private:
  std::size_t line_at(std::size_t offset) const {
    const auto after = std::upper_bound(begins_.begin(), begins_.end(), offset);
    const auto line = static_cast<std::size_t>(after - begins_.begin());
    return first_ + (line > 0 ? line - 1 : 0);
  }
  std::size_t line_of(const pugi::xml_node& node) const {
    return line_at(static_cast<std::size_t>(std::max<std::ptrdiff_t>(node.offset_debug(), 0)));
  }

  void read_host(const pugi::xml_node& host) {
    std::string_view address;
    for (const pugi::xml_node one : host.children("address")) {
      const std::string_view type = one.attribute("addrtype").value();
      if (address.empty() && type.starts_with("ip")) address = one.attribute("addr").value();
    }
    const std::string_view name =
        host.child("hostnames").child("hostname").attribute("name").value();
    scan_.begin_host(line_of(host), address, name);
    for (const pugi::xml_node ports : host.children("ports")) {
      for (const pugi::xml_node extra : ports.children("extraports")) {
        scan_.not_listed(line_of(extra),
                         fmt::format("{} {} ports", extra.attribute("count").value(),
                                     extra.attribute("state").value()));
      }
      for (const pugi::xml_node port : ports.children("port")) read_port(port);
    }
  }

  void read_port(const pugi::xml_node& port) {
    scan_.add(line_of(port), {port.attribute("portid").value(), port.attribute("protocol").value(),
                              port.child("state").attribute("state").value(),
                              port.child("service").attribute("name").value()});
  }

  OutsideScan scan_;
  std::size_t first_;
  std::string text_;
  std::vector<std::size_t> begins_;  ///< of each line in the text
};

/// The line of "<nmaprun" if XML of nmap begins on this line; the number of lines if not.
std::size_t find_run(const Reading& reading, std::size_t line) {
  const std::string_view text = trim(reading.line(line));
  if (begins_run(text)) return line;
  if (!text.starts_with("<?xml")) return reading.line_count();
  for (std::size_t i = line; i < reading.line_count() && i < line + kPrologLinesMax; ++i) {
    if (reading.line(i).find("<nmaprun") != std::string_view::npos) return i;
  }
  return reading.line_count();
}

}  // namespace

void read_nmap_xml(Reading& reading) {
  for (std::size_t i = reading.next_free(0); i < reading.line_count();) {
    const std::string_view line = reading.line(i);
    const std::size_t first = indent_of(line);
    std::size_t end = i + 1;
    if (first < line.size() && line[first] == '<' && find_run(reading, i) < reading.line_count()) {
      end = NmapRun(reading, i).run();
    }
    i = reading.next_free(end);
  }
}

}  // namespace deadlight::evidence
