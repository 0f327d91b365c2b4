#include "knowledge/registry_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/text.h"
#include "knowledge/toml_document.h"

namespace deadlight::knowledge {
namespace {

constexpr std::size_t kFieldBytesMax = 255;   ///< what RegisteredPort can count
constexpr std::size_t kPageBytesMax = 60000;  ///< one string literal of C++, RegisteredPort::begin
constexpr std::size_t kPagesMax = 256;
constexpr std::size_t kProblemsMax = 20;  ///< of one file: a wrong format repeats on every line

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

class RegistryReader {
 public:
  explicit RegistryReader(const std::string& name) : name_(name) {}

  void line(std::string_view text) {
    ++line_;
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.empty() || text.front() == '#') return;
    const std::vector<std::string_view> fields = split(text, '\t');
    if (fields.size() == 2 && fields[0] == "source") {
      sources_.emplace_back(fields[1]);
      source_line_ = line_;
    } else if (fields.size() != 4) {
      problem("is not PORT, protocols, name and description with a tab between each");
    } else {
      entry(fields);
    }
  }

  // Hands over what was read.
  void finish(Overlay& overlay, Reading& reading) {
    std::stable_sort(ports_.begin(), ports_.end(),
                     [](const auto& a, const auto& b) { return a.port < b.port; });
    check_once();
    std::vector<Text> sources;
    for (std::string& source : sources_) sources.push_back(overlay.keep(std::move(source)));
    std::vector<Text> pages;
    for (std::string& page : pages_) pages.push_back(overlay.keep(std::move(page)));
    reading.places["registry 'iana.tsv'"] = {name_, source_line_, {}};
    PortRegistry& registry = reading.rows.registry;
    registry.pages = overlay.keep(std::move(pages));
    registry.ports = overlay.keep(std::move(ports_));
    registry.sources = overlay.keep(std::move(sources));
    reading.problems.insert(reading.problems.end(), problems_.begin(), problems_.end());
  }

 private:
  void problem(std::string_view message) {
    tell(one_line(fmt::format("{}:{}: the line {}", name_, line_, message)));
  }

  void tell(std::string problem) {
    if (problems_.size() < kProblemsMax) problems_.push_back(std::move(problem));
  }

  void entry(const std::vector<std::string_view>& fields) {
    RegisteredPort row;
    const auto port = number<std::uint16_t>(fields[0]);
    for (const std::string_view protocol : words(fields[1])) {
      if (protocol == "tcp") row.tcp = true;
      if (protocol == "udp") row.udp = true;
    }
    if (!port || *port == 0 || (!row.tcp && !row.udp)) {
      return problem("needs a port from 1 to 65535 and tcp, udp or both");
    }
    if (fields[2].size() > kFieldBytesMax || fields[3].size() > kFieldBytesMax ||
        !is_plain(fields[2]) || !is_plain(fields[3])) {
      return problem("has a name or description that is longer than 255 bytes or not plain ASCII");
    }
    if (pages_.empty() || pages_.back().size() > kPageBytesMax) pages_.emplace_back();
    if (pages_.size() > kPagesMax) return problem("is one too many; a registry has fewer names");
    std::string& page = pages_.back();
    row.port = *port;
    row.page = static_cast<std::uint8_t>(pages_.size() - 1);
    row.begin = static_cast<std::uint16_t>(page.size());
    row.name_size = static_cast<std::uint8_t>(fields[2].size());
    row.description_size = static_cast<std::uint8_t>(fields[3].size());
    page.append(fields[2]).append(fields[3]);
    ports_.push_back(row);
  }

  void check_once() {
    for (std::size_t i = 1; i < ports_.size(); ++i) {
      const RegisteredPort& a = ports_[i - 1];
      const RegisteredPort& b = ports_[i];
      if (a.port != b.port || !((a.tcp && b.tcp) || (a.udp && b.udp))) continue;
      tell(fmt::format("{}: port {} has two names for one protocol; keep one", name_, a.port));
    }
  }

  const std::string& name_;
  std::uint32_t line_ = 0;
  std::uint32_t source_line_ = 1;
  std::vector<std::string> pages_;
  std::vector<RegisteredPort> ports_;
  std::vector<std::string> sources_;
  std::vector<std::string> problems_;
};

}  // namespace

void read_registry(std::string_view text, const std::string& name, Overlay& overlay,
                   Reading& reading) {
  RegistryReader reader(name);
  for (const std::string_view line : split(text, '\n')) reader.line(line);
  reader.finish(overlay, reading);
}

}  // namespace deadlight::knowledge
