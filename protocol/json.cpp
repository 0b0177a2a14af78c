#include "protocol/json.hpp"

#include <rapidjson/error/en.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace locust::json {

namespace {

/// Functions that traverse a document are recursive (those of RapidJSON, too),
/// so the nesting must be limited. Kubernetes objects use 20 levels.
constexpr size_t depth_limit = 512;

/// A document that can be built up to that depth.
struct shallow_document : document {
  strict_values values{*this};
  size_t depth = 0;

  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    return values.number(text, size);
  }
  bool String(const char* text, rapidjson::SizeType size, bool copy) {
    return values.text(text, size, copy);
  }
  bool Key(const char* text, rapidjson::SizeType size, bool copy) {
    return values.key(text, size, copy);
  }
  bool StartObject() {
    return ++depth <= depth_limit && document::StartObject();
  }
  bool EndObject(rapidjson::SizeType count) {
    --depth;
    return document::EndObject(count);
  }
  bool StartArray() {
    return ++depth <= depth_limit && document::StartArray();
  }
  bool EndArray(rapidjson::SizeType count) {
    --depth;
    return document::EndArray(count);
  }
};

std::string in_words(rapidjson::ParseErrorCode fault,
                     const shallow_document& doc) {
  if (doc.depth > depth_limit)
    return "nested deeper than " + std::to_string(depth_limit) + " levels.";
  auto stopped = fault == rapidjson::kParseErrorTermination;
  return rapidjson::GetParseError_En(stopped ? doc.values.fault() : fault);
}

void write_sorted(writer& out, const value& v) {
  if (v.IsArray()) {
    out.StartArray();
    for (const auto& item : v.GetArray())
      write_sorted(out, item);
    out.EndArray();
    return;
  }
  if (!v.IsObject()) {
    v.Accept(out);
    return;
  }
  std::vector<const value::Member*> members;
  members.reserve(v.MemberCount());
  for (const auto& member : v.GetObject())
    members.push_back(&member);
  auto name = [](const value::Member* m) {
    return std::string_view(m->name.GetString(), m->name.GetStringLength());
  };
  std::sort(members.begin(), members.end(),
            [&](auto* a, auto* b) { return name(a) < name(b); });
  out.StartObject();
  for (const auto* member : members) {
    out.Key(member->name.GetString(), member->name.GetStringLength());
    write_sorted(out, member->value);
  }
  out.EndObject();
}

/// Returns the length in bytes of the well-formed UTF-8 sequence at the front
/// of `text`, or 0 when there is none.
size_t sequence_length(std::string_view text) {
  auto byte = [&](size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  auto lead = byte(0);
  size_t length = lead < 0x80                      ? 1
                  : (lead >= 0xC2 && lead <= 0xDF) ? 2
                  : (lead >= 0xE0 && lead <= 0xEF) ? 3
                  : (lead >= 0xF0 && lead <= 0xF4) ? 4
                                                   : 0;
  if (length == 0 || text.size() < length)
    return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80)
      return 0;
  if ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F) ||
      (lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F))
    return 0;
  return length;
}

} // namespace

bool strict_values::number(const char* text, size_type size) {
  const auto* end = text + size;
  auto is_whole = [&](auto& number) {
    auto [at, fault] = std::from_chars(text, end, number);
    return fault == std::errc{} && at == end;
  };
  int64_t number = 0;
  if (is_whole(number))
    return to_.Int64(number);
  uint64_t large = 0;
  if (is_whole(large))
    return to_.Uint64(large);
  // strtod in the "C" locale, which the process never changes. std::from_chars
  // does not distinguish values too small for a double from values too big.
  auto real = std::strtod(text, nullptr);
  return std::isfinite(real) ? to_.Double(real)
                             : refuse(rapidjson::kParseErrorNumberTooBig);
}

bool strict_values::text(const char* text, size_type size, bool copy) {
  return is_utf8({text, size}) && to_.String(text, size, copy);
}

