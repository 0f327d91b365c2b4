#include "report/exposure_groups.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "exposure/program.h"

namespace deadlight::report {
namespace {

std::string service_title(const std::string& service, const knowledge::Knowledge& kb) {
  const knowledge::ServiceFact* fact = kb.service(service);
  if (fact == nullptr || fact->title.empty() || iequals(fact->title, service)) {
    return "service " + service;
  }
  return fmt::format("{} ({})", fact->title, service);
}

std::string feature_title(const std::string& feature, const knowledge::Knowledge& kb) {
  const knowledge::FeatureFact* fact = kb.feature(feature);
  return fact == nullptr ? feature : fmt::format("{} ({})", fact->title, feature);
}

std::string one_of(const Owner& owner) {
  if (owner.candidates.size() == 1) return "perhaps " + candidates_text(owner);
  return fmt::format("one of {}: {}", owner.candidates.size(), candidates_text(owner));
}

std::size_t urgency_of(const Group& group) {
  std::size_t result = kVerdictsByUrgency.size();
  for (const Exposed* row : group.rows) result = std::min(result, urgency(row->verdict));
  return result;
}

std::string title_here(const Exposed& row, const knowledge::Knowledge& kb) {
  const Owner& owner = row.owner;
  if (is_published(row.endpoint)) {
    return fmt::format("Published for {} by a firewall rule", row.endpoint.live->forwards_to);
  }
  std::string who;
  if (!owner.candidates.empty() && owner.confidence == Confidence::candidate) {
    who = one_of(owner);
  } else if (!owner.service.empty()) {
    who = "service " + owner.service;
  }
  if (!owner.feature.empty()) {
    return feature_title(owner.feature, kb) + (who.empty() ? "" : ", " + who);
  }
  if (owner.confidence == Confidence::candidate && !who.empty()) {
    return "Not certain, " + who;
  }
  if (!owner.service.empty()) return service_title(owner.service, kb);
  // A known process is no known owner: the kernel, or one with many services.
  if (owner.confidence == Confidence::unknown || owner.process.empty()) {
    return "Nobody could be named";
  }
  if (!row.endpoint.net_namespace().empty()) return owner.process + ", a program";
  if (!advice_for_program(owner.process, Os::linux).empty()) {
    return owner.process + ", perhaps for a container";
  }
  return owner.process + (owner.known_program ? ", not known to open this port"
                                              : ", a program the knowledge base does not know");
}

}  // namespace

std::size_t urgency(Verdict verdict) {
  const auto* found = std::find(kVerdictsByUrgency.begin(), kVerdictsByUrgency.end(), verdict);
  return static_cast<std::size_t>(found - kVerdictsByUrgency.begin());
}

bool is_finding(const Exposed& row) {
  return is_listed(row) && (row.verdict == Verdict::unneeded || row.verdict == Verdict::stuck ||
                            row.verdict == Verdict::unknown);
}

Colour colour_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::unknown:
      return Colour::magenta;
    case Verdict::unneeded:
      return Colour::red;
    case Verdict::stuck:
      return Colour::yellow;
    case Verdict::needed:
      return Colour::green;
    case Verdict::local:
      return Colour::cyan;
    case Verdict::outbound:
      return Colour::dim;
  }
  return Colour::none;
}

std::string_view nothing_open(bool has_unread) {
  return has_unread ? "no open port could be read, but lines that may be some were not understood"
                    : "nothing is open";
}

Counts count(const Exposure& exposure) {
  Counts counts;
  for (const Exposed& row : exposure.endpoints) {
    const std::size_t sockets = row.endpoint.sockets();
    if (is_listed(row)) {
      counts.open += sockets;
      counts.by_verdict[static_cast<std::size_t>(row.verdict)] += sockets;
    } else if (row.phantom) {
      counts.phantoms += sockets;
    } else {
      counts.connections += sockets;
    }
  }
  return counts;
}

std::string owner_title(const Exposed& row, const knowledge::Knowledge& kb) {
  std::string title = title_here(row, kb);
  const std::string_view where = row.endpoint.net_namespace();
  if (!where.empty()) title.append(", in ").append(where);
  return title;
}

std::vector<Group> group_by_owner(const Exposure& exposure, const knowledge::Knowledge& kb) {
  std::vector<Group> groups;
  std::unordered_map<std::string, std::size_t> index_of;
  for (const Exposed& row : exposure.endpoints) {
    if (!is_listed(row)) continue;
    const std::string title = owner_title(row, kb);
    const auto [entry, is_new] = index_of.emplace(title, groups.size());
    if (is_new) groups.push_back({title, {}});
    groups[entry->second].rows.push_back(&row);
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Group& a, const Group& b) { return urgency_of(a) < urgency_of(b); });
  return groups;
}

std::string process_text(const Endpoint& endpoint, const Owner& owner) {
  const std::string& name = owner.process.empty() ? endpoint.process.str() : owner.process;
  if (endpoint.live && endpoint.live->processes > 1 && !name.empty()) {
    return fmt::format("{} ({} processes)", name, endpoint.live->processes);
  }
  if (!endpoint.pid) return name.empty() ? std::string(kNotKnown) : name;
  return name.empty() ? fmt::format("PID {}", *endpoint.pid)
                      : fmt::format("{} ({})", name, *endpoint.pid);
}

std::string port_text(const Endpoint& endpoint) {
  return fmt::format("{}/{}", ports_text(endpoint), protocol_id(endpoint.protocol));
}

std::string address_text(const Address& address) {
  return address.is_v6() ? '[' + address.text() + ']' : address.text();
}

std::string address_text(const Endpoint& endpoint) {
  std::string text = address_text(endpoint.local);
  if (!endpoint.live) return text;
  const LiveFacts& live = *endpoint.live;
  if (live.dual_stack == true) text += " and IPv4";
  if (live.addresses > 1) text += fmt::format(" and {} more", live.addresses - 1);
  return text;
}

std::string place_text(std::string_view file, std::uint32_t line) {
  return line == 0 ? std::string(file) : fmt::format("{}:{}", file, line);
}

std::vector<std::string> places_of(const Endpoint& endpoint,
                                   const std::vector<Evidence>& evidence) {
  std::vector<std::string> places;
  for (const SourceRef& source : endpoint.sources) {
    if (source.evidence >= evidence.size()) continue;
    places.push_back(place_text(evidence[source.evidence].name, source.line));
  }
  return places;
}

}  // namespace deadlight::report
