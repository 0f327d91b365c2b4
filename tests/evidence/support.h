#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/file.h"
#include "evidence/evidence.h"
#include "knowledge/knowledge.h"
#include "model/snapshot.h"

namespace deadlight::evidence::test {

inline std::string data(const std::string& name) {
  const auto content = read_file(std::string(DEADLIGHT_TEST_DATA) + "/" + name, 1U << 24);
  EXPECT_TRUE(content.has_value()) << (content ? "" : content.error().message);
  return content.value_or(std::string());
}

inline Snapshot read_inputs(const std::vector<Input>& inputs, Os os = Os::unknown) {
  auto snapshot = read(inputs, os, knowledge::builtin().signs());
  EXPECT_TRUE(snapshot.has_value()) << (snapshot ? "" : snapshot.error().message);
  return snapshot ? std::move(*snapshot) : Snapshot();
}

inline Snapshot read_text(const std::string& text, Os os = Os::unknown) {
  return read_inputs({{"host.txt", text}}, os);
}

/// Text under netstat's heading, with a process id column.
inline std::string netstat(const std::string& rows) {
  return "Active Connections\n\n"
         "  Proto  Local Address          Foreign Address        State           PID\n" +
         rows;
}

/// "tcp 0.0.0.0:135 listening 884 svchost.exe": one text for each endpoint.
inline std::vector<std::string> rows(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const Endpoint& endpoint : snapshot.endpoints) {
    std::string row = endpoint_text(endpoint);
    if (endpoint.remote) row += " -> " + socket_text(*endpoint.remote, endpoint.remote_port);
    row += ' ' + std::string(state_id(endpoint.state));
    if (endpoint.pid) row += ' ' + std::to_string(*endpoint.pid);
    if (!endpoint.process.empty()) row += ' ' + endpoint.process.str();
    out.push_back(std::move(row));
  }
  return out;
}

/// "tcp 0.0.0.0:135": the open ones.
inline std::vector<std::string> open_endpoints(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const Endpoint& endpoint : snapshot.endpoints) {
    if (endpoint.is_open()) out.push_back(endpoint_text(endpoint));
  }
  return out;
}

/// "3: port 70000 is above 65535"
inline std::vector<std::string> unread(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const Unread& line : snapshot.unread) {
    out.push_back(std::to_string(line.line) + ": " + line.reason);
  }
  return out;
}

/// "1-4"
inline std::vector<std::string> skipped(const Snapshot& snapshot) {
  std::vector<std::string> out;
  for (const Skipped& range : snapshot.skipped) {
    out.push_back(std::to_string(range.first_line) + "-" + std::to_string(range.last_line));
  }
  return out;
}

inline std::vector<std::string> services(const Snapshot& snapshot, std::uint32_t pid) {
  const Process* process = snapshot.process(pid);
  return process != nullptr ? process->services : std::vector<std::string>{"no such process"};
}

}  // namespace deadlight::evidence::test
