#include "truth/check.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "knowledge/knowledge.h"

namespace deadlight::truth {
namespace {

std::string ascii_of(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x80) out += c;
  }
  return out;
}

/// Without letters beyond ASCII, and without the byte behind one: where a code page is guessed that
/// has two bytes a letter, it is a part of that letter.
std::string ascii_apart(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool behind = i > 0 && static_cast<unsigned char>(text[i - 1]) >= 0x80;
    if (static_cast<unsigned char>(text[i]) < 0x80 && !behind) out += text[i];
  }
  return out;
}

bool hides(const Address& address) {
  return !address.ip && address.name.str().find_first_of("xX*?#") != std::string::npos;
}

bool same_address(const Address& read, const std::string& truth, const std::string& host_name) {
  if (read.is_unnamed() || hides(read)) return true;
  if (!read.ip) return iequals(read.name.str(), host_name);
  return read == make_address(truth);
}

bool has(const std::vector<std::string>& names, std::string_view wanted) {
  const std::string id = knowledge::builtin().service_id(wanted);
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return iequals(name, wanted) || iequals(knowledge::builtin().service_id(name), id);
  });
}

std::string read_text(const Endpoint& endpoint) { return fact_text(endpoint); }

}  // namespace

TruthCheck::TruthCheck(const TrueHost& host, const std::vector<Sheet>& sheets)
    : host_(host), sheets_(sheets) {
  for (const Sheet& sheet : sheets) {
    spoilt_ = spoilt_ || !is_unicode(sheet.encoding);
    cut_off_ = cut_off_ || sheet.cut_off;
  }
}

void TruthCheck::found(std::string kind, std::string text) {
  findings_.push_back({std::move(kind), std::move(text)});
}

bool TruthCheck::same_text(std::string_view read, std::string_view truth) const {
  if (cut_off_ && istarts_with(truth, read)) return true;
  if (iequals(read, truth)) return true;
  return spoilt_ &&
         (iequals(ascii_of(read), ascii_of(truth)) || iequals(ascii_of(read), ascii_apart(truth)));
}

/// fport cuts ".exe", tasklist and the Linux kernel cut long names.
bool TruthCheck::same_image(std::string_view read, std::string_view truth) const {
  const std::size_t kept = host_.os == Os::linux ? 9 : 15;  // of lsof and of the kernel
  if (same_text(read, truth)) return true;
  if (truth.ends_with(".exe") && same_text(read, truth.substr(0, truth.size() - 4))) return true;
  return letters(read) >= kept && truth.starts_with(read);
}

/// Sockets of the truth with this protocol, port and ends.
std::vector<const TrueSocket*> TruthCheck::same_place(const Endpoint& endpoint) const {
  std::vector<const TrueSocket*> result;
  for (const TrueSocket& socket : host_.sockets) {
    if (socket.protocol != endpoint.protocol || socket.port != endpoint.port) continue;
    if (!same_address(endpoint.local, socket.local, host_.name)) continue;
    if (endpoint.remote.has_value() == socket.remote.empty()) continue;
    if (endpoint.remote && (endpoint.remote_port != socket.remote_port ||
                            !same_address(*endpoint.remote, socket.remote, host_.name))) {
      continue;
    }
    result.push_back(&socket);
  }
  return result;
}

std::vector<const TrueSocket*> TruthCheck::matching(const Endpoint& endpoint) const {
  std::vector<const TrueSocket*> result = same_place(endpoint);
  std::erase_if(result, [&](const TrueSocket* socket) {
    if (endpoint.pid && *endpoint.pid != socket->pid) return true;
    const TrueProcess* process = host_.process(socket->pid);
    return !endpoint.process.empty() &&
           (process == nullptr || !same_image(endpoint.process.str(), process->image));
  });
  return result;
}

void TruthCheck::nothing_invented(const Snapshot& snapshot) {
  for (const Endpoint& endpoint : snapshot.endpoints) check_endpoint(endpoint);
  for (const Process& process : snapshot.processes) check_process(process);
  for (const Service& service : snapshot.services) check_service(service);
}

void TruthCheck::check_endpoint(const Endpoint& endpoint) {
  std::vector<const TrueSocket*> sockets = same_place(endpoint);
  if (sockets.empty()) return found("invented endpoint", read_text(endpoint));
  const auto state_differs = [&endpoint](const TrueSocket* socket) {
    const bool open = socket->remote.empty();
    if (endpoint.state == State::connected) return open;
    return open ? !endpoint.is_open() : endpoint.state != socket->state;
  };
  std::erase_if(sockets, state_differs);
  if (sockets.empty()) return found("wrong state", read_text(endpoint));
  if (matching(endpoint).empty()) {
    const TrueProcess* process = host_.process(sockets.front()->pid);
    found("wrong process of endpoint",
          fmt::format("{}; the truth is PID {} {}", read_text(endpoint), sockets.front()->pid,
                      process != nullptr ? process->image : ""));
  }
}

