#include "actors/resource_builder/spec_cursor.hpp"

#include <algorithm>

namespace locust {

namespace {

/// Maximum length of a path in a message, in bytes: map keys can be long.
constexpr size_t path_limit = 200;

/// Maximum number of faults.
constexpr size_t fault_limit = 50;

std::string_view view(const json::value& text) {
  return {text.GetString(), text.GetStringLength()};
}

/// Describes a value of a wrong type: its type, or the number.
std::string in_words(const json::value& value) {
  switch (value.GetType()) {
  case rapidjson::kNullType:
    return "null";
  case rapidjson::kFalseType:
  case rapidjson::kTrueType:
    return "a boolean";
  case rapidjson::kObjectType:
    return "an object";
  case rapidjson::kArrayType:
    return "a list";
  case rapidjson::kStringType:
    return "a string";
  case rapidjson::kNumberType:
    return json::dump(value);
  }
  return {};
}

} // namespace

spec_cursor::spec_cursor(const json::value* at, std::string path,
                         spec_faults& faults)
    : at_(at != nullptr && at->IsNull() ? nullptr : at), path_(std::move(path)),
      faults_(&faults) {
  // nop
}

spec_cursor spec_cursor::operator[](std::string_view name) const {
  const auto* member = object();
  if (member != nullptr)
    member = json::find(*member, {name});
  return {member, path_ + '.' + std::string(name), *faults_};
}

std::string_view spec_cursor::text(std::string_view fallback) const {
  if (!present() || !demand(at_->IsString(), "a string"))
    return fallback;
  return view(*at_);
}

std::string_view spec_cursor::required_text() const {
  if (!present())
    add_fault("is missing");
  return text();
}

bool spec_cursor::boolean(bool fallback) const {
  if (!present() || !demand(at_->IsBool(), "true or false"))
    return fallback;
  return at_->GetBool();
}

std::optional<int32_t> spec_cursor::integer() const {
  if (!present() || !demand(at_->IsInt(), "a 32-bit integer"))
    return std::nullopt;
  return at_->GetInt();
}

const json::value* spec_cursor::object() const {
  if (!present() || !demand(at_->IsObject(), "an object"))
    return nullptr;
  return at_;
}

const json::value* spec_cursor::array() const {
  if (!present() || !demand(at_->IsArray(), "a list"))
    return nullptr;
  return at_;
}

std::vector<spec_cursor> spec_cursor::items() const {
  std::vector<spec_cursor> result;
  if (const auto* list = array())
    for (const auto& item : list->GetArray())
      result.emplace_back(
          &item, path_ + '[' + std::to_string(result.size()) + ']', *faults_);
  return result;
}

text_map spec_cursor::texts() const {
  text_map result;
  if (const auto* map = object())
    for (const auto& member : map->GetObject()) {
      auto path = path_ + "[\"" + std::string(view(member.name)) + "\"]";
      spec_cursor entry(&member.value, std::move(path), *faults_);
      result.emplace_back(view(member.name), entry.text());
    }
  return result;
}

void spec_cursor::add_fault(std::string_view what) const {
  if (faults_->size() >= fault_limit)
    return;
  auto fault = json::clean_text(path_, path_limit) + ' ' + std::string(what);
  if (std::find(faults_->begin(), faults_->end(), fault) == faults_->end())
    faults_->push_back(std::move(fault));
}

bool spec_cursor::demand(bool ok, std::string_view type) const {
  if (!ok)
    add_fault("must be " + std::string(type) + ", but it is " + in_words(*at_));
  return ok;
}

} // namespace locust
