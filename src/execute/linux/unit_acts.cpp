#include "execute/linux/unit_acts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "execute/linux/file_thing.h"

namespace deadlight::execute {
namespace {

constexpr std::string_view kUnitFolder = "/etc/systemd/system";
constexpr std::string_view kNowhere = "/dev/null";
constexpr std::array kLinkFolders = {".wants", ".requires", ".upholds"};
constexpr std::array kBusFolders = {"/usr/share/dbus-1/system-services",
                                    "/usr/local/share/dbus-1/system-services",
                                    "/etc/dbus-1/system-services"};
constexpr std::size_t kDependentsMax = 256;

bool is_in(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_socket(const std::string& unit) { return unit.ends_with(".socket"); }

/// Kinds of units that can be switched off. Others are the system's own, or gone once stopped.
bool is_kind_to_disable(std::string_view unit) {
  return unit.ends_with(".service") || unit.ends_with(".socket") || unit.ends_with(".path") ||
         unit.ends_with(".timer");
}

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

class UnitsOff {
 public:
  UnitsOff(const HostView& view, const knowledge::Knowledge& kb, Translation& translation)
      : view_(view), kb_(kb), translation_(translation) {}

  Result<> run(const std::vector<UnitChange>& changes) {
    for (const UnitChange& change : changes) DEADLIGHT_TRY(collect(change.unit, change.mask));
    DEADLIGHT_TRY(collect_dependents());
    for (const Off& off : off_) DEADLIGHT_TRY(check(off.facts));
    for (const UnitFacts& unit : dependents_) DEADLIGHT_TRY(check(unit));
    std::vector<Act> masks;
    for (const Off& off : off_) DEADLIGHT_TRY(add_files(off, masks));
    add_stops();
    std::vector<Act>& acts = translation_.step.acts;
    acts.insert(acts.end(), masks.begin(), masks.end());
    return {};
  }

 private:
  struct Off {
    UnitFacts facts;
    bool mask;
  };

  Off* known(std::string_view id) {
    const auto found =
        std::find_if(off_.begin(), off_.end(), [id](const Off& off) { return off.facts.id == id; });
    return found == off_.end() ? nullptr : &*found;
  }

  // The unit itself, and whatever would start it again at the next visitor, file or time.
  Result<> collect(const std::string& name, bool mask) {
    if (!is_kind_to_disable(name)) {
      return fail(Errc::refused, fmt::format("{}: is no service, socket, path or timer; stop it by "
                                             "hand",
                                             name));
    }
    const UnitFacts facts = DEADLIGHT_TRY(view_.units.facts(name));
    if (!facts.there) {
      translation_.left_out.push_back(fmt::format("{}: this host has no such unit", name));
      return {};
    }
    if (Off* off = known(facts.id)) {
      off->mask |= mask;
      return {};
    }
    off_.push_back({facts, mask});
    for (const std::string& trigger : facts.triggered_by) DEADLIGHT_TRY(collect(trigger, false));
    if (!is_socket(facts.id)) return {};
    for (const std::string& service : facts.triggers) {
      // A template stands for a service for each visitor; none of them outlives its visitor.
      if (service.find("@.") == std::string::npos) DEADLIGHT_TRY(collect(service, false));
    }
    return {};
  }

  Result<> collect_dependents() {
    std::set<std::string> seen;
    std::vector<std::string> names;
    const auto add = [&](const UnitFacts& facts) {
      for (const std::string& name : facts.stops_with_it) {
        if (seen.insert(name).second) names.push_back(name);
      }
    };
    for (const Off& off : off_) add(off.facts);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (i == kDependentsMax) {
        return fail(Errc::limit, fmt::format("more than {} units would stop with {}",
                                             kDependentsMax, off_.front().facts.id));
      }
      const UnitFacts facts = DEADLIGHT_TRY(view_.units.facts(names[i]));
      if (known(facts.id) != nullptr) continue;
      add(facts);
      if (facts.active) dependents_.push_back(facts);
    }
    return {};
  }

  Result<> check(const UnitFacts& unit) const {
    std::vector<std::string> names = unit.names;
    names.push_back(unit.id);
    for (const std::string& name : names) {
      const knowledge::ServiceFact* fact = kb_.service(name);
      if (fact != nullptr && fact->protected_on(Os::linux)) {
        return fail(Errc::refused,
                    fmt::format("{}: is never stopped: {}", unit.id, fact->protected_because));
      }
      if (is_in(view_.login_path, name)) {
        return fail(Errc::refused, fmt::format("{}: is not stopped: this session runs in it, or "
                                               "came by it; work at the console",
                                               unit.id));
      }
    }
    // Found half-way, it could keep a socket from coming back: systemd starts none whose service
    // runs, and a visitor may have started that.
    if (unit.refuses_stop && (unit.active || !unit.triggered_by.empty())) {
      return fail(Errc::refused,
                  fmt::format("{}: systemd refuses to stop it (RefuseManualStop=yes "
                              "in its unit); keep its port in the plan, or take that "
                              "line out of the unit",
                              unit.id));
    }
    if (unit.transient && unit.active) {
      return fail(Errc::refused, fmt::format("{}: was made at run time, and nothing could start it "
                                             "again; stop it by hand",
                                             unit.id));
    }
    return {};
  }

  void stop(const UnitFacts& unit) {
    translation_.step.acts.push_back({Thing::unit, unit.id, {Form::value, "inactive", 0, 0, 0}});
  }

  // A unit's own stop comes before that of what it would stop with, so that it is known to have
  // run; undone, each comes back after what it needs. So sockets stop after their services, which
  // they may have started again by then.
  void add_stops() {
    for (auto unit = dependents_.rbegin(); unit != dependents_.rend(); ++unit) stop(*unit);
    const auto stop_those = [this](auto&& wanted) {
      for (const Off& off : off_) {
        if (wanted(off.facts)) stop(off.facts);
      }
    };
    const auto is_service = [](const UnitFacts& unit) { return unit.id.ends_with(".service"); };
    const auto has_socket = [this](const UnitFacts& unit) {
      return std::any_of(unit.triggered_by.begin(), unit.triggered_by.end(),
                         [this](const std::string& name) {
                           const Off* off = known(name);
                           return off != nullptr && is_socket(name) && off->facts.active;
                         });
    };
    stop_those([&](const UnitFacts& unit) {
      return unit.active && !is_service(unit) && !is_socket(unit.id);
    });
    stop_those([&](const UnitFacts& unit) { return unit.active && is_service(unit); });
    stop_those([&](const UnitFacts& unit) { return unit.active && is_socket(unit.id); });
    stop_those([&](const UnitFacts& unit) { return is_service(unit) && has_socket(unit); });
  }

  // Links go before anything is stopped: one of them may be the name by which D-Bus starts it. A
  // mask comes after: undone in the opposite order, it has to be gone before the unit starts.
  Result<> add_files(const Off& off, std::vector<Act>& masks) {
    if (off.facts.masked) return {};
    const std::vector<std::string> links = DEADLIGHT_TRY(enabling_links(off.facts));
    if (off.mask || DEADLIGHT_TRY(is_pulled_in(off.facts, links))) {
      return add_mask(off.facts, masks);
    }
    for (const std::string& link : links) {
      translation_.step.acts.push_back({Thing::file, link, State{}});
      add_settle(translation_.step, {Settle::Kind::reload_manager, {}});
    }
    return {};
  }

  Result<> add_mask(const UnitFacts& unit, std::vector<Act>& masks) {
    const std::string path = fmt::format("{}/{}", kUnitFolder, unit.id);
    const State now = DEADLIGHT_TRY(file_state(view_.root, path));
    if (now.form == Form::file || now.form == Form::folder) {
      return fail(Errc::refused,
                  fmt::format("{}: something starts this unit whether it is enabled or not, and a "
                              "file of its own stands where a mask would; rename that file",
                              path));
    }
    const State mask{Form::link, std::string(kNowhere), 0, 0, 0};
    if (now == mask) return {};
    masks.push_back({Thing::file, path, mask});
    add_settle(translation_.step, {Settle::Kind::reload_manager, {}});
    return {};
  }

  // Links that make a unit of /etc/systemd/system/X.wants and the like start this one, and other
  // names of it. A link with its own name is where the unit itself is linked from: it stays.
  Result<std::vector<std::string>> enabling_links(const UnitFacts& unit) const {
    std::vector<std::string> links;
    std::vector<Root::Match> places;
    for (const char* kind : kLinkFolders) {
      for (const std::string& name : unit.names) {
        std::vector<Root::Match> found =
            DEADLIGHT_TRY(view_.root.matches(fmt::format("{}/*{}/{}", kUnitFolder, kind, name)));
        places.insert(places.end(), found.begin(), found.end());
      }
    }
    for (const std::string& name : unit.names) {
      if (name == unit.id) continue;
      std::vector<Root::Match> found =
          DEADLIGHT_TRY(view_.root.matches(fmt::format("{}/{}", kUnitFolder, name)));
      places.insert(places.end(), found.begin(), found.end());
    }
    for (const Root::Match& place : places) {
      const State now = DEADLIGHT_TRY(file_state(view_.root, place.path));
      if (now.form == Form::link && now.content != kNowhere) links.push_back(place.path);
    }
    return links;
  }

  // True if it would start without these links as well.
  Result<bool> is_pulled_in(const UnitFacts& unit, const std::vector<std::string>& links) {
    for (const std::string& by : unit.pulled_in_by) {
      if (known(by) != nullptr) continue;
      const UnitFacts puller = DEADLIGHT_TRY(view_.units.facts(by));
      std::vector<std::string> names = puller.names;
      names.push_back(by);
      // That of default.target may stand in the folder of either of its names.
      const bool by_link = std::any_of(links.begin(), links.end(), [&names](std::string_view link) {
        const std::string_view folder = file_name(link.substr(0, link.rfind('/')));
        return is_in(names, folder.substr(0, folder.rfind('.')));
      });
      if (!by_link) return true;
    }
    return is_bus_activated(unit, links);
  }

  // D-Bus starts a unit by the name in SystemdService=, mostly an alias that goes with the links.
  Result<bool> is_bus_activated(const UnitFacts& unit,
                                const std::vector<std::string>& links) const {
    for (const char* folder : kBusFolders) {
      const std::vector<Root::Match> files =
          DEADLIGHT_TRY(view_.root.matches(fmt::format("{}/*.service", folder)));
      for (const Root::Match& file : files) {
        const State state = DEADLIGHT_TRY(file_state(view_.root, file.path));
        for (const std::string_view line : split(state.content, '\n')) {
          constexpr std::string_view kKey = "SystemdService=";
          if (!line.starts_with(kKey)) continue;
          const std::string_view name = trim(line.substr(kKey.size()));
          const bool goes = is_in(links, fmt::format("{}/{}", kUnitFolder, name));
          if (is_in(unit.names, name) && !goes) return true;
        }
      }
    }
    return false;
  }

  const HostView& view_;
  const knowledge::Knowledge& kb_;
  Translation& translation_;
  std::vector<Off> off_;
  std::vector<UnitFacts> dependents_;  ///< those that run, nearest first
};

}  // namespace

Result<> add_units_off(const std::vector<UnitChange>& changes, const HostView& view,
                       const knowledge::Knowledge& kb, Translation& translation) {
  return UnitsOff(view, kb, translation).run(changes);
}

}  // namespace deadlight::execute