void TruthCheck::check_process(const Process& process) {
  const TrueProcess* truth = host_.process(process.pid);
  if (truth == nullptr) return found("invented process", fact_text(process));
  // The idle process has another name in every tool.
  if (process.pid != 0 && !process.image.empty() && !same_image(process.image, truth->image)) {
    found("wrong image", fmt::format("{}; the truth is {}", fact_text(process), truth->image));
  }
  if (!process.path.empty() && !same_text(process.path, truth->path)) {
    found("wrong path",
          fmt::format("{}: {}; the truth is {}", process.pid, process.path, truth->path));
  }
  for (const std::string& name : process.services) {
    if (!has(truth->services, name)) {
      found("wrong service of process", fmt::format("{} in PID {}", name, process.pid));
    }
  }
  if (process.services_known && process.services.size() < truth->services.size()) {
    found("services said to be complete", fact_text(process));
  }
}

void TruthCheck::check_service(const Service& service) {
  if (service.name.empty()) {
    // net start knows titles only.
    const auto has_title = [&](const TrueService& one) {
      return same_text(service.title, one.title);
    };
    if (std::none_of(host_.services.begin(), host_.services.end(), has_title)) {
      found("invented service", service.title);
    }
    return;
  }
  const TrueService* truth = nullptr;
  for (const TrueService& one : host_.services) {
    if (same_text(service.name, one.name) &&
        (truth == nullptr || iequals(service.name, one.name))) {
      truth = &one;
    }
  }
  const std::string said = fmt::format("{} (title '{}', command '{}')", fact_text(service),
                                       service.title, service.command);
  if (truth == nullptr) return found("invented service", said);
  const ServiceState state = truth->running ? ServiceState::running : ServiceState::stopped;
  if (service.state != ServiceState::unknown && service.state != state) {
    found("wrong state of service", said);
  }
  if (service.start != StartType::unknown && service.start != truth->start) {
    found("wrong start of service", said);
  }
  if (service.pid && *service.pid != truth->pid) found("wrong PID of service", said);
  if (!service.title.empty() && !same_text(service.title, truth->title)) {
    found("wrong title of service", said);
  }
  if (!service.command.empty() && !same_text(service.command, truth->command)) {
    found("wrong command of service", said);
  }
}

bool TruthCheck::was_read(const Fact& fact, const Snapshot& snapshot) const {
  if (const auto* wanted = std::get_if<Endpoint>(&fact)) {
    return std::any_of(
        snapshot.endpoints.begin(), snapshot.endpoints.end(), [&](const Endpoint& endpoint) {
          const bool same_local = wanted->local.is_unnamed() || endpoint.local == wanted->local ||
                                  (spoilt_ && !wanted->local.ip && !endpoint.local.ip);
          if (endpoint.protocol != wanted->protocol || endpoint.port != wanted->port) return false;
          if (!same_local) return false;
          // fport does not tell a listener from a connection: only whose the port is.
          if (wanted->local.is_unnamed() && wanted->pid) return endpoint.pid == wanted->pid;
          if (endpoint.remote != wanted->remote) return false;
          if (endpoint.remote_port != wanted->remote_port) return false;
          return !wanted->pid || *wanted->pid == 0 || endpoint.pid == wanted->pid;
        });
  }
  if (const auto* wanted = std::get_if<Process>(&fact)) {
    const Process* process = snapshot.process(wanted->pid);
    if (process == nullptr) return false;
    const bool nameless = process->image.empty() && !wanted->image.empty();
    if (nameless && wanted->pid != 0) return false;
    return std::all_of(wanted->services.begin(), wanted->services.end(),
                       [&](const std::string& name) { return has(process->services, name); });
  }
  const Service& wanted = std::get<Service>(fact);
  return std::any_of(snapshot.services.begin(), snapshot.services.end(), [&](const Service& one) {
    return same_text(one.name, wanted.name) &&
           (wanted.state == ServiceState::unknown || one.state == wanted.state) &&
           (wanted.start == StartType::unknown || one.start == wanted.start) &&
           (!wanted.pid || one.pid == wanted.pid);
  });
}

