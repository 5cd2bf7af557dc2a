// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/pieces/build.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <numeric>

#include "aot/pieces/linker.h"
#include "aot/pieces/relocatable.h"
#include "aot/pieces/split.h"
#include "base/stopwatch.h"
#include "codegen/lower/initializer.h"
#include "codegen/lower/lower.h"
#include "inlay/ir/fingerprint.h"

namespace inlay::aot {

namespace {

/// Raised when pieces of the same code look different than before.
constexpr std::uint32_t PieceFormat = 1;

/// Of what the code of all functions depends on.
base::Hash128 digest_of(const PieceOptions& options) {
  // Without it, keys are good for this process only: addresses of two processes differ.
  static const char here = 0;
  const std::optional<std::string> compiler = describe_compiler(options.cpu);
  std::string text = compiler ? *compiler
                              : "process " + std::to_string(reinterpret_cast<std::uintptr_t>(&here)) +
                                    std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
  text += "/x86_64/";
  text += std::to_string(static_cast<unsigned>(options.level)) + '/' + std::to_string(PieceFormat);
  return base::hash128(std::as_bytes(std::span(text.data(), text.size())));
}

PieceKey key_of(const ir::Fingerprint& fingerprint, const base::Hash128& digest, bool exported) {
  const std::uint64_t words[] = {fingerprint.low, fingerprint.high, digest.low, digest.high, exported};
  return base::hash128(std::as_bytes(std::span(words)));
}

}  // namespace

PieceBuilder::PieceBuilder(Store& store, Machines& machines) : store_(store), machines_(machines) {}
PieceBuilder::~PieceBuilder() = default;

void PieceBuilder::forget() {
  linked_ = {};
  symbols_.reset();
  data_.clear();
  recorded_.clear();
  records_.clear();
  last_ = {};
  decisions_ = {};
}

/// Whether the last build was of the same functions, and `edits` says all that has happened to them since.
bool PieceBuilder::follows_last(const ir::Reach& reach, const Edits& edits) const {
  return last_.state != 0 && edits.state != 0 && edits.state >= last_.state && edits.state - last_.state <= 1 &&
         reach.functions == last_.functions;
}

/// Places in `reach` of the functions whose code may be another than in the last build; nothing if that is not known.
std::optional<std::vector<std::size_t>> PieceBuilder::affected(const ir::Reach& reach,
                                                               std::span<const ir::Inlining> inlining,
                                                               const base::Hash128& digest, const Edits& edits) const {
  if (!follows_last(reach, edits) || !(last_.digest == digest)) return std::nullopt;
  if (!std::ranges::equal(inlining, last_.inlining)) return std::nullopt;
  std::vector<std::size_t> places;
  if (edits.state == last_.state) return places;
  for (ir::FunctionId changed : edits.changed) {
    // Where a body takes the place of calls, whoever calls is affected: seldom, so all are looked at.
    if (inlining[changed.value] == ir::Inlining::Always) return std::nullopt;
    const auto found = std::find(reach.functions.begin(), reach.functions.end(), changed);
    if (found != reach.functions.end()) places.push_back(static_cast<std::size_t>(found - reach.functions.begin()));
  }
  return places;
}

Result<std::vector<const Piece*>> PieceBuilder::function_pieces(const ir::Module& module, const ir::Reach& reach,
                                                                const PieceOptions& options, const Edits& edits,
                                                                PieceReport& report) {
  base::Stopwatch watch;
  const std::span<const ir::FunctionId> changed =
      edits.state == last_.state ? std::span<const ir::FunctionId>() : edits.changed;
  const bool decided = follows_last(reach, edits) && decisions_.still_hold(module, changed);
  std::vector<ir::Inlining> inlining = decided ? last_.inlining : decisions_.decide(module, reach.functions);
  report.inlining = watch.lap_ms();
  const base::Hash128 digest = digest_of(options);
  std::optional<std::vector<std::size_t>> places = affected(reach, inlining, digest, edits);
  std::vector<const Piece*> pieces = std::move(last_.pieces);
  last_ = {};  // until all of this has come to its end
  std::vector<ir::FunctionId> asked = reach.functions;
  if (places) {
    asked.clear();
    for (std::size_t place : *places) asked.push_back(reach.functions[place]);
  } else {
    places.emplace(reach.functions.size());
    std::iota(places->begin(), places->end(), std::size_t{0});
    pieces.assign(reach.functions.size(), nullptr);
  }
  const std::vector<ir::Fingerprint> fingerprints = ir::code_fingerprints(module, asked, inlining);
  report.fingerprints = watch.lap_ms();

  std::vector<PieceKey> keys;
  std::vector<std::size_t> missing;
  std::vector<ir::FunctionId> to_compile;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const std::size_t place = (*places)[i];
    const bool exported = (module.functions[asked[i]].flags & ir::FunctionExported) != 0;
    const PieceKey key = key_of(fingerprints[i], digest, exported);
    pieces[place] = store_.find(key);
    if (pieces[place]) continue;
    keys.push_back(key);
    missing.push_back(place);
    to_compile.push_back(asked[i]);
  }
  report.look_up = watch.lap_ms();
  INLAY_TRY(std::vector<Piece> made, compile_pieces(module,
                                                    {.functions = to_compile,
                                                     .inlining = inlining,
                                                     .level = options.level,
                                                     .cpu = options.cpu,
                                                     .threads = options.threads,
                                                     .batch = options.batch,
                                                     .stop = options.stop},
                                                    machines_, store_.names()));
  bool stopped = false;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    stopped = stopped || !made[i].name();
    if (made[i].name()) pieces[missing[i]] = &store_.add(keys[i], std::move(made[i]));
  }
  if (stopped) return Error(ErrorKind::Changed, "the build was stopped; ask for it again");
  report.compile = watch.lap_ms();
  report.functions = pieces.size();
  report.compiled = missing.size();
  last_ = {.state = edits.state,
           .digest = digest,
           .functions = reach.functions,
           .inlining = std::move(inlining),
           .pieces = pieces};
  return pieces;
}

