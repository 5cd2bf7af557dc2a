// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/serve/session.h"

#include <algorithm>
#include <thread>

#include "aot/output.h"
#include "aot/serve/support.h"
#include "base/stopwatch.h"
#include "inlay/ir/load.h"
#include "inlay/ir/main.h"

namespace inlay::aot {

namespace {

constexpr std::size_t MostProjects = 8;
constexpr std::size_t MostMemory = std::size_t{1} << 30;  // of pieces
constexpr unsigned ProgramMode = 0755;

std::string in_directory(const std::string& directory, const std::string& name) {
  return name.starts_with('/') || directory.empty() ? name : directory + '/' + name;
}

}  // namespace

struct Session::Known {
  std::string directory;
  std::vector<std::string> sources, libraries;
  Project project;
  PieceBuilder builder;
  base::Bytes file = {};  // that was built last
};

Session::Session(std::string store, std::uint64_t store_bytes) : path_(std::move(store)), store_bytes_(store_bytes) {
  make_room();
}

Session::~Session() = default;

/// All pieces are forgotten at once, and come back from the file where they are wanted: what uses them goes too.
void Session::make_room() {
  if (store_ && store_->memory() <= MostMemory) return;
  known_.clear();
  store_ = path_.empty() ? std::make_unique<Store>() : std::make_unique<Store>(path_, store_bytes_);
}

Result<Session::Known*> Session::known(const BuildRequest& request) {
  const auto found = std::find_if(known_.begin(), known_.end(), [&](const std::unique_ptr<Known>& one) {
    return one->directory == request.directory && one->sources == request.sources &&
           one->libraries == request.libraries;
  });
  if (found != known_.end()) {
    known_.splice(known_.begin(), known_, found);
    return known_.front().get();
  }
  if (known_.size() >= MostProjects) known_.pop_back();
  INLAY_TRY(Project project, Project::create());
  known_.push_front(std::unique_ptr<Known>(new Known{.directory = request.directory,
                                                     .sources = request.sources,
                                                     .libraries = request.libraries,
                                                     .project = std::move(project),
                                                     .builder = {*store_, machines_}}));
  return known_.front().get();
}

Result<BuildReport> Session::build(const BuildRequest& request, std::stop_token stop) {
  if (request.sources.empty()) return Error(ErrorKind::InvalidArgument, "there is nothing to build; name a program");
  base::Stopwatch watch;
  make_room();
  INLAY_TRY(Known * known, this->known(request));
  BuildReport report;
  std::vector<SourceText> sources;
  for (const std::string& name : request.sources) {
    INLAY_TRY(std::string text,
              ir::read_file(in_directory(request.directory, name), name, known->project.take_spare()));
    sources.push_back({name, std::move(text)});
  }
  std::vector<std::string> libraries;
  for (const std::string& name : request.libraries) libraries.push_back(in_directory(request.directory, name));
  INLAY_TRY(Output output, Output::create(in_directory(request.directory, request.output)));
  report.times.emplace_back("read", watch.lap_ms());

  const Result<void> updated = known->project.update(std::move(sources), libraries);
  if (!updated) {
    known->builder.forget();
    return updated.error();
  }
  report.incremental = known->project.was_incremental();
  if (!report.incremental) known->builder.forget();
  const Project::Times& front = known->project.times();
  report.times.insert(
      report.times.end(),
      {{"difference", front.difference}, {"parse", front.parse}, {"verify", front.verify}, {"expand", front.expand}});

  INLAY_TRY_VOID(ir::check_main(known->project.module()));
  watch.lap_ms();
  PieceOptions options{.level = request.level,
                       .cpu = request.native ? codegen::Cpu::Host : codegen::Cpu::Portable,
                       .strip = request.strip,
                       .threads = std::max(1u, std::thread::hardware_concurrency()),
                       .stop = stop};
  INLAY_TRY(options.support, support_objects(known->project.module()));
  const Result<PieceReport> made =
      known->builder.build_executable(known->project.module(), known->project.reach(), options, known->file,
                                      {.state = known->project.state(), .changed = known->project.changed()});
  if (!made) {
    // Whoever stopped it may ask again.
    static_cast<void>(store_->save().has_value());
    return made.error();
  }
  const PieceReport& built = *made;
  report.functions = built.functions;
  report.compiled = built.compiled;
  report.data = built.data;
  report.bytes = built.bytes;
  report.times.insert(report.times.end(), {{"decide inlining", built.inlining},
                                           {"fingerprints", built.fingerprints},
                                           {"look up", built.look_up},
                                           {"compile", built.compile},
                                           {"data", built.data_time},
                                           {"link", built.link}});
  watch.lap_ms();
  INLAY_TRY_VOID(output.write({reinterpret_cast<const char*>(known->file.data()), known->file.size()}));
  INLAY_TRY_VOID(output.commit(ProgramMode));
  report.times.emplace_back("write", watch.lap_ms());
  // What cannot be kept is made again the next time.
  static_cast<void>(store_->save().has_value());
  report.times.emplace_back("save", watch.lap_ms());
  return report;
}

Result<BuildReport> build_program(const BuildRequest& request) {
  constexpr std::uint64_t StoreBytes = std::uint64_t{512} << 20;
  return Session(request.store, StoreBytes).build(request);
}

}  // namespace inlay::aot
