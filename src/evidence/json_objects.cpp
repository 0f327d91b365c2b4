#include "evidence/json_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"

namespace deadlight::evidence {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kBytesMax = std::size_t{64} * 1024 * 1024;
constexpr std::size_t kDepthMax = 64;
constexpr std::size_t kNamesMax = 256;  // of an object whose names are compared with each other
constexpr std::string_view kBeforeObject = " \t,";
constexpr std::size_t kValuesMax = 1'000'000;  // waiting for one outermost object to end

/// The letters of a document's lines, one after the other, from some line on.
class Feed {
 public:
  Feed(const Reading& reading, std::size_t first)
      : reading_(&reading), line_(first), text_(reading.line(first)) {
    at_ = std::min(text_.find_first_not_of(kBeforeObject), text_.size());
  }

  bool at_end() const { return line_ >= reading_->line_count() || bytes_ > kBytesMax; }
  bool is_too_large() const { return bytes_ > kBytesMax; }
  char letter() const { return at_ < text_.size() ? text_[at_] : '\n'; }
  /// The line of the letter taken last.
  std::size_t line() const { return taken_line_; }

  void advance() {
    const char c = letter();
    taken_line_ = line_;
    follow_strings(c);
    ++at_;
    ++bytes_;
    // A line end inside of a string is one that a terminal made: JSON has none there.
    while (!at_end() && at_ >= text_.size() + (in_string_ ? 0 : 1)) {
      text_ = ++line_ < reading_->line_count() ? reading_->line(line_) : std::string_view();
      at_ = 0;
    }
  }

 private:
  void follow_strings(char c) {
    if (escaped_) {
      escaped_ = false;
    } else if (c == '"') {
      in_string_ = !in_string_;
    } else if (c == '\\') {
      escaped_ = in_string_;
    }
  }

  const Reading* reading_;  ///< not owned
  std::size_t line_;
  std::size_t taken_line_ = 0;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t bytes_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

/// What the library wants to read from. Copies share one Feed; the end is one without.
class FeedIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  FeedIterator() = default;
  explicit FeedIterator(Feed& feed) : feed_(&feed) {}
  char operator*() const { return feed_->letter(); }
  FeedIterator& operator++() {
    feed_->advance();
    return *this;
  }
  friend bool operator==(const FeedIterator& a, const FeedIterator& b) {
    return a.done() == b.done();
  }
  friend bool operator!=(const FeedIterator& a, const FeedIterator& b) { return !(a == b); }

 private:
  bool done() const { return feed_ == nullptr || feed_->at_end(); }
  Feed* feed_ = nullptr;  ///< not owned
};

/// Builds objects from the library's events.
class Builder final : public nlohmann::json_sax<Json> {
 public:
  Builder(const Feed& feed, const std::function<void(JsonObject&&)>& use)
      : feed_(feed), use_(use) {}

  const std::string& reason() const { return reason_; }
  /// After a mistake: hands over what was whole inside of objects that hold nothing else.
  std::optional<std::size_t> abandon() {
    std::optional<std::size_t> open;
    for (Level& level : levels_) {
      if (!level.is_object) continue;
      open = level.object.line;
      if (!level.object.members.empty()) continue;
      for (JsonObject& child : level.object.children) use_(std::move(child));
    }
    return open;
  }

  bool null() override { return add({}, false); }
  bool boolean(bool value) override { return add(value ? "true" : "false", false); }
  bool number_integer(number_integer_t value) override { return add(std::to_string(value), true); }
  bool number_unsigned(number_unsigned_t value) override {
    return add(std::to_string(value), true);
  }
  bool number_float(number_float_t, const string_t& text) override { return add(text, true); }
  bool string(string_t& value) override { return add(std::move(value), false); }
  bool binary(binary_t&) override { return true; }

