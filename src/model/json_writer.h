#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "model/endpoint.h"

/// Structs as JSON, with one description of their fields for both directions. A Form has what
/// belongs to a kind of document: `fields(io, struct)` names the fields of each struct, where `io`
/// is a Writer or a Reader; `id_of(enum)` and `from_id(text, enum)` are the words of each
/// enumeration.
namespace deadlight::json {

using Json = nlohmann::ordered_json;

/// The library's type is incomplete here: it takes long to compile.
void set(Json& json, const std::string& text);
void set(Json& json, bool value);
void set(Json& json, std::uint64_t number);
void set_null(Json& json);
void set_list(Json& json);
void set_object(Json& json);
Json& add_entry(Json& list);
Json& add_member(Json& object, const char* key);

template <class Form>
class Writer {
 public:
  explicit Writer(Json& json) : json_(json) { set_object(json_); }

  template <class T>
  void field(const char* key, T& value) {
    write(add_member(json_, key), value);
  }
  template <class T>
  void required(const char* key, T& value) {
    field(key, value);
  }
  void text_or_null(const char* key, std::string& text) {
    text.empty() ? set_null(add_member(json_, key)) : set(add_member(json_, key), text);
  }
  /// Follows from the other fields; written for readers that are not ours.
  template <class T>
  void derived(const char* key, T value) {
    field(key, value);
  }

  static void write(Json& json, std::string& value) { set(json, value); }
  static void write(Json& json, Name& value) { set(json, value.str()); }
  static void write(Json& json, Address& value) { set(json, value.text()); }
  static void write(Json& json, bool& value) { set(json, value); }
  static void write(Json& json, Sources& values) { write_list(json, values); }
  template <class T>
  static void write(Json& json, std::vector<T>& values) {
    write_list(json, values);
  }
  static void write(Json& json, std::set<std::string>& values) {
    set_list(json);
    for (const std::string& value : values) set(add_entry(json), value);
  }
  template <class T>
  static void write(Json& json, std::optional<T>& value) {
    value ? write(json, *value) : set_null(json);
  }
  template <class T>
  static void write(Json& json, Boxed<T>& value) {
    value ? write(json, *value) : set_null(json);
  }
  template <class T>
  static void write(Json& json, T& value) {
    if constexpr (std::is_enum_v<T>) {
      set(json, std::string(Form::id_of(value)));
    } else if constexpr (std::is_unsigned_v<T>) {
      set(json, std::uint64_t{value});
    } else {
      Writer writer(json);
      Form::fields(writer, value);
    }
  }

 private:
  template <class List>
  static void write_list(Json& json, List& values) {
    set_list(json);
    for (auto& value : values) write(add_entry(json), value);
  }

  Json& json_;
};

}  // namespace deadlight::json
