// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/observe/trace.h"

#include <pthread.h>
#include <unistd.h>

#include <array>
#include <map>
#include <mutex>
#include <set>

#include "frozen/recording.h"
#include "runtime/llvm_errors.h"

#include <llvm/Support/JSON.h>
#include <llvm/Support/raw_ostream.h>

namespace inlay {

namespace {

struct Event {
  const char* category;
  std::string name;
  jit::Clock::time_point begin;
  jit::Clock::duration duration;  // negative: it has none
  long thread;
  jit::TraceArguments arguments;
};

}  // namespace

struct Trace::State {
  explicit State(std::size_t most) : most_events(most) {}

  void add(Event event) {
    std::lock_guard lock(mutex);
    if (!threads.contains(event.thread)) threads.emplace(event.thread, name_of_this_thread());
    if (events.size() < most_events)
      events.push_back(std::move(event));
    else
      ++dropped;
  }

  static std::string name_of_this_thread() {
    std::array<char, 16> name{};  // Linux keeps no more
    return pthread_getname_np(pthread_self(), name.data(), name.size()) == 0 ? name.data() : "";
  }

  void print(llvm::raw_ostream& stream) {
    llvm::json::OStream json(stream);
    const auto pid = static_cast<std::int64_t>(getpid());
    auto us = [](jit::Clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); };
    std::lock_guard lock(mutex);
    json.object([&] {
      json.attributeArray("traceEvents", [&] {
        for (const auto& [thread, name] : threads)
          json.object([&, &thread = thread, &name = name] {
            json.attribute("ph", "M");
            json.attribute("cat", "__metadata");
            json.attribute("name", "thread_name");
            json.attribute("pid", pid);
            json.attribute("tid", static_cast<std::int64_t>(thread));
            json.attribute("ts", 0);
            json.attributeObject("args", [&] { json.attribute("name", llvm::json::fixUTF8(name)); });
          });
        for (const Event& event : events)
          json.object([&] {
            const bool spans = event.duration >= jit::Clock::duration::zero();
            json.attribute("ph", spans ? "X" : "i");
            json.attribute("cat", event.category);
            json.attribute("name", llvm::json::fixUTF8(event.name));
            json.attribute("pid", pid);
            json.attribute("tid", static_cast<std::int64_t>(event.thread));
            json.attribute("ts", us(event.begin - began));
            if (spans)
              json.attribute("dur", us(event.duration));
            else
              json.attribute("s", "t");
            if (event.arguments.empty()) return;
            json.attributeObject("args", [&] {
              for (const auto& [key, value] : event.arguments) json.attribute(key, llvm::json::fixUTF8(value));
            });
          });
      });
      json.attribute("displayTimeUnit", "ms");
      json.attributeObject("otherData", [&] { json.attribute("dropped", static_cast<std::int64_t>(dropped)); });
    });
  }

  const std::size_t most_events;
  const jit::Clock::time_point began = jit::Clock::now();
  std::mutex mutex;
  std::vector<Event> events;
  std::map<long, std::string> threads;  // those that events are of, and their names
  std::uint64_t dropped = 0;
};

Trace Trace::start(std::size_t most_events) {
  const frozen::Unrecorded unrecorded;
  return Trace(std::make_shared<State>(most_events));
}

std::string Trace::to_json() const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  state_->print(stream);
  return text;
}

Result<void> Trace::write(const std::string& path) const {
  llvm::Error error = llvm::writeToOutput(path, [&](llvm::raw_ostream& stream) {
    state_->print(stream);
    stream << '\n';
    return llvm::Error::success();
  });
  if (error)
    return Error(ErrorKind::File, "cannot write the trace '" + path + "': " + llvm::toString(std::move(error)));
  return {};
}

std::uint64_t Trace::dropped() const {
  std::lock_guard lock(state_->mutex);
  return state_->dropped;
}

namespace jit {

namespace {

/// A trace that goes to a file in the end.
struct TraceFile {
  const Trace trace;
  const std::string path;
  const pid_t process = getpid();

  TraceFile(const Trace& its_trace, const std::string& its_path);
  TraceFile(const TraceFile&) = delete;
  ~TraceFile();
  void write() const {
    if (process == getpid()) static_cast<void>(trace.write(path));  // nobody is left to be told if that fails
  }
};

struct TraceFiles {
  std::mutex mutex;
  std::set<const TraceFile*> all;
};
TraceFiles& trace_files() {
  static auto& files = *new TraceFiles;  // used while the program's statics are destroyed
  return files;
}

TraceFile::TraceFile(const Trace& its_trace, const std::string& its_path) : trace(its_trace), path(its_path) {
  std::lock_guard lock(trace_files().mutex);
  trace_files().all.insert(this);
}

TraceFile::~TraceFile() {
  {
    std::lock_guard lock(trace_files().mutex);
    trace_files().all.erase(this);
  }
  write();
}

}  // namespace

std::shared_ptr<const void> new_trace_file(const Trace& trace, const std::string& path) {
  return std::make_shared<TraceFile>(trace, path);
}

void write_trace_files() {
  std::lock_guard lock(trace_files().mutex);
  for (const TraceFile* file : trace_files().all) file->write();
}

void trace_span(const std::optional<Trace>& trace, const char* category, std::string_view name, Clock::time_point begin,
                Clock::time_point end, TraceArguments arguments) {
  if (!trace) return;
  const frozen::Unrecorded unrecorded;
  trace->state().add({category, std::string(name), begin, end - begin, gettid(), std::move(arguments)});
}

void trace_event(const std::optional<Trace>& trace, const char* category, std::string_view name,
                 TraceArguments arguments) {
  if (!trace) return;
  const frozen::Unrecorded unrecorded;
  trace->state().add({category, std::string(name), Clock::now(), Clock::duration(-1), gettid(), std::move(arguments)});
}

}  // namespace jit
}  // namespace inlay
