// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The trace is what trace viewers take: spans that lie within one another, events with names.
#include "inlay/trace.h"

#include <fstream>
#include <map>

#include "../closures/test_support.h"
#include "runtime.h"

#include <llvm/Support/JSON.h>

namespace inlay::tiers {
namespace {

using closures::ok;

struct Event {
  std::string phase, category, name;
  double begin, duration;
};

std::vector<Event> read(const std::string& text) {
  std::vector<Event> events;
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(text);
  EXPECT_TRUE(static_cast<bool>(json)) << text;
  if (!json) return events;
  for (const llvm::json::Value& value : *json->getAsObject()->getArray("traceEvents")) {
    const llvm::json::Object& event = *value.getAsObject();
    EXPECT_TRUE(event.getInteger("pid") && event.getInteger("tid"));
    if (event.getString("ph") == "M") continue;  // not an event, but about a thread
    events.push_back({event.getString("ph")->str(), event.getString("cat")->str(), event.getString("name")->str(),
                      event.getNumber("ts").value(), event.getNumber("dur").value_or(-1)});
  }
  return events;
}

TEST(Trace, tells_each_phase_within_its_compilation_and_each_event) {
  const Trace trace = Trace::start();
  const Jit jit = ok(Jit::create({.trace = trace}));
  auto function = closures::compiled(jit.optimize(jit.freeze([] { return hand::number(4); })));
  function.invalidate();
  std::map<std::string, int> phases, categories;
  const std::vector<Event> events = read(trace.to_json());
  const Event* compile = nullptr;
  for (const Event& event : events) {
    ++categories[event.category];
    if (event.category == "compile") compile = &event;
    if (event.category == "phase") ++phases[event.name];
    EXPECT_TRUE(event.phase != "X" || event.duration >= 0);
  }
  EXPECT_EQ(categories["compile"], 1);
  EXPECT_EQ(categories["swap"], 1);
  EXPECT_EQ(categories["invalidate"], 1);
  for (const char* phase : {"load", "specialize", "optimize", "emit", "link"}) EXPECT_EQ(phases[phase], 1) << phase;
  ASSERT_TRUE(compile);
  EXPECT_NE(compile->name.find("hand::number"), std::string::npos) << compile->name;
  for (const Event& event : events)
    if (event.category == "phase") {
      EXPECT_GE(event.begin, compile->begin - 1);
      EXPECT_LE(event.begin + event.duration, compile->begin + compile->duration + 1) << event.name;
    }
  EXPECT_EQ(trace.dropped(), 0u);
}

TEST(Trace, tells_the_phases_of_versions_too) {
  const Trace trace = Trace::start();
  const Jit jit = ok(Jit::create({.trace = trace}));
  using std::placeholders::_1, std::placeholders::_2, std::placeholders::_3;
  auto function = ok(jit.specialize(&hand::reduce, promote(_1), _2, _3));
  const hand::Int numbers[] = {1, 2, 3};
  for (int i = 0; i < 10; ++i) function(7, numbers, 3);
  ASSERT_EQ(function.versions().size(), 1u);
  std::map<std::string, int> seen;
  for (const Event& event : read(trace.to_json())) ++seen[event.category == "phase" ? event.name : event.category];
  EXPECT_EQ(seen["compile"], 2) << "the code for other values, and the version";
  for (const char* phase : {"specialize", "optimize", "emit", "link"}) EXPECT_EQ(seen[phase], 2) << phase;
  EXPECT_EQ(seen["swap"], 2) << "to that code, and to the way to the version";
  EXPECT_EQ(seen["swap"], static_cast<int>(jit.counters().swaps));
}

TEST(Trace, tells_the_names_of_threads) {
  const Trace trace = Trace::start();
  Policy policy = Policy::hot();
  policy.quick_calls = policy.optimize_calls = 2;
  policy.quick_us = policy.optimize_us = 0;
  const Jit jit = ok(Jit::create({.policy = policy, .trace = trace}));
  auto function = ok(jit.optimize(jit.freeze([] { return hand::number(4); })));
  hand::Env env;
  for (int i = 0; i < 200; ++i) function(env);
  jit.wait_for_background();
  function.invalidate();  // an event of this thread
  std::map<std::int64_t, std::string> names;
  std::map<std::string, std::int64_t> thread_of;
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(trace.to_json());
  ASSERT_TRUE(static_cast<bool>(json));
  for (const llvm::json::Value& value : *json->getAsObject()->getArray("traceEvents")) {
    const llvm::json::Object& event = *value.getAsObject();
    const std::int64_t thread = event.getInteger("tid").value();
    if (event.getString("ph") == "M") {
      EXPECT_EQ(event.getString("name"), "thread_name");
      EXPECT_TRUE(names.emplace(thread, event.getObject("args")->getString("name")->str()).second) << "once each";
    } else {
      thread_of[event.getString("cat")->str()] = thread;
    }
  }
  EXPECT_EQ(names.size(), 2u);
  EXPECT_EQ(names[thread_of["compile"]], "inlay");
  EXPECT_TRUE(names.contains(thread_of["invalidate"]));
  EXPECT_NE(thread_of["invalidate"], thread_of["compile"]);
}

TEST(Trace, keeps_so_many_events_and_counts_the_rest) {
  const Trace trace = Trace::start(3);
  const Jit jit = ok(Jit::create({.trace = trace}));
  closures::compiled(jit.optimize(jit.freeze([] { return hand::number(4); })));
  EXPECT_EQ(read(trace.to_json()).size(), 3u);
  EXPECT_GE(trace.dropped(), 3u);
}

TEST(Trace, is_written_as_a_whole_or_not_at_all) {
  const Trace trace = Trace::start();
  EXPECT_TRUE(read(trace.to_json()).empty());
  const std::string path = ::testing::TempDir() + "inlay_trace_test.json";
  ASSERT_TRUE(trace.write(path));
  std::ifstream file(path);
  std::string text(std::istreambuf_iterator<char>(file), {});
  EXPECT_TRUE(read(text).empty());
  std::remove(path.c_str());
  Result<void> nowhere = trace.write("/nonexistent/folder/trace.json");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().kind(), ErrorKind::File);
}

}  // namespace
}  // namespace inlay::tiers
