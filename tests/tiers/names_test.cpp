// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// CompileOptions::name: whoever shows a compiled function calls it so.
#include <unistd.h>

#include <fstream>
#include <latch>
#include <sstream>

#include "../closures/test_support.h"
#include "inlay/debug.h"
#include "inlay/trace.h"
#include "runtime.h"

#include <llvm/ExecutionEngine/Orc/TargetProcess/JITLoaderGDB.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/JSON.h>

extern "C" jit_descriptor __jit_debug_descriptor;

namespace inlay::tiers {
namespace {

using closures::ok;
using hand::Env;
using hand::Int;
using Handle = Function<Int(Env&)>;

/// What the code that called last is called.
std::string caller;

[[gnu::noinline]] Int look(Int value) {
  CodeFrame frame;
  caller = describe_code(static_cast<const char*>(__builtin_return_address(0)) - 1, 0, frame) ? frame.function : "";
  asm volatile("" : "+r"(value));  // so that the call above is not the last thing here
  return value;
}

CompileOptions named(std::string name) {
  CompileOptions options;
  options.name = std::move(name);
  return options;
}

/// x + (number, by way of a call of the host).
Handle looking(const Jit& jit, Int number, const CompileOptions& options) {
  return ok(jit.optimize(jit.freeze([&] {
    return hand::add(hand::add(hand::variable_x(), hand::host_call(&look)), hand::number(number));
  }),
                         options));
}

Int call(const Handle& function, Int x) {
  Env env{x};
  return function(env);
}

std::string called(const Handle& function) {
  caller.clear();
  call(function, 1);
  return caller;
}

std::string contents(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Names, are_in_reports_beside_the_function) {
  const Jit jit = ok(Jit::create());
  const Handle function = looking(jit, 4, named("rule \"17\""));
  Report report = function.explain();
  EXPECT_EQ(report.name, "rule \"17\"");
  EXPECT_EQ(report.title(), report.name);
  EXPECT_NE(report.function.find("hand::"), std::string::npos);
  EXPECT_EQ(report.to_text().find("rule \"17\" (" + report.function + "): compiled"), 0u) << report.to_text();
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(report.to_json());
  ASSERT_TRUE(static_cast<bool>(json));
  EXPECT_EQ(json->getAsObject()->getString("name"), "rule \"17\"");
  EXPECT_EQ(json->getAsObject()->getString("function"), report.function);
  function.invalidate();
  EXPECT_EQ(function.explain().name, "rule \"17\"") << "of the original, too";

  report = looking(jit, 4, {}).explain();
  EXPECT_EQ(report.name, "");
  EXPECT_EQ(report.title(), report.function);
  EXPECT_EQ(report.to_text().find(report.function + ": compiled"), 0u) << report.to_text();
}

TEST(Names, are_there_before_anything_is_compiled) {
  const Jit jit = ok(Jit::create({.policy = Policy::hot()}));
  EXPECT_EQ(looking(jit, 4, named("patient")).explain().name, "patient");
}

TEST(Names, of_compiled_code_are_what_tools_find) {
  const Jit jit = ok(Jit::create());
  EXPECT_EQ(called(looking(jit, 4, named("rule 17"))), "rule 17");
  const std::string without = called(looking(jit, 4, {}));
  EXPECT_NE(without.find("[clone .inlay]"), std::string::npos) << without;
  EXPECT_EQ(called(looking(jit, 4, named("malloc"))), "malloc") << "a name is no symbol";
  EXPECT_EQ(called(looking(jit, 4, named("two\nlines"))), "two lines") << "files of lines stay whole";
  EXPECT_EQ(called(looking(jit, 4, named(std::string(1000, 'x')))), std::string(255, 'x'));
}

TEST(Names, of_versions_are_that_of_the_function) {
  const Jit jit = ok(Jit::create());
  using std::placeholders::_1, std::placeholders::_2, std::placeholders::_3;
  auto function = ok(jit.specialize_with(named("reduce all"), &hand::reduce, promote(_1), _2, _3));
  const hand::Int numbers[] = {1, 2, 3};
  for (int i = 0; i < 10; ++i) function(7, numbers, 3);
  ASSERT_EQ(function.versions().size(), 1u);
  EXPECT_EQ(function.versions()[0].report.name, "reduce all");
}

TEST(Names, of_functions_that_are_compiled_together) {
  Policy policy = Policy::hot();
  policy.highest = Tier::Quick;
  policy.quick_calls = 2;
  policy.quick_us = 0;
  const Jit jit = ok(Jit::create({.policy = policy}));
  std::latch busy{1}, free{1};
  bool first = true;
  CompileOptions slow;
  slow.inline_policy = [&](const CallSite&) {
    if (std::exchange(first, false)) busy.count_down(), free.wait();
    return InlineChoice::Default;
  };
  const Handle blocker = looking(jit, 1, slow);
  call(blocker, 1), call(blocker, 1);
  busy.wait();
  std::vector<Handle> functions;
  for (Int i = 0; i < 32; ++i)
    functions.push_back(looking(jit, i, i == 7 ? CompileOptions() : named("rule " + std::to_string(i))));
  for (const Handle& function : functions) call(function, 1), call(function, 1);
  free.count_down();
  jit.wait_for_background();
  ASSERT_GE(jit.counters().batches, 1u);
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const std::string name = called(functions[i]);
    if (i == 7)
      EXPECT_TRUE(name.find("hand::") != std::string::npos && name.ends_with(" [clone .inlay]")) << name;
    else
      EXPECT_EQ(name, "rule " + std::to_string(i));
  }
}

TEST(Names, are_in_traces) {
  const Trace trace = Trace::start();
  const Jit jit = ok(Jit::create({.trace = trace}));
  looking(jit, 4, named("rule 17")).invalidate();
  const std::string json = trace.to_json();
  llvm::Expected<llvm::json::Value> read = llvm::json::parse(json);
  ASSERT_TRUE(static_cast<bool>(read));
  unsigned seen = 0;
  for (const llvm::json::Value& value : *read->getAsObject()->getArray("traceEvents")) {
    const llvm::json::Object& event = *value.getAsObject();
    const std::string category = event.getString("cat").value_or("").str();
    if (category != "compile" && category != "swap" && category != "invalidate") continue;
    EXPECT_EQ(event.getString("name"), "rule 17") << json;
    if (category == "compile") {
      const llvm::json::Object* arguments = event.getObject("args");
      ASSERT_TRUE(arguments) << json;
      EXPECT_TRUE(arguments->getString("function").value_or("").contains("hand::")) << json;
    }
    ++seen;
  }
  EXPECT_EQ(seen, 3u) << json;
}

TEST(Names, have_no_effect_on_what_a_cache_finds) {
  const Cache cache = Cache::memory();
  const Jit jit = ok(Jit::create({.cache = cache}));
  EXPECT_FALSE(looking(jit, 4, named("first")).explain().cached);
  const Handle second = looking(jit, 4, named("second"));
  EXPECT_TRUE(second.explain().cached);
  EXPECT_EQ(second.explain().name, "second");
  EXPECT_EQ(called(second), "second");
  EXPECT_EQ(looking(jit, 4, {}).explain().name, "") << "not that of who compiled it";
  const std::vector<CacheEntry> entries = ok(cache.list());
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].title, "first");
  EXPECT_NE(entries[0].function.find("hand::"), std::string::npos) << entries[0].function;
}

