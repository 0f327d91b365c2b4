#include "truth/trial.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "evidence/evidence.h"
#include "exposure/exposure.h"
#include "truth/language.h"

namespace deadlight::truth {
namespace {

constexpr std::size_t kShownBytesMax = 6000;

Sheet make_sheet(const Format& format, const TrueHost& host, Dice& dice, std::string& what) {
  Sheet sheet;
  format.print(host, dice, sheet.page);
  const Damage* damage = dice.one_in(4) ? &damages().front() : &dice.pick(damages());
  if (damage->netstat_only && !format.id.starts_with("netstat")) damage = &damages().front();
  damage->apply(sheet, host, dice);
  choose_encoding(sheet, host, dice);
  what = fmt::format("{} | {} | {} | {}", format.id, damage->id, sheet.encoding, host.language->id);
  return sheet;
}

const Role& empty_role() {
  static const Role kRole = {};
  return kRole;
}

bool has_kind(const Outcome& outcome, const std::string& kind) {
  return std::any_of(outcome.findings.begin(), outcome.findings.end(),
                     [&kind](const Finding& finding) { return finding.kind == kind; });
}

/// Tries to take `count` lines out of a sheet from `first` on.
bool shorten(Trial& trial, std::size_t sheet, std::size_t first, std::size_t count,
             const std::string& kind) {
  Trial less = trial;
  // A row goes with all of its lines: a half of it would be another damage.
  std::vector<Line>& lines = less.sheets[sheet].page.lines;
  std::set<std::uint32_t> gone;
  for (std::size_t i = first; i < first + count; ++i) {
    gone.insert(lines[i].facts.begin(), lines[i].facts.end());
  }
  std::vector<Line> left;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::vector<std::uint32_t>& facts = lines[i].facts;
    const bool chosen = i >= first && i < first + count;
    const bool rest = !facts.empty() && std::all_of(facts.begin(), facts.end(), [&gone](auto fact) {
      return gone.contains(fact);
    });
    if (!chosen && !rest) left.push_back(std::move(lines[i]));
  }
  lines = std::move(left);
  if (!has_kind(check_trial(less), kind)) return false;
  trial = std::move(less);
  return true;
}

}  // namespace

Trial make_trial(std::uint64_t seed) {
  Dice dice(seed);
  Trial trial;
  trial.seed = seed;
  trial.host = make_host(dice.pick(all_os()), dice.roll());
  trial.os_given = !dice.one_in(5);
  std::vector<Format> formats = formats_of(trial.host.os);
  const std::uint32_t count = dice.between(1, 4);
  for (std::uint32_t i = 0; i < count && !formats.empty(); ++i) {
    const std::uint32_t chosen = dice.below(formats.size());
    const Format format = formats[chosen];
    formats.erase(formats.begin() + chosen);
    trial.sheets.push_back(make_sheet(format, trial.host, dice, trial.what.emplace_back()));
    trial.sheets.back().name = fmt::format("{}.txt", i + 1);
  }
  return trial;
}

Outcome check_trial(const Trial& trial) {
  std::vector<evidence::Input> inputs;
  for (const Sheet& sheet : trial.sheets) inputs.push_back({sheet.name, sheet.bytes()});
  const Result<Snapshot> snapshot = evidence::read(
      inputs, trial.os_given ? trial.host.os : Os::unknown, knowledge::builtin().signs());
  if (!snapshot) return {};  // refused as a whole, with a message that says so
  TruthCheck check(trial.host, trial.sheets);
  check.nothing_invented(*snapshot);
  check.nothing_lost(*snapshot);
  const bool right_os = snapshot->host.os == trial.host.os || snapshot->host.os == Os::unknown;
  // A guess that says so may be wrong, and so may what follows from it.
  const bool guessed = snapshot->host.os_basis.find("guess") != std::string::npos ||
                       snapshot->host.os_basis.find("give --os") != std::string::npos;
  std::vector<Finding> findings;
  if (right_os) {
    check.owners_hold(expose(*snapshot, empty_role(), knowledge::builtin()));
  } else if (!guessed) {
    findings.push_back(
        {"wrong system", fmt::format("{} instead of {}: {}", os_id(snapshot->host.os),
                                     os_id(trial.host.os), snapshot->host.os_basis)});
  }
  findings.insert(findings.end(), check.findings().begin(), check.findings().end());
  return {std::move(findings), check.read_shares(), check.named()};
}

Trial shrunk(Trial trial, const std::string& kind) {
  for (std::size_t i = trial.sheets.size(); i-- > 0;) {
    Trial less = trial;
    if (trial.sheets.size() == 1) break;
    less.sheets.erase(less.sheets.begin() + static_cast<std::ptrdiff_t>(i));
    less.what.erase(less.what.begin() + static_cast<std::ptrdiff_t>(i));
    if (has_kind(check_trial(less), kind)) trial = std::move(less);
  }
  for (std::size_t sheet = 0; sheet < trial.sheets.size(); ++sheet) {
    for (std::size_t step = trial.sheets[sheet].page.lines.size() / 2; step > 0; step /= 2) {
      for (std::size_t first = 0; first < trial.sheets[sheet].page.lines.size();) {
        const std::size_t count = std::min(step, trial.sheets[sheet].page.lines.size() - first);
        if (!shorten(trial, sheet, first, count, kind)) first += count;
      }
    }
  }
  return trial;
}

std::string report(const Trial& trial, const Finding& finding) {
  std::string text = fmt::format("seed {} {}{}: {}: {}\n", trial.seed, os_id(trial.host.os),
                                 trial.os_given ? "" : " (not given)", finding.kind, finding.text);
  for (std::size_t i = 0; i < trial.sheets.size(); ++i) {
    std::string lines;
    for (const Line& line : trial.sheets[i].page.lines) lines += line.text + "\n";
    if (lines.size() > kShownBytesMax) lines = lines.substr(0, kShownBytesMax) + "…\n";
    text += fmt::format("--- {} ({})\n{}", trial.sheets[i].name, trial.what[i], lines);
  }
  return text;
}

void Tally::add(const Trial& trial, const Outcome& outcome) {
  // "netstat -ano | glued"
  const auto place = [&trial](std::size_t sheet) {
    const std::string& what = trial.what[sheet];
    return what.substr(0, what.find(" | ", what.find(" | ") + 1));
  };
  ++trials;
  sockets += trial.host.sockets.size();
  for (std::size_t i = 0; i < outcome.shares.size(); ++i) {
    auto& [all, read] = shares[place(i)];
    all += outcome.shares[i].first;
    read += outcome.shares[i].second;
  }
  for (const Finding& finding : outcome.findings) {
    std::string kind = finding.kind;
    for (std::size_t i = 0; i < trial.sheets.size(); ++i) {
      if (finding.text.starts_with(trial.sheets[i].name + ":")) kind += " | " + place(i);
    }
    ++findings[kind];
  }
}

void Tally::add(const Tally& other) {
  trials += other.trials;
  sockets += other.sockets;
  for (const auto& [key, share] : other.shares) {
    shares[key].first += share.first;
    shares[key].second += share.second;
  }
  for (const auto& [key, count] : other.findings) findings[key] += count;
}

}  // namespace deadlight::truth
