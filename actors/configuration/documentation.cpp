#include "actors/configuration/documentation.hpp"

#include "actors/configuration/environment.hpp"
#include "actors/configuration/flags.hpp"
#include "protocol/json.hpp"

#include <algorithm>
#include <optional>

namespace locust {

namespace {

constexpr size_t columns = 80;
constexpr size_t indent = 6;
/// Column of the comments in a report, if the value leaves room.
constexpr size_t comment_column = 44;

/// A row of the documentation: a flag or a variable.
struct entry {
  std::string name;
  std::string kind;
  std::string fallback;
  std::string meaning;
};

entry entry_of(const operator_flag& flag) {
  auto name = "--" + std::string(flag.name);
  if (!flag.is_boolean())
    name += '=' + std::string(flag.value_name);
  return {name, {}, value_text(flag, {}), std::string(flag.meaning)};
}

entry entry_of(const environment_variable& variable) {
  entry made{std::string(variable.name), std::string(to_string(variable.kind)),
             value_text(variable, {}), std::string(variable.meaning)};
  if (!variable.check.empty())
    made.meaning += "; it should be " + std::string(variable.check);
  return made;
}

std::optional<entry> stand_in_of(const operator_flag& flag) {
  if (flag.variable.empty())
    return std::nullopt;
  entry made;
  made.name = flag.variable;
  made.meaning = "sets `--" + std::string(flag.name) + "`";
  switch (flag.role) {
  case stand_in::equal:
    made.kind = "as the flag";
    break;
  case stand_in::deprecated:
    made.kind = "bool";
    made.meaning += "; deprecated, use the flag";
    break;
  case stand_in::elsewhere:
    made.kind = "paths";
    made.meaning +=
        ": paths joined by colons; files that do not exist are skipped";
    break;
  }
  return made;
}

std::vector<entry> variable_entries() {
  std::vector<entry> all;
  for (const auto& flag : operator_flags())
    if (auto made = stand_in_of(flag))
      all.push_back(std::move(*made));
  for (const auto& variable : environment_variables())
    all.push_back(entry_of(variable));
  return all;
}

std::string without_backticks(std::string text) {
  std::erase(text, '`');
  return text;
}

/// Appends `text` as indented lines, wrapped at spaces.
void append_wrapped(std::string& to, std::string_view text) {
  const std::string margin(indent, ' ');
  while (!text.empty()) {
    auto line = text.substr(0, columns - indent);
    if (line.size() < text.size() && text[line.size()] != ' ')
      line = line.substr(0, line.rfind(' '));
    to += margin + std::string(line) + '\n';
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
}

void append_help(std::string& to, const entry& row) {
  to += "  " + row.name;
  if (!row.kind.empty())
    to += ", " + row.kind;
  if (!row.fallback.empty())
    to += " (default " + row.fallback + ")";
  to += '\n';
  append_wrapped(to, without_backticks(row.meaning));
}

std::string as_code(const std::string& text) {
  return text.empty() ? text : '`' + text + '`';
}

std::string_view source_in_words(setting_source source) {
  switch (source) {
  case setting_source::built_in:
    return "default";
  case setting_source::environment:
    return "environment";
  case setting_source::flag:
    return "flag";
  }
  return {};
}

/// Returns a value as one line.
std::string printable(std::string_view value) {
  auto text = json::clean_text(value, value.size());
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, '?');
  return text;
}

} // namespace

std::string help_text() {
  std::string text =
      "Runs Locust load tests in Kubernetes: each LocustTest is one run.\n"
      "\n"
      "Usage: locust-operator [flags]\n"
      "\n"
      "Write a flag as --name=value or --name value, a boolean as --name or\n"
      "--name=false. A single dash works, too.\n";
  std::optional<flag_group> group;
  for (const auto& flag : operator_flags()) {
    if (group != flag.group)
      text += '\n' + std::string(to_string(flag.group)) + ":\n";
    group = flag.group;
    append_help(text, entry_of(flag));
  }
  append_help(text, {"--help", {}, {}, "print this help, and exit"});
  append_help(text, {"--version", {}, {}, "print the version, and exit"});
  text += "\nEnvironment variables:\n";
  for (const auto& row : variable_entries())
    append_help(text, row);
  return text;
}

std::string flags_in_markdown() {
  std::string text;
  std::optional<flag_group> group;
  for (const auto& flag : operator_flags()) {
    if (group != flag.group)
      text += (group ? "\n### " : "### ") + std::string(to_string(flag.group)) +
              "\n| flag | default | description |\n|---|---|---|\n";
    group = flag.group;
    auto row = entry_of(flag);
    text += "| " + as_code(row.name) + " | " + as_code(row.fallback) + " | " +
            row.meaning + " |\n";
  }
  return text;
}

std::string variables_in_markdown() {
  std::string text =
      "| variable | kind | default | description |\n|---|---|---|---|\n";
  for (const auto& row : variable_entries())
    text += "| " + as_code(row.name) + " | " + row.kind + " | " +
            as_code(row.fallback) + " | " + row.meaning + " |\n";
  return text;
}

std::string report_text(std::span<const setting> report) {
  std::string text;
  for (const auto& row : report) {
    auto line = row.name + '=' + printable(row.value) + ' ';
    if (line.size() < comment_column)
      line.append(comment_column - line.size(), ' ');
    line += "# " + std::string(source_in_words(row.source));
    if (!row.variable.empty())
      line += ' ' + std::string(row.variable);
    if (!row.remark.empty())
      line += ": " + printable(row.remark);
    text += line + '\n';
  }
  return text;
}

} // namespace locust