  bool start_object(std::size_t) override {
    JsonObject object;
    object.name = name();
    object.line = feed_.line();
    levels_.push_back({true, {}, std::move(object)});
    return within_limits();
  }
  bool start_array(std::size_t) override {
    levels_.push_back({false, name(), {}});
    return within_limits();
  }
  bool key(string_t& name) override {
    levels_.back().name = std::move(name);
    return true;
  }
  bool end_object() override {
    JsonObject object = std::move(levels_.back().object);
    levels_.pop_back();
    const auto around = std::find_if(levels_.rbegin(), levels_.rend(),
                                     [](const Level& level) { return level.is_object; });
    if (around == levels_.rend()) {
      values_ = 0;
      use_(std::move(object));
    } else if (!object.members.empty() || !object.children.empty()) {
      around->object.children.push_back(std::move(object));
    }
    return true;
  }
  bool end_array() override {
    levels_.pop_back();
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    if (reason_.empty()) {
      reason_ = feed_.is_too_large()
                    ? fmt::format("the JSON text is larger than {} bytes; split it", kBytesMax)
                : feed_.at_end()
                    ? std::string("the JSON text ends too early; was it cut off?")
                    : std::string("not JSON from here on; the objects before are kept");
    }
    return false;
  }

 private:
  struct Level {
    bool is_object;
    std::string name;  ///< of the member that is read now; of a list, the list's own
    JsonObject object;
  };

  std::string name() const { return levels_.empty() ? std::string() : levels_.back().name; }

  bool add(std::string value, bool is_number) {
    const auto around = std::find_if(levels_.rbegin(), levels_.rend(),
                                     [](const Level& level) { return level.is_object; });
    if (around == levels_.rend()) return true;  // a list of plain values is no record
    // Line ends and the like are of no use in a fact, and would break the lines of messages.
    std::replace_if(
        value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; },
        ' ');
    std::vector<JsonObject::Member>& members = around->object.members;
    if (levels_.back().is_object && members.size() < kNamesMax &&
        around->object.has(around->name)) {
      around->object.repeats = true;
    }
    const bool in_list = !levels_.back().is_object;
    if (in_list && !members.empty() && members.back().name == around->name) {
      members.back().value += ", " + value;
    } else {
      members.push_back({around->name, std::move(value), is_number});
    }
    return within_limits();
  }

  bool within_limits() {
    if (levels_.size() > kDepthMax) {
      reason_ =
          fmt::format("brackets deeper than {} levels; no listing looks like this", kDepthMax);
    } else if (++values_ > kValuesMax) {
      reason_ =
          fmt::format("an object of more than {} values; no listing looks like this", kValuesMax);
    }
    return reason_.empty();
  }

  const Feed& feed_;
  const std::function<void(JsonObject&&)>& use_;
  std::vector<Level> levels_;
  std::size_t values_ = 0;
  std::string reason_;
};

}  // namespace

std::string_view JsonObject::value(std::string_view member) const {
  for (const Member& one : members) {
    if (iequals(one.name, member)) return one.value;
  }
  return {};
}

bool JsonObject::has(std::string_view member) const {
  return std::any_of(members.begin(), members.end(),
                     [member](const Member& one) { return iequals(one.name, member); });
}

bool may_begin_json(std::string_view line) {
  const std::size_t first = std::min(line.find_first_not_of(kBeforeObject), line.size());
  if (first == line.size() || (line[first] != '{' && line[first] != '[')) return false;
  const std::size_t second = line.find_first_not_of(" \t\r", first + 1);
  if (second == std::string_view::npos) return true;
  return std::string_view("\"{[]}").find(line[second]) != std::string_view::npos;
}

JsonText read_json_text(const Reading& reading, std::size_t first,
                        const std::function<void(JsonObject&&)>& use) {
  Feed feed(reading, first);
  Builder builder(feed, use);
  try {
    Json::sax_parse(FeedIterator(feed), FeedIterator(), &builder, Json::input_format_t::json,
                    false);
  } catch (const Json::exception& error) {
    return {feed.line() + 1, fmt::format("not JSON: {}", error.what()), builder.abandon()};
  }
  if (builder.reason().empty()) return {feed.line() + 1, {}, {}};
  return {feed.line() + 1, builder.reason(), builder.abandon()};
}

}  // namespace deadlight::evidence
