#include "evidence/tasklist_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "evidence/wrapped.h"

namespace deadlight::evidence {
namespace {

constexpr std::uint32_t kKernelPid = 4;
constexpr std::string_view kCut = "...";  // where services are left out

// How "N/A" is written, where neither the idle process nor the kernel's is in the listing to tell.
constexpr std::array<std::string_view, 24> kNotApplicable = {"N/A",
                                                             "N/D",
                                                             "n.v.t.",
                                                             "Nicht zutreffend",
                                                             "Non disponible",
                                                             "Н/Д",
                                                             "Н/П",
                                                             "暂缺",
                                                             "不適用",
                                                             "該当なし",
                                                             "N/V",
                                                             "No aplica",
                                                             "Saknas",
                                                             "Ikke tilgængelig",
                                                             "해당 없음",
                                                             "Brak",
                                                             "Yok",
                                                             "Kullanılamaz",
                                                             "暫無",
                                                             "Není k dispozici",
                                                             "无",
                                                             "Nie dotyczy",
                                                             "Nem elérhető",
                                                             "Ei saatavilla"};

/// No service's key name has letters beyond ASCII or a slash: such a text is "N/A" in a language
/// that the list above lacks, or in a code page that was guessed wrongly.
bool is_no_name(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0x80) != 0 || c == '/' || c == '\\';
  });
}

/// True for a text that no service is named by, only the lack of one.
bool is_single(std::string_view list) {
  return !list.empty() && list.find(',') == std::string_view::npos;
}

bool contains_text(const std::vector<std::string>& texts, std::string_view text) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& known) { return iequals(known, text); });
}

}  // namespace

bool is_image_name(std::string_view image) {
  constexpr std::array<std::string_view, 8> kBare = {
      "System", "System Idle Process", "Registry", "Memory Compression", "Secure System", "vmmem",
      "Vmmem",  "System Process"};
  constexpr std::array<std::string_view, 6> kExtensions = {".exe", ".com", ".scr",
                                                           ".dll", ".tmp", ".bin"};
  if (std::find(kBare.begin(), kBare.end(), image) != kBare.end()) return true;
  return image.size() > 4 &&
         std::any_of(kExtensions.begin(), kExtensions.end(), [&](std::string_view extension) {
           return iequals(image.substr(image.size() - 4), extension);
         });
}

bool ends_with_memory(std::string_view rest) {
  const std::vector<std::string_view> parts = words(rest);
  if (parts.size() < 3) return false;
  const std::string_view unit = parts.back();
  const auto letters = std::count_if(unit.begin(), unit.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  });
  std::string_view size = parts[parts.size() - 2];
  // 0xA0, 0x202F: blanks that do not break a line part the thousands in French and Russian.
  return letters <= 2 && unit.find_first_of("0123456789") == std::string_view::npos &&
         !size.empty() && is_digit(size.front()) &&
         size.find_first_not_of("0123456789.,'\xC2\xA0\xE2\x80\xAF") == std::string_view::npos;
}

bool TaskRows::may_go_on_with(std::string_view list) {
  is_table_ = true;
  has_commas_ = has_commas_ || list.find(',') != std::string_view::npos;
  if (rows_.empty() || rows_.back().process.pid == 0) return false;
  return is_unfinished() || !has_commas_;
}

bool TaskRows::is_unfinished() const { return !rows_.empty() && rows_.back().list.ends_with(','); }

bool TaskRows::is_cut() const { return !rows_.empty() && rows_.back().list.ends_with(kCut); }

void TaskRows::begin(std::size_t line, std::string_view image, std::uint32_t pid,
                     std::string_view list) {
  Row row;
  row.process.image = image;
  row.process.pid = pid;
  rows_.push_back(std::move(row));
  go_on(line, list);
}

void TaskRows::go_on(std::size_t line, std::string_view list) {
  Row& row = rows_.back();
  reading_.take(line, Mark::row);
  row.process.sources.append(reading_.source(line));
  row.last_line = line;
  has_commas_ = has_commas_ || list.find(',') != std::string_view::npos;
  // Lists that name one service a line have no commas.
  if (!row.list.empty() && !row.list.ends_with(',') && !list.empty()) {
    if (row.first_bytes == 0) {
      row.first_bytes = row.list.size();
      row.single_line = line;
    }
    row.list += ',';
  }
  row.list += list;
}

