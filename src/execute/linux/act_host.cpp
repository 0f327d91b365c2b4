#include "execute/linux/act_host.h"

#include <utility>

#include "execute/linux/file_thing.h"
#include "execute/linux/root.h"
#include "execute/linux/sysctl_thing.h"
#include "execute/linux/table_thing.h"

namespace deadlight::execute {
namespace {

class LiveHost : public ActHost {
 public:
  LiveHost(Root root, bool has_units, std::vector<UnitCheck> checks)
      : root_(std::move(root)), has_units_(has_units), units_(std::move(checks)) {}

  Result<State> state(Thing thing, const std::string& target) override {
    switch (thing) {
      case Thing::file:
        return file_state(root_, target);
      case Thing::unit:
        DEADLIGHT_TRY(check_units(target));
        return units_.state(target);
      case Thing::sysctl:
        return sysctl_state(root_, target);
      case Thing::table:
        break;
    }
    return table_state(target);
  }

  Result<> set(Thing thing, const std::string& target, const State& to) override {
    switch (thing) {
      case Thing::file:
        if (is_unit_file(target)) units_.files_changed();
        return set_file(root_, target, to);
      case Thing::unit:
        DEADLIGHT_TRY(check_units(target));
        return units_.set(target, to);
      case Thing::sysctl:
        return set_sysctl(root_, target, to);
      case Thing::table:
        break;
    }
    return set_table(target, to);
  }

  Result<> settle(const Settle& settle) override {
    DEADLIGHT_TRY(check_units(settle.unit));
    return units_.settle(settle);
  }

 private:
  static bool is_unit_file(const std::string& path) {
    return path.starts_with("/etc/systemd/") || path.starts_with("/run/systemd/");
  }

  Result<> check_units(const std::string& unit) const {
    if (has_units_) return {};
    return fail(Errc::unsupported, unit + ": a folder of files has no running units");
  }

  Root root_;
  bool has_units_;
  UnitThing units_;
};

}  // namespace

Result<std::unique_ptr<ActHost>> live_host(const std::filesystem::path& root,
                                           std::vector<UnitCheck> checks) {
  Root opened = DEADLIGHT_TRY(Root::open(root));
  return std::unique_ptr<ActHost>(
      std::make_unique<LiveHost>(std::move(opened), root == "/", std::move(checks)));
}

std::vector<UnitCheck> unit_checks(const knowledge::Knowledge& kb) {
  std::vector<UnitCheck> checks;
  for (const knowledge::CloserFact& closer : kb.closers) {
    if (!closer.os.contains(Os::linux)) continue;
    for (const knowledge::ChangeFact& change : closer.changes) {
      if (change.edit.check.empty()) continue;
      for (const knowledge::Text unit : change.edit.restart) {
        checks.push_back({std::string(unit), std::string(change.edit.check)});
      }
    }
  }
  return checks;
}

}  // namespace deadlight::execute
