#include "model/snapshot_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <type_traits>
#include <utility>

#include "model/snapshot_fields.h"

namespace deadlight {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema = "deadlight.snapshot/1";
constexpr std::size_t kBytesMax = 64 * 1024 * 1024;  // its tree in memory takes about 20 times that
constexpr std::size_t kDepthMax = 16;
constexpr std::size_t kEntriesMax = 2'000'000;  // of one list

std::string_view id_of(Protocol value) { return protocol_id(value); }
std::string_view id_of(State value) { return state_id(value); }
std::string_view id_of(ServiceState value) { return service_state_id(value); }
std::string_view id_of(StartType value) { return start_type_id(value); }
std::string_view id_of(OsConfidence value) { return os_confidence_id(value); }
std::string_view id_of(Answer value) { return answer_id(value); }
std::string_view id_of(Os value) { return os_id(value); }

std::optional<Protocol> from_id(std::string_view id, Protocol) { return parse_protocol(id); }
std::optional<State> from_id(std::string_view id, State) { return parse_state(id); }
std::optional<ServiceState> from_id(std::string_view id, ServiceState) {
  return parse_service_state(id);
}
std::optional<StartType> from_id(std::string_view id, StartType) { return parse_start_type(id); }
std::optional<OsConfidence> from_id(std::string_view id, OsConfidence) {
  return parse_os_confidence(id);
}
std::optional<Answer> from_id(std::string_view id, Answer) { return parse_answer(id); }
std::optional<Os> from_id(std::string_view id, Os) {
  return id == os_id(Os::unknown) ? Os::unknown : parse_os(id);
}

class Writer {
 public:
  template <class T>
  void field(const char* key, T& value) {
    json_[key] = write(value);
  }
  template <class T>
  void required(const char* key, T& value) {
    field(key, value);
  }
  Json take() { return std::move(json_); }

 private:
  static Json write(std::string& value) { return value; }
  static Json write(Name& value) { return value.str(); }
  static Json write(Address& value) { return value.text(); }
  static Json write(Sources& sources) {
    Json list = Json::array();
    for (SourceRef& source : sources) list.push_back(write<SourceRef>(source));
    return list;
  }
  static Json write(bool& value) { return value; }

  template <class T>
  static Json write(std::optional<T>& value) {
    return value ? write(*value) : Json(nullptr);
  }
  template <class T>
  static Json write(Boxed<T>& value) {
    return value ? write(*value) : Json(nullptr);
  }
  template <class T>
  static Json write(std::vector<T>& values) {
    Json list = Json::array();
    for (T& value : values) list.push_back(write(value));
    return list;
  }
  template <class T>
  static Json write(T& value) {
    if constexpr (std::is_enum_v<T>) {
      return id_of(value);
    } else if constexpr (std::is_arithmetic_v<T>) {
      return value;
    } else {
      Writer writer;
      fields(writer, value);
      return writer.take();
    }
  }

  Json json_ = Json::object();
};

/// Reads one object. The first thing that is wrong stays in `error`, with its JSON path.
class Reader {
 public:
  Reader(const Json& json, std::string path, std::string& error)
      : json_(json), path_(std::move(path)), error_(error) {}

  template <class T>
  void field(const char* key, T& value) {
    find(key, value);
  }
  template <class T>
  void required(const char* key, T& value) {
    if (!find(key, value)) complain(path_, fmt::format("'{}' is missing", key));
  }
  /// The schema's key is checked before and belongs to no struct.
  void allow(const char* key) { known_.push_back(key); }

  void refuse_unknown_keys() {
    for (const auto& [key, value] : json_.items()) {
      if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
        complain(path_, fmt::format("unknown key '{}'", key));
        return;
      }
    }
  }

 private:
  template <class T>
  bool find(const char* key, T& value) {
    known_.push_back(key);
    const auto found = json_.find(key);
    if (found == json_.end()) return false;
    if (error_.empty()) read(*found, path_ + '.' + key, value);
    return true;
  }

  void complain(const std::string& path, const std::string& what) {
    if (error_.empty()) error_ = path + ": " + what;
  }

  void read(const Json& json, const std::string& path, std::string& value) {
    if (!json.is_string()) return complain(path, "a text is expected");
    value = json.get<std::string>();
  }
  void read(const Json& json, const std::string& path, Name& value) {
    std::string text;
    read(json, path, text);
    value = text;
  }
  void read(const Json& json, const std::string& path, Sources& value) {
    std::vector<SourceRef> list;
    read(json, path, list);
    for (const SourceRef source : list) value.push_back(source);
  }
  void read(const Json& json, const std::string& path, Address& value) {
    std::string text;
    read(json, path, text);
    if (text.empty()) return complain(path, "an address is expected");
    value = make_address(text);
  }
  void read(const Json& json, const std::string& path, bool& value) {
    if (!json.is_boolean()) return complain(path, "true or false is expected");
    value = json.get<bool>();
  }
  template <class T>
  void read(const Json& json, const std::string& path, std::optional<T>& value) {
    if (json.is_null()) return;
    read(json, path, value.emplace());
  }
  template <class T>
  void read(const Json& json, const std::string& path, Boxed<T>& value) {
    if (json.is_null()) return;
    read(json, path, value.ensure());
  }
  template <class T>
  void read(const Json& json, const std::string& path, std::vector<T>& values) {
    if (!json.is_array()) return complain(path, "a list is expected");
    if (json.size() > kEntriesMax) {
      return complain(path, fmt::format("more than {} entries", kEntriesMax));
    }
    values.resize(json.size());
    for (std::size_t i = 0; i < json.size() && error_.empty(); ++i) {
      read(json[i], fmt::format("{}[{}]", path, i), values[i]);
    }
  }
  template <class T>
  void read(const Json& json, const std::string& path, T& value) {
    if constexpr (std::is_enum_v<T>) {
      const auto found =
          json.is_string() ? from_id(json.get_ref<const std::string&>(), value) : std::nullopt;
      if (!found) return complain(path, fmt::format("{} is not known", shown(json)));
      value = *found;
    } else if constexpr (std::is_unsigned_v<T>) {
      constexpr std::uint64_t kMax = std::numeric_limits<T>::max();
      if (!json.is_number_unsigned() || json.get<std::uint64_t>() > kMax) {
        return complain(path, fmt::format("a whole number from 0 to {} is expected", kMax));
      }
      value = json.get<T>();
    } else {
      if (!json.is_object()) return complain(path, "an object is expected");
      Reader reader(json, path, error_);
      fields(reader, value);
      reader.refuse_unknown_keys();
    }
  }