bool strict_values::key(const char* text, size_type size, bool copy) {
  return is_utf8({text, size}) && to_.Key(text, size, copy);
}

/// The reader has validated all raw bytes, so only an escaped surrogate can be
/// invalid.
bool strict_values::is_utf8(std::string_view text) {
  for (auto at = text.find('\xed'); at != std::string_view::npos;
       at = text.find('\xed', at + 1))
    if (static_cast<unsigned char>(text[at + 1]) >= 0xA0)
      return refuse(rapidjson::kParseErrorStringUnicodeSurrogateInvalid);
  return true;
}

bool strict_values::refuse(rapidjson::ParseErrorCode why) {
  fault_ = why;
  return false;
}

result<document> parse(std::string_view text) {
  // RapidJSON's own document streams skip a byte order mark, even a partial
  // one.
  rapidjson::MemoryStream in(text.data(), text.size());
  rapidjson::ParseResult outcome;
  shallow_document doc;
  auto read = [&](document&) {
    rapidjson::Reader reader;
    outcome = reader.Parse<parse_flags>(in, doc);
    return !outcome.IsError();
  };
  doc.Populate(read);
  // The reader takes a NUL byte for the end of the input.
  if (!outcome.IsError() && in.Tell() != text.size())
    outcome.Set(rapidjson::kParseErrorDocumentRootNotSingular, in.Tell());
  if (outcome.IsError())
    return fail(errc::malformed, "not valid JSON at byte " +
                                     std::to_string(outcome.Offset()) + ": " +
                                     in_words(outcome.Code(), doc));
  return std::move(static_cast<document&>(doc));
}

const value* find(const value& from,
                  std::initializer_list<std::string_view> path) {
  const auto* at = &from;
  for (auto step : path) {
    if (!at->IsObject())
      return nullptr;
    auto member =
        at->FindMember(value(rapidjson::StringRef(step.data(), step.size())));
    if (member == at->MemberEnd())
      return nullptr;
    at = &member->value;
  }
  return at;
}

std::optional<std::string_view>
string_at(const value& from, std::initializer_list<std::string_view> path) {
  const auto* v = find(from, path);
  if (v == nullptr || !v->IsString())
    return std::nullopt;
  return std::string_view(v->GetString(), v->GetStringLength());
}

std::string text_at(const value& from,
                    std::initializer_list<std::string_view> path) {
  return std::string(string_at(from, path).value_or(std::string_view{}));
}

std::optional<int64_t> int_at(const value& from,
                              std::initializer_list<std::string_view> path) {
  const auto* v = find(from, path);
  if (v == nullptr || !v->IsInt64())
    return std::nullopt;
  return v->GetInt64();
}

std::optional<bool> bool_at(const value& from,
                            std::initializer_list<std::string_view> path) {
  const auto* v = find(from, path);
  if (v == nullptr || !v->IsBool())
    return std::nullopt;
  return v->GetBool();
}

std::string dump(const value& v) {
  string_buffer buffer;
  writer out(buffer);
  v.Accept(out);
  return {buffer.GetString(), buffer.GetSize()};
}

std::string dump_canonical(const value& v) {
  string_buffer buffer;
  writer out(buffer);
  write_sorted(out, v);
  return {buffer.GetString(), buffer.GetSize()};
}

std::string clean_text(std::string_view text, size_t limit) {
  std::string result;
  result.reserve(std::min(text.size(), limit));
  while (!text.empty() && result.size() < limit) {
    auto length = sequence_length(text);
    if (length == 0) {
      result += '?';
      text.remove_prefix(1);
      continue;
    }
    if (result.size() + length > limit)
      break;
    result.append(text.substr(0, length));
    text.remove_prefix(length);
  }
  return result;
}

std::string clean_line(std::string_view text, size_t limit) {
  auto result = clean_text(text, limit);
  std::replace_if(
      result.begin(), result.end(),
      [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  return result;
}

} // namespace locust::json
