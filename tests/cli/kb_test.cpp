// deadlight kb, as a user runs it: on the real knowledge base, on overlays, on role files.
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "run_program.h"

namespace deadlight::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr const char* kSpoolerUuid = "{12345678-1234-ABCD-EF00-0123456789AB}";

// A closer for a service of one's own, with its source.
constexpr std::string_view kOverlay = R"([[source]]
id = "acme"
title = "ACME handbook"
[[service]]
id = "AcmePrint"
title = "ACME Print Server"
os = "win2003-win7"
certainty = "documented"
sources = ["acme"]
[[service.hosted]]
image = "acmeprn.exe"
[[feature]]
id = "acme-print"
title = "ACME print server"
purpose = "Takes print jobs."
os = "win2003-win7"
certainty = "documented"
sources = ["acme"]
[[feature.opens]]
protocol = "tcp"
port = 7717
holder = "AcmePrint"
)";

class Kb : public testing::Test {
 protected:
  Kb()
      : path_(std::filesystem::temp_directory_path() /
              ("deadlight-kb-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Kb() override { std::filesystem::remove_all(path_); }

  std::string file(const std::string& name, std::string_view content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return (path_ / name).string();
  }
  std::string folder() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

TEST_F(Kb, ListCountsEveryKind) {
  const Ran ran = run_program({"kb", "list"});
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.err, IsEmpty());
  EXPECT_THAT(ran.out, AllOf(HasSubstr("services"), HasSubstr("netbios"), HasSubstr("documented")));
}

TEST_F(Kb, ListOfAKindAsTextAndJson) {
  for (const int width : {80, 200}) {
    const Ran ran = run_program({"kb", "list", "closers", "--os", "winxp"}, width);
    EXPECT_EQ(ran.exit_code, 0);
    EXPECT_THAT(ran.out, HasSubstr("netbt_adapter_disable"));
  }
  const Ran ran = run_program({"kb", "list", "rpc", "--json"});
  const json rows = json::parse(ran.out).at("rows");
  EXPECT_GT(rows.size(), 250U);
  EXPECT_TRUE(std::all_of(rows.begin(), rows.end(), [](const json& row) {
    return !row.at("sources").empty() && row.at("certainty").is_string();
  }));
}

TEST_F(Kb, ShowKnowsEachKindOfSubject) {
  for (const char* subject : {"LanmanServer", "raw-smb", "netbt_adapter_disable",
                              "domain-controller", "445/tcp", "8009/tcp", kSpoolerUuid, "<20>"}) {
    const Ran ran = run_program({"kb", "show", subject});
    EXPECT_EQ(ran.exit_code, 0) << subject;
    EXPECT_THAT(ran.err, IsEmpty()) << subject;
    EXPECT_FALSE(ran.out.empty()) << subject;
  }
  EXPECT_THAT(run_program({"kb", "show", "8009/tcp"}).out, HasSubstr("nvme-disc"));
  EXPECT_THAT(run_program({"kb", "show", "netbt"}).out, HasSubstr("Certainty     documented"));
  const json document = json::parse(run_program({"kb", "show", kSpoolerUuid, "--json"}).out);
  EXPECT_EQ(document.at("rows").size(), 2U);
}

TEST_F(Kb, ShowOfNothingIsAnErrorInOneLine) {
  const Ran ran = run_program({"kb", "show", "no-such-thing"});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_THAT(ran.err, StartsWith("deadlight: 'no-such-thing' is not in the knowledge base"));
  EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1);
  EXPECT_EQ(run_program({"kb", "list", "tables"}).exit_code, 2);
  EXPECT_EQ(run_program({"kb", "list", "roles", "--os", "winxp"}).exit_code, 2);
  EXPECT_EQ(run_program({"kb"}).exit_code, 2);
  EXPECT_EQ(run_program({"kb", "show"}).exit_code, 2);
}

TEST_F(Kb, TheBuiltInBaseIsSound) {
  const Ran ran = run_program({"kb", "check"});
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  EXPECT_THAT(ran.out, StartsWith("built-in knowledge base: no problem"));
}

TEST_F(Kb, CheckOfASoundFolderSaysWhatWasRead) {
  file("acme.toml", kOverlay);
  const Ran ran = run_program({"kb", "check", folder()});
  EXPECT_EQ(ran.exit_code, 0) << ran.out;
  EXPECT_EQ(ran.out, folder() + ": no problem; 1 file, rows: feature 1, service 1, source 1\n");
}

TEST_F(Kb, CheckNamesEachProblemOnALineOfItsOwn) {
  std::string text(kOverlay);
  text.replace(text.find("\"acme\"]"), 6, "\"acne\"");
  text +=
      "[[capability]]\nid = \"c\"\n[[role]]\nid = \"r\"\ntitle = \"R\"\npurpose = \"P\"\n"
      "needs = [\"d\"]\n";
  const std::string path = file("acme.toml", text);
  const Ran ran = run_program({"kb", "check", folder()});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(ran.out,
            path + ":23: capability 'c': title is empty; write it\n" + path +
                ":9: service 'AcmePrint': sources names 'acne', which is no [[source]]; add it to "
                "sources.toml\n" +
                path +
                ":29: role 'r': needs names 'd', which is no [[capability]]; correct the name or "
                "add it to capabilities.toml\n");
  const json document = json::parse(run_program({"kb", "check", folder(), "--json"}).out);
  EXPECT_EQ(document.at("problems").size(), 3U);
}

TEST_F(Kb, CheckOfOneFile) {
  EXPECT_EQ(run_program({"kb", "check", file("acme.toml", kOverlay)}).exit_code, 0);
  const std::string role = file("role.toml", "id = 'mine'\nextends = 'closed'\nneeds = ['wifi']\n");
  const Ran fine = run_program({"kb", "check", role});
  EXPECT_EQ(fine.exit_code, 0) << fine.out;
  EXPECT_THAT(fine.out, EndsWith(": no problem; 1 file, rows: role 1\n"));
  const std::string wrong = file("wrong.toml", "id = 'mine'\nextends = 'open'\nneeds = ['wify']\n");
  const Ran ran = run_program({"kb", "check", wrong});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(ran.out, wrong +
                         ":2: role 'mine': extends names 'open', which is no [[role]]; correct "
                         "the name\n" +
                         wrong +
                         ":3: role 'mine': needs names 'wify', which is no [[capability]]; "
                         "correct the name or add it to capabilities.toml\n");
  EXPECT_EQ(run_program({"kb", "check", folder() + "/none"}).exit_code, 2);
}

TEST_F(Kb, AnOverlayIsShownAndListed) {
  file("acme.toml", kOverlay);
  const Ran ran = run_program({"kb", "show", "7717/tcp", "--knowledge", folder()});
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("acme-print: tcp 7717"));
  EXPECT_THAT(run_program({"kb", "list", "services", "--knowledge", folder()}).out,
              HasSubstr("AcmePrint"));
  // A role that builds on the overlay.
  const std::string role = file("role.not-read", "id = 'm'\ndisable = ['AcmePrint']\n");
  EXPECT_EQ(run_program({"kb", "check", role}).exit_code, 2);
  EXPECT_EQ(run_program({"kb", "check", role, "--knowledge", folder()}).exit_code, 0);
}

