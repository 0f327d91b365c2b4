#include "execute/linux/config_acts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/pattern.h"
#include "base/text.h"
#include "execute/linux/config_text.h"
#include "execute/linux/file_thing.h"

namespace deadlight::execute {
namespace {

using knowledge::ChangeFact;
using knowledge::ChangeKind;
using knowledge::EditFact;
using knowledge::Text;

constexpr std::uint32_t kFileMode = 0644;
constexpr std::uint32_t kFolderMode = 0755;
constexpr std::string_view kSysctlFolder = "/etc/sysctl.d";
constexpr std::string_view kSysctlFile = "/etc/sysctl.d/60-deadlight.conf";
constexpr std::string_view kSysctlLast = "/etc/sysctl.conf";  ///< read behind all others
constexpr std::string_view kUnitFolder = "/etc/systemd/";
constexpr std::string_view kSysctlHead =
    "# Written by Deadlight; 'deadlight rollback' takes it back.\n";

// The stars of `pattern`, from the first, replaced by what those of the main file stood for.
std::string filled(std::string_view pattern, const std::vector<std::string>& stars) {
  std::string result;
  std::size_t next = 0;
  for (const char c : pattern) {
    if (c == '*' && next < stars.size()) {
      result += stars[next++];
    } else {
      result += c;
    }
  }
  return result;
}

Result<std::optional<Pattern>> pattern_of(Text text) {
  if (text.empty()) return std::optional<Pattern>();
  return std::optional<Pattern>(DEADLIGHT_TRY(Pattern::compile(text)));
}

std::string folder_of(std::string_view path) {
  return std::string(path.substr(0, path.rfind('/')));
}

// A pattern for the line that sets `name`, as sysctl.d(5) writes it: dots or slashes.
std::string sysctl_pattern(std::string_view name) {
  std::string pattern = "^\\s*-?";
  for (const char c : name)
    pattern += c == '.' || c == '/' ? std::string("[./]") : std::string(1, c);
  return pattern + "\\s*=";
}

}  // namespace

Result<State*> ConfigActs::at(const std::string& path) {
  const auto known = wanted_.find(path);
  if (known != wanted_.end()) return &known->second;
  const State now = DEADLIGHT_TRY(file_state(view_.root, path));
  before_.emplace(path, now);
  order_.push_back(path);
  return &wanted_.emplace(path, now).first->second;
}

Result<> ConfigActs::put(const std::string& path, std::string content) {
  State* state = DEADLIGHT_TRY(at(path));
  if (state->form != Form::file) *state = {Form::file, {}, kFileMode, 0, 0};
  state->content = std::move(content);
  return {};
}

Result<std::vector<std::string>> ConfigActs::files_of(knowledge::List<Text> patterns,
                                                      const Match& main) const {
  std::vector<std::string> files;
  for (const Text pattern : patterns) {
    const std::vector<Match> matches =
        DEADLIGHT_TRY(view_.root.matches(filled(pattern, main.stars)));
    for (const Match& match : matches) {
      // Folders of links (sites-enabled) stand for the files that these lead to.
      const std::string path = DEADLIGHT_TRY(view_.root.resolve(match.path));
      const State now = DEADLIGHT_TRY(file_state(view_.root, path));
      const bool known = std::find(files.begin(), files.end(), path) != files.end();
      if (now.form == Form::file && !known) files.push_back(path);
    }
  }
  return files;
}

Result<std::vector<std::string>> ConfigActs::units_of(const EditFact& edit, const Match& main) {
  std::vector<std::string> units;
  for (const Text pattern : edit.restart) {
    const UnitFacts facts = DEADLIGHT_TRY(view_.units.facts(filled(pattern, main.stars)));
    if (facts.active) units.push_back(facts.id);
  }
  return units;
}

Result<> ConfigActs::add(const ChangeFact& change, Translation& translation) {
  const bool own_file = change.kind == ChangeKind::dropin;
  const Text main = own_file ? change.edit.main : change.target;
  std::vector<Match> mains = {{}};
  if (!main.empty()) mains = DEADLIGHT_TRY(view_.root.matches(main));
  bool done = false;
  for (const Match& match : mains) {
    const bool here = DEADLIGHT_TRY(add_here(change, match, translation));
    done |= here;
  }
  if (!done) {
    translation.left_out.push_back(fmt::format(
        "{}: this host has no {}", change.target,
        mains.empty() ? std::string(main)
                      : join({change.edit.restart.begin(), change.edit.restart.end()}, " or ")));
  }
  return {};
}

// False if this host has nothing that reads it.
Result<bool> ConfigActs::add_here(const ChangeFact& change, const Match& main,
                                  Translation& translation) {
  const std::vector<std::string> units = DEADLIGHT_TRY(units_of(change.edit, main));
  if (units.empty()) return false;
  if (change.kind == ChangeKind::dropin) {
    DEADLIGHT_TRY(add_dropin(change, main));
  } else {
    const std::size_t lines = DEADLIGHT_TRY(add_lines(change, main));
    if (lines == 0) {
      translation.left_out.push_back(
          fmt::format("{}: has no line that sets {}", main.path, change.name));
      return true;
    }
  }
  if (change.target.starts_with(kUnitFolder)) {
    add_settle(translation.step, {Settle::Kind::reload_manager, {}});
  }
  for (const std::string& unit : units) {
    add_settle(translation.step, {Settle::Kind::restart_unit, unit});
  }
  return true;
}

Result<> ConfigActs::add_dropin(const ChangeFact& change, const Match& main) {
  const EditFact& edit = change.edit;
  const std::string path = filled(change.target, main.stars);
  if (const auto includes = DEADLIGHT_TRY(pattern_of(edit.includes))) {
    State* state = DEADLIGHT_TRY(at(main.path));
    if (!find_line(state->content, *includes)) {
      return fail(Errc::refused, fmt::format("{}: does not make its daemon read {}; add the line "
                                             "that does, or narrow it by hand",
                                             main.path, path));
    }
  }
  const auto line = DEADLIGHT_TRY(pattern_of(edit.line));
  const std::vector<std::string> others = DEADLIGHT_TRY(files_of(edit.files, main));
  const std::vector<std::string> stronger = DEADLIGHT_TRY(files_of(edit.overruled_by, main));
  for (const std::string& other : stronger) {
    State* state = DEADLIGHT_TRY(at(other));
    const auto number = line ? find_line(state->content, *line) : std::nullopt;
    if (!number) continue;
    return fail(Errc::refused,
                fmt::format("{}:{}: sets the same and is read last; take it out there first", other,
                            *number));
  }
  for (const std::string& other : others) {
    if (!line || other == path) continue;
    State* state = DEADLIGHT_TRY(at(other));
    state->content = replace_lines(state->content, *line, {}, edit.continued).text;
  }
  State* folder = DEADLIGHT_TRY(at(folder_of(path)));
  if (folder->form == Form::absent) *folder = {Form::folder, {}, kFolderMode, 0, 0};
  return put(path, std::string(edit.content));
}

// How many lines it changes or adds.
Result<std::size_t> ConfigActs::add_lines(const ChangeFact& change, const Match& main) {
  const EditFact& edit = change.edit;
  const Pattern line = DEADLIGHT_TRY(Pattern::compile(edit.line));
  std::vector<std::string> paths = DEADLIGHT_TRY(files_of(edit.files, main));
  const std::string first = DEADLIGHT_TRY(view_.root.resolve(main.path));
  std::erase(paths, first);
  paths.insert(paths.begin(), first);
  std::size_t lines = 0;
  for (const std::string& path : paths) {
    State* state = DEADLIGHT_TRY(at(path));
    // What stands in the first file is enough once; in the others such lines become comments.
    const bool again = lines > 0 && !takes_over(edit.content);
    EditedText edited =
        replace_lines(state->content, line, again ? Text() : edit.content, edit.continued);
    state->content = std::move(edited.text);
    lines += edited.lines;
    DEADLIGHT_TRY(check_undecided(edit, path));
  }
  if (lines > 0 || takes_over(edit.content)) return lines;
  State* state = DEADLIGHT_TRY(at(first));
  state->content = with_line(state->content, edit.content);
  return std::size_t{1};
}

Result<> ConfigActs::check_undecided(const EditFact& edit, const std::string& path) {
  State* state = DEADLIGHT_TRY(at(path));
  if (const auto unclear = DEADLIGHT_TRY(pattern_of(edit.unclear))) {
    if (const auto number = find_line(state->content, *unclear)) {
      return fail(Errc::refused,
                  fmt::format("{}:{}: '{}' cannot be narrowed by the program; change "
                              "it by hand",
                              path, *number, trim(split(state->content, '\n')[*number - 1])));
    }
  }
  if (const auto needs = DEADLIGHT_TRY(pattern_of(edit.block_needs))) {
    if (const auto number = find_block_without(state->content, edit.block, *needs)) {
      return fail(
          Errc::refused,
          fmt::format("{}:{}: this '{}' block says not where it listens, so that it listens "
                      "everywhere; say it there",
                      path, *number, edit.block));
    }
  }
  return {};
}

Result<> ConfigActs::add_sysctl(const std::string& name, const std::string& value,
                                Translation& translation) {
  const Pattern line = DEADLIGHT_TRY(Pattern::compile(sysctl_pattern(name)));
  std::vector<Match> later =
      DEADLIGHT_TRY(view_.root.matches(fmt::format("{}/*.conf", kSysctlFolder)));
  std::erase_if(later, [](const Match& file) { return file.path <= kSysctlFile; });
  later.push_back({std::string(kSysctlLast), {}});
  for (const Match& file : later) {
    const std::string path = DEADLIGHT_TRY(view_.root.resolve(file.path));
    const State state = DEADLIGHT_TRY(file_state(view_.root, path));
    if (const auto number = find_line(state.content, line)) {
      return fail(Errc::refused,
                  fmt::format("{}:{}: sets {} as well and is read later; take it out "
                              "there first",
                              path, *number, name));
    }
  }
  const std::string path(kSysctlFile);
  const std::string setting = fmt::format("{} = {}", name, value);
  State* state = DEADLIGHT_TRY(at(path));
  EditedText edited = replace_lines(state->content, line, setting, false);
  if (edited.lines == 0) {
    edited.text = with_line(edited.text.empty() ? kSysctlHead : edited.text, setting);
  }
  DEADLIGHT_TRY(put(path, std::move(edited.text)));
  translation.step.acts.push_back({Thing::sysctl, name, {Form::value, value, 0, 0, 0}});
  return {};
}

void ConfigActs::finish(StepActs& step) const {
  for (const std::string& path : order_) {
    const State& wanted = wanted_.at(path);
    if (wanted != before_.at(path)) step.acts.push_back({Thing::file, path, wanted});
  }
}

}  // namespace deadlight::execute
