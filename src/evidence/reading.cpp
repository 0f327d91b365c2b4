#include "evidence/reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "evidence/limits.h"

namespace deadlight::evidence {

Reading::Reading(const Document& document)
    : document_(&document), marks_(document.line_count(), Mark::none), rows_max_(kRowsMax) {}

void Reading::unread(std::size_t index, std::string reason) {
  take(index, Mark::unread);
  complain(index, std::move(reason));
}

void Reading::complain(std::size_t index, std::string reason) {
  ++unread_count_;
  if (unread_count_ > kUnreadMax + 1) return;
  if (unread_count_ == kUnreadMax + 1) {
    reason =
        fmt::format("more than {} lines were not understood; the others are not named", kUnreadMax);
  }
  snapshot.unread.push_back({document_->name(), Document::number(index), std::move(reason)});
}

void Reading::found(std::string_view kind) {
  if (std::find(kinds_.begin(), kinds_.end(), kind) == kinds_.end()) kinds_.push_back(kind);
}

std::vector<SourceRef> Reading::source(std::size_t index) const {
  return {{0, Document::number(index)}};
}

std::string Reading::place(std::size_t index) const {
  return fmt::format("{}:{}", document_->name(), Document::number(index));
}

template <class T>
void Reading::add_to(std::vector<T>& facts, T& fact) {
  if (++rows_ <= rows_max_) facts.push_back(std::move(fact));
}

void Reading::add(Endpoint&& endpoint) { add_to(snapshot.endpoints, endpoint); }
void Reading::add(Process&& process) { add_to(snapshot.processes, process); }
void Reading::add(Service&& service) { add_to(snapshot.services, service); }
void Reading::add(Setting&& setting) { add_to(snapshot.settings, setting); }

void Reading::expect_endpoints(std::size_t count) {
  snapshot.endpoints.reserve(snapshot.endpoints.size() + std::min(count, rows_max_));
}

std::string shown(std::string_view text) {
  if (text.size() <= kShownMax) return std::string(text);
  std::size_t size = kShownMax;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return std::string(text.substr(0, size)) + "…";
}

}  // namespace deadlight::evidence
