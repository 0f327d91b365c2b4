#include "model/json_writer.h"

#include <nlohmann/json.hpp>

namespace deadlight::json {

void set(Json& json, const std::string& text) { json = text; }
void set(Json& json, bool value) { json = value; }
void set(Json& json, std::uint64_t number) { json = number; }
void set_null(Json& json) { json = nullptr; }
void set_list(Json& json) { json = Json::array(); }
void set_object(Json& json) { json = Json::object(); }
Json& add_entry(Json& list) { return list.emplace_back(); }
Json& add_member(Json& object, const char* key) { return object[key]; }

}  // namespace deadlight::json
