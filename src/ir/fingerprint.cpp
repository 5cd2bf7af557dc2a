// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A function is written as a row of words, in which everything tells how far it goes, and the row is hashed (XXH3).
// Handles become positions: an instruction is the how-many-th of its function in the order of its blocks, a block
// likewise. Everything else becomes what it says (contents.h).
#include "inlay/ir/fingerprint.h"

#include <array>
#include <cstring>

#include "base/hash.h"
#include "inlay/ir/walk.h"
#include "ir/contents.h"

namespace inlay::ir {

namespace {

/// To be raised when what is written here, or how code is made of it, changes and the table of operations does not
/// tell.
constexpr std::uint64_t Version = 1;

constexpr std::uint64_t mixed(std::uint64_t hash, std::string_view text) {
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return (hash ^ 0xff) * 0x100000001b3u;
}

/// Of the table of operations, numbers included: code is what they mean.
constexpr std::uint64_t operations_version() {
  std::uint64_t hash = 0xcbf29ce484222325u ^ Version;
  for (const OpInfo& op : OpInfos) {
    hash = mixed(mixed(mixed(hash, op.text), op.slots), op.meaning);
    hash = (hash ^ op.types) * 0x100000001b3u;
    hash = (hash ^ (static_cast<std::uint64_t>(op.yields) << 8 | op.flags)) * 0x100000001b3u;
  }
  return hash;
}
constexpr std::uint64_t OperationsVersion = operations_version();

/// How a word is written.
enum class Form : std::uint8_t { None, Value, Block, Text, Plain };
constexpr Form form_of(Slot slot) {
  if (is_value(slot) || slot == Slot::Args || slot == Slot::Cases) return Form::Value;
  if (slot == Slot::Target) return Form::Block;
  return slot == Slot::Text ? Form::Text : Form::Plain;
}

/// Operations whose words lie in the instruction, which are most: without a look at their letters.
struct InlineForm {
  bool fits = false;
  Form a = Form::None, b = Form::None;
};
constexpr auto InlineForms = [] {
  std::array<InlineForm, OpCount> forms;
  for (std::size_t i = 0; i < OpCount; ++i) {
    const std::string_view slots = OpInfos[i].slots;
    forms[i].fits = fits_inline(slots);
    if (!forms[i].fits) continue;
    if (!slots.empty()) forms[i].a = form_of(static_cast<Slot>(slots[0]));
    if (slots.size() > 1) forms[i].b = form_of(static_cast<Slot>(slots[1]));
  }
  return forms;
}();

constexpr std::uint32_t OtherType = 0xff;  // in the place of a basic one: what it says follows
constexpr std::uint32_t NoInst = 0x3fffffff;

Fingerprint to_fingerprint(const base::Hash128& hash) { return {hash.low, hash.high}; }

}  // namespace

struct Fingerprinter::State {
  explicit State(const Module& module) : m(module), contents(module) {}

  const Module& m;
  Contents contents;
  std::vector<std::uint32_t> words;    // what is written
  std::size_t at = 0;                  // how many of them
  std::vector<std::uint32_t> numbers;  // of instructions, by their place in the range
  std::vector<FunctionId> callees;     // of the function that was written last
  FileId file;                         // the last one that was not the function's own
  base::Hash128 path;                  // and what it is called

  Fingerprint of(FunctionId id);
  Fingerprint of(DataId id);

 private:
  /// What an instruction takes at most whose words lie in it, and one word of any other.
  static constexpr std::size_t Most = 32;

  /// Where to write next: there is room for `Most` words. What was written is said by wrote().
  std::uint32_t* room() {
    if (words.size() - at < Most) [[unlikely]]
      words.resize(words.size() * 2 + 1024);
    return words.data() + at;
  }
  void wrote(const std::uint32_t* end) { at = static_cast<std::size_t>(end - words.data()); }
  void put(std::uint32_t word) {
    *room() = word;
    ++at;
  }
  void put(const base::Hash128& hash) { wrote(put(room(), hash)); }

  // The same where there is room: they take and return where to write next.
  static std::uint32_t* put(std::uint32_t* out, std::uint32_t word) {
    *out = word;
    return out + 1;
  }
  static std::uint32_t* put(std::uint32_t* out, const base::Hash128& hash) {
    std::memcpy(out, &hash, sizeof hash);
    return out + 4;
  }
  static base::Hash128 hash_of(std::string_view text) {
    return base::hash128(std::as_bytes(std::span(text.data(), text.size())));
  }

