#include "protocol/kubernetes/json_patch.hpp"

#include "protocol/json/members.hpp"

namespace locust {

json_patch::json_patch() {
  out_.StartArray();
}

json_patch& json_patch::test(std::string_view path, std::string_view value) {
  return operation("test", path, value);
}

json_patch& json_patch::replace(std::string_view path, std::string_view value) {
  return operation("replace", path, value);
}

json_patch& json_patch::replace(std::string_view path,
                                const std::vector<std::string>& values) {
  begin("replace", path);
  out_.StartArray();
  for (const auto& value : values)
    json::put(out_, value);
  out_.EndArray();
  out_.EndObject();
  return *this;
}

json_patch& json_patch::add(std::string_view path, std::string_view value) {
  return operation("add", path, value);
}

json_patch& json_patch::add_json(std::string_view path,
                                 std::string_view json_text) {
  begin("add", path);
  // The type is not used by the writer.
  out_.RawValue(json_text.data(), json_text.size(), rapidjson::kObjectType);
  out_.EndObject();
  return *this;
}

std::string json_patch::take() {
  out_.EndArray();
  return {buffer_.GetString(), buffer_.GetSize()};
}

void json_patch::begin(std::string_view operation, std::string_view path) {
  out_.StartObject();
  json::put(out_, "op", operation);
  json::put(out_, "path", path);
  json::put_key(out_, "value");
}

json_patch& json_patch::operation(std::string_view what, std::string_view path,
                                  std::string_view value) {
  begin(what, path);
  json::put(out_, value);
  out_.EndObject();
  return *this;
}

} // namespace locust