std::vector<const Piece*> PieceBuilder::gather(const ir::Module& module, const ir::Reach& reach,
                                               std::span<const Piece* const> functions, PieceReport& report) {
  base::Stopwatch watch;
  if (!symbols_) symbols_ = std::make_unique<ModuleSymbols>(module, store_.names());

  // What each name means: data of the program, or the record of a function of it.
  enum : std::uint8_t { Unknown, Data, Record };
  struct Meaning {
    std::uint8_t kind = Unknown;
    std::uint32_t id = 0;
  };
  for (ir::DataId data : reach.data) symbols_->data(data);
  for (ir::FunctionId function : reach.functions) symbols_->record(function);
  // Beyond this point, names that are new are those of functions.
  std::vector<Meaning> meanings(store_.names().size() + 1);
  for (ir::DataId data : reach.data) meanings[symbols_->data(data).value] = {Data, data.value};
  for (ir::FunctionId function : reach.functions) meanings[symbols_->record(function).value] = {Record, function.value};

  // Data stand behind the first function that mentions them, and what they mention behind them.
  std::vector<const Piece*> pieces;
  pieces.reserve(functions.size() + reach.data.size() + 1);
  bool trapping = false;
  auto add = [&](const Piece* piece) {
    const std::size_t first = pieces.size();
    pieces.push_back(piece);
    for (std::size_t i = first; i < pieces.size(); ++i) {
      for (const Fixup& fixup : pieces[i]->fixups) {
        if (fixup.own || fixup.target >= meanings.size() || meanings[fixup.target].kind == Unknown) continue;
        const Meaning meaning = std::exchange(meanings[fixup.target], Meaning{});
        if (meaning.kind == Record) {
          trapping = true;
          continue;
        }
        if (data_.size() <= meaning.id) data_.resize(meaning.id + 1);
        std::unique_ptr<const Piece>& data = data_[meaning.id];
        if (!data) data = std::make_unique<const Piece>(data_piece(module, ir::DataId{meaning.id}, *symbols_));
        ++report.data;
        pieces.push_back(data.get());
      }
    }
  };
  for (const Piece* function : functions) add(function);
  // What is exported and mentioned by nobody.
  for (ir::DataId data : reach.data) {
    if (meanings[symbols_->data(data).value].kind != Data) continue;
    meanings[symbols_->data(data).value] = {};
    if (data_.size() <= data.value) data_.resize(data.value + 1);
    if (!data_[data.value]) data_[data.value] = std::make_unique<const Piece>(data_piece(module, data, *symbols_));
    ++report.data;
    add(data_[data.value].get());
  }
  if (trapping) {
    // What is on the stack when one traps has a record, too.
    if (records_.empty() || reach.functions != recorded_) {
      Names& names = store_.names();
      records_.clear();
      records_.push_back(record_piece(module, reach.functions, *symbols_));
      records_.push_back(function_table(reach.functions, *symbols_, names));
      records_.push_back(function_count(reach.functions, names));
      records_.push_back(end_of_code(names));
      recorded_ = reach.functions;
    } else {
      update_lines(records_.front(), module, recorded_);
    }
    for (const Piece& piece : records_) pieces.push_back(&piece);
  }
  report.data_time = watch.lap_ms();
  return pieces;
}

