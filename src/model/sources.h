#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <vector>

namespace deadlight {

/// Where a fact was read: an entry of Snapshot::evidence, and a line in it (from 1; 0 for a system
/// call).
struct SourceRef {
  std::uint32_t evidence = 0;
  std::uint32_t line = 0;
  friend auto operator<=>(const SourceRef&, const SourceRef&) = default;
};

/// A list of sources. Most facts have one, which takes no memory of its own.
class Sources {
 public:
  Sources() = default;
  Sources(std::initializer_list<SourceRef> list) {
    for (const SourceRef& source : list) push_back(source);
  }
  Sources(const Sources& other) { *this = other; }
  Sources& operator=(const Sources& other) {
    if (this == &other) return *this;
    count_ = other.count_;
    first_ = other.first_;
    more_ = other.more_ ? std::make_unique<std::vector<SourceRef>>(*other.more_) : nullptr;
    return *this;
  }
  Sources(Sources&&) noexcept = default;
  Sources& operator=(Sources&&) noexcept = default;
  ~Sources() = default;

  using value_type = SourceRef;
  using const_iterator = const SourceRef*;
  using iterator = SourceRef*;

  void clear() { *this = Sources(); }
  bool empty() const { return size() == 0; }
  std::size_t size() const { return more_ ? more_->size() : count_; }
  const SourceRef& front() const { return *begin(); }
  const SourceRef& operator[](std::size_t index) const { return begin()[index]; }
  const SourceRef* begin() const { return more_ ? more_->data() : &first_; }
  const SourceRef* end() const { return begin() + size(); }
  SourceRef* begin() { return more_ ? more_->data() : &first_; }
  SourceRef* end() { return begin() + size(); }

  void push_back(SourceRef source) {
    if (more_) {
      more_->push_back(source);
    } else if (count_ == 0) {
      first_ = source;
      count_ = 1;
    } else {
      more_ = std::make_unique<std::vector<SourceRef>>(std::vector{first_, source});
    }
  }
  void append(const Sources& others) {
    for (const SourceRef& source : others) push_back(source);
  }
  /// Sorted, each once.
  void normalise() {
    if (!more_) return;
    std::sort(more_->begin(), more_->end());
    more_->erase(std::unique(more_->begin(), more_->end()), more_->end());
  }

  /// True if one evidence is behind both. Both must be normalised.
  friend bool share_evidence(const Sources& a, const Sources& b) {
    auto one = a.begin();
    auto other = b.begin();
    while (one != a.end() && other != b.end()) {
      if (one->evidence == other->evidence) return true;
      if (one->evidence < other->evidence) {
        one = std::lower_bound(one, a.end(), SourceRef{other->evidence, 0});
      } else {
        other = std::lower_bound(other, b.end(), SourceRef{one->evidence, 0});
      }
    }
    return false;
  }

  friend bool operator==(const Sources& a, const Sources& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  SourceRef first_;
  std::uint32_t count_ = 0;                       ///< 0 or 1 while `more_` is null
  std::unique_ptr<std::vector<SourceRef>> more_;  ///< all of them, from the second on
};

}  // namespace deadlight
