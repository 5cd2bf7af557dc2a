// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `inlay cache`: what it prints and its exit codes.
#include "support.h"

namespace inlay::caching {
namespace {

struct Printed {
  int code = -1;
  std::string text;
};

Printed inlay_cache(const std::string& arguments, const std::string& environment = "") {
  Printed printed;
  const std::string command = environment + " timeout 20 " + INLAY_COMMAND + " cache " + arguments + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  if (!pipe) return printed;
  char buffer[512];
  while (const std::size_t count = fread(buffer, 1, sizeof buffer, pipe)) printed.text.append(buffer, count);
  const int status = pclose(pipe);
  if (WIFEXITED(status)) printed.code = WEXITSTATUS(status);
  return printed;
}

bool holds(const Printed& printed, const std::string& text) { return printed.text.find(text) != std::string::npos; }

TEST(CacheCommand, lists_verifies_and_clears) {
  const Folder folder;
  const std::string name = cache::name_of(cache::read_entry(an_entry(7, 100))->id), other = cache::name_of({1, 2});
  write_file(folder.file(name), an_entry(7, 100));
  const std::string where = " --dir " + folder.path();

  Printed printed = inlay_cache("list" + where);
  EXPECT_EQ(printed.code, 0);
  EXPECT_TRUE(holds(printed, name) && holds(printed, "function 7") && holds(printed, "1 entries,")) << printed.text;
  printed = inlay_cache("list --json", "INLAY_CACHE_DIR=" + folder.path());
  EXPECT_EQ(printed.code, 0);
  EXPECT_TRUE(holds(printed, "[{\"name\":\"" + name + "\",\"function\":\"function 7\",")) << printed.text;
  EXPECT_TRUE(holds(printed, "\"code_bytes\":100,") && holds(printed, "\"sound\":true}]")) << printed.text;
  EXPECT_EQ(inlay_cache("verify" + where).code, 0);

  write_file(folder.file(other), an_entry(7, 100));
  printed = inlay_cache("verify" + where);
  EXPECT_EQ(printed.code, 1);
  EXPECT_TRUE(holds(printed, other) && holds(printed, "DAMAGED") && !holds(printed, name)) << printed.text;
  EXPECT_TRUE(holds(inlay_cache("verify --json" + where), "\"sound\":false}]"));

  printed = inlay_cache("repair" + where);
  EXPECT_EQ(printed.code, 0);
  EXPECT_TRUE(holds(printed, other) && holds(printed, "\n1 entries removed")) << printed.text;
  EXPECT_EQ(folder.files(), std::vector<std::string>{name});
  printed = inlay_cache("repair" + where);
  EXPECT_EQ(printed.code, 0);
  EXPECT_EQ(printed.text, "0 entries removed\n");
  EXPECT_EQ(inlay_cache("repair --json" + where).text, "[]\n");

  printed = inlay_cache("clear" + where);
  EXPECT_EQ(printed.code, 0);
  EXPECT_TRUE(holds(printed, "1 entries removed")) << printed.text;
  EXPECT_TRUE(folder.files().empty());
}

TEST(CacheCommand, shows_names_on_one_line_each) {
  const Folder folder;
  const base::Bytes entry = an_entry(7, 100, "rule\n\x1b[17m");
  write_file(folder.file(cache::name_of(cache::read_entry(entry)->id)), entry);
  const std::string where = " --dir " + folder.path();
  const Printed text = inlay_cache("list" + where);
  EXPECT_TRUE(holds(text, "  rule  [17m (function 7)\n1 entries,")) << text.text;
  const Printed json = inlay_cache("list --json" + where);
  EXPECT_TRUE(holds(json, "\"title\":\"rule\\u000a\\u001b[17m\"")) << json.text;
}

TEST(CacheCommand, options_are_taken_and_told_before_and_after_the_subcommand) {
  const Folder folder;
  for (const std::string command : {"list", "verify", "repair", "clear"}) {
    const Printed help = inlay_cache(command + " --help");
    EXPECT_EQ(help.code, 0);
    EXPECT_TRUE(holds(help, "--dir") && holds(help, "--json") && holds(help, "inlay cache clear")) << help.text;
    EXPECT_FALSE(holds(help, "inlay embed")) << help.text;
    const std::string where = " --dir " + folder.path();
    EXPECT_EQ(inlay_cache(command + where + " --json").code, 0);
    EXPECT_EQ(inlay_cache("--json" + where + ' ' + command).text, inlay_cache(command + " --json" + where).text);
  }
}

TEST(CacheCommand, explains_what_is_wrong) {
  const Folder folder;
  EXPECT_EQ(inlay_cache("list --dir " + folder.file("nothing")).code, 1);
  EXPECT_EQ(inlay_cache("verify --dir " + folder.file("nothing")).code, 1);
  for (const std::string nothing_to_do : {"clear", "repair"}) {
    const Printed printed = inlay_cache(nothing_to_do + " --dir " + folder.file("nothing"));
    EXPECT_EQ(printed.code, 0);
    EXPECT_EQ(printed.text, "0 entries removed\n");
  }
  EXPECT_TRUE(folder.files().empty()) << "looking makes no folder";
  chmod(folder.path().c_str(), 0777);
  const Printed printed = inlay_cache("list --dir " + folder.path());
  EXPECT_EQ(printed.code, 1);
  EXPECT_TRUE(holds(printed, "may be written by others")) << printed.text;
  EXPECT_EQ(inlay_cache("").code, 2);
  EXPECT_EQ(inlay_cache("list --unknown").code, 2);
}

}  // namespace
}  // namespace inlay::caching
