#include "evidence/os_clues.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "evidence/os_rules.h"

namespace deadlight::evidence {
namespace {

constexpr std::uint16_t kRawSmbPort = 445;
constexpr std::size_t kReasonsShownMax = 3;

// Where several systems are left: the client of a generation stands for it, the common one first.
constexpr Os kPreferred[] = {Os::win10,      Os::winxp,        Os::win7,       Os::win11,
                             Os::win2000,    Os::vista,        Os::win8,       Os::server2019,
                             Os::server2022, Os::server2016,   Os::server2025, Os::server2012r2,
                             Os::server2012, Os::server2008r2, Os::server2008, Os::win2003,
                             Os::winnt4,     Os::linux};

/// One code base, whose services share processes alike.
constexpr OsSet kGenerations[] = {
    OsSet::of(Os::vista, Os::server2008), OsSet::of(Os::win7, Os::server2008r2),
    OsSet::of(Os::win8, Os::server2012),  OsSet::of(Os::win8, Os::server2012r2),
    OsSet::of(Os::win10, Os::server2016), OsSet::of(Os::win10, Os::server2019),
    OsSet::of(Os::win10, Os::server2022), OsSet::of(Os::win11, Os::server2025),
};

/// The clue of several inputs whose place sorts first, so that their order says nothing; nullptr if
/// none has such a place.
const Clues* first_with(const std::vector<Clues>& clues, std::string Clues::*place) {
  const Clues* first = nullptr;
  for (const Clues& clue : clues) {
    if ((clue.*place).empty()) continue;
    if (first == nullptr || clue.*place < first->*place) first = &clue;
  }
  return first;
}

/// Banners and prompts.
void add_text_clues(const Snapshot& snapshot, const std::vector<Clues>& clues,
                    std::vector<OsClue>& all) {
  if (const Clues* clue = first_with(clues, &Clues::banner_place)) {
    all.push_back({clue->banner, fmt::format("{} in {}", clue->banner_text, clue->banner_place)});
  }
  const Clues* prompt = first_with(clues, &Clues::winnt_place);
  std::string place = prompt == nullptr ? std::string() : "the prompt in " + prompt->winnt_place;
  for (const Process& process : snapshot.processes) {
    if (place.empty() && icontains(process.path, ":\\WINNT\\")) {
      place = fmt::format("the path of PID {}", process.pid);
    }
  }
  if (place.empty()) return;
  all.push_back({OsSet::of(Os::winnt4, Os::win2000), place + " names \\WINNT"});
  // NT 4.0 has no raw SMB. A Windows 2000 that closed port 445 looks the same from here.
  const bool smb = std::any_of(snapshot.endpoints.begin(), snapshot.endpoints.end(),
                               [](const Endpoint& endpoint) {
                                 return endpoint.is_open() && endpoint.port == kRawSmbPort &&
                                        endpoint.protocol == Protocol::tcp;
                               });
  if (smb) {
    all.push_back({OsSet::of(Os::win2000), "port 445 is open"});
  } else if (!snapshot.endpoints.empty()) {
    all.push_back({OsSet::of(Os::winnt4), "port 445 is not open", true});
  }
}

/// PowerShell lists sockets with a module that came with Windows 8 and Server 2012.
void add_cmdlet_clue(const Snapshot& snapshot, std::vector<OsClue>& all) {
  for (const Endpoint& endpoint : snapshot.endpoints) {
    if (endpoint.sources.empty()) continue;
    const Evidence& evidence = snapshot.evidence[endpoint.sources.front().evidence];
    if (evidence.kind != "powershell") continue;
    all.push_back(
        {OsSet::range(Os::win8, Os::server2025),
         fmt::format("{} lists sockets as PowerShell does since Windows 8", evidence.name)});
    return;
  }
}

/// Only netstat -b of XP and Server 2003 lists the modules between the socket and its program;
/// since Vista it names a service instead.
void add_module_clue(const Snapshot& snapshot, std::vector<OsClue>& all) {
  const bool modules = std::any_of(
      snapshot.endpoints.begin(), snapshot.endpoints.end(), [](const Endpoint& endpoint) {
        return std::any_of(endpoint.components.begin(), endpoint.components.end(),
                           [](const std::string& name) { return icontains(name, ".dll"); });
      });
  if (modules) all.push_back({OsSet::of(Os::winxp, Os::win2003), "netstat -b lists modules"});
}

struct Verdict {
  OsSet possible = OsSet::all();
  std::vector<std::string> because;
  std::vector<std::string> against;  ///< clues that contradict those before them
  bool typical = false;
};

/// Each clue leaves fewer systems. One that would leave none contradicts the others.
void narrow(Verdict& verdict, const std::vector<OsClue>& clues, bool typical) {
  for (const OsClue& clue : clues) {
    if (clue.typical != typical) continue;
    const OsSet left = verdict.possible & clue.possible;
    if (left == verdict.possible) continue;
    if (left.empty()) {
      if (!typical) verdict.against.push_back(clue.because);
      continue;
    }
    verdict.possible = left;
    verdict.because.push_back(clue.because);
    verdict.typical = verdict.typical || typical;
  }
}

bool is_one_generation(OsSet possible) {
  return possible.size() == 1 ||
         std::any_of(std::begin(kGenerations), std::end(kGenerations),
                     [&](OsSet generation) { return (possible & generation) == possible; });
}

std::string titles(OsSet possible) {
  std::vector<std::string> names;
  for (const Os os : all_os()) {
    if (possible.has(os)) names.emplace_back(os_title(os));
  }
  constexpr std::size_t kNamesMax = 4;
  if (names.size() > kNamesMax) return names.front() + " to " + names.back();
  return join(names, ", ");
}

}  // namespace

void recognise_os(Snapshot& snapshot, const std::vector<Clues>& clues,
                  std::span<const OsSign> signs) {
  std::vector<OsClue> all;
  add_text_clues(snapshot, clues, all);
  add_cmdlet_clue(snapshot, all);
  add_module_clue(snapshot, all);
  for (OsClue& clue : os_clues_of(snapshot, signs)) all.push_back(std::move(clue));
  Verdict verdict;
  narrow(verdict, all, false);
  narrow(verdict, all, true);
  Host& host = snapshot.host;
  if (verdict.because.empty()) {
    host.os_basis = "nothing in the evidence tells; give --os";
    return;
  }
  host.os = *std::find_if(std::begin(kPreferred), std::end(kPreferred),
                          [&](Os os) { return verdict.possible.has(os); });
  const bool settled = is_one_generation(verdict.possible) && !verdict.typical;
  host.os_confidence = settled ? OsConfidence::derived : OsConfidence::guessed;
  verdict.because.resize(std::min(verdict.because.size(), kReasonsShownMax));
  host.os_basis = (settled ? "" : "guessed: ") + join(verdict.because, ", ");
  if (verdict.possible.size() > 1) {
    host.os_basis += fmt::format("; may be {}: give --os", titles(verdict.possible));
  } else if (!settled) {
    host.os_basis += "; give --os if it is another";
  }
  for (const std::string& reason : verdict.against) {
    snapshot.notes.push_back(fmt::format("{} is taken for {}, but {}: are the files of one host?",
                                         host.name.empty() ? "the host" : host.name,
                                         os_title(host.os), reason));
  }
}

void recognise_host_name(Snapshot& snapshot) {
  // "*", "x.x.x.x", "P.Q.50.15", "a.b.c.d": an address that is not there, or was hidden.
  const auto is_mask = [](std::string_view text) {
    if (text.find_first_not_of("xX0123456789.:[]*?#") == std::string_view::npos) return true;
    const std::string_view last = text.substr(text.rfind('.') + 1);
    const bool number_last = last.find_first_not_of("0123456789") == std::string_view::npos;
    constexpr std::size_t kMaskLetters = 7;  // four letters and three dots
    const bool letters =
        text.size() == kMaskLetters && std::count(text.begin(), text.end(), '.') == 3;
    return text.find('.') != std::string_view::npos && (number_last || letters);
  };
  if (!snapshot.host.name.empty()) return;
  std::set<std::string, ILess> names;
  for (const Endpoint& endpoint : snapshot.endpoints) {
    const std::string& text = endpoint.local.name;
    if (endpoint.local.ip || is_mask(text) || iequals(text, "localhost")) continue;
    names.insert(text);
    if (names.size() > 1) return;
  }
  if (!names.empty()) snapshot.host.name = *names.begin();
}

}  // namespace deadlight::evidence
