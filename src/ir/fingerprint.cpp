// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A function is written as a row of words, in which everything tells how far it goes, and the row is hashed at once
// (XXH3). Handles become positions: an instruction is the how-many-th of its function in the order of its blocks, a
// block likewise. Everything else becomes what it says (contents.h).
//
// An instruction begins with a word of its operation, its type and its location; if these do not fit, that says so, and
// they follow (Head). Then come its operands, of most instructions two words. A value is a position or a number; a
// constant or symbol is followed by what it says.
#include "inlay/ir/fingerprint.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/hash.h"
#include "inlay/ir/walk.h"
#include "ir/contents.h"

namespace inlay::ir {

namespace {

/// To be raised when what is written here, or how code is made of it, changes and the table of operations does not
/// tell.
constexpr std::uint64_t Version = 2;

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
enum class Form : std::uint8_t { Value, Block, Text, Plain };
constexpr Form form_of(Slot slot) {
  if (is_value(slot) || slot == Slot::Args || slot == Slot::Cases) return Form::Value;
  if (slot == Slot::Target) return Form::Block;
  return slot == Slot::Text ? Form::Text : Form::Plain;
}

/// What the two words of an instruction are, without a look at the letters of its operation.
enum class Inline : std::uint8_t {
  Not,  // they lie in Module::extra, or are more than a value or a number
  Nothing,
  Plain,  // `a` alone: a parameter, which is not located: where it stands leads to no code, and no text tells
  Value,
  Values,
  ValueAndPlain,
};
constexpr auto InlineForms = [] {
  std::array<Inline, OpCount> forms{};
  for (std::size_t i = 0; i < OpCount; ++i) {
    const std::string_view slots = OpInfos[i].slots;
    if (!fits_inline(slots)) continue;
    const auto is = [&](std::size_t word, Form form) { return form_of(static_cast<Slot>(slots[word])) == form; };
    if (slots.empty())
      forms[i] = Inline::Nothing;
    else if (slots.size() == 1 && is(0, Form::Value))
      forms[i] = Inline::Value;
    else if (slots.size() == 2 && is(0, Form::Value))
      forms[i] = is(1, Form::Value) ? Inline::Values : is(1, Form::Plain) ? Inline::ValueAndPlain : Inline::Not;
  }
  forms[static_cast<std::size_t>(Op::Param)] = Inline::Plain;
  return forms;
}();

/// The first word of an instruction: 8 bits for its operation, 4 for its type, 20 for its location.
struct Head {
  // Types up to `ptr` are their handles, none is 0.
  static constexpr std::uint32_t OfCallee = 14;  // the signature of what is called
  static constexpr std::uint32_t Follow = 15;    // type and location follow
  static constexpr std::uint32_t Middle = 1u << 19;

  static std::uint32_t of(Op op, std::uint32_t type, std::uint32_t location) {
    return static_cast<std::uint32_t>(op) | type << 8 | location << 12;
  }
  /// A line of the function's own file counts from where it begins, so that a function may move. 0: none, or it does
  /// not fit.
  static std::uint32_t location_of(std::uint32_t location, std::uint32_t begin) {
    const std::uint32_t line = location - begin + Middle;
    return ((location ^ begin) | line) >> 20 == 0 ? line : 0;
  }
};

constexpr std::uint32_t OtherType = 0xff;      // in the place of a basic one: what it says follows
constexpr std::uint32_t SymbolBit = 1u << 30;  // of a value: a constant or symbol
constexpr std::uint32_t NotYet =
    ~0u;  // in the place of the number of an instruction that was not met; of such bytes only
constexpr std::uint32_t AnyBasic = (Ptr.value + 1) << 8;  // greater than any operation with a basic type

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
  /// More than an instruction takes, but for long lists.
  static constexpr std::size_t Most = 64;

