#pragma once

#include <fmt/format.h>

#include <compare>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace deadlight {

/// A text that is mostly absent: millions of sockets are held in memory, and few have a name. One
/// pointer; copies are deep.
class Name {
 public:
  Name() = default;
  // Implicit, as for std::string itself.
  Name(std::string_view text) { assign(text); }
  Name(const std::string& text) { assign(text); }
  Name(const char* text) { assign(text); }
  Name(const Name& other) { assign(other.str()); }
  Name(Name&&) noexcept = default;
  Name& operator=(const Name& other) {
    if (this != &other) assign(other.str());
    return *this;
  }
  Name& operator=(Name&&) noexcept = default;
  ~Name() = default;

  bool empty() const { return text_ == nullptr; }
  const std::string& str() const { return text_ ? *text_ : none(); }
  operator const std::string&() const { return str(); }
  operator std::string_view() const { return str(); }

  friend bool operator==(const Name& a, const Name& b) {
    return a.empty() ? b.empty() : !b.empty() && *a.text_ == *b.text_;
  }
  friend std::strong_ordering operator<=>(const Name& a, const Name& b) {
    return a.str() <=> b.str();
  }
  template <class Text>
  requires(!std::is_same_v<Text, Name> &&
           std::is_convertible_v<const Text&, std::string_view>) friend bool
  operator==(const Name& a, const Text& b) {
    return std::string_view(a.str()) == std::string_view(b);
  }

 private:
  static const std::string& none();
  void assign(std::string_view text) {
    text_ = text.empty() ? nullptr : std::make_unique<const std::string>(text);
  }

  std::unique_ptr<const std::string> text_;
};

inline const std::string& Name::none() {
  static const std::string kNone;
  return kNone;
}

}  // namespace deadlight

template <>
struct fmt::formatter<deadlight::Name> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const deadlight::Name& name, Context& context) const {
    return fmt::formatter<std::string_view>::format(name.str(), context);
  }
};
