#include "actors/report_keeper/report_document.hpp"

#include "protocol/basics/base64.hpp"
#include "protocol/basics/compression.hpp"
#include "protocol/json.hpp"
#include "protocol/json/members.hpp"
#include "protocol/kubernetes/api_resource.hpp"
#include "protocol/kubernetes/object_metadata.hpp"
#include "protocol/labels.hpp"

#include <algorithm>
#include <utility>

namespace locust {

namespace {

/// Reserved for everything but files: names of at most 253 bytes, a uid, and
/// remarks.
constexpr size_t room_for_metadata = size_t{8} * 1024;

/// Maximum length of one reason, in bytes.
constexpr size_t longest_reason = 256;

/// What a file needs beside its name and its content: quotes, colon, comma.
constexpr size_t room_for_punctuation = 6;

constexpr std::string_view packed_suffix = ".gz";
constexpr std::string_view omitted_annotation = "locust.io/report-omitted";

/// Returns the rows of a CSV text, each with its line break.
std::vector<std::string_view> rows_of(std::string_view csv) {
  std::vector<std::string_view> rows;
  bool quoted = false;
  size_t begin = 0;
  for (size_t i = 0; i < csv.size(); ++i) {
    quoted ^= csv[i] == '"'; // a quote in quotes is doubled
    if (csv[i] != '\n' || quoted)
      continue;
    rows.push_back(csv.substr(begin, i + 1 - begin));
    begin = i + 1;
  }
  if (begin < csv.size())
    rows.push_back(csv.substr(begin));
  return rows;
}

void append_name(std::string& names, std::string_view name) {
  names += names.empty() ? "" : ", ";
  names += name;
}

} // namespace

size_t rows_between(std::string_view csv) {
  auto all = rows_of(csv).size();
  return all > 2 ? all - 2 : 0;
}

std::string with_fewer_rows(std::string_view csv, size_t rows) {
  auto all = rows_of(csv);
  if (all.size() < 2 || rows >= all.size() - 2)
    return std::string(csv);
  std::string fewer;
  for (size_t i = 0; i <= rows; ++i)
    fewer += all[i];
  return fewer.append(all.back());
}

report_document::report_document(object_key test, std::string test_uid,
                                 size_t most)
    : test_(std::move(test)), test_uid_(std::move(test_uid)),
      room_(most > room_for_metadata ? most - room_for_metadata : 0) {
  // nop
}

void report_document::add(const report_file& file, std::string_view content) {
  if (take(file, content))
    return;
  bool may_be_cut = file.name == report_files.front().name;
  auto rest = may_be_cut ? shortened(file, content) : std::string();
  if (rest.empty())
    leave_out(file, "no room in a ConfigMap");
}

/// Adds the file if there is room.
bool report_document::take(const report_file& file, std::string_view content) {
  packed_file packed;
  packed.name = std::string(file.name).append(packed_suffix);
  packed.base64 = encode_base64(gzip(content));
  auto size = packed.name.size() + packed.base64.size() + room_for_punctuation;
  if (size > room_)
    return false;
  room_ -= size;
  files_.push_back(std::move(packed));
  return true;
}

/// Adds as many rows of the file as there is room for. Returns which they are,
/// in words; empty if there is no room at all.
std::string report_document::shortened(const report_file& file,
                                       std::string_view csv) {
  auto all = rows_between(csv);
  for (auto rows = all - all / 4; rows > 0;
       rows -= std::max(rows / 4, size_t{1}))
    if (rows < all && take(file, with_fewer_rows(csv, rows))) {
      auto which = "the first " + std::to_string(rows) + " of " +
                   std::to_string(all) + " rows, and the sum";
      leave_out(file, "only " + which + ", have room in a ConfigMap");
      return which;
    }
  return {};
}

void report_document::leave_out(const report_file& file,
                                const std::string& why) {
  auto reason = json::clean_text(why, longest_reason);
  if (omissions_.empty() || omissions_.back().why != reason)
    omissions_.push_back({{}, reason});
  append_name(omissions_.back().names, file.name);
}

std::string report_document::omitted() const {
  std::string names;
  for (const auto& one : omissions_)
    append_name(names, one.names);
  return names;
}

std::string report_document::remarks() const {
  std::string all;
  for (const auto& one : omissions_)
    all += (all.empty() ? "" : "; ") + one.names + ": " + one.why;
  return all;
}

std::string report_document::render(std::string_view name) const {
  json::string_buffer buffer;
  json::writer out(buffer);
  out.StartObject();
  json::put(out, "apiVersion", api_version_of(resources::config_maps));
  json::put(out, "kind", resources::config_maps.kind);
  json::put_object(out, "metadata", [&] {
    json::put(out, "name", name);
    json::put(out, "namespace", test_.ns);
    json::put_object(out, "labels", [&] {
      json::put(out, test_label, test_.name);
      json::put(out, manager_label, manager_name);
    });
    if (!omissions_.empty())
      json::put_object(out, "annotations",
                       [&] { json::put(out, omitted_annotation, remarks()); });
    put_controller(out, {api_version_of(resources::locust_tests),
                         std::string(resources::locust_tests.kind), test_.name,
                         test_uid_});
  });
  json::put_flag(out, "immutable", true);
  json::put_object(out, "binaryData", [&] {
    for (const auto& file : files_)
      json::put(out, file.name, file.base64);
  });
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

} // namespace locust
