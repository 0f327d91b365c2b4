#include "truth/sizes.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <vector>

#include "evidence/evidence.h"
#include "knowledge/knowledge.h"

namespace deadlight::truth {
namespace {

constexpr std::string_view kNetstat =
    "Active Connections\n\n"
    "  Proto  Local Address          Foreign Address        State           PID\n";

std::string repeated(std::string_view head, std::string_view row, std::size_t rows) {
  std::string text(head);
  text.reserve(head.size() + row.size() * rows);
  for (std::size_t i = 0; i < rows; ++i) text += row;
  return text;
}

std::string netstat_rows(std::size_t rows) {
  std::string text(kNetstat);
  for (std::size_t i = 0; i < rows; ++i) {
    text += fmt::format("  TCP    10.{}.{}.{}:{}   0.0.0.0:0   LISTENING   {}\n", i >> 16 & 255,
                        i >> 8 & 255, i & 255, 1 + i % 65535, 4 + i % 9999);
  }
  return text;
}
constexpr std::size_t kMegabyte = 1'000'000;
std::string short_rows(std::size_t rows) { return repeated(kNetstat, "UDP 1.1.1.1:1 *:*\n", rows); }
std::string one_line_rows(std::size_t rows) {
  return repeated("Proto Local Address Foreign Address State PID ",
                  "TCP 0.0.0.0:135 0.0.0.0:0 LISTENING 668 ", rows);
}
std::string glued_rows(std::size_t rows) {
  return repeated("", "TCP0.0.0.0:1350.0.0.0:0LISTENING668", rows);
}
std::string words_of_a_line(std::size_t rows) { return repeated("TCP ", "column ", rows); }
std::string csv_columns(std::size_t rows) {
  return repeated(R"("LocalAddress","LocalPort",)", R"("OwningProcess",)", rows) + "\n" +
         repeated("", R"("1",)", rows);
}
std::string html_cells(std::size_t rows) {
  return repeated("<table><tr>", "<td>TCP</td><td>0.0.0.0:135</td>", rows);
}
std::string pipes(std::size_t rows) { return repeated("| Proto ", "| TCP 0.0.0.0:135 ", rows); }
std::string json_keys(std::size_t rows) {
  return repeated("[{", R"("LocalPort":1,)", rows) + R"("OwningProcess":1}])";
}
std::string json_depth(std::size_t rows) { return repeated("", "[", rows); }
std::string xml_depth(std::size_t rows) {
  return repeated("<?xml version=\"1.0\"?><nmaprun>", "<host>", rows);
}
std::string tasklist_rows(std::size_t rows) {
  return repeated("========================= ======== ====================\n",
                  "svchost.exe                    884 RpcSs\n", rows);
}
std::string services_of_one(std::size_t rows) {
  return repeated("========================= ======== ====================\nsvchost.exe 884 A,",
                  "\n                                   Themes,", rows);
}
std::string sc_blocks(std::size_t rows) {
  return repeated("", "SERVICE_NAME: A\n        STATE : 4  RUNNING\n        PID : 884\n", rows);
}
std::string reg_keys(std::size_t rows) {
  return repeated("Windows Registry Editor Version 5.00\n",
                  "[HKEY_LOCAL_MACHINE\\SYSTEM\\A]\n\"Start\"=dword:00000002\n", rows);
}
std::string lsof_fields(std::size_t rows) { return repeated("", "p1\n", rows); }
std::string rpc_records(std::size_t rows) {
  return repeated("ProtSeq:ncacn_ip_tcp\n",
                  "ncacn_ip_tcp:1.2.3.4[N]\nUUID: d95afe70-a6d5-4259-822e-2c84da1ddb0d\n", rows);
}
std::string rpc_annotation(std::size_t rows) {
  return repeated("UUID: d95afe70-a6d5-4259-822e-2c84da1ddb0d v1.0\nAnnotation: " +
                      std::string(kMegabyte, 'a') + "\n",
                  "ncalrpc:[a]\n", rows);
}
std::string http_queue(std::size_t rows) {
  return repeated("Request queue name: q\n  Process IDs:\n", "    4444\n", rows) +
         repeated("  Registered URLs:\n", "    HTTP://*:80/A/\n", rows);
}
std::string open_comments(std::size_t rows) { return repeated("<p>x</p>\n", "<!--a\n", rows); }
std::string open_scripts(std::size_t rows) { return repeated("<p>x</p>\n", "<script>a\n", rows); }
std::string empty_lines(std::size_t rows) { return std::string(rows, '\n'); }
std::string zero_bytes(std::size_t rows) { return std::string(rows, '\0'); }
std::string letters_only(std::size_t rows) { return std::string(rows, 'a'); }
std::string blanks_only(std::size_t rows) { return "TCP" + std::string(rows, ' ') + "0.0.0.0:135"; }
std::string brackets(std::size_t rows) { return repeated("", "[a] ", rows); }
std::string less_signs(std::size_t rows) { return repeated("<pre>", "<", rows); }
std::string high_bytes(std::size_t rows) { return repeated("", "\xE4\x80\xFF", rows); }

constexpr std::size_t kMillion = 1'000'000;
constexpr unsigned kSecondsMax = 120;  // what takes longer is counted as dead

constexpr SizeCase kCases[] = {
    {"netstat, 2 million rows", netstat_rows, 2 * kMillion},
    {"netstat, 10 million short rows", short_rows, 10 * kMillion},
    {"netstat on one line, a million rows", one_line_rows, kMillion},
    {"netstat glued on one line, a million rows", glued_rows, kMillion},
    {"a line of a million columns", words_of_a_line, kMillion},
    {"CSV of a million columns", csv_columns, kMillion},
    {"HTML table of two million cells in a row", html_cells, kMillion},
    {"Markdown row of a million columns", pipes, kMillion},
    {"JSON object of a million keys", json_keys, kMillion},
    {"JSON a million deep", json_depth, kMillion},
    {"XML a million deep", xml_depth, kMillion},
    {"tasklist, a million rows", tasklist_rows, kMillion},
    {"tasklist, a million services of one process", services_of_one, kMillion},
    {"sc, a million services", sc_blocks, kMillion},
    {".reg, a million keys", reg_keys, kMillion},
    {"lsof -F, a million processes without a socket", lsof_fields, kMillion},
    {"rpcdump, a million bindings in one record", rpc_records, kMillion},
    {"rpcdump, an annotation of 1 MB for 100,000 bindings", rpc_annotation, kMillion / 10},
    {"netsh, 20,000 processes and URLs of one queue", http_queue, kMillion / 50},
    {"a million comments that never end", open_comments, kMillion},
    {"a million scripts that never end", open_scripts, kMillion},
    {"16 million empty lines", empty_lines, 16 * kMillion},
    {"250 MB of zero bytes", zero_bytes, 250 * kMillion},
    {"one line of 250 MB", letters_only, 250 * kMillion},
    {"a row with 250 MB of blanks", blanks_only, 250 * kMillion},
    {"20 million brackets", brackets, 20 * kMillion},
    {"50 million '<'", less_signs, 50 * kMillion},
    {"60 million bytes of no code page", high_bytes, 20 * kMillion},
};

/// What the child tells its parent.
struct Report {
  std::size_t bytes = 0;
  double seconds = 0;
  bool refused = false;
  char answer[400] = {};
};

template <class Read>
Report timed(std::size_t bytes, const Read& read) {
  Report report;
  report.bytes = bytes;
  const auto start = std::chrono::steady_clock::now();
  const std::string answer = read(report.refused);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::strncpy(report.answer, answer.c_str(), sizeof report.answer - 1);
  return report;
}

std::string answer_of(const Result<Snapshot>& snapshot, bool& refused) {
  refused = !snapshot.has_value();
  if (refused) return snapshot.error().message;
  return fmt::format("{} sockets, {} processes, {} services, {} settings, {} lines unread",
                     snapshot->endpoints.size(), snapshot->processes.size(),
                     snapshot->services.size(), snapshot->settings.size(), snapshot->unread.size());
}

/// Runs `work` in a child, so that its memory can be told from that of others.
SizeResult in_child(const std::function<Report()>& work) {
  int ends[2] = {-1, -1};
  SizeResult result;
  result.crashed = true;
  if (pipe(ends) != 0) return result;
  const pid_t child = fork();
  if (child == 0) {
    alarm(kSecondsMax);
    const Report report = work();
    const bool sent = write(ends[1], &report, sizeof report) == sizeof report;
    _exit(sent ? 0 : 1);
  }
  close(ends[1]);
  Report report;
  const bool told = read(ends[0], &report, sizeof report) == sizeof report;
  close(ends[0]);
  int status = 0;
  rusage usage = {};
  wait4(child, &status, 0, &usage);
  result.crashed = !told || !WIFEXITED(status) || WEXITSTATUS(status) != 0;
  result.answer = report.answer;
  result.refused = report.refused;
  result.bytes = report.bytes;
  result.seconds = report.seconds;
  result.peak_mib = static_cast<std::size_t>(usage.ru_maxrss) / 1024;
  return result;
}

}  // namespace

std::span<const SizeCase> size_cases() { return kCases; }

SizeResult measure(const SizeCase& size_case, std::size_t rows) {
  return in_child([&size_case, rows] {
    std::vector<evidence::Input> inputs = {{"big.txt", size_case.make(rows)}};
    return timed(inputs.front().bytes.size(), [&inputs](bool& refused) {
      return answer_of(evidence::read(inputs, Os::unknown, knowledge::builtin().signs()), refused);
    });
  });
}

SizeResult measure_file(std::size_t bytes) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / fmt::format("deadlight-size-{}", getpid());
  std::ofstream(file) << kNetstat << "  TCP    0.0.0.0:135   0.0.0.0:0   LISTENING   884\n";
  std::filesystem::resize_file(file, bytes);
  const SizeResult result = in_child([&file, bytes] {
    return timed(bytes, [&file](bool& refused) -> std::string {
      const Result<std::vector<evidence::Input>> inputs = evidence::load({file});
      refused = !inputs.has_value();
      return refused ? inputs.error().message
                     : answer_of(evidence::read(*inputs, Os::unknown, knowledge::builtin().signs()),
                                 refused);
    });
  });
  std::filesystem::remove(file);
  return result;
}

}  // namespace deadlight::truth
