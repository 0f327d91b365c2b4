#include "model/json_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace deadlight::json {
namespace {

constexpr std::size_t kDepthMax = 16;
constexpr std::size_t kMessageMax = 160;

/// True if brackets stand deeper than any document's do. Checked before parsing: the tree of a file
/// full of brackets would take all memory.
bool too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') in_string = !in_string;
    if (in_string) {
      if (c == '\\') ++i;
    } else if (c == '[' || c == '{') {
      if (++depth > kDepthMax) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

/// The library's message without its own number: "parse error at line 3, column 7: …". It quotes
/// what it read last, however long that is.
std::string parse_message(const Json::parse_error& error) {
  std::string_view message = error.what();
  if (const auto end = message.find("] "); end != std::string_view::npos) {
    message.remove_prefix(end + 2);
  }
  std::string text(message.substr(0, kMessageMax));
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return message.size() > kMessageMax ? text + "…" : text;
}

Result<> check_schema(const Json& json, std::string_view name, const Kind& kind) {
  const auto schema = json.is_object() ? json.find("schema") : json.end();
  if (!json.is_object() || schema == json.end() || !schema->is_string()) {
    return fail(Errc::malformed,
                fmt::format("{}: $.schema is missing; it must be \"{}\"", name, kind.schema));
  }
  if (schema->get_ref<const std::string&>() == kind.schema) return {};
  return fail(Errc::unsupported, fmt::format("{}: $.schema is {}; only \"{}\" is read", name,
                                             shown(*schema), kind.schema));
}

}  // namespace

void DeleteJson::operator()(Json* json) const { std::unique_ptr<Json> owner(json); }

JsonPointer make_json() { return JsonPointer(std::make_unique<Json>().release()); }

std::string text_of_document(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<JsonPointer> parse_document(std::string_view text, std::string_view name, const Kind& kind) {
  if (text.size() > kind.bytes_max) {
    return fail(Errc::limit, fmt::format("{}: {} JSON larger than {} bytes; {}", name, kind.noun,
                                         kind.bytes_max, kind.if_too_large));
  }
  if (too_deep(text)) {
    return fail(Errc::malformed, fmt::format("{}: brackets deeper than {} levels; no {} looks like "
                                             "this",
                                             name, kDepthMax, kind.noun));
  }
  JsonPointer json = make_json();
  try {
    *json = Json::parse(text);
  } catch (const Json::parse_error& error) {
    return fail(Errc::malformed,
                fmt::format("{}: {} (byte {})", name, parse_message(error), error.byte));
  } catch (const Json::exception&) {
    return fail(Errc::malformed,
                fmt::format("{}: a number in it is larger than any in a {}; save it again", name,
                            kind.noun));
  }
  DEADLIGHT_TRY(check_schema(*json, name, kind));
  return json;
}

}  // namespace deadlight::json