void TruthCheck::nothing_lost(const Snapshot& snapshot) {
  for (const Sheet& sheet : sheets_) {
    std::set<std::uint32_t> named;
    for (const Unread& unread : snapshot.unread) {
      if (unread.file == sheet.name) named.insert(unread.line);
    }
    std::vector<bool> excused(sheet.page.facts.size(), named.contains(0));
    std::vector<bool> printed(sheet.page.facts.size(), false);
    for (std::size_t i = 0; i < sheet.page.lines.size(); ++i) {
      for (const std::uint32_t fact : sheet.page.lines[i].facts) {
        printed[fact] = true;
        if (named.contains(sheet.number(i))) excused[fact] = true;
      }
    }
    auto& [all, read] = shares_.emplace_back(0, 0);
    for (std::size_t i = 0; i < sheet.page.facts.size(); ++i) {
      if (!printed[i]) continue;
      ++all;
      if (was_read(sheet.page.facts[i], snapshot)) {
        ++read;
      } else if (excused[i]) {
        named_.push_back(fmt::format("{}: {}", sheet.name, fact_text(sheet.page.facts[i])));
      } else {
        found("lost without a word",
              fmt::format("{}: {}", sheet.name, fact_text(sheet.page.facts[i])));
      }
    }
  }
}

void TruthCheck::owners_hold(const Exposure& exposure) {
  for (const Exposed& exposed : exposure.endpoints) check_owner(exposed);
}

void TruthCheck::check_owner(const Exposed& exposed) {
  const std::vector<const TrueSocket*> sockets = matching(exposed.endpoint);
  if (sockets.empty()) return;  // named by nothing_invented()
  const Owner& owner = exposed.owner;
  const std::string said =
      fmt::format("{}: {} service '{}' process '{}' [{}]; the truth is {}; because {}",
                  read_text(exposed.endpoint), confidence_id(owner.confidence), owner.service,
                  owner.process, fmt::join(owner.candidates, ","),
                  sockets.front()->holders.empty()
                      ? "a program"
                      : fmt::format("{}", fmt::join(sockets.front()->holders, "+")),
                  fmt::join(owner.because, " | "));
  const auto is_phantom = [](const TrueSocket* socket) { return socket->phantom; };
  if (exposed.phantom && std::none_of(sockets.begin(), sockets.end(), is_phantom)) {
    return found("a listener is called phantom", said);
  }
  if (exposed.phantom || !exposed.endpoint.is_open()) return;
  const auto runs = [&](const TrueSocket* socket) {
    const TrueProcess* process = host_.process(socket->pid);
    return process != nullptr && same_image(owner.process, process->image);
  };
  if (!owner.process.empty() && std::none_of(sockets.begin(), sockets.end(), runs)) {
    return found("wrong process of owner", said);
  }
  const bool claimed =
      owner.confidence == Confidence::observed || owner.confidence == Confidence::derived;
  if (!claimed) return check_candidates(exposed, sockets);
  // No process is named: that the parts of the system hold their ports is what is agreed upon.
  const bool bare = !exposed.endpoint.pid && exposed.endpoint.process.empty();
  const auto holds = [&](const TrueSocket* socket) {
    return owner.service.empty() || has(socket->holders, owner.service) ||
           (bare && socket->squats_system);
  };
  if (std::none_of(sockets.begin(), sockets.end(), holds)) {
    found(fmt::format("wrong owner, {}", confidence_id(owner.confidence)), said);
  }
}

void TruthCheck::check_candidates(const Exposed& exposed,
                                  const std::vector<const TrueSocket*>& sockets) {
  if (exposed.owner.confidence != Confidence::candidate) return;
  const bool open_list =
      exposed.owner.others_possible ||
      std::any_of(exposed.holders.begin(), exposed.holders.end(),
                  [](const knowledge::Holder& holder) { return holder.service.empty(); });
  const auto contains = [&](const TrueSocket* socket) {
    const std::vector<std::string>& names = exposed.owner.candidates;
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return has(socket->holders, name); });
  };
  if (std::any_of(sockets.begin(), sockets.end(), contains)) return;
  // "… or a program that nobody wrote down"
  if (open_list) return;
  const bool bare = !exposed.endpoint.pid && exposed.endpoint.process.empty();
  found(bare ? "candidates without the truth, no process named" : "candidates without the truth",
        fmt::format("{}: [{}]; the truth is {}; because {}", read_text(exposed.endpoint),
                    fmt::join(exposed.owner.candidates, ","),
                    sockets.front()->holders.empty()
                        ? "a program"
                        : fmt::format("{}", fmt::join(sockets.front()->holders, "+")),
                    fmt::join(exposed.owner.because, " | ")));
}

}  // namespace deadlight::truth