TEST_F(Kb, ASignOfAnOverlayTellsTheSystem) {
  file("acme.toml",
       "[[os_sign]]\nid = 'acme'\nservice = 'AcmePrint'\nos = 'winxp'\ncertainty = 'inferred'\n"
       "sources = ['unverified']\n");
  const std::string host =
      file("host.txt", "  TCP    0.0.0.0:135    web1:0    LISTENING\n  AcmePrint\n [host.exe]\n");
  const auto os_with = [&](std::vector<std::string> options) {
    std::vector<std::string> args = {"scan", "--from", host, "--json"};
    args.insert(args.end(), options.begin(), options.end());
    return json::parse(run_program(args).out).at("host").at("os");
  };
  EXPECT_EQ(os_with({"--knowledge", folder()}), "winxp");
  EXPECT_EQ(os_with({}), "unknown");
}

// The blocks of the guide, which refer to each other: what it says must work as it stands.
TEST_F(Kb, TheExamplesOfTheGuideAreSound) {
  std::ifstream guide(DEADLIGHT_GUIDE);
  bool inside = false;
  int blocks = 0;
  std::string text;
  for (std::string line; std::getline(guide, line);) {
    const bool fence = line.starts_with("```");
    if (fence && inside) file("block" + std::to_string(++blocks) + ".toml", text);
    if (fence) text.clear();
    inside = fence ? line == "```toml" : inside;
    if (inside && !fence) text += line + "\n";
  }
  EXPECT_GE(blocks, 5);
  const Ran ran = run_program({"kb", "check", folder()});
  EXPECT_EQ(ran.exit_code, 0) << ran.out << ran.err;
  EXPECT_THAT(run_program({"kb", "show", "<7A>", "--knowledge", folder()}).out,
              HasSubstr("AcmePrint"));
}

TEST_F(Kb, ABrokenOverlayIsNamedWithItsLine) {
  const std::string path = file("acme.toml", "[[capability]]\nid = 'c'\ntitel = 'C'\n");
  const Ran ran = run_program({"kb", "list", "--knowledge", folder()});
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, StartsWith("deadlight: " + path + ":3: unknown key 'titel'"));
}

// They are lists of their own, which nothing else would keep up with the knowledge base.
TEST(Completions, NameEveryRoleAndSystemAsTheManualDoes) {
  std::vector<std::string> names;
  const json roles = json::parse(run_program({"kb", "list", "roles", "--json"}).out);
  for (const auto& row : roles.at("rows")) names.push_back(row.at("id"));
  ASSERT_FALSE(names.empty());
  const std::string systems = run_program({"kb", "list", "--os", "none"}).err;
  std::istringstream words(systems.substr(systems.find("there are ") + 10));
  for (std::string word; words >> word;) names.push_back(word);
  EXPECT_THAT(names, Contains("server2025"));
  const std::string root = std::string(DEADLIGHT_TEST_DATA) + "/../../";
  for (const char* file : {"completions/_deadlight", "completions/deadlight.bash",
                           "completions/deadlight.fish", "docs/deadlight.1"}) {
    std::ifstream stream(root + file);
    std::string text(std::istreambuf_iterator<char>(stream), {});
    std::erase(text, '\\');  // the manual's hyphens
    for (const std::string& name : names) EXPECT_THAT(text, HasSubstr(name)) << file;
  }
}

}  // namespace
}  // namespace deadlight::test
