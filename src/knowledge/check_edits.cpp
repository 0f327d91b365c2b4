#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/pattern.h"
#include "base/unit_name.h"
#include "knowledge/check.h"

namespace deadlight::knowledge {
namespace {

bool is_path(Text text) {
  return text.starts_with('/') && !text.ends_with('/') && text.find("..") == Text::npos;
}

bool is_sysctl(Text name) {
  return name.find('.') != Text::npos && !name.starts_with('.') && !name.ends_with('.') &&
         name.find_first_of(" =*\n") == Text::npos;
}

// "postgresql@*-*.service": what the stars stand for is a part of the name.
bool is_unit(Text text) {
  std::string name(text);
  std::replace(name.begin(), name.end(), '*', 'x');
  return is_unit_name(name);
}

class EditCheck {
 public:
  EditCheck(Checker& checker, Checker::Row row, const ChangeFact& change)
      : checker_(checker), row_(row), change_(change), edit_(change.edit) {}

  void run() {
    if (change_.kind == ChangeKind::sysctl) check_sysctl();
    const bool is_edit =
        change_.kind == ChangeKind::dropin || (change_.kind == ChangeKind::config && has_keys());
    if (is_edit) return check_edit();
    if (has_keys()) problem("has keys that only kind = \"config\" and \"dropin\" have");
  }

 private:
  bool has_keys() const {
    return !edit_.content.empty() || !edit_.line.empty() || !edit_.files.empty() ||
           !edit_.overruled_by.empty() || !edit_.unclear.empty() || !edit_.block.empty() ||
           !edit_.block_needs.empty() || edit_.continued || !edit_.main.empty() ||
           !edit_.includes.empty() || !edit_.check.empty() || !edit_.restart.empty();
  }

  void problem(std::string_view message) {
    checker_.problem(
        row_, "change",
        fmt::format("of {} '{}' {}", change_kind_id(change_.kind), change_.target, message));
  }

  void check_sysctl() {
    if (!is_sysctl(change_.target)) problem("is no name with dots such as net.ipv4.ip_forward");
    if (change_.data.empty()) problem("has no data; give the setting's new value");
  }

  void check_edit() {
    if (edit_.content.empty()) problem("has no content; say what is written");
    if (edit_.restart.empty()) problem("has no restart; name the units that read it anew");
    if (!is_path(change_.target)) problem("is no path from / on without '..'");
    check_files("files", edit_.files);
    check_files("overruled_by", edit_.overruled_by);
    check_pattern("line", edit_.line);
    check_pattern("unclear", edit_.unclear);
    check_pattern("includes", edit_.includes);
    check_pattern("block_needs", edit_.block_needs);
    for (const Text unit : edit_.restart) {
      if (!is_unit(unit)) problem(fmt::format("restarts '{}', which is no unit", unit));
    }
    if (!edit_.check.empty() && !edit_.check.starts_with('/')) {
      problem("has a check that does not begin with a program's path");
    }
    if (change_.kind == ChangeKind::dropin) {
      check_dropin();
    } else {
      check_config();
    }
  }

  void check_dropin() {
    if (!edit_.main.empty() && !is_path(edit_.main)) problem("has a main that is no path from /");
    if (edit_.main.empty() && !edit_.includes.empty()) problem("has includes, but no main");
    const bool looks = !edit_.files.empty() || !edit_.overruled_by.empty();
    if (looks == edit_.line.empty()) {
      problem("needs line together with files or overruled_by, or none of them");
    }
    if (!edit_.unclear.empty() || !edit_.block.empty()) {
      problem("has keys that only kind = \"config\" has");
    }
  }

  void check_config() {
    if (edit_.line.empty()) problem("has no line; say which lines are replaced");
    if (!edit_.main.empty() || !edit_.includes.empty() || !edit_.overruled_by.empty()) {
      problem("has keys that only kind = \"dropin\" has");
    }
    if (edit_.block.empty() != edit_.block_needs.empty()) {
      problem("needs block together with block_needs, or none of them");
    }
    if (edit_.content.find('\n') != Text::npos) problem("has content of more than one line");
  }

  void check_files(std::string_view key, List<Text> files) {
    for (const Text file : files) {
      if (!is_path(file))
        problem(fmt::format("has '{}' in {}, which is no path from /", file, key));
    }
  }

  void check_pattern(std::string_view key, Text text) {
    if (text.empty()) return;
    if (const auto pattern = Pattern::compile(text); !pattern) {
      problem(fmt::format("has a wrong {}: {}", key, pattern.error().message));
    }
  }

  Checker& checker_;
  Checker::Row row_;
  const ChangeFact& change_;
  const EditFact& edit_;
};

}  // namespace

void check_edit(Checker& checker, Checker::Row row, const ChangeFact& change) {
  EditCheck(checker, row, change).run();
}

}  // namespace deadlight::knowledge
