#include "model/json_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace deadlight::json {
namespace {

constexpr std::size_t kEntriesMax = 2'000'000;  // of one list
constexpr std::size_t kShownMax = 60;

std::string shown_key(const std::string& key) {
  const std::string quoted = shown(key);
  return quoted.substr(1, quoted.size() - (quoted.back() == '"' ? 2 : 1));
}

}  // namespace

std::string shown(const Json& json) {
  std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  return text.size() > kShownMax ? text.substr(0, kShownMax) + "…" : text;
}

const Json* ReaderBase::find(const char* key) {
  known_.push_back(key);
  const auto found = json_.find(key);
  return found == json_.end() || wrong() ? nullptr : &*found;
}

void ReaderBase::require(const char* key) {
  if (!json_.contains(key)) complain(path_, fmt::format("'{}' is missing", key));
}

void ReaderBase::refuse_unknown_keys() {
  for (const auto& [key, value] : json_.items()) {
    if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
      complain(path_, fmt::format("unknown key '{}'", shown_key(key)));
      return;
    }
  }
}

void ReaderBase::complain(const std::string& path, const std::string& what) {
  if (error_.empty()) error_ = path + ": " + what;
}

void ReaderBase::not_known(const Json& json, const std::string& path) {
  complain(path, fmt::format("{} is not known", shown(json)));
}

void ReaderBase::read(const Json& json, const std::string& path, std::string& value) {
  if (!json.is_string()) return complain(path, "a text is expected");
  value = json.get<std::string>();
}

void ReaderBase::read(const Json& json, const std::string& path, Name& value) {
  std::string text;
  read(json, path, text);
  value = text;
}

void ReaderBase::read(const Json& json, const std::string& path, Address& value) {
  std::string text;
  read(json, path, text);
  if (text.empty()) return complain(path, "an address is expected");
  value = make_address(text);
}

void ReaderBase::read(const Json& json, const std::string& path, bool& value) {
  if (!json.is_boolean()) return complain(path, "true or false is expected");
  value = json.get<bool>();
}

std::uint64_t ReaderBase::read_number(const Json& json, const std::string& path,
                                      std::uint64_t max) {
  if (json.is_number_unsigned() && json.get<std::uint64_t>() <= max) {
    return json.get<std::uint64_t>();
  }
  complain(path, fmt::format("a whole number from 0 to {} is expected", max));
  return 0;
}

std::size_t ReaderBase::read_size(const Json& json, const std::string& path) {
  if (!json.is_array()) {
    complain(path, "a list is expected");
    return 0;
  }
  if (json.size() <= kEntriesMax) return json.size();
  complain(path, fmt::format("more than {} entries", kEntriesMax));
  return 0;
}

bool ReaderBase::read_object(const Json& json, const std::string& path) {
  if (!json.is_object()) complain(path, "an object is expected");
  return json.is_object();
}

const Json& ReaderBase::entry(const Json& list, std::size_t index) { return list[index]; }

std::string ReaderBase::entry_path(const std::string& path, std::size_t index) {
  return fmt::format("{}[{}]", path, index);
}

bool ReaderBase::is_null(const Json& json) { return json.is_null(); }

const std::string* ReaderBase::text_of(const Json& json) {
  return json.is_string() ? &json.get_ref<const std::string&>() : nullptr;
}

}  // namespace deadlight::json