TEST(Names, are_in_the_map_for_perf) {
  const Jit jit = ok(Jit::create({.perf = Perf::Map}));
  looking(jit, 4, named("rule\n17"));
  const std::string path = "/tmp/perf-" + std::to_string(getpid()) + ".map";
  const std::string map = contents(path);
  unlink(path.c_str());
  EXPECT_NE(map.find(" rule 17\n"), std::string::npos) << map;
}

/// The names of functions in the object that debuggers were told of last.
std::vector<std::string> symbols_for_debuggers() {
  const jit_code_entry* entry = __jit_debug_descriptor.first_entry;
  std::vector<std::string> names;
  if (!entry) return names;
  llvm::Expected<std::unique_ptr<llvm::object::ObjectFile>> object = llvm::object::ObjectFile::createELFObjectFile(
      llvm::MemoryBufferRef({entry->symfile_addr, static_cast<std::size_t>(entry->symfile_size)}, "object"));
  EXPECT_TRUE(static_cast<bool>(object));
  if (!object) return llvm::consumeError(object.takeError()), names;
  for (const llvm::object::SymbolRef& symbol : (*object)->symbols()) {
    EXPECT_TRUE(symbol.getName()->empty() || symbol.getAddress()) << symbol.getName()->str();
    if (llvm::cantFail(symbol.getType()) == llvm::object::SymbolRef::ST_Function)
      names.push_back(llvm::cantFail(symbol.getName()).str());
  }
  for (const llvm::object::SectionRef& section : (*object)->sections())
    EXPECT_TRUE(static_cast<bool>(section.getName())) << "names of sections are in the table of strings, too";
  return names;
}

TEST(Names, are_symbols_for_debuggers) {
  const Jit jit = ok(Jit::create({.debugger = true}));
  const Handle function = looking(jit, 4, named("rule 17"));
  const std::vector<std::string> names = symbols_for_debuggers();
  EXPECT_EQ(std::count(names.begin(), names.end(), "rule 17"), 1) << names.size();
  for (const std::string& name : names) EXPECT_FALSE(name.ends_with(".inlay")) << name;
}

}  // namespace
}  // namespace inlay::tiers
