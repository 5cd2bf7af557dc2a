// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// inlay cache list|verify|repair|clear: looks at a folder of compiled code.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include "inlay/cache.h"
#include "tool/tool.h"

namespace inlay::tool {

namespace {

struct Request {
  CLI::App* verify = nullptr;
  CLI::App* repair = nullptr;
  CLI::App* clear = nullptr;
  std::string folder;
  bool json = false;
};

std::string time_as_text(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  char text[32] = "";
  if (gmtime_r(&time, &parts)) std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

void print_json(const std::vector<CacheEntry>& entries) {
  std::printf("[");
  const char* separator = "";
  for (const CacheEntry& entry : entries) {
    std::printf(
        "%s{\"name\":%s,\"function\":%s,\"title\":%s,\"bytes\":%llu,\"code_bytes\":%llu,\"used\":%s,\"sound\":%s}",
        separator, json_string(entry.name).c_str(), json_string(entry.function).c_str(),
        json_string(entry.title).c_str(), static_cast<unsigned long long>(entry.bytes),
        static_cast<unsigned long long>(entry.code_bytes), json_string(time_as_text(entry.used)).c_str(),
        entry.sound ? "true" : "false");
    separator = ",";
  }
  std::printf("]\n");
}

/// For a line of a terminal: an entry says what it likes.
std::string shown(const CacheEntry& entry) {
  if (!entry.sound) return "DAMAGED";
  std::string text = entry.title.empty() ? entry.function : entry.title + " (" + entry.function + ')';
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  return text;
}

void print_text(const std::vector<CacheEntry>& entries) {
  unsigned long long bytes = 0;
  for (const CacheEntry& entry : entries) {
    bytes += entry.bytes;
    std::printf("%s  %s  %9llu bytes  %s\n", entry.name.c_str(), time_as_text(entry.used).c_str(),
                static_cast<unsigned long long>(entry.bytes), shown(entry).c_str());
  }
  std::printf("%zu entries, %llu bytes\n", entries.size(), bytes);
}

int print_removed(const Request& command, std::uint64_t count) {
  std::printf(command.json ? "{\"removed\":%llu}\n" : "%llu entries removed\n", static_cast<unsigned long long>(count));
  return 0;
}

int print_repaired(const Request& command, const std::vector<CacheEntry>& removed) {
  if (command.json) return print_json(removed), 0;
  if (!removed.empty()) print_text(removed);
  return print_removed(command, removed.size());
}

int run(const Request& command) {
  CacheOptions options{.path = command.folder};
  if (options.path.empty()) {
    Result<std::string> path = Cache::default_path();
    if (!path) return fail(path.error());
    options.path = *path;
  }
  std::error_code ignored;
  if (!std::filesystem::exists(options.path, ignored)) {  // looking must not make it
    if (*command.clear) return print_removed(command, 0);
    if (*command.repair) return print_repaired(command, {});
    return fail({ErrorKind::NotFound, "there is no cache at '" + options.path + "'; --dir names another folder"});
  }
  Result<Cache> cache = Cache::directory(options);
  if (!cache) return fail(cache.error());
  if (*command.clear) {
    Result<std::uint64_t> count = cache->clear();
    if (!count) return fail(count.error());
    return print_removed(command, *count);
  }
  if (*command.repair) {
    Result<std::vector<CacheEntry>> removed = cache->repair();
    if (!removed) return fail(removed.error());
    return print_repaired(command, *removed);
  }
  Result<std::vector<CacheEntry>> entries = cache->list();
  if (!entries) return fail(entries.error());
  if (*command.verify) std::erase_if(*entries, [](const CacheEntry& entry) { return entry.sound; });
  if (command.json)
    print_json(*entries);
  else if (!*command.verify || !entries->empty())
    print_text(*entries);
  else
    std::printf("every entry is sound\n");
  return *command.verify && !entries->empty() ? 1 : 0;
}

}  // namespace

void add_cache_command(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Request>();
  CLI::App* cache = app.add_subcommand("cache", "Look at compiled code that is kept on disk, or remove it");
  cache->require_subcommand(1);
  cache->footer(  // of the subcommands, too
      "Examples:\n"
      "  inlay cache list                        what is kept in the default folder\n"
      "  inlay cache verify --dir /var/cache/x   1 is the exit code if an entry there is damaged\n"
      "  inlay cache repair                      remove what is damaged\n"
      "  inlay cache clear                       start anew");
  CLI::App* list = cache->add_subcommand("list", "Show what is kept, used last first");
  options->verify = cache->add_subcommand("verify", "Read all of it, and show what is damaged");
  options->repair = cache->add_subcommand("repair", "Remove what is damaged, and show what that was");
  options->clear = cache->add_subcommand("clear", "Remove all of it");
  for (CLI::App* each : {cache, list, options->verify, options->repair, options->clear}) {
    each->add_option("--dir", options->folder,
                     "The folder (default: $INLAY_CACHE_DIR, $XDG_CACHE_HOME/inlay or ~/.cache/inlay)");
    each->add_flag("--json", options->json, "Print JSON");
  }
  cache->callback([options, &exit_code] { exit_code = run(*options); });
}

}  // namespace inlay::tool