void TaskRows::join(std::size_t line) {
  Row& row = rows_.back();
  if (unwrapped(reading_, row.last_line, line)) {
    reading_.take(line, Mark::row);
    row.list += trim(reading_.line(line));
  } else {
    row.list.erase(row.list.rfind(',') + 1);
    row.list += kCut;
    constexpr std::string_view kReason = "services go on in the next line; use a wider window";
    reading_.unread(row.last_line, std::string(kReason));
    reading_.unread(line, "the rest of the services above; use a wider window");
  }
  row.process.sources.append(reading_.source(line));
  row.last_line = line;
}

bool TaskRows::has_modules() const {
  return std::any_of(rows_.begin(), rows_.end(),
                     [](const Row& row) { return icontains(row.list, ".dll"); });
}

/// The idle process and the kernel host no service, so what stands there is "N/A". So is what
/// stands alone at three processes or more: a service runs in one.
std::vector<std::string> TaskRows::not_applicable() const {
  constexpr std::size_t kProcessesMin = 3;
  std::vector<std::string> texts(kNotApplicable.begin(), kNotApplicable.end());
  std::map<std::string_view, std::set<std::uint32_t>> holders;
  for (const Row& row : rows_) {
    if (!is_single(row.list)) continue;
    const std::uint32_t pid = row.process.pid;
    if ((pid == 0 || pid == kKernelPid) && !contains_text(texts, row.list)) {
      texts.push_back(row.list);
    }
    std::set<std::uint32_t>& pids = holders[row.list];
    if (pids.size() < kProcessesMin) pids.insert(pid);
  }
  for (const auto& [text, pids] : holders) {
    if (pids.size() == kProcessesMin && !contains_text(texts, text)) texts.emplace_back(text);
  }
  return texts;
}

/// A service in a line of its own is of a process whose row is lost: behind "N/A", and in a list
/// that has commas elsewhere, if only further down.
void TaskRows::drop_lists_of_lost_rows(const std::vector<std::string>& not_applicable) {
  for (Row& row : rows_) {
    if (row.first_bytes == 0) continue;
    const std::string_view first = std::string_view(row.list).substr(0, row.first_bytes);
    if (!(is_table_ && has_commas_) && !contains_text(not_applicable, first)) continue;
    for (std::size_t line = row.single_line; line <= row.last_line; ++line) {
      if (reading_.mark(line) != Mark::row) continue;
      reading_.unread(line, "services of a process whose row is missing");
    }
    row.list.resize(row.first_bytes);
  }
}

/// A list that ends with a comma was cut off, as is one with dots: it is not all that the process
/// hosts.
void TaskRows::take_services(Row& row, const std::vector<std::string>& not_applicable) {
  Process& process = row.process;
  const std::string_view list = row.list;
  process.services_known = !list.empty();
  if (list.empty()) {
    reading_.complain(row.last_line,
                      fmt::format("the services of PID {} are missing", process.pid));
  }
  if (contains_text(not_applicable, list)) return;
  if (is_single(list) && is_no_name(list)) {
    process.services_known = false;
    return;
  }
  const bool ends_open = reading_.is_cut_off(row.last_line);
  for (const std::string_view part : split(list, ',')) {
    const std::string_view name = trim(part);
    const bool is_last = part.data() + part.size() == list.data() + list.size();
    const bool is_cut =
        name.ends_with(kCut) || name.ends_with("…") || is_no_name(name) || (ends_open && is_last);
    if (is_cut) process.services_known = false;
    if (!name.empty() && !is_cut) process.services.emplace_back(name);
  }
  if (list.ends_with(',')) {
    process.services_known = false;
    reading_.complain(row.last_line,
                      fmt::format("the services of PID {} end with a comma: the rest "
                                  "is missing",
                                  process.pid));
  } else if (!list.empty() && !process.services_known) {
    reading_.complain(row.last_line,
                      fmt::format("the services of PID {} are cut off: list them with "
                                  "'tasklist /svc /fo csv'",
                                  process.pid));
  }
}

void TaskRows::finish(TaskColumn column) {
  if (column == TaskColumn::services && has_modules()) column = TaskColumn::modules;
  std::vector<std::string> texts;
  if (column == TaskColumn::services) {
    texts = not_applicable();
    drop_lists_of_lost_rows(texts);
  }
  for (Row& row : rows_) {
    if (column == TaskColumn::services) take_services(row, texts);
    reading_.add(std::move(row.process));
  }
  rows_.clear();
  has_commas_ = false;
  is_table_ = false;
}

}  // namespace deadlight::evidence