  std::uint32_t* put_value(std::uint32_t* out, const Function& f, std::uint32_t word) {
    const Value value = Value::of_bits(word);
    if (value.is_inst()) [[likely]] {
      const std::uint32_t place = word - f.first.value;
      return put(out, place < numbers.size() ? numbers[place] : NoInst);
    }
    if (value.is_number()) return put(out, word);
    return put(put(out, word >> 29 << 29), contents.of(value));
  }
  std::uint32_t* put_word(std::uint32_t* out, const Function& f, Form form, std::uint32_t word) {
    switch (form) {
      case Form::None:
        return out;
      case Form::Value:
        return put_value(out, f, word);
      case Form::Block:
        return put(out, word - f.first_block.value);
      case Form::Text:
        return put(out, hash_of(m.text(StringId{word})));
      case Form::Plain:
        return put(out, word);
    }
    return out;
  }
  std::uint32_t* put_location(std::uint32_t* out, const Function& f, Location location);
  void put_inst(const Function& f, InstId id);
  void number_insts(const Function& f);
  base::Hash128 written() const { return base::hash128(std::as_bytes(std::span(words.data(), at))); }
};

/// A line of the function's own file counts from where it begins, so that a function may move.
std::uint32_t* Fingerprinter::State::put_location(std::uint32_t* out, const Function& f, Location location) {
  if (!location) return put(out, 0);
  if (location.file() == f.location.file()) return put(out, location.line() - f.location.line() + (1u << 21));
  if (location.file() != file) {
    file = location.file();
    path = hash_of(m.path(file));
  }
  return put(put(out, 1u << 31 | location.line()), path);
}

void Fingerprinter::State::put_inst(const Function& f, InstId id) {
  const Inst& inst = m.insts[id];
  const TypeId type = inst.type();
  std::uint32_t* out = room();
  if (type <= Ptr) {
    out = put(out, inst.op_and_type);
  } else {
    // Only these look at how large the elements of a slice are.
    const bool elements = inst.op() == Op::Elem || inst.op() == Op::Subslice;
    out = put(out, Inst::pack(inst.op(), TypeId{OtherType}));
    out = put(out, elements ? contents.with_elements(type) : contents.laid_out(type));
  }
  // Where a parameter stands leads to no code, and the text form does not tell.
  out = put_location(out, f, inst.op() == Op::Param ? Location() : m.locations[id]);
  const InlineForm& form = InlineForms[static_cast<std::size_t>(inst.op())];
  if (form.fits) {
    out = put_word(out, f, form.a, inst.a);
    return wrote(put_word(out, f, form.b, inst.b));
  }
  wrote(out);
  if (inst.op() == Op::Call) callees.push_back(inst.value_a().function());
  visit_words(
      m, inst, [&](Slot slot, std::uint32_t word) { wrote(put_word(room(), f, form_of(slot), word)); },
      [&](std::uint32_t count) { put(count); });
}

void Fingerprinter::State::number_insts(const Function& f) {
  numbers.assign(f.end.value - f.first.value, NoInst);
  std::uint32_t number = 0;
  for (BlockId block = f.first_block; block != f.end_block; ++block.value)
    for (InstId id = m.blocks[block].first; id; id = m.insts[id].next) numbers[id.value - f.first.value] = number++;
}

Fingerprint Fingerprinter::State::of(FunctionId id) {
  const Function& f = m.functions[id];
  at = 0;
  callees.clear();
  put(static_cast<std::uint32_t>(OperationsVersion));
  put(static_cast<std::uint32_t>(OperationsVersion >> 32));
  put(contents.of(id));
  const std::uint32_t architectures = f.assembly ? m.extra[f.assembly] : 0;
  put(architectures);
  for (std::uint32_t i = 0; i < architectures; ++i) {
    const std::uint32_t* words = &m.extra[f.assembly] + 1 + std::size_t{i} * 2;
    put(words[0]);
    put(hash_of(m.text(StringId{words[1]})));
  }
  number_insts(f);
  put(f.end_block.value - f.first_block.value);
  for (BlockId block = f.first_block; block != f.end_block; ++block.value) {
    for (InstId inst = m.blocks[block].first; inst; inst = m.insts[inst].next) put_inst(f, inst);
    put(0);  // no operation: the block is over
  }
  return to_fingerprint(written());
}

Fingerprint Fingerprinter::State::of(DataId id) {
  const Data& d = m.data[id];
  at = 0;
  put(contents.of(id));
  const bool bytes = (d.flags & (DataZero | DataExtern | DataTable)) == 0 && d.bytes;
  put(bytes);
  if (bytes) put(base::hash128(std::span(&m.bytes[d.bytes], d.size)));
  const std::uint32_t count = d.relocations ? m.extra[d.relocations] : 0;
  put(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t* words = &m.extra[d.relocations] + 1 + std::size_t{i} * 3;
    const Value symbol = Value::of_bits(words[1]);
    put(words[0]);
    put(symbol.is_symbol() || symbol.is_const() ? contents.of(symbol) : base::Hash128{});
    put(words[2]);
  }
  return to_fingerprint(written());
}

Fingerprinter::Fingerprinter(const Module& module) : state_(std::make_unique<State>(module)) {}
Fingerprinter::Fingerprinter(Fingerprinter&&) noexcept = default;
Fingerprinter::~Fingerprinter() = default;
Fingerprint Fingerprinter::of(FunctionId function) { return state_->of(function); }
Fingerprint Fingerprinter::of(DataId data) { return state_->of(data); }

Fingerprint fingerprint(const Module& module, FunctionId function) { return Fingerprinter(module).of(function); }
Fingerprint fingerprint(const Module& module, DataId data) { return Fingerprinter(module).of(data); }

namespace {

/// Fingerprints of functions with what is inlined into them, callees first.
class CodeFingerprints {
 public:
  CodeFingerprints(const Module& module, std::span<const Inlining> inlining)
      : state_(module), inlining_(inlining), functions_(module.functions.count()) {}

