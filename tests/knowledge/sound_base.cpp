#include "knowledge/sound_base.h"

#include <gtest/gtest.h>

#include "knowledge/folder.h"
#include "knowledge/loader.h"

namespace deadlight::knowledge {
namespace {

constexpr std::string_view kSound = R"(
[[source]]
id = "s"
title = "S"
[[capability]]
id = "c"
title = "C"
[[service]]
id = "Driver"
title = "D"
kind = "driver"
os = "windows"
certainty = "inferred"
sources = ["s"]
[[service]]
id = "Base"
title = "B"
os = "win2000-winxp"
aliases = ["bs"]
certainty = "inferred"
sources = ["s"]
[[service]]
id = "Web"
title = "W"
os = "win2000-winxp"
provides = ["c"]
depends_on = ["Base"]
certainty = "inferred"
sources = ["s"]
[[service.hosted]]
image = "web.exe"
[[service]]
id = "Vital"
title = "V"
os = "win2000-winxp"
protected_because = "all stops"
certainty = "inferred"
sources = ["s"]
[[service]]
id = "a.service"
title = "U"
kind = "unit"
os = "linux"
coupled = ["a.socket"]
certainty = "inferred"
sources = ["s"]
[[service]]
id = "a.socket"
title = "U"
kind = "unit"
os = "linux"
certainty = "inferred"
sources = ["s"]
[[group]]
os = "win2000-winxp"
image = "svchost.exe"
group = "one"
services = ["Base", "Vital"]
certainty = "inferred"
sources = ["s"]
[[feature]]
id = "web"
title = "W"
purpose = "P"
os = "win2000-winxp"
provides = ["c"]
certainty = "inferred"
sources = ["s"]
[[feature.opens]]
protocol = "tcp"
port = 80
holder = "Web"
[[feature.opens]]
protocol = "tcp"
port = 8080
os = "winxp"
holder = "Web"
[[closer]]
id = "web_off"
title = "Web off"
os = "win2000-winxp"
phase = "services"
effect = "release"
when = "now"
certainty = "inferred"
sources = ["s"]
[[closer.change]]
kind = "service"
target = "Web"
type = "disabled"
reverse = "R"
[[closer]]
id = "web_narrow"
title = "Web narrow"
os = "win2000"
phase = "services"
effect = "narrow"
when = "restart"
targets = ["web:tcp/80"]
loses = ["c"]
companions = ["web_off"]
certainty = "inferred"
sources = ["s"]
[[closer.change]]
kind = "registry"
target = 'HKLM\A'
type = "REG_SZ"
reverse = "R"
[[port]]
protocol = "tcp"
port = 80
windows = "Web"
certainty = "inferred"
sources = ["s"]
[[rpc_interface]]
uuid = "11111111-2222-3333-4444-555555555555"
version = "1.0"
name = "I"
os = "winxp"
services = ["Web"]
certainty = "inferred"
sources = ["s"]
[[netbios_suffix]]
suffix = "20"
form = "<computer>"
type = "unique"
service = "Base"
meaning = "M"
certainty = "inferred"
sources = ["s"]
[[smb_transport]]
os = "winxp"
side = "server"
setting = "on"
behaviour = "listens"
certainty = "inferred"
sources = ["s"]
[[role]]
id = "r"
title = "R"
purpose = "P"
extends = "q"
needs = ["c"]
disable = ["web_off", "bs"]
[[role]]
id = "q"
title = "Q"
purpose = "P"
[[os_sign]]
id = "one"
image = "one.exe"
os = "winxp"
certainty = "inferred"
sources = ["s"]
[[os_sign]]
id = "two"
service = "Two"
os = "win2000-winxp"
edition = "server"
certainty = "inferred"
sources = ["s"]
)";

}  // namespace

std::string_view sound_base() { return kSound; }

std::vector<std::string> problems_in(std::string_view toml) {
  const Folder folder;
  folder.write("x.toml", toml);
  const Result<FolderReading> reading = read_folder(folder.path(), Knowledge{});
  if (!reading) return {reading.error().message};
  std::vector<std::string> problems = knowledge::problems_of(*reading);
  const std::string before = folder.path().string() + "/";
  for (std::string& problem : problems) {
    EXPECT_TRUE(problem.starts_with(before + "x.toml:")) << problem;
    problem.erase(0, before.size());
  }
  return problems;
}

std::string broken(const Case& c) {
  std::string toml(kSound);
  const auto at = toml.find(c.replace, toml.find(c.after));
  EXPECT_NE(toml.find(c.after), std::string::npos) << c.after;
  EXPECT_NE(at, std::string::npos) << c.replace;
  return toml.replace(at, std::string_view(c.replace).size(), c.by);
}

}  // namespace deadlight::knowledge
