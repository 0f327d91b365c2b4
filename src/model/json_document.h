#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/json_reader.h"
#include "model/json_writer.h"

/// Whole documents of a Form (json_writer.h).
namespace deadlight::json {

/// A kind of document, for messages.
struct Kind {
  std::string_view schema;        ///< "deadlight.snapshot/1"
  std::string_view noun;          ///< "snapshot"
  std::string_view if_too_large;  ///< "give the tools' own output"
  std::size_t bytes_max = 0;
};

struct DeleteJson {
  void operator()(Json* json) const;
};
using JsonPointer = std::unique_ptr<Json, DeleteJson>;

JsonPointer make_json();
/// `indent` blanks a level, and a newline at the end. Bytes that are no UTF-8 become U+FFFD.
std::string text_of_document(const Json& json, int indent);

/// Parses a document and checks its schema. Errors: `malformed` (names byte or path), `unsupported`
/// for another schema, `limit`; each in one line, after `name`.
Result<JsonPointer> parse_document(std::string_view text, std::string_view name, const Kind& kind);

/// A document of `Form` with "schema" first.
template <class Form, class T>
std::string write_document(T& value, const Kind& kind, int indent) {
  const JsonPointer json = make_json();
  Writer<Form> writer(*json);
  std::string schema(kind.schema);
  writer.field("schema", schema);
  Form::fields(writer, value);
  return text_of_document(*json, indent);
}

/// What is wrong, with its path; empty if `value` was read.
template <class Form, class T>
std::string read_document(const Json& json, T& value) {
  std::string error;
  Reader<Form> reader(json, "$", error);
  reader.allow("schema");
  Form::fields(reader, value);
  reader.refuse_unknown_keys();
  return error;
}

}  // namespace deadlight::json
