#include "actors/supervisor/finalizer_patch.hpp"

#include "protocol/json.hpp"

#include <algorithm>

namespace locust {

namespace {

void replace(json::writer& out, const char* path, const std::string& value) {
  out.StartObject();
  out.Key("op");
  out.String("replace");
  out.Key("path");
  out.String(path);
  out.Key("value");
  out.String(value);
  out.EndObject();
}

} // namespace

bool has_reference_finalizer(const locust_test& test) {
  return std::find(test.finalizers.begin(), test.finalizers.end(),
                   reference_finalizer) != test.finalizers.end();
}

std::string finalizer_patch(const locust_test& test) {
  json::string_buffer buffer;
  json::writer out(buffer);
  out.StartArray();
  replace(out, "/metadata/uid", test.uid);
  replace(out, "/metadata/resourceVersion", test.resource_version);
  out.StartObject();
  out.Key("op");
  out.String("replace");
  out.Key("path");
  out.String("/metadata/finalizers");
  out.Key("value");
  out.StartArray();
  for (const auto& name : test.finalizers)
    if (name != reference_finalizer)
      out.String(name);
  out.EndArray();
  out.EndObject();
  out.EndArray();
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace locust
