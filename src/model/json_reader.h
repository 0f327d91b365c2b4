#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "model/endpoint.h"

/// The other direction of json_writer.h.
namespace deadlight::json {

using Json = nlohmann::ordered_json;

/// What an input says, short and in ASCII: for a message of one line.
std::string shown(const Json& json);

/// What does not depend on the form. The first thing that is wrong stays in `error`, with its path.
class ReaderBase {
 public:
  ReaderBase(const Json& json, std::string path, std::string& error)
      : json_(json), path_(std::move(path)), error_(error) {}

  /// A key that belongs to no struct.
  void allow(const char* key) { known_.push_back(key); }
  void refuse_unknown_keys();

 protected:
  /// The member to read, or nullptr: it is not there, or something was wrong before.
  const Json* find(const char* key);
  void require(const char* key);
  std::string path_of(const char* key) const { return path_ + '.' + key; }
  void complain(const std::string& path, const std::string& what);
  void not_known(const Json& json, const std::string& path);

  void read(const Json& json, const std::string& path, std::string& value);
  void read(const Json& json, const std::string& path, Name& value);
  void read(const Json& json, const std::string& path, Address& value);
  void read(const Json& json, const std::string& path, bool& value);
  std::uint64_t read_number(const Json& json, const std::string& path, std::uint64_t max);
  /// 0 for what is no list, or one that is too long.
  std::size_t read_size(const Json& json, const std::string& path);
  bool read_object(const Json& json, const std::string& path);
  static const Json& entry(const Json& list, std::size_t index);
  static std::string entry_path(const std::string& path, std::size_t index);
  static bool is_null(const Json& json);
  static const std::string* text_of(const Json& json);
  bool wrong() const { return !error_.empty(); }
  std::string& error() { return error_; }

 private:
  const Json& json_;
  std::string path_;
  std::string& error_;
  std::vector<std::string_view> known_;
};

template <class Form>
class Reader : public ReaderBase {
 public:
  using ReaderBase::ReaderBase;

  template <class T>
  void field(const char* key, T& value) {
    if (const Json* found = find(key)) read(*found, path_of(key), value);
  }
  template <class T>
  void required(const char* key, T& value) {
    require(key);
    field(key, value);
  }
  void text_or_null(const char* key, std::string& text) {
    const Json* found = find(key);
    if (found != nullptr && !is_null(*found)) ReaderBase::read(*found, path_of(key), text);
  }
  template <class T>
  void derived(const char* key, const T& value) {
    const Json* found = find(key);
    if (found == nullptr) return;
    T read_value{};
    read(*found, path_of(key), read_value);
    if (read_value != value) complain(path_of(key), "does not say what the other fields say");
  }

 private:
  using ReaderBase::read;

  template <class T>
  void read(const Json& json, const std::string& path, std::optional<T>& value) {
    if (!is_null(json)) read(json, path, value.emplace());
  }
  template <class T>
  void read(const Json& json, const std::string& path, Boxed<T>& value) {
    if (!is_null(json)) read(json, path, value.ensure());
  }
  template <class T>
  void read(const Json& json, const std::string& path, std::vector<T>& values) {
    values.resize(read_size(json, path));
    for (std::size_t i = 0; i < values.size() && !wrong(); ++i) {
      read(entry(json, i), entry_path(path, i), values[i]);
    }
  }
  void read(const Json& json, const std::string& path, Sources& values) {
    std::vector<SourceRef> list;
    read(json, path, list);
    for (const SourceRef source : list) values.push_back(source);
  }
  void read(const Json& json, const std::string& path, std::set<std::string>& values) {
    std::vector<std::string> list;
    read(json, path, list);
    values = {list.begin(), list.end()};
  }
  template <class T>
  void read(const Json& json, const std::string& path, T& value) {
    if constexpr (std::is_enum_v<T>) {
      const std::string* text = text_of(json);
      const std::optional<T> found = text != nullptr ? Form::from_id(*text, value) : std::nullopt;
      found ? static_cast<void>(value = *found) : not_known(json, path);
    } else if constexpr (std::is_unsigned_v<T>) {
      value = static_cast<T>(read_number(json, path, std::numeric_limits<T>::max()));
    } else if (read_object(json, path)) {
      Reader reader(json, path, error());
      Form::fields(reader, value);
      reader.refuse_unknown_keys();
    }
  }
};

}  // namespace deadlight::json