Result<void> PieceBuilder::read_support(const PieceOptions& options) {
  static const std::vector<std::string> nothing;
  const std::vector<std::string>& objects = options.support ? *options.support : nothing;
  if (support_from_ != objects) {
    linked_ = {};
    support_.clear();
    support_by_name_.clear();
    support_from_.clear();
    for (const std::string& object : objects) {
      INLAY_TRY(std::vector<Piece> more, split_object(object, store_.names()));
      for (Piece& piece : more) {
        for (const Definition& definition : piece.definitions)
          support_by_name_.try_emplace(definition.name.value, static_cast<std::uint32_t>(support_.size()));
        support_.push_back(std::move(piece));
      }
    }
    support_from_ = objects;
  }
  return {};
}

/// What code calls for operations of its own has to be the support's here; LLD tells it from what a program exports.
Result<void> check_exports(const ir::Module& module, const ir::Reach& reach) {
  const auto check = [&](const auto& symbol, std::uint32_t exported) -> Result<void> {
    const std::string_view name = module.text(symbol.name);
    if (!(symbol.flags & exported) || !codegen::is_called_by_code(name)) return {};
    return Error(ErrorKind::Codegen, "'@" + std::string(name) + "' is exported, and called for operations",
                 module.place(symbol.location));
  };
  for (ir::FunctionId id : reach.functions) INLAY_TRY_VOID(check(module.functions[id], ir::FunctionExported));
  for (ir::DataId id : reach.data) INLAY_TRY_VOID(check(module.data[id], ir::DataExported));
  return {};
}

Result<void> PieceBuilder::check_externals(const ir::Module& module, const ir::Reach& reach) const {
  const auto check = [&](const auto& external) -> Result<void> {
    const std::string name(module.text(external.name));
    const SymbolId symbol = store_.names().find(name);
    if (symbol && support_by_name_.contains(symbol.value)) return {};
    return Error(ErrorKind::UndefinedSymbol,
                 "the program needs '" + name + "', which nothing defines; link with what does",
                 module.place(external.location));
  };
  for (ir::FunctionId function : reach.external_functions) INLAY_TRY_VOID(check(module.functions[function]));
  for (ir::DataId data : reach.external_data) INLAY_TRY_VOID(check(module.data[data]));
  return {};
}

void PieceBuilder::add_support(std::vector<const Piece*>& pieces, const PieceOptions& options) {
  std::vector<bool> settled(store_.names().size() + 1);  // is defined, or was looked for
  for (const Piece* piece : pieces)
    for (const Definition& definition : piece->definitions) settled[definition.name.value] = true;
  auto need = [&](std::uint32_t name) {
    if (settled[name]) return;
    settled[name] = true;
    const auto found = support_by_name_.find(name);
    if (found == support_by_name_.end()) return;
    const Piece& piece = support_[found->second];
    for (const Definition& definition : piece.definitions) settled[definition.name.value] = true;
    pieces.push_back(&piece);
  };
  const SymbolId entry = store_.names().find(options.entry);
  if (entry) need(entry.value);
  for (std::size_t i = 0; i < pieces.size(); ++i)
    for (const Fixup& fixup : pieces[i]->fixups)
      if (!fixup.own) need(fixup.target);
}

/// What a function needs of others than functions of the program, in the order in which it is first mentioned: as long
/// as that is the same, so are the other pieces.
std::vector<std::uint32_t> PieceBuilder::mentions(const Piece& function) const {
  std::vector<std::uint32_t> all;
  for (const Fixup& fixup : function.fixups) {
    if (fixup.own || (fixup.target < linked_.names.size() && linked_.names[fixup.target])) continue;
    if (std::find(all.begin(), all.end(), fixup.target) == all.end()) all.push_back(fixup.target);
  }
  return all;
}

