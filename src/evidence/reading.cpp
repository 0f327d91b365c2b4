#include "evidence/reading.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
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
  snapshot.unread.push_back({document_->name(), document_->number(index), std::move(reason)});
}

void Reading::found(std::string_view kind) {
  if (std::find(kinds_.begin(), kinds_.end(), kind) == kinds_.end()) kinds_.push_back(kind);
}

Sources Reading::source(std::size_t index) const { return {{0, document_->number(index)}}; }

std::string Reading::place(std::size_t index) const {
  return fmt::format("{}:{}", document_->name(), document_->number(index));
}

template <class T>
void Reading::add_to(std::vector<T>& facts, T& fact) {
  if (++rows_ <= rows_max_) facts.push_back(std::move(fact));
}

void Reading::add(Endpoint&& endpoint) { add_to(snapshot.endpoints, endpoint); }
void Reading::add(Process&& process) { add_to(snapshot.processes, process); }
void Reading::add(Service&& service) { add_to(snapshot.services, service); }
void Reading::add(StartedTitle&& title) { add_to(snapshot.started, title); }
void Reading::add(Setting&& setting) { add_to(snapshot.settings, setting); }

void Reading::add(RpcEndpoint&& endpoint) { add_to(snapshot.rpc, endpoint); }
void Reading::add(HttpUrl&& url) { add_to(snapshot.urls, url); }
void Reading::add(FirewallRule&& rule) { add_to(snapshot.firewall, rule); }
void Reading::add(OutsidePort&& port) { add_to(snapshot.outside, port); }

std::size_t Reading::next_free(std::size_t from) const {
  if (from >= marks_.size()) return marks_.size();
  static_assert(static_cast<int>(Mark::none) == 0);
  const void* found = std::memchr(marks_.data() + from, 0, marks_.size() - from);
  return found == nullptr
             ? marks_.size()
             : static_cast<std::size_t>(static_cast<const Mark*>(found) - marks_.data());
}

void Reading::add_all(std::vector<Endpoint>&& endpoints) {
  if (snapshot.endpoints.empty() && rows_ + endpoints.size() <= rows_max_) {
    rows_ += endpoints.size();
    snapshot.endpoints = std::move(endpoints);
    return;
  }
  for (Endpoint& endpoint : endpoints) add(std::move(endpoint));
}

std::string shown(std::string_view text) {
  std::size_t size = std::min(text.size(), kShownMax);
  while (size > 0 && size < text.size() &&
         (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) {
    --size;
  }
  std::string part(text.substr(0, size));
  // An attribute of XML may go over several lines; a message may not.
  std::replace_if(
      part.begin(), part.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  if (size < text.size()) part += "…";
  return part;
}

}  // namespace deadlight::evidence