  /// Where to write next: there is room for `most` words. What was written is said by wrote().
  std::uint32_t* room(std::size_t most = Most) {
    if (words.size() - at < most) [[unlikely]]
      words.resize(words.size() * 2 + most + 1024);
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

  /// The word that stands for a value; of a constant or symbol, what it says follows.
  std::uint32_t* put_value(std::uint32_t* out, std::uint32_t word) {
    const Value value = Value::of_bits(word);
    if (value.is_inst()) {
      unnumbered |= numbers[word - first] == NotYet;
      return put(out, numbers[word - first]);
    }
    if (value.is_number()) return put(out, word);
    return put(put(out, word >> 29 << 29), contents.of(value));
  }
  std::uint32_t* put_word(std::uint32_t* out, Form form, std::uint32_t word) {
    switch (form) {
      case Form::Value:
        return put_value(out, word);
      case Form::Block:
        return put(out, word - first_block);
      case Form::Text:
        return put(out, hash_of(m.text(StringId{word})));
      case Form::Plain:
        return put(out, word);
    }
    return out;
  }
  std::uint32_t* put_head(std::uint32_t* out, const Inst& inst, Location location);
  std::uint32_t* put_inst(std::uint32_t* out, InstId id);
  void put_insts(const Function& f);
  std::uint32_t* put_values(std::uint32_t* out, const std::uint32_t*& word);
  void number_insts(const Function& f);
  base::Hash128 written() const { return base::hash128(std::as_bytes(std::span(words.data(), at))); }

  // The function at hand
  std::uint32_t first = 0, count = 0, first_block = 0;
  Location begin;
  bool unnumbered = false;  // mentions an instruction that has no number (yet)
};

std::uint32_t* Fingerprinter::State::put_head(std::uint32_t* out, const Inst& inst, Location location) {
  const Op op = inst.op();
  const TypeId type = inst.type();
  std::uint32_t known = type <= Ptr ? type.value : Head::Follow;
  if (op == Op::Call && m.functions[inst.value_a().function()].signature == type) known = Head::OfCallee;
  const std::uint32_t line = Head::location_of(location.bits, begin.bits);
  if (known != Head::Follow && (line != 0 || !location)) return put(out, Head::of(op, known, location ? line : 0));
  out = put(out, Head::of(op, Head::Follow, 0));
  if (type <= Ptr) {
    out = put(out, type.value);
  } else {
    // Only these look at how large the elements of a slice are.
    const bool elements = op == Op::Elem || op == Op::Subslice;
    out = put(put(out, OtherType), elements ? contents.with_elements(type) : contents.laid_out(type));
  }
  if (!location) return put(out, 0);
  if (location.file() == begin.file()) return put(out, location.line() - begin.line() + (1u << 21));
  if (location.file() != file) {
    file = location.file();
    path = hash_of(m.path(file));
  }
  return put(put(out, 1u << 31 | location.line()), path);
}

/// A list of values.
std::uint32_t* Fingerprinter::State::put_values(std::uint32_t* out, const std::uint32_t*& word) {
  constexpr std::uint32_t Few = 4;  // for which there is room, twice
  std::uint32_t n = *word++;
  if (n > Few) {
    wrote(out);
    out = room(std::size_t{n} * 5 + Most);
  }
  for (out = put(out, n); n > 0; --n) out = put_value(out, *word++);
  return out;
}

/// Any instruction.
std::uint32_t* Fingerprinter::State::put_inst(std::uint32_t* out, InstId id) {
  const Inst& inst = m.insts[id];
  out = put_head(out, inst, inst.op() == Op::Param ? Location() : m.locations[id]);
  const std::uint32_t empty_list = 0;
  const std::uint32_t* rest = inst.b ? &m.extra[ExtraId{inst.b}] : &empty_list;
  switch (inst.op()) {
    case Op::Call:
      callees.push_back(inst.value_a().function());
      return put_values(put_value(out, inst.a), rest);
    case Op::Jump:
      return put_values(put(out, inst.a - first_block), rest);
    case Op::Branch:
      out = put_value(out, inst.a);
      for (int i = 0; i < 2; ++i) {
        out = put(out, *rest++ - first_block);
        out = put_values(out, rest);
      }
      return out;
    default:
      break;
  }
  switch (InlineForms[static_cast<std::size_t>(inst.op())]) {
    case Inline::Nothing:
      return out;
    case Inline::Plain:
      return put(out, inst.a);
    case Inline::Value:
      return put_value(out, inst.a);
    case Inline::Values:
      return put_value(put_value(out, inst.a), inst.b);
    case Inline::ValueAndPlain:
      return put(put_value(out, inst.a), inst.b);
    case Inline::Not:
      break;
  }
  wrote(out);
  visit_words(
      m, inst, [&](Slot slot, std::uint32_t word) { wrote(put_word(room(), form_of(slot), word)); },
      [&](std::uint32_t n) { put(n); });
  return room();
}

/// All instructions, in order. Those that have no number yet get theirs on the way; `unnumbered` tells if one was asked
/// for before.
void Fingerprinter::State::put_insts(const Function& f) {
  // Copies: what is written are words as well, and could be these.
  const std::uint32_t from = first, begin_bits = begin.bits;
  const Inst* const insts = &m.insts[f.first];
  const Location* const locations = &m.locations[f.first];
  std::uint32_t* const number = numbers.data();
  std::uint32_t linked = 0;
  const auto number_of = [&](std::uint32_t inst) {
    if (number[inst - from] == NotYet) [[unlikely]]
      unnumbered = true;
    return number[inst - from];
  };
  const std::size_t most = std::size_t{count} * 3 + Most;
  std::uint32_t* out = room(most);
  for (BlockId block = f.first_block; block != f.end_block; ++block.value) {
    for (InstId id = m.blocks[block].first; id;) {
      const std::uint32_t place = id.value - from;
      const Inst& inst = insts[place];
      id = inst.next;
      number[place] = linked++;
      const Inline form = InlineForms[inst.op_and_type & 0xff];
      std::uint32_t line = 0;
      if (const std::uint32_t location = locations[place].bits; location != 0 && form != Inline::Plain) {
        line = Head::location_of(location, begin_bits);
        if (line == 0) goto special;
      }
      if (inst.op_and_type >= AnyBasic) goto special;
      // Without constants and symbols, which most have not.
      switch (form) {
        case Inline::Values:
          if (((inst.a | inst.b) & SymbolBit) != 0) goto special;
          out[0] = inst.op_and_type | line << 12;
          out[1] = inst.a >> 31 != 0 ? inst.a : number_of(inst.a);
          out[2] = inst.b >> 31 != 0 ? inst.b : number_of(inst.b);
          out += 3;
          continue;
        case Inline::Value:
        case Inline::ValueAndPlain:
          if ((inst.a & SymbolBit) != 0) goto special;
          out[0] = inst.op_and_type | line << 12;
          out[1] = inst.a >> 31 != 0 ? inst.a : number_of(inst.a);
          out[2] = inst.b;
          out += form == Inline::Value ? 2 : 3;
          continue;
        case Inline::Plain:
        case Inline::Nothing:
          out[0] = inst.op_and_type | line << 12;
          out[1] = inst.a;
          out += form == Inline::Nothing ? 1 : 2;
          continue;
        case Inline::Not:
          break;
      }
    special:
      wrote(put_inst(out, InstId{from + place}));
      out = room(most);
    }
  }
  wrote(out);
}

/// Where a block stands before one that leads to it, its values are asked for before they are met.
void Fingerprinter::State::number_insts(const Function& f) {
  std::uint32_t linked = 0;
  for (BlockId block = f.first_block; block != f.end_block; ++block.value)
    for (InstId id = m.blocks[block].first; id; id = m.insts[id].next) numbers[id.value - first] = linked++;
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
  put(f.end_block.value - f.first_block.value);
  first = f.first.value;
  count = f.end.value - first;
  first_block = f.first_block.value;
  begin = f.location;
  if (numbers.size() < count) numbers.resize(count + count / 2);
  std::fill_n(numbers.begin(), count, NotYet);
  unnumbered = false;
  const std::size_t header = at;
  put_insts(f);
  if (unnumbered) {
    at = header;
    callees.clear();
    number_insts(f);
    put_insts(f);
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
