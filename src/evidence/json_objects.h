#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/reading.h"

namespace deadlight::evidence {

/// What is said of an object that `repeats`.
constexpr std::string_view kRepeatedName =
    "a name stands twice in this object: it may be two of which lines are lost; not read";

/// An object of JSON with the line on which it begins: a record that a tool printed.
struct JsonObject {
  struct Member {
    std::string name;
    std::string value;       ///< a text without its quotes, a number as written, "true", "false"
    bool is_number = false;  ///< written as a number
  };
  std::string name;  ///< the member that it, or the list around it, is the value of; may be empty
  std::size_t line = 0;
  std::vector<Member> members;       ///< plain ones; a list of plain values is joined by ", "
  std::vector<JsonObject> children;  ///< objects inside, also those in lists
  bool repeats = false;              ///< a name stands in it twice: it may be two that were joined

  /// The value of a member, without difference of case; empty if there is none.
  std::string_view value(std::string_view member) const;
  bool has(std::string_view member) const;
};

/// Where the JSON text that begins on a line ends, and why it could not be read to its end.
struct JsonText {
  std::size_t end = 0;              ///< the line behind it
  std::string reason;               ///< empty if all of it was read
  std::optional<std::size_t> open;  ///< where the object begins that was not read to its end
};

/// True if a JSON list or object may begin on this line.
bool may_begin_json(std::string_view line);

/// Reads the JSON text that begins on line `first`, also behind commas. `use` gets each outermost
/// object (those of lists too) as soon as it is whole, so also those before a mistake; and then
/// whole ones in an object that only holds them. A text may be wrapped inside of a string. Past 64
/// MiB, 64 levels or 1,000,000 values in one object it ends with a reason.
JsonText read_json_text(const Reading& reading, std::size_t first,
                        const std::function<void(JsonObject&&)>& use);

}  // namespace deadlight::evidence
