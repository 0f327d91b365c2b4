#include "execute/linux/config_text.h"

#include <vector>

#include "base/text.h"

namespace deadlight::execute {
namespace {

bool is_comment(std::string_view line) { return trim(line).starts_with('#'); }

bool begins_with_blank(std::string_view line) {
  return line.starts_with(' ') || line.starts_with('\t');
}

// What a block is called: the first word of what stands before its brace.
std::string_view head_of(std::string_view text, std::size_t brace) {
  const auto before = text.find_last_of(";{}\n", brace == 0 ? 0 : brace - 1);
  std::string_view head =
      text.substr(before == std::string_view::npos ? 0 : before + 1, brace - before - 1);
  // "server" and its brace may stand in two lines.
  if (trim(head).empty() && before != std::string_view::npos && text[before] == '\n') {
    return before == 0 ? std::string_view() : head_of(text, before);
  }
  const std::vector<std::string_view> parts = words(head);
  return parts.empty() ? std::string_view() : parts.front();
}

// The same text with blanks for what is a comment.
std::string without_comments(std::string_view text) {
  std::string result(text);
  bool comment = false;
  for (char& c : result) {
    if (c == '#') comment = true;
    if (c == '\n') comment = false;
    if (comment) c = ' ';
  }
  return result;
}

}  // namespace

bool takes_over(std::string_view with) {
  for (std::size_t i = 0; i + 1 < with.size(); ++i) {
    if (with[i] == '$' && with[i + 1] >= '1' && with[i + 1] <= '9') return true;
  }
  return false;
}

EditedText replace_lines(std::string_view text, const Pattern& line, std::string_view with,
                         bool continued) {
  EditedText result;
  const bool each = takes_over(with);
  bool goes_on = false;
  const std::vector<std::string_view> lines = split(text, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) result.text += '\n';
    const std::string_view old = lines[i];
    if (goes_on && begins_with_blank(old)) {
      result.text.append("#").append(old);
      continue;
    }
    const bool wanted = !is_comment(old) && line.matches(old);
    goes_on = continued && (wanted || (goes_on && is_comment(old)));
    if (!wanted) {
      result.text += old;
      continue;
    }
    ++result.lines;
    if (each) {
      result.text += line.replace(old, with).value_or(std::string(old));
    } else if (result.lines == 1 && !with.empty()) {
      result.text += with;
    } else {
      result.text.append("# ").append(old);
    }
  }
  return result;
}

std::string with_line(std::string_view text, std::string_view line) {
  std::string result(text);
  if (!result.empty() && !result.ends_with('\n')) result += '\n';
  return result.append(line).append("\n");
}

std::optional<std::size_t> find_line(std::string_view text, const Pattern& line) {
  std::size_t number = 0;
  for (const std::string_view one : split(text, '\n')) {
    ++number;
    if (!is_comment(one) && line.matches(one)) return number;
  }
  return std::nullopt;
}

std::optional<std::size_t> find_block_without(std::string_view text, std::string_view block,
                                              const Pattern& line) {
  struct Open {
    std::size_t begin;
    bool wanted;
  };
  const std::string plain = without_comments(text);
  const std::string_view all = plain;
  std::vector<Open> open;
  std::size_t number = 1;
  std::vector<std::size_t> begins;  // line of each open brace
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i] == '\n') ++number;
    if (all[i] == '{') {
      open.push_back({i, head_of(all, i) == block});
      begins.push_back(number);
    }
    if (all[i] != '}' || open.empty()) continue;
    const Open one = open.back();
    open.pop_back();
    const std::size_t began = begins.back();
    begins.pop_back();
    if (one.wanted && !find_line(all.substr(one.begin + 1, i - one.begin - 1), line)) return began;
  }
  return std::nullopt;
}

}  // namespace deadlight::execute
