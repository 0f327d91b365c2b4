#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "truth/language.h"
#include "truth/printers.h"

namespace deadlight::truth {
namespace {

constexpr std::size_t kImageWidth = 25;  // tasklist cuts longer names

Process fact_of(const TrueProcess& process) {
  Process fact;
  fact.pid = process.pid;
  fact.image = cut(process.image, kImageWidth);
  return fact;
}

std::string with_thousands(std::uint32_t number, char separator) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, separator);
  return text;
}

/// "Audiosrv, Browser, …" in lines of at most `width` letters, as tasklist breaks them.
std::vector<std::string> wrapped(const std::vector<std::string>& services, std::size_t width) {
  std::vector<std::string> lines(1);
  for (std::size_t i = 0; i < services.size(); ++i) {
    const std::string word = services[i] + (i + 1 < services.size() ? "," : "");
    std::string& last = lines.back();
    if (last.empty()) {
      last = word;
    } else if (last.size() + 1 + word.size() <= width) {
      last += " " + word;
    } else {
      lines.push_back(word);
    }
  }
  return lines;
}

}  // namespace

void print_tasklist(const TrueHost& host, Dice& dice, Page& page) {
  const Language& language = *host.language;
  page.text("");
  page.text(fmt::format(
      "{} {} {} {} {}", pad(language.image, kImageWidth),
      is_modern_windows(host.os) ? "     PID" : "   PID", pad(cut(language.session, 16), 16),
      pad_left(cut(language.session_number, 11), 11), pad_left(cut(language.memory, 12), 12)));
  const std::size_t pid_width = is_modern_windows(host.os) ? 8 : 6;
  page.text(fmt::format("{:=<25} {:=<{}} {:=<16} {:=<11} {:=<12}", "", "", pid_width, "", "", ""));
  for (const TrueProcess& process : host.processes) {
    page.row(fmt::format("{} {:>{}} {:<16} {:>11} {:>10} K",
                         pad(cut(process.image, kImageWidth), kImageWidth), process.pid, pid_width,
                         is_modern_windows(host.os) ? "Services" : "Console", 0,
                         with_thousands(dice.between(16, 99999), language.thousands)),
             fact_of(process));
  }
}

void print_tasklist_svc(const TrueHost& host, Dice&, Page& page) {
  constexpr std::size_t kServicesWidth = 44;
  const Language& language = *host.language;
  const std::size_t pid_width = is_modern_windows(host.os) ? 8 : 6;
  page.text("");
  page.text(fmt::format("{} {:>{}} {}", pad(language.image, kImageWidth), "PID", pid_width,
                        pad(language.services, kServicesWidth)));
  page.text(fmt::format("{:=<25} {:=<{}} {:=<44}", "", "", pid_width, ""));
  for (const TrueProcess& process : host.processes) {
    Process fact = fact_of(process);
    fact.services = process.services;
    fact.services_known = true;
    const std::vector<std::string> lines = wrapped(process.services, kServicesWidth);
    page.row(
        fmt::format("{} {:>{}} {}", pad(cut(process.image, kImageWidth), kImageWidth), process.pid,
                    pid_width,
                    pad(process.services.empty() ? language.none : lines.front(), kServicesWidth)),
        std::move(fact));
    for (std::size_t i = 1; i < lines.size(); ++i) {
      // Between a line that ends with a comma and another one nobody misses it.
      page.more(std::string(kImageWidth + pid_width + 2, ' ') + pad(lines[i], kServicesWidth),
                i + 1 == lines.size());
    }
  }
}

void print_tasklist_csv(const TrueHost& host, Dice&, Page& page) {
  const Language& language = *host.language;
  page.text(fmt::format(R"("{}","PID","{}")", language.image, language.services));
  for (const TrueProcess& process : host.processes) {
    Process fact = fact_of(process);
    fact.image = process.image;
    fact.services = process.services;
    const std::string services = fmt::format("{}", fmt::join(process.services, ","));
    page.row(fmt::format(R"("{}","{}","{}")", process.image, process.pid,
                         services.empty() ? language.none : services),
             std::move(fact));
  }
}

void print_tasklist_list(const TrueHost& host, Dice&, Page& page) {
  const Language& language = *host.language;
  const std::size_t width = std::max(letters(language.image), letters(language.services)) + 3;
  for (const TrueProcess& process : host.processes) {
    Process fact = fact_of(process);
    fact.image = process.image;
    fact.services = process.services;
    const std::string services = fmt::format("{}", fmt::join(process.services, ","));
    page.text("");
    page.row(pad(std::string(language.image) + ":", width) + process.image, std::move(fact));
    page.more(pad("PID:", width) + std::to_string(process.pid));
    page.more(pad(std::string(language.services) + ":", width) +
              (services.empty() ? std::string(language.none) : services));
  }
}

void print_tlist(const TrueHost& host, Dice&, Page& page) {
  for (const TrueProcess& process : host.processes) {
    Process fact = fact_of(process);
    fact.image = process.image;
    fact.services = process.services;
    const std::string image = process.pid == 0 ? "System Process" : process.image;
    page.row(fmt::format("{:>4} {} {}", process.pid, pad(image, 15),
                         process.services.empty()
                             ? ""
                             : fmt::format("Svcs:  {}", fmt::join(process.services, ","))),
             std::move(fact));
  }
}

void print_fport(const TrueHost& host, Dice&, Page& page) {
  page.text("FPort v2.0 - TCP/IP Process to Port Mapper");
  page.text("Copyright 2000 by Foundstone, Inc.");
  page.text("http://www.foundstone.com");
  page.text("");
  page.text("Pid   Process            Port  Proto Path");
  for (const TrueSocket& socket : host.sockets) {
    // It knows the sockets that processes have opened, and connections only by their local port.
    if (!socket.remote.empty() || socket.pid == 0) continue;
    const TrueProcess& process = *host.process(socket.pid);
    std::string image = process.image;
    if (image.ends_with(".exe")) image.resize(image.size() - 4);
    Endpoint fact = truth::fact_of(socket);
    fact.local = make_address("*");
    fact.pid = socket.pid;
    page.row(fmt::format("{:<5} {} ->  {:<5} {:<5} {}", socket.pid, pad(image, 14), socket.port,
                         socket.protocol == Protocol::tcp ? "TCP" : "UDP", process.path),
             std::move(fact));
  }
}

}  // namespace deadlight::truth
