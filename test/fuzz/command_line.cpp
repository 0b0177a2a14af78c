#include "actors/resource_builder/command_line.hpp"

#include "test/fuzz/fuzz.hpp"

#include <algorithm>

// Splits the command of a user into words
// (docs/behaviour/children.md#command-words).

using namespace locust;

namespace {

/// White space of Unicode, in UTF-8.
constexpr std::string_view white_space[] = {
    "\t",           "\n",           "\v",
    "\f",           "\r",           " ",
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80",
    "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82",
    "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85",
    "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88",
    "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
    "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
    "\xe3\x80\x80"};

/// Splits like the Go operator, which only knows white space.
words reference_words(std::string_view text) {
  words result;
  std::string word;
  auto finish_word = [&] {
    if (!word.empty())
      result.push_back(std::move(word));
    word.clear();
  };
  while (!text.empty()) {
    const auto* space =
        std::find_if(std::begin(white_space), std::end(white_space),
                     [&](std::string_view candidate) {
                       return text.starts_with(candidate);
                     });
    if (space != std::end(white_space)) {
      finish_word();
      text.remove_prefix(space->size());
    } else {
      word += text.front();
      text.remove_prefix(1);
    }
  }
  finish_word();
  return result;
}

std::string in_single_quotes(std::string_view word) {
  std::string result = "'";
  for (char c : word)
    result += c == '\'' ? "'\\''" : std::string(1, c);
  return result + '\'';
}

std::string in_double_quotes(std::string_view word) {
  std::string result = "\"";
  for (char c : word) {
    if (std::string_view("$`\"\\").find(c) != std::string_view::npos)
      result += '\\';
    result += c;
  }
  return result + '"';
}

template <class Quote>
std::string joined(const words& all, Quote quote) {
  std::string result;
  for (const auto& word : all)
    result += quote(word) + ' ';
  return result;
}

void check_words(std::string_view text, const words& all) {
  size_t length = 0;
  for (const auto& word : all)
    length += word.size();
  fuzz::check(length <= text.size(), "words contain the text at most once");
  fuzz::check(split_words(joined(all, in_single_quotes)) == all,
              "words in single quotes are kept");
  fuzz::check(split_words(joined(all, in_double_quotes)) == all,
              "words in double quotes are kept");
}

void check_error(std::string_view text, const split_error& e) {
  fuzz::check(e.offset < text.size(), "an error is within the text");
  fuzz::check(std::string_view("'\"\\").find(text[e.offset]) !=
                  std::string_view::npos,
              "an error points at a quote or backslash");
  fuzz::check(split_words(text.substr(0, e.offset)).has_value(),
              "the text before the first error is valid");
  auto before = text.substr(0, e.offset);
  auto line = before.substr(before.rfind('\n') + 1);
  fuzz::check(e.line == 1U + static_cast<size_t>(std::count(
                                 before.begin(), before.end(), '\n')),
              "the line number is correct");
  fuzz::check(e.column >= 1 && e.column <= line.size() + 1,
              "the column is within the line");
  fuzz::check_sentence(e.message, "the ");
}

} // namespace

void fuzz::try_input(std::string_view text) {
  auto all = split_words(text);
  if (text.find_first_of("'\"\\") == std::string_view::npos)
    fuzz::check(all == reference_words(text),
                "without quotes the words are those of the Go operator");
  if (all)
    check_words(text, *all);
  else
    check_error(text, all.error());
}