  Fingerprint of(FunctionId id);

 private:
  enum class Progress : std::uint8_t { None, Open, Done };
  struct Known {
    Fingerprint fingerprint;
    std::uint32_t begin = 0, end = 0;  // in inlined_
    Progress progress = Progress::None;
  };
  bool always(FunctionId id) const { return id.value < inlining_.size() && inlining_[id.value] == Inlining::Always; }
  void open(FunctionId id);
  void close(FunctionId id);

  Fingerprinter::State state_;
  const std::span<const Inlining> inlining_;
  std::vector<Known> functions_;  // by handle
  std::vector<FunctionId> inlined_, stack_;
  Bytes bytes_;
};

void CodeFingerprints::open(FunctionId id) {
  Known& known = functions_[id.value];
  known.progress = Progress::Open;
  known.fingerprint = state_.of(id);
  known.begin = static_cast<std::uint32_t>(inlined_.size());
  for (FunctionId callee : state_.callees) {
    if (!always(callee)) continue;
    inlined_.push_back(callee);
    if (functions_[callee.value].progress == Progress::None) stack_.push_back(callee);
  }
  known.end = static_cast<std::uint32_t>(inlined_.size());
}

void CodeFingerprints::close(FunctionId id) {
  Known& known = functions_[id.value];
  known.progress = Progress::Done;
  if (known.begin == known.end) return;
  bytes_.clear();
  bytes_.add(known.fingerprint);
  for (std::uint32_t i = known.begin; i < known.end; ++i) bytes_.add(functions_[inlined_[i].value].fingerprint);
  known.fingerprint = to_fingerprint(bytes_.hash());
}

Fingerprint CodeFingerprints::of(FunctionId id) {
  if (functions_[id.value].progress == Progress::None) stack_.push_back(id);
  while (!stack_.empty()) {
    const FunctionId next = stack_.back();
    if (functions_[next.value].progress == Progress::None) {
      open(next);
      continue;
    }
    stack_.pop_back();
    if (functions_[next.value].progress == Progress::Open) close(next);
  }
  return functions_[id.value].fingerprint;
}

}  // namespace

std::vector<Fingerprint> code_fingerprints(const Module& module, std::span<const FunctionId> within,
                                           std::span<const Inlining> inlining) {
  CodeFingerprints fingerprints(module, inlining);
  std::vector<Fingerprint> result;
  result.reserve(within.size());
  for (FunctionId id : within) result.push_back(fingerprints.of(id));
  return result;
}

}  // namespace inlay::ir
