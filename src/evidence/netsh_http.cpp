#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/text.h"
#include "evidence/columns.h"
#include "evidence/limits.h"
#include "evidence/netsh.h"
#include "evidence/prompt.h"

namespace deadlight::evidence {
namespace {

bool is_url(std::string_view text) {
  return istarts_with(text, "http://") || istarts_with(text, "https://");
}

/// "http://+:5985/wsman/". A URL that was cut off has no port or path; nullopt then.
std::optional<std::string> parse_url(std::string_view text) {
  const std::size_t host = text.find("://") + 3;
  const std::size_t slash = text.find('/', host);
  if (slash == std::string_view::npos || text.find("...") != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view authority = text.substr(host, slash - host);
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  // "http://*:80:10.0.0.1/" names the address that the site is bound to after the port.
  std::string_view port = authority.substr(colon + 1);
  if (!number<std::uint16_t>(port)) {
    const std::string_view before = authority.substr(0, colon);
    port = before.substr(before.rfind(':') + 1);
  }
  if (!number<std::uint16_t>(port)) return std::nullopt;
  return to_lower(text);
}

/// What `netsh http show servicestate` says, one block for each line that is not indented.
class ServiceState {
 public:
  explicit ServiceState(Reading& reading) : reading_(reading) {}

  std::size_t run(std::size_t first) {
    std::size_t end = first;
    std::size_t i = first;
    while (i < reading_.line_count() && reading_.is_free(i)) {
      const std::string_view line = reading_.line(i);
      const std::size_t indent = indent_of(line);
      if (is_blank_line(line)) {
        ++i;
        continue;
      }
      // A block begins with "Key: value" or "Key:"; anything else is of another command.
      if (indent == 0 && (!key_value(line) || parse_prompt(line) || !has_block(i))) break;
      i = read_block(i);
      end = i;
    }
    finish();
    return end;
  }

 private:
  struct Url {
    HttpUrl url;
    bool has_pids = false;
  };

  bool is_free(std::size_t index) const {
    return index < reading_.line_count() && reading_.is_free(index);
  }

  /// True if the lines below are indented.
  bool has_block(std::size_t index) const {
    std::size_t next = index + 1;
    while (is_free(next) && is_blank_line(reading_.line(next))) ++next;
    const bool inside = is_free(next) && indent_of(reading_.line(next)) > 0;
    return inside && (next == index + 1 || key_value(reading_.line(next)).has_value());
  }

  std::size_t read_block(std::size_t index) {
    urls_before_ = urls_.size();
    pids_.clear();
    queue_ = {};
    block_queue_ = {};
    bool first = true;
    for (; is_free(index); ++index) {
      const std::string_view line = reading_.line(index);
      const std::size_t indent = indent_of(line);
      if (is_blank_line(line)) continue;
      if (indent == 0 && !first) break;
      read_line(index, trim(line), first);
      first = false;
    }
    end_queue();
    // A block with both is a request queue with all its URLs.
    const bool both = !pids_.empty() && urls_.size() > urls_before_;
    for (std::size_t i = urls_before_; both && i < urls_.size(); ++i) {
      urls_[i].url.pids = pids_;
      urls_[i].has_pids = true;
      if (urls_[i].url.queue.empty()) urls_[i].url.queue = block_queue_;
    }
    return index;
  }

  void read_line(std::size_t index, std::string_view line, bool first) {
    if (is_url(line)) return add_url(index, line);
    reading_.take(index, Mark::row);
    const std::optional<KeyValue> field = key_value(line);
    if (field && first) block_queue_ = named(field->value).substr(0, kCellBytesMax);
    if (field && istarts_with(field->key, "Request queue name")) {
      end_queue();
      queue_ = named(field->value).substr(0, kCellBytesMax);
    }
    // "        3248", or "ID: 3248, image: C:\Windows\System32\svchost.exe"
    std::string_view pid = line;
    if (field && field->key == "ID") pid = field->value.substr(0, field->value.find(','));
    constexpr std::size_t kPidsMax = 64;  // each URL has them all
    if (const auto value = number<std::uint32_t>(pid)) {
      if (pids_.size() >= kPidsMax) {
        return reading_.unread(index, "more processes of one queue than a host has");
      }
      pids_.push_back(*value);
      queue_pids_.push_back(*value);
      pid_lines_.append(reading_.source(index));
    }
  }

  /// Queues without a name cannot be told apart.
  static std::string_view named(std::string_view queue) {
    return queue.ends_with('.') ? std::string_view() : queue;
  }

  void add_url(std::size_t index, std::string_view text) {
    const std::optional<std::string> url = parse_url(text);
    if (!url) {
      reading_.unread(index, fmt::format("'{}' is no URL with a port", shown(text)));
      return;
    }
    reading_.take(index, Mark::row);
    Url entry;
    entry.url.url = *url;
    entry.url.queue = queue_;
    entry.url.sources = reading_.source(index);
    urls_.push_back(std::move(entry));
  }

  /// The view by session lists the queues and their processes after all URLs.
  void end_queue() {
    if (!queue_.empty() && !queue_pids_.empty()) {
      queues_[std::string(queue_)].push_back({queue_pids_, pid_lines_});
    }
    queue_pids_.clear();
    pid_lines_.clear();
  }

  void finish() {
    for (Url& entry : urls_) {
      const auto queue = queues_.find(entry.url.queue);
      // Two queues of one name, which nobody can tell apart: no owner is better than a wrong one.
      if (!entry.has_pids && queue != queues_.end() && queue->second.size() == 1) {
        entry.url.pids = queue->second.front().pids;
        entry.url.sources.append(queue->second.front().sources);
      }
      reading_.add(std::move(entry.url));
    }
  }

  struct Queue {
    std::vector<std::uint32_t> pids;
    Sources sources;
  };

  Reading& reading_;
  std::vector<Url> urls_;
  std::size_t urls_before_ = 0;      ///< before this block
  std::vector<std::uint32_t> pids_;  ///< of this block
  std::string_view block_queue_;
  std::string_view queue_;
  std::vector<std::uint32_t> queue_pids_;
  Sources pid_lines_;
  std::map<std::string, std::vector<Queue>> queues_;
};

/// "Reserved URL            : http://*:5357/": the key is translated.
std::optional<std::string_view> reserved_url(std::string_view line) {
  const std::optional<KeyValue> field = key_value(line);
  if (!field || !is_url(field->value)) return std::nullopt;
  return field->value;
}

/// One reservation. Below the URL each account has one line, and its rights are indented more.
std::size_t read_reservation(Reading& reading, std::size_t index, std::string_view url) {
  HttpUrl reservation;
  reservation.reserved = true;
  const std::optional<std::string> parsed = parse_url(url);
  if (parsed) reservation.url = *parsed;
  reservation.sources = reading.source(index);
  reading.take(index, Mark::row);
  if (!parsed) {
    reading.unread(index, fmt::format("'{}' is no URL with a port", shown(url)));
  }
  std::size_t account_indent = std::string_view::npos;
  std::size_t i = index + 1;
  for (; i < reading.line_count() && reading.is_free(i); ++i) {
    const std::string_view line = reading.line(i);
    const std::optional<KeyValue> field = key_value(line);
    if (!field || is_url(field->value) || parse_prompt(line)) break;
    if (account_indent == std::string_view::npos) account_indent = indent_of(line);
    const bool is_account =
        account_indent == 0 ? istarts_with(field->key, "User") : indent_of(line) == account_indent;
    if (is_account && !field->value.empty()) {
      if (!reservation.account.empty()) reservation.account += ", ";
      reservation.account += field->value;
    }
    reading.take(i, Mark::row);
    reservation.sources.append(reading.source(i));
  }
  if (parsed) reading.add(std::move(reservation));
  return i;
}

/// Returns the line after the last reservation.
std::size_t read_reservations(Reading& reading, std::size_t first) {
  std::size_t end = first;
  for (std::size_t i = first; i < reading.line_count() && reading.is_free(i);) {
    const std::string_view line = reading.line(i);
    const std::optional<std::string_view> url = reserved_url(line);
    if (!url && !is_blank_line(line)) break;
    i = url ? read_reservation(reading, i, *url) : i + 1;
    if (url) end = i;
  }
  return end;
}

}  // namespace

std::size_t read_netsh_servicestate(Reading& reading, std::size_t ruler) {
  const std::size_t heading = netsh_heading(reading, ruler);
  if (heading == ruler || reading.line(heading).find("HTTP") == std::string_view::npos) {
    return ruler;
  }
  take_netsh_heading(reading, heading);
  take_netsh_heading(reading, ruler);
  return ServiceState(reading).run(ruler + 1);
}

std::size_t read_netsh_urlacl(Reading& reading, std::size_t ruler) {
  const std::size_t heading = netsh_heading(reading, ruler);
  if (heading == ruler || reading.line(heading).find("URL") == std::string_view::npos) {
    return ruler;
  }
  take_netsh_heading(reading, heading);
  take_netsh_heading(reading, ruler);
  return read_reservations(reading, ruler + 1);
}

std::size_t read_netsh_urlacl_rows(Reading& reading, std::size_t index) {
  const std::string_view line = trim(reading.line(index));
  if (!line.starts_with("Reserved URL ") || !reserved_url(line)) return index;
  return read_reservations(reading, index);
}

}  // namespace deadlight::evidence
