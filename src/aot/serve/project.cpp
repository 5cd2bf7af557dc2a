// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The short way is taken where it is sure to lead to the same: the old and the new text are equal but for a window, the
// window holds the same declarations as before with equal text between them, and those that differ are functions of
// which nothing but the body does (parse_function() refuses all else). Everything before, between and behind them is
// then read as before, except that lines have moved. Whatever does not look like that is read anew.
#include "aot/serve/project.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/stopwatch.h"
#include "inlay/ir/library.h"
#include "inlay/ir/verify.h"
#include "inlay/ir/walk.h"

namespace inlay::aot {

namespace {

/// Lines beyond do not fit into a Location.
constexpr std::int64_t MostLines = 1 << 20;
/// Old bodies stay in the tables: when there are this many times as many instructions as at first, all is read anew.
constexpr std::size_t MostGrowth = 2;
constexpr std::size_t FreeGrowth = 1 << 16;

std::size_t equal_at_the_front(std::string_view a, std::string_view b) {
  constexpr std::size_t Step = 4096;
  const std::size_t size = std::min(a.size(), b.size());
  std::size_t at = 0;
  while (at + Step <= size && std::memcmp(a.data() + at, b.data() + at, Step) == 0) at += Step;
  while (at < size && a[at] == b[at]) ++at;
  return at;
}

std::size_t equal_at_the_back(std::string_view a, std::string_view b) {
  constexpr std::size_t Step = 4096;
  const std::size_t size = std::min(a.size(), b.size());
  const char *a_end = a.data() + a.size(), *b_end = b.data() + b.size();
  std::size_t count = 0;
  while (count + Step <= size && std::memcmp(a_end - count - Step, b_end - count - Step, Step) == 0) count += Step;
  while (count < size &&
         a_end[-1 - static_cast<std::ptrdiff_t>(count)] == b_end[-1 - static_cast<std::ptrdiff_t>(count)])
    ++count;
  return count;
}

std::int64_t lines_in(std::string_view text) { return std::count(text.begin(), text.end(), '\n'); }

std::vector<Project::LibraryState> states_of(const std::vector<std::string>& paths) {
  std::vector<Project::LibraryState> states;
  for (const std::string& path : paths) {
    struct stat status = {};
    static_cast<void>(::stat(path.c_str(), &status));  // what is missing is told when it is opened
    states.push_back({path, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ino});
  }
  return states;
}

ir::Location moved(ir::Location location, std::int64_t by) {
  return {location.file(), static_cast<std::uint32_t>(location.line() + by)};
}

}  // namespace

Result<Project> Project::create() {
  INLAY_TRY(ir::Module module, ir::Module::create());
  return Project(std::move(module));
}

Result<void> Project::update(std::vector<SourceText> sources, const std::vector<std::string>& libraries) {
  times_ = {};
  base::Stopwatch watch;
  std::vector<LibraryState> states = states_of(libraries);
  incremental_ = whole_ && states == libraries_ && sources.size() == sources_.size() &&
                 module_.insts.count() <= MostGrowth * insts_when_read_ + FreeGrowth;
  std::vector<std::vector<Change>> changes(sources.size());
  for (std::size_t i = 0; i < sources.size() && incremental_; ++i)
    incremental_ = sources[i].name == sources_[i].file.name && find_changes(sources_[i], sources[i].text, changes[i]);
  times_.difference = watch.lap_ms();

  whole_ = false;
  ++state_;
  changed_.clear();
  reach_changed_ = false;
  const auto tables = [&] {
    return std::array<std::size_t, 4>{module_.types.count(), module_.consts.count(), module_.functions.count(),
                                      module_.data.count()};
  };
  const auto before = tables();
  for (std::size_t i = 0; i < sources.size() && incremental_; ++i)
    incremental_ = apply(sources_[i], std::move(sources[i]), changes[i]);
  if (incremental_) {
    times_.parse = watch.lap_ms();
    const bool grew = tables() != before;
    reach_changed_ = reach_changed_ || grew;
    incremental_ = verify_changed(grew);
  }
  if (!incremental_) {
    // Texts that were taken over already are where they were put.
    for (std::size_t i = 0; i < sources.size(); ++i)
      if (i < sources_.size() && sources[i].name.empty()) sources[i] = std::move(sources_[i].file);
    libraries_ = std::move(states);
    INLAY_TRY_VOID(read_all(std::move(sources)));
    times_.parse = watch.lap_ms();
    INLAY_TRY_VOID(ir::verify(module_));
  }
  times_.verify = watch.lap_ms();
  if (!incremental_ || reach_changed_) {
    INLAY_TRY(reach_, ir::expand(module_));
  }
  times_.expand = watch.lap_ms();
  if (!incremental_) insts_when_read_ = module_.insts.count();
  whole_ = true;
  return {};
}

/// What is wrong is told by reading all anew: then it is said as it always is.
bool Project::verify_changed(bool tables_grew) {
  // Types and constants that came with the changes are to be checked too.
  if (tables_grew) return ir::verify(module_).has_value();
  return std::all_of(changed_.begin(), changed_.end(),
                     [&](ir::FunctionId function) { return ir::verify(module_, function).has_value(); });
}

/// What a body leads to, in order: as long as that is the same, so is what is reached.
std::vector<std::uint32_t> Project::mentions(ir::FunctionId id) const {
  const ir::Function& function = module_.functions[id];
  std::vector<std::uint32_t> all;
  for (std::uint32_t i = function.first_block.value; i < function.end_block.value; ++i) {
    for (ir::InstId at = module_.blocks[ir::BlockId{i}].first; at; at = module_.insts[at].next) {
      ir::visit_values(module_, module_.insts[at], [&](ir::Value value) {
        const bool record = value.is_const() && module_.consts[value.constant()].kind == ir::ConstKind::TypeRecord;
        if (value.is_symbol() || record) all.push_back(value.bits);
      });
    }
  }
  return all;
}

Result<void> Project::read_all(std::vector<SourceText> sources) {
  module_.reset();
  sources_.clear();
  for (SourceText& source : sources) {
    Source& read = sources_.emplace_back();
    INLAY_TRY_VOID(ir::parse(module_, source.text, {.file = source.name, .files = &read.files}));
    read.file = std::move(source);
    for (const ir::Declaration& declaration : ir::split(read.file.text)) {
      Declared declared{.begin = declaration.begin, .end = declaration.end, .line = declaration.line, .symbol = {}};
      if (declaration.kind == "file") read.located = false;
      if (declaration.kind != "type" && declaration.kind != "interface" && declaration.kind != "file")
        declared.symbol = module_.find(declaration.name);
      declared.is_function = declaration.kind == "func" && declared.symbol.kind == ir::SymbolKind::Function;
      read.declarations.push_back(declared);
    }
  }
  std::vector<ir::Library> opened;
  for (const LibraryState& library : libraries_) {
    INLAY_TRY(ir::Library one, ir::Library::open(library.path));
    opened.push_back(std::move(one));
  }
  std::vector<const ir::Library*> pointers;
  for (const ir::Library& library : opened) pointers.push_back(&library);
  if (!pointers.empty()) INLAY_TRY_VOID(ir::link(module_, pointers));
  if (module_.error()) return *module_.error();
  return {};
}

bool Project::find_changes(const Source& before, const std::string& now, std::vector<Change>& changes) {
  const std::string_view old_text = before.file.text, new_text = now;
  const std::size_t front = equal_at_the_front(old_text, new_text);
  if (front == old_text.size() && front == new_text.size()) return true;
  const std::size_t back = equal_at_the_back(old_text.substr(front), new_text.substr(front));

  // The declarations that the difference touches; what lies next to one may belong to it now.
  const auto& all = before.declarations;
  const auto first = std::partition_point(all.begin(), all.end(), [&](const Declared& d) { return d.end < front; });
  const auto last =
      std::partition_point(first, all.end(), [&](const Declared& d) { return d.begin <= old_text.size() - back; });
  if (first == last || first->begin > front || (last - 1)->end < old_text.size() - back) return false;
  const std::size_t begin = first->begin, old_end = (last - 1)->end;
  const std::size_t new_end = old_end + new_text.size() - old_text.size();

  const std::vector<ir::Declaration> present = ir::split(new_text.substr(begin, new_end - begin));
  if (present.size() != static_cast<std::size_t>(last - first)) return false;
  std::size_t old_at = begin, new_at = begin;
  for (std::size_t i = 0; i < present.size(); ++i) {
    const Declared& was = first[static_cast<std::ptrdiff_t>(i)];
    const std::size_t is_begin = begin + present[i].begin, is_end = begin + present[i].end;
    if (old_text.substr(old_at, was.begin - old_at) != new_text.substr(new_at, is_begin - new_at)) return false;
    old_at = was.end;
    new_at = is_end;
    if (old_text.substr(was.begin, was.end - was.begin) == new_text.substr(is_begin, is_end - is_begin)) continue;
    if (!was.is_function || present[i].kind != "func") return false;
    changes.push_back(
        {.declaration = static_cast<std::size_t>(first - all.begin()) + i, .begin = is_begin, .end = is_end});
  }
  return old_at == old_end && new_at == new_end && !changes.empty();
}

bool Project::apply(Source& source, SourceText now, const std::vector<Change>& changes) {
  SourceText old = std::exchange(source.file, std::move(now));
  if (changes.empty()) {
    spare_ = std::move(old.text);
    return true;
  }
  const std::string_view text = source.file.text;
  // By how much each function moves on; and declarations behind the last change all move alike.
  std::vector<std::int64_t> by(module_.functions.count());
  std::int64_t lines = 0, bytes = 0;
  std::size_t next = 0;
  bool moves = false;
  for (std::size_t i = changes.front().declaration; i < source.declarations.size(); ++i) {
    Declared& declared = source.declarations[i];
    const std::string_view was = std::string_view(old.text).substr(declared.begin, declared.end - declared.begin);
    const auto line = static_cast<std::int64_t>(declared.line) + lines;
    if (line < 1 || line >= MostLines) return false;
    declared.line = static_cast<std::uint32_t>(line);
    declared.begin += static_cast<std::size_t>(bytes);
    declared.end += static_cast<std::size_t>(bytes);
    if (next == changes.size() || changes[next].declaration != i) {
      if (lines != 0 && declared.symbol.kind == ir::SymbolKind::Function) by[declared.symbol.id] = lines, moves = true;
      if (lines != 0 && declared.symbol.kind == ir::SymbolKind::Data && source.located) {
        ir::Location& location = module_.data[ir::DataId{declared.symbol.id}].location;
        if (location) location = moved(location, lines);
      }
      continue;
    }
    const Change& change = changes[next++];
    const std::string_view is = text.substr(change.begin, change.end - change.begin);
    const ir::FunctionId function{declared.symbol.id};
    // Instances were made of the old body of a generic.
    if (module_.functions[function].flags & ir::FunctionGeneric) return false;
    if (declared.begin != change.begin) return false;
    const std::vector<std::uint32_t> mentioned = mentions(function);
    const Result<ir::FunctionId> parsed = ir::parse_function(
        module_, is, declared.line, {.file = source.file.name, .locate = source.located, .files = &source.files});
    if (!parsed || *parsed != function) return false;
    changed_.push_back(function);
    reach_changed_ = reach_changed_ || mentions(function) != mentioned;
    bytes += static_cast<std::int64_t>(is.size()) - static_cast<std::int64_t>(was.size());
    lines += lines_in(is) - lines_in(was);
    declared.end = change.end;
  }
  if (moves && source.located) {
    if (lines_in(text) >= MostLines) return false;
    move_lines(source, by);
  }
  spare_ = std::move(old.text);
  return true;
}

void Project::move_lines(const Source& source, const std::vector<std::int64_t>& by) {
  const ir::FileId file = module_.file(source.file.name);
  for (std::uint32_t number = 1; number < by.size(); ++number) {
    ir::Function& function = module_.functions[ir::FunctionId{number}];
    // Instances stand where their generic does.
    const std::int64_t lines = by[function.generic ? function.generic.value : number];
    if (lines == 0) continue;
    if (function.location && function.location.file() == file) function.location = moved(function.location, lines);
    for (std::uint32_t i = function.first.value; i < function.end.value; ++i) {
      ir::Location& location = module_.locations[ir::InstId{i}];
      if (location && location.file() == file) location = moved(location, lines);
    }
  }
}

}  // namespace inlay::aot