/// The short way to a file, if only code of functions has changed.
bool PieceBuilder::relink(std::span<const Piece* const> functions, const ir::Module& module, const ir::Reach& reach,
                          const PieceOptions& options, const base::Bytes& file) {
  if (!linked_.linker || linked_.file != &file || linked_.size != file.size() || linked_.strip != options.strip ||
      linked_.entry != options.entry || linked_.functions != reach.functions || linked_.data != reach.data)
    return false;
  std::vector<Linker::Change> changes;
  for (std::size_t i = 0; i < functions.size(); ++i) {
    if (functions[i] == linked_.pieces[i]) continue;
    if (mentions(*functions[i]) != mentions(*linked_.pieces[i])) return false;
    changes.push_back({.place = linked_.places[i], .piece = functions[i]});
  }
  if (linked_.records != 0) {
    update_lines(records_.front(), module, recorded_);
    changes.push_back({.place = linked_.records, .piece = &records_.front()});
  }
  // Where much has changed, the long way is as short.
  constexpr std::size_t Few = 64;
  if (changes.size() > Few) return false;
  if (!changes.empty() && !linked_.linker->relink(changes)) return false;
  linked_.pieces.assign(functions.begin(), functions.end());
  linked_.size = file.size();
  return true;
}

Result<void> PieceBuilder::link(std::span<const Piece* const> functions, const ir::Module& module,
                                const ir::Reach& reach, const PieceOptions& options, base::Bytes& file,
                                PieceReport& report) {
  linked_ = {};
  std::vector<const Piece*> pieces = gather(module, reach, functions, report);
  base::Stopwatch watch;
  const SymbolId entry = store_.names().add(options.entry);
  add_support(pieces, options);
  const bool defined = std::ranges::any_of(
      pieces, [&](const Piece* piece) { return std::ranges::count(piece->definitions, entry, &Definition::name) > 0; });
  if (!defined) return no_entry(store_.names(), entry);
  auto linker =
      std::make_unique<Linker>(pieces, store_.names(), ExecutableOptions{.entry = entry, .strip = options.strip}, file);
  INLAY_TRY_VOID(linker->run());
  linked_ = {.linker = std::move(linker),
             .file = &file,
             .size = file.size(),
             .strip = options.strip,
             .entry = options.entry,
             .functions = reach.functions,
             .data = reach.data,
             .pieces = {functions.begin(), functions.end()},
             .places = {},
             .names = std::vector<bool>(store_.names().size() + 1),
             .records = 0,
             .data_count = report.data};
  for (std::uint32_t i = 0; i < pieces.size(); ++i) {
    if (linked_.places.size() < functions.size() && pieces[i] == functions[linked_.places.size()]) {
      linked_.places.push_back(i);
      for (const Definition& definition : pieces[i]->definitions) linked_.names[definition.name.value] = true;
    }
    if (!records_.empty() && pieces[i] == &records_.front()) linked_.records = i;
  }
  report.link = watch.lap_ms();
  return {};
}

Result<PieceReport> PieceBuilder::build_executable(const ir::Module& module, const ir::Reach& reach,
                                                   const PieceOptions& options, base::Bytes& file, const Edits& edits) {
  PieceReport report;
  INLAY_TRY_VOID(read_support(options));
  INLAY_TRY_VOID(check_externals(module, reach));
  INLAY_TRY(const std::vector<const Piece*> functions, function_pieces(module, reach, options, edits, report));
  base::Stopwatch watch;
  if (relink(functions, module, reach, options, file)) {
    report.data = linked_.data_count;
    report.link = watch.lap_ms();
  } else {
    INLAY_TRY_VOID(check_exports(module, reach));
    INLAY_TRY_VOID(link(functions, module, reach, options, file, report));
  }
  report.bytes = file.size();
  return report;
}

Result<PieceReport> PieceBuilder::build_object(const ir::Module& module, const ir::Reach& reach,
                                               const PieceOptions& options, base::Bytes& file) {
  PieceReport report;
  INLAY_TRY(const std::vector<const Piece*> functions, function_pieces(module, reach, options, {}, report));
  const std::vector<const Piece*> pieces = gather(module, reach, functions, report);
  base::Stopwatch watch;
  INLAY_TRY(file, to_object(pieces, store_.names()));
  report.link = watch.lap_ms();
  report.bytes = file.size();
  return report;
}

}  // namespace inlay::aot