  static std::string shown(const Json& json) {
    constexpr std::size_t kShownMax = 60;
    std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
    return text.size() > kShownMax ? text.substr(0, kShownMax) + "…" : text;
  }

  const Json& json_;
  std::string path_;
  std::string& error_;
  std::vector<std::string_view> known_;
};

/// True if brackets stand deeper than any snapshot's do. Checked before parsing: the tree of a file
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

/// Where a source points to evidence that is not there; empty if none does.
template <class T>
std::string dangling(const std::vector<T>& facts, const char* list, std::size_t evidence_count) {
  for (std::size_t i = 0; i < facts.size(); ++i) {
    for (std::size_t k = 0; k < facts[i].sources.size(); ++k) {
      if (facts[i].sources[k].evidence < evidence_count) continue;
      return fmt::format("$.{}[{}].sources[{}].evidence: there is no evidence {}", list, i, k,
                         facts[i].sources[k].evidence);
    }
  }
  return {};
}

std::string first_dangling(const Snapshot& snapshot) {
  const std::size_t count = snapshot.evidence.size();
  for (std::string found :
       {dangling(snapshot.endpoints, "endpoints", count),
        dangling(snapshot.processes, "processes", count),
        dangling(snapshot.services, "services", count),
        dangling(snapshot.started, "started", count),
        dangling(snapshot.settings, "settings", count), dangling(snapshot.rpc, "rpc", count),
        dangling(snapshot.urls, "urls", count), dangling(snapshot.firewall, "firewall", count),
        dangling(snapshot.outside, "outside", count),
        dangling(snapshot.other_sockets, "other_sockets", count)}) {
    if (!found.empty()) return found;
  }
  return {};
}

/// The library's message without its own number: "parse error at line 3, column 7: …".
std::string parse_message(const Json::parse_error& error) {
  std::string_view message = error.what();
  if (const auto end = message.find("] "); end != std::string_view::npos) {
    message.remove_prefix(end + 2);
  }
  return std::string(message);
}

Result<Json> parse(std::string_view text, std::string_view name) {
  if (text.size() > kBytesMax) {
    return fail(Errc::limit,
                fmt::format("{}: snapshot JSON larger than {} bytes; give the tools' own output",
                            name, kBytesMax));
  }
  if (too_deep(text)) {
    return fail(Errc::malformed,
                fmt::format("{}: brackets deeper than {} levels; no snapshot looks like this", name,
                            kDepthMax));
  }
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    return fail(Errc::malformed,
                fmt::format("{}: {} (byte {})", name, parse_message(error), error.byte));
  } catch (const Json::exception&) {
    return fail(
        Errc::malformed,
        fmt::format("{}: a number in it is larger than any in a snapshot; save it again", name));
  }
}

Result<> check_schema(const Json& json, std::string_view name) {
  const auto schema = json.is_object() ? json.find("schema") : json.end();
  if (!json.is_object() || schema == json.end() || !schema->is_string()) {
    return fail(Errc::malformed,
                fmt::format("{}: $.schema is missing; it must be \"{}\"", name, kSchema));
  }
  const auto& found = schema->get_ref<const std::string&>();
  if (found == kSchema) return {};
  return fail(Errc::unsupported,
              fmt::format("{}: $.schema is \"{}\"; only \"{}\" is read", name, found, kSchema));
}

}  // namespace

std::string to_json(const Snapshot& snapshot) {
  Writer writer;
  std::string schema(kSchema);
  writer.field("schema", schema);
  Snapshot copy = snapshot;  // fields() serves both directions and takes no const
  fields(writer, copy);
  // File names need not be UTF-8; a letter that is not becomes U+FFFD.
  return writer.take().dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<Snapshot> snapshot_from_json(std::string_view text, std::string_view name) {
  const Json json = DEADLIGHT_TRY(parse(text, name));
  DEADLIGHT_TRY(check_schema(json, name));
  Snapshot snapshot;
  std::string error;
  Reader reader(json, "$", error);
  reader.allow("schema");
  fields(reader, snapshot);
  reader.refuse_unknown_keys();
  if (error.empty()) error = first_dangling(snapshot);
  if (error.empty()) return snapshot;
  return fail(Errc::malformed,
              fmt::format("{}: {}; correct the file or make it again", name, error));
}

}  // namespace deadlight
