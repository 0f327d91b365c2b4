#include "evidence/outside_scan.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"

namespace deadlight::evidence {
namespace {

std::optional<Answer> answer_of(std::string_view state) {
  if (iequals(state, "open|filtered")) return Answer::open_or_filtered;
  if (iequals(state, "open")) return Answer::open;
  if (iequals(state, "closed")) return Answer::closed;
  if (iequals(state, "filtered")) return Answer::filtered;
  if (iequals(state, "unfiltered")) return Answer::unfiltered;
  return std::nullopt;
}

}  // namespace

void OutsideScan::begin_host(std::size_t line, std::string_view address, std::string_view name) {
  if (current_.address == address && iequals(current_.name, name)) return;
  if (!has_chosen_ && silent_.address.empty()) silent_ = std::move(current_);
  current_ = {std::string(address), std::string(name), {}, line, false};
}

void OutsideScan::choose(const Target& target) {
  has_chosen_ = true;
  chosen_ = target;
  const bool named = !target.name.empty() && !iequals(target.name, "localhost");
  if (named && reading_->snapshot.host.name.empty()) reading_->snapshot.host.name = target.name;
}

/// One host may have several addresses, and several hosts have no name.
bool OutsideScan::is_the_host() {
  if (!has_chosen_) choose(current_);
  const bool same_name = !chosen_.name.empty() && iequals(chosen_.name, current_.name);
  if (chosen_.address == current_.address || same_name) {
    tell_notes(current_);
    return true;
  }
  if (!current_.refused) {
    reading_->unread(current_.line,
                     fmt::format("another host: {}; put it into a file of its own",
                                 shown(current_.name.empty() ? current_.address : current_.name)));
    current_.refused = true;
  }
  return false;
}

void OutsideScan::tell_notes(Target& target) {
  for (std::string& note : target.notes) reading_->snapshot.notes.push_back(std::move(note));
  target.notes.clear();
}

void OutsideScan::finish() {
  if (has_chosen_) return;
  Target& target = silent_.address.empty() ? current_ : silent_;
  choose(target);
  tell_notes(target);
}

void OutsideScan::add(std::size_t line, const ScannedPort& scanned) {
  heading(line);
  const auto number_of_port = number<std::uint32_t>(scanned.port);
  if (!number_of_port || *number_of_port > 65535) {
    return reading_->unread(line, fmt::format("'{}' is no port", shown(scanned.port)));
  }
  if (iequals(scanned.protocol, "sctp")) return;  // no protocol that this program knows ports of
  const auto protocol = parse_protocol(to_lower(scanned.protocol));
  if (!protocol) {
    return reading_->unread(line,
                            fmt::format("'{}' is neither tcp nor udp", shown(scanned.protocol)));
  }
  const auto answer = answer_of(scanned.state);
  if (!answer) {
    return reading_->unread(
        line, fmt::format("'{}' says nothing certain of the port; scan it in another way",
                          shown(scanned.state)));
  }
  if (!is_the_host()) return;
  OutsidePort port;
  port.protocol = *protocol;
  port.address = make_address(current_.address.empty() ? "*" : current_.address);
  port.port = static_cast<std::uint16_t>(*number_of_port);
  port.answer = *answer;
  port.service = scanned.service.ends_with('?')
                     ? scanned.service.substr(0, scanned.service.size() - 1)
                     : scanned.service;
  port.sources = reading_->source(line);
  reading_->add(std::move(port));
  if (reading_->mark(line) == Mark::heading) reading_->take(line, Mark::row);
}

void OutsideScan::not_listed(std::size_t line, std::string_view ports) {
  heading(line);
  current_.notes.push_back(
      fmt::format("{}: the scan does not list {}", reading_->place(line), shown(ports)));
  if (has_chosen_ && chosen_.address == current_.address) tell_notes(current_);
}

void OutsideScan::heading(std::size_t line) {
  reading_->found(kind_);
  if (reading_->is_free(line)) reading_->take(line, Mark::heading);
}

}  // namespace deadlight::evidence
