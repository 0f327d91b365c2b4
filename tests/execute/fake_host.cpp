#include "execute/fake_host.h"

#include <algorithm>

namespace deadlight::execute::test {
namespace {

constexpr std::string_view kUnitFolder = "/etc/systemd/system/";

tl::unexpected<Error> refused(const std::string& target, const char* why) {
  return fail(Errc::refused, target + ": " + why);
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

State file_state(std::string content) { return {Form::file, std::move(content), 0644, 0, 0}; }
State link_state(std::string target) { return {Form::link, std::move(target), 0, 0, 0}; }
State folder_state() { return {Form::folder, {}, 0755, 0, 0}; }
State value_state(std::string value) { return {Form::value, std::move(value), 0, 0, 0}; }
State active() { return value_state("active"); }
State inactive() { return value_state("inactive"); }

std::string difference(const HostState& a, const HostState& b) {
  std::string text;
  const auto compare = [&text](const auto& one, const auto& other, const char* what,
                               const auto& name) {
    for (const auto& [key, value] : one) {
      const auto found = other.find(key);
      if (found == other.end() || !(found->second == value)) {
        text += std::string(what) + name(key) + "; ";
      }
    }
  };
  const auto of_thing = [](const auto& key) { return key.second; };
  const auto of_text = [](const auto& key) { return key; };
  compare(a.things, b.things, "first has ", of_thing);
  compare(b.things, a.things, "second has ", of_thing);
  compare(a.loaded, b.loaded, "first loaded ", of_text);
  compare(b.loaded, a.loaded, "second loaded ", of_text);
  compare(a.runs_with, b.runs_with, "first runs otherwise ", of_text);
  compare(b.runs_with, a.runs_with, "second runs otherwise ", of_text);
  return text;
}

void FakeHost::put(Thing thing, const std::string& target, State state) {
  if (state.form == Form::absent || (thing == Thing::unit && state == inactive())) {
    now.things.erase({thing, target});
  } else {
    now.things[{thing, target}] = std::move(state);
  }
}

void FakeHost::run(const std::string& unit) {
  put(Thing::unit, unit, active());
  now.runs_with[unit] = configuration(unit);
}

void FakeHost::reload() {
  now.loaded.clear();
  for (const auto& [key, state] : now.things) {
    if (key.first == Thing::file && key.second.starts_with(kUnitFolder)) {
      now.loaded[key.second] = state.content;
    }
  }
}

State FakeHost::find(Thing thing, const std::string& target) const {
  const auto found = now.things.find({thing, target});
  if (found != now.things.end()) return found->second;
  return thing == Thing::unit ? inactive() : State{};
}

/// Unit files as the manager knows them, and the unit's own files as they are.
std::string FakeHost::configuration(const std::string& unit) const {
  std::string text;
  for (const auto& [path, content] : now.loaded) {
    if (path.starts_with(std::string(kUnitFolder) + unit)) text += path + "=" + content + "\n";
  }
  for (const auto& [key, state] : now.things) {
    if (key.second.starts_with("/etc/" + unit + "/"))
      text += key.second + "=" + state.content + "\n";
  }
  return text;
}

Result<State> FakeHost::state(Thing thing, const std::string& target) {
  if (!fuse_.alive()) return killed();
  if (fails && fails()) return fail(Errc::io, target + ": cannot be read");
  if (unreadable.contains(target)) return fail(Errc::denied, target + ": cannot be read");
  if (thing == Thing::unit && manager_gone) return refused(target, "no answer from the manager");
  return find(thing, target);
}

Result<> FakeHost::set(Thing thing, const std::string& target, const State& to) {
  if (!fuse_.alive()) return killed();
  if (before_set) before_set(thing, target);
  ++sets;
  if (fails && fails()) return fail(Errc::io, target + ": cannot be set");
  if (refuses.contains(target)) return refused(target, "refuses");
  if (thing == Thing::unit && manager_gone) return refused(target, "no answer from the manager");
  if (thing == Thing::file) {
    DEADLIGHT_TRY(set_file(target, to));
  } else if (thing == Thing::unit) {
    DEADLIGHT_TRY(set_unit(target, to));
  } else {
    put(thing, target, to);
  }
  if (!fuse_.alive()) return killed();
  return {};
}

Result<> FakeHost::set_file(const std::string& path, const State& to) {
  const auto inside = [&](const auto& entry) {
    return entry.first.first == Thing::file && entry.first.second.starts_with(path + "/");
  };
  if (to.form == Form::absent && std::any_of(now.things.begin(), now.things.end(), inside)) {
    return fail(Errc::conflict, path + ": is not empty");
  }
  const std::string folder = folder_of(path);
  if (to.form != Form::absent && folder != "/etc" &&
      find(Thing::file, folder).form != Form::folder) {
    return fail(Errc::io, path + ": no such folder");
  }
  put(Thing::file, path, to);
  return {};
}

Result<> FakeHost::set_unit(const std::string& unit, const State& to) {
  if (find(Thing::unit, unit) == to) return {};
  if (to == inactive()) {
    put(Thing::unit, unit, inactive());
    now.runs_with.erase(unit);
    for (const std::string& other : stops_too[unit]) DEADLIGHT_TRY(set_unit(other, to));
    return {};
  }
  const auto file = now.loaded.find(std::string(kUnitFolder) + unit);
  if (file != now.loaded.end() && file->second == "/dev/null") return refused(unit, "is masked");
  const std::string service = unit.substr(0, unit.rfind('.')) + ".service";
  if (unit.ends_with(".socket") && find(Thing::unit, service) == active()) {
    return refused(unit, "its service is active");
  }
  run(unit);
  return {};
}

Result<> FakeHost::settle(const Settle& settle) {
  if (!fuse_.alive()) return killed();
  ++settles;
  if (fails && fails()) return fail(Errc::io, settle.unit + ": cannot be settled");
  if (manager_gone) return refused(settle.unit, "no answer from the manager");
  if (settle.kind == Settle::Kind::reload_manager) {
    reload();
  } else if (find(Thing::unit, settle.unit) == active()) {
    if (refuses.contains(settle.unit + " restart")) return refused(settle.unit, "does not restart");
    run(settle.unit);
  }
  if (!fuse_.alive()) return killed();
  return {};
}

}  // namespace deadlight::execute::test
