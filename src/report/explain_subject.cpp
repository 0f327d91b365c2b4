#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/explanation.h"
#include "report/port_name.h"

namespace deadlight::report {
namespace {

constexpr std::size_t kNearNamesMax = 5;

template <class T>
void add_once(std::vector<T>& list, T entry) {
  if (std::find(list.begin(), list.end(), entry) == list.end()) list.push_back(std::move(entry));
}

void add_feature(Subject& subject, std::string_view id, const knowledge::Knowledge& kb) {
  const knowledge::FeatureFact* feature = id.empty() ? nullptr : kb.feature(id);
  if (feature != nullptr) add_once(subject.features, feature);
}

void add_service(Subject& subject, std::string_view name, const knowledge::Knowledge& kb) {
  if (name.empty()) return;
  const knowledge::ServiceFact* fact = kb.service(name);
  const std::string_view id = fact != nullptr ? fact->id : name;
  for (const std::string& known : subject.services) {
    if (iequals(known, id)) return;
  }
  subject.services.emplace_back(id);
}

void add_owners(Subject& subject, const Exposed& row, const knowledge::Knowledge& kb) {
  add_feature(subject, row.owner.feature, kb);
  add_service(subject, row.owner.service, kb);
  for (const knowledge::Holder& holder : row.holders) {
    add_feature(subject, holder.feature, kb);
    add_service(subject, holder.service, kb);
  }
}

/// True for a version of Windows or Linux that the fact holds for, and for one nobody knows.
bool holds_on(const OsRange& range, Os os) { return os == Os::unknown || range.contains(os); }

Subject of_port(const PortName& name, const Exposure& exposure, const knowledge::Knowledge& kb) {
  Subject subject;
  subject.port = name.port;
  subject.protocols = name.protocols;
  const auto meant = [&](Protocol protocol) {
    return std::find(name.protocols.begin(), name.protocols.end(), protocol) !=
           name.protocols.end();
  };
  for (const Exposed& row : exposure.endpoints) {
    const Endpoint& endpoint = row.endpoint;
    if (!endpoint.is_open() || !endpoint.has_port(name.port) || !meant(endpoint.protocol)) continue;
    subject.rows.push_back(&row);
    add_owners(subject, row, kb);
  }
  if (!subject.rows.empty()) return subject;
  // Not open here: what would open it. Of a listener only its owner counts, never its number.
  for (const knowledge::FeatureFact& feature : kb.features) {
    for (const knowledge::OpensFact& opens : feature.opens) {
      if (!meant(opens.protocol) || opens.dynamic() || !opens.matches_port(name.port) ||
          !holds_on(opens.os, exposure.host.os)) {
        continue;
      }
      add_feature(subject, feature.id, kb);
      add_service(subject, opens.holder, kb);
    }
  }
  return subject;
}

bool owned_by(const Exposed& row, std::string_view service) {
  const auto same = [&](std::string_view other) { return iequals(other, service); };
  return same(row.owner.service) ||
         std::any_of(row.owner.candidates.begin(), row.owner.candidates.end(), same) ||
         std::any_of(row.holders.begin(), row.holders.end(),
                     [&](const knowledge::Holder& holder) { return same(holder.service); });
}

bool part_of(const Exposed& row, std::string_view feature) {
  return row.owner.feature == feature ||
         std::any_of(row.holders.begin(), row.holders.end(),
                     [&](const knowledge::Holder& holder) { return holder.feature == feature; });
}

void add_service_subject(Subject& subject, std::string_view name, const Exposure& exposure,
                         const knowledge::Knowledge& kb) {
  add_service(subject, name, kb);
  const std::string id = subject.services.back();
  for (const Exposed& row : exposure.endpoints) {
    if (!row.endpoint.is_open() || !owned_by(row, id)) continue;
    add_once(subject.rows, &row);
    for (const knowledge::Holder& holder : row.holders) {
      if (iequals(holder.service, id)) add_feature(subject, holder.feature, kb);
    }
  }
  for (const knowledge::FeatureFact& feature : kb.features) {
    for (const knowledge::OpensFact& opens : feature.opens) {
      if (iequals(opens.holder, id) && holds_on(opens.os, exposure.host.os)) {
        add_feature(subject, feature.id, kb);
      }
    }
  }
}

void add_feature_subject(Subject& subject, const knowledge::FeatureFact& feature,
                         const Exposure& exposure, const knowledge::Knowledge& kb) {
  add_once(subject.features, &feature);
  for (const Exposed& row : exposure.endpoints) {
    if (row.endpoint.is_open() && part_of(row, feature.id)) add_once(subject.rows, &row);
  }
  for (const knowledge::OpensFact& opens : feature.opens) {
    if (holds_on(opens.os, exposure.host.os)) add_service(subject, opens.holder, kb);
  }
}

bool host_knows(std::string_view name, const Exposure& exposure) {
  return std::any_of(exposure.services.begin(), exposure.services.end(),
                     [&](const Service& service) { return iequals(service.name, name); }) ||
         std::any_of(exposure.endpoints.begin(), exposure.endpoints.end(),
                     [&](const Exposed& row) { return owned_by(row, name); });
}

std::string near_names(std::string_view text, const knowledge::Knowledge& kb) {
  std::vector<std::string> names;
  const auto consider = [&](std::string_view id, std::string_view title) {
    if (names.size() < kNearNamesMax && (icontains(id, text) || icontains(title, text))) {
      names.emplace_back(id);
    }
  };
  for (const knowledge::FeatureFact& feature : kb.features) consider(feature.id, feature.title);
  for (const knowledge::ServiceFact& service : kb.services) consider(service.id, service.title);
  return names.empty() ? "" : "; did you mean " + join(names, ", ");
}

Result<Subject> of_name(std::string_view text, const Exposure& exposure,
                        const knowledge::Knowledge& kb) {
  Subject subject;
  subject.text = text;
  const knowledge::FeatureFact* feature = kb.feature(text);
  const knowledge::ServiceFact* service = kb.service(text);
  if (service != nullptr || host_knows(text, exposure)) {
    add_service_subject(subject, text, exposure, kb);
    subject.text = subject.services.front();
  }
  if (feature != nullptr) add_feature_subject(subject, *feature, exposure, kb);
  if (const knowledge::CloserFact* closer = kb.closer(text)) {
    for (const knowledge::TargetFact& target : closer->targets) {
      const knowledge::FeatureFact* closed = kb.feature(target.feature);
      if (closed != nullptr) add_feature_subject(subject, *closed, exposure, kb);
    }
    for (const knowledge::ChangeFact& change : closer->changes) {
      if (change.kind == knowledge::ChangeKind::service) {
        add_service_subject(subject, change.target, exposure, kb);
      }
    }
  }
  if (subject.features.empty() && subject.services.empty()) {
    return fail(Errc::not_found,
                fmt::format("'{}' is neither on this host nor in the knowledge base; give a port "
                            "(445/tcp), a service or a feature{}",
                            text, near_names(text, kb)));
  }
  return subject;
}

}  // namespace

Result<Subject> find_subject(std::string_view text, const Exposure& exposure,
                             const knowledge::Knowledge& kb) {
  text = trim(text);
  if (text.empty()) {
    return fail(Errc::malformed, "explain what? Give a port (445/tcp), a service or a feature");
  }
  const auto parsed = parse_port(text);
  if (!parsed) return of_name(text, exposure, kb);
  if (!*parsed) return tl::unexpected(parsed->error());
  const PortName& name = **parsed;
  Subject subject = of_port(name, exposure, kb);
  subject.text = name.protocols.size() == 1
                     ? fmt::format("{}/{}", name.port, protocol_id(name.protocols.front()))
                     : fmt::format("port {}", name.port);
  const bool noted =
      std::any_of(name.protocols.begin(), name.protocols.end(),
                  [&](Protocol protocol) { return kb.port(protocol, name.port) != nullptr; });
  if (subject.rows.empty() && subject.features.empty() && !noted) {
    return fail(Errc::not_found,
                fmt::format("{} is not open here and not in the knowledge base; `deadlight scan` "
                            "lists what is open",
                            subject.text));
  }
  return subject;
}

}  // namespace deadlight::report
