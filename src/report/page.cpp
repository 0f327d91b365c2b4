#include "report/page.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text_width.h"

namespace deadlight::report {
namespace {

constexpr int kFieldIndent = 3;
constexpr int kLabelWidth = 14;

std::string blanks(int count) { return std::string(static_cast<std::size_t>(count), ' '); }

}  // namespace

void Page::heading(std::string_view text) {
  for (const std::string& line : wrap(text, style_.width)) {
    text_ += paint(line, Colour::bold, style_.colour) + '\n';
  }
}

void Page::prose(std::string_view text, int indent) { item("", text, indent); }

void Page::item(std::string_view mark, std::string_view text, int indent, Colour colour) {
  const int beside = indent + columns_in(mark);
  std::string before = blanks(indent).append(mark);
  for (const std::string& line : wrap(text, style_.width - beside)) {
    text_ += before + paint(line, colour, style_.colour) + '\n';
    before = blanks(beside);
  }
}

void Page::put_field(std::string_view label, const std::vector<std::string>& lines) {
  std::string before = fmt::format("{}{:<{}}", blanks(kFieldIndent), label, kLabelWidth);
  for (const std::string& line : lines) {
    text_ += before + line + '\n';
    before = blanks(kFieldIndent + kLabelWidth);
  }
}

void Page::field(std::string_view label, std::string_view text) {
  if (!text.empty()) put_field(label, wrap(text, style_.width - kFieldIndent - kLabelWidth));
}

void Page::field_lines(std::string_view label, const std::vector<std::string>& lines) {
  std::vector<std::string> wrapped;
  for (const std::string& line : lines) {
    // The rest of a broken line is set in, so that a person sees where the next one starts.
    const auto parts = wrap(line, style_.width - kFieldIndent - kLabelWidth - 2);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      wrapped.push_back(i == 0 ? parts[i] : "  " + parts[i]);
    }
  }
  put_field(label, wrapped);
}

void Page::field_list(std::string_view label, const std::vector<std::string>& entries) {
  if (entries.empty()) return;
  put_field(label, wrap_list(entries, style_.width - kFieldIndent - kLabelWidth));
}

std::string sentence(std::string_view text) {
  std::string result(text);
  if (!result.empty() && result[0] >= 'a' && result[0] <= 'z') result[0] -= 'a' - 'A';
  return result += '.';
}

std::string count_of(std::size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::vector<std::string> compact(const std::vector<std::string>& endpoints) {
  struct Group {
    std::string_view address;
    std::string text;
  };
  std::vector<Group> groups;
  for (const std::string_view endpoint : endpoints) {
    const auto colon = endpoint.rfind(':');
    if (colon == std::string_view::npos) {
      groups.push_back({endpoint, std::string(endpoint)});
      continue;
    }
    const std::string_view address = endpoint.substr(0, colon);
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const Group& other) { return other.address == address; });
    if (group == groups.end()) {
      group = groups.insert(group, {address, std::string(address) + ':'});
    }
    group->text.append(" ").append(endpoint.substr(colon + 1));
  }
  std::vector<std::string> result;
  for (Group& group : groups) result.push_back(std::move(group.text));
  return result;
}

}  // namespace deadlight::report
