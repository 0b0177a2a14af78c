#include "actors/operator/options.hpp"

#include "actors/configuration/documentation.hpp"
#include "actors/configuration/flags.hpp"
#include "actors/configuration/scalar_text.hpp"
#include "actors/version/version.hpp"
#include "protocol/json.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace locust {

namespace {

/// Bytes of a word that a message repeats.
constexpr size_t shown_limit = 200;

using words = std::vector<std::string>;

std::string in_quotes(std::string_view text) {
  return '"' + json::clean_text(text, shown_limit) + '"';
}

/// A flag as written: name without dashes, and the value after '='.
struct flag_word {
  std::string_view name;
  std::optional<std::string_view> value;
};

std::optional<flag_word> split(std::string_view word) {
  if (!word.starts_with('-'))
    return std::nullopt;
  word.remove_prefix(word.starts_with("--") ? 2 : 1);
  auto equals = word.find('=');
  if (equals == std::string_view::npos)
    return flag_word{word, std::nullopt};
  return flag_word{word.substr(0, equals), word.substr(equals + 1)};
}

/// Rewrites known flags into a form that CLI11 parses without ambiguity: two
/// dashes, and the value as a separate word (CLI11 ignores an empty value after
/// '='). Keeps words that are values.
class normalised {
public:
  normalised(int argc, const char* const* argv) {
    const words given(argv + 1, argv + argc);
    for (size_t i = 0; i < given.size(); ++i) {
      auto word = split(given[i]);
      const auto* flag = word ? find_flag(word->name) : nullptr;
      if (flag == nullptr)
        all.push_back(with_two_dashes(given[i]));
      else if (flag->is_boolean())
        add_boolean(*word);
      else if (!word->value && i + 1 == given.size())
        problems.push_back(with_dashes(*word) + " needs a value");
      else
        add(*word, word->value ? std::string(*word->value) : given[++i]);
    }
  }

  words all;
  words problems;

private:
  static std::string with_two_dashes(const std::string& word) {
    bool one = word.size() > 2 && word[0] == '-' && word[1] != '-';
    return one ? '-' + word : word;
  }

  static std::string with_dashes(const flag_word& word) {
    return "--" + std::string(word.name);
  }

  void add(const flag_word& word, std::string value) {
    all.push_back(with_dashes(word));
    all.push_back(std::move(value));
  }

  void add_boolean(const flag_word& word) {
    auto name = with_dashes(word);
    auto value = parse_bool(word.value.value_or("true"));
    if (!value)
      problems.push_back(name + "=" + in_quotes(*word.value) +
                         " is neither true nor false");
    else
      all.push_back(name + (*value ? "=true" : "=false"));
  }
};

std::string unexpected_word(const std::string& word) {
  if (word.starts_with('-') && word.size() > 1)
    return json::clean_text(word, shown_limit) + " is not a flag; see --help";
  return in_quotes(word) +
         " does not belong to a flag; set a boolean with --name=false";
}

/// Parses the flags of the table with CLI11.
class command_line {
public:
  command_line() : texts_(operator_flags().size()) {
    app_.allow_extras();
    app_.set_version_flag("--version", version_line());
    size_t i = 0;
    for (const auto& flag : operator_flags())
      add(flag, texts_[i++]);
  }

  parsed_options read(int argc, const char* const* argv) {
    normalised line(argc, argv);
    parsed_options parsed;
    parsed.problems = std::move(line.problems);
    try {
      std::reverse(line.all.begin(), line.all.end()); // CLI11 expects this
      app_.parse(std::move(line.all));
    } catch (const CLI::CallForHelp&) {
      parsed.answer = help_text();
      return parsed;
    } catch (const CLI::CallForVersion& wish) {
      parsed.answer = std::string(wish.what()) + '\n';
      return parsed;
    } catch (const CLI::ParseError& failure) {
      parsed.problems.emplace_back(failure.what());
    }
    for (const auto& word : app_.remaining())
      parsed.problems.push_back(unexpected_word(word));
    store(parsed);
    return parsed;
  }

private:
  void add(const operator_flag& flag, std::string& text) {
    auto name = "--" + std::string(flag.name);
    auto* option = flag.is_boolean() ? app_.add_flag(name, text)
                                     : app_.add_option(name, text);
    option->take_last();
    added_.push_back(option);
  }

  void store(parsed_options& parsed) const {
    for (size_t i = 0; i < added_.size(); ++i) {
      if (added_[i]->count() == 0)
        continue;
      const auto& flag = operator_flags()[i];
      parsed.given.insert(flag.name);
      if (auto wrong = store_flag(flag, texts_[i], parsed.options))
        parsed.problems.push_back("--" + std::string(flag.name) + "=" +
                                  in_quotes(texts_[i]) + " " + *wrong);
    }
  }

  CLI::App app_;
  /// Values as written, in the order of the table.
  words texts_;
  std::vector<CLI::Option*> added_;
};

} // namespace

parsed_options parse_options(int argc, const char* const* argv) {
  return command_line().read(argc, argv);
}

} // namespace locust
