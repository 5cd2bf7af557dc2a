// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A walk from the roots over everything that is mentioned, giving instances their bodies on the way. It is a walk in
// depth, on a stack of its own, so that what lies on it is who asked for whom: an instance that asks for ever larger
// ones of its own generic is found by their number on the stack, as rustc does it; a long chain of different generics
// is no fault. The order of the result is made afterwards, from who mentions whom (reach.h).
#include "inlay/ir/expand.h"

#include <algorithm>
#include <array>

#include "inlay/ir/verify.h"
#include "inlay/ir/walk.h"
#include "ir/clone.h"
#include "ir/reach.h"
#include "ir/record.h"

namespace inlay::ir {

namespace {

class Expander {
 public:
  Expander(Module& module, const ExpandLimits& limits) : m_(module), limits_(limits), substitution_(module) {}

  Result<void> walk(Value root);
  /// All the bodies that were made.
  Result<void> verify_instances();
  const References& references() const { return references_; }
  /// The one symbol that stands for an instance whose arguments say the same.
  Value canonical(Value symbol);

 private:
  /// One step of who asks for whom.
  struct Frame {
    Value symbol;
    std::size_t next = 0;     // of what it mentions
    std::size_t chain = 0;    // where on the stack the instances begin that asked for each other, up to this one
    std::uint32_t depth = 0;  // how many of its generic stand there
    std::size_t before = 0;   // what latest_ said before
  };

  Result<void> enter(Value symbol);
  Result<Frame> frame_of(Value symbol);
  Result<void> make_instance(Value symbol);
  Result<void> check(FunctionId function) const;
  Result<void> check(DataId data) const;
  Result<void> scan(FunctionId function);
  void scan(DataId data);
  void leave();

  std::size_t& latest(Value generic);
  Value generic_of(Value symbol) const;
  std::uint32_t& resolve(Slot slot, std::uint32_t& word);
  Value resolved(Value constant);
  Value record(TypeId type);
  void mention(Value symbol);

  std::string shown(Value symbol) const;
  std::string chain() const;
  Error refused(ErrorKind kind, Value symbol, std::string message) const;

  Module& m_;
  const ExpandLimits limits_;
  Substitution substitution_;
  References references_;
  std::vector<Frame> stack_;
  std::vector<std::size_t> latest_functions_, latest_data_;  // by generic: 1 + where its last instance stands in stack_
  std::uint32_t instances_ = 0;
  std::vector<FunctionId> made_;  // instances that got a body
  std::vector<Value> made_for_;   // and who asked for it; none: a root

  std::vector<Value> mentioned_;                                     // by what is being scanned
  std::vector<std::uint32_t> mentioned_functions_, mentioned_data_;  // by handle: the scan that saw it last
  std::uint32_t scan_ = 0;
  std::vector<Value> canonical_functions_, canonical_data_;  // by handle; none: not asked for yet
  std::vector<Value> resolved_;                              // by constant; none: not asked for yet
};

/// Of the words that lie in an instruction, the bit that tells constants and symbols from other values; all bits where
/// there are more words. An instruction that has none of these bits mentions nothing.
struct MentionBits {
  std::uint32_t a = 0, b = 0;
};
constexpr auto Mentions = [] {
  std::array<MentionBits, OpCount> table{};
  for (std::size_t op = 1; op < OpCount; ++op) {
    const std::string_view slots = OpInfos[op].slots;
    const auto bit = [&](std::size_t word) {
      return word < slots.size() && is_value(static_cast<Slot>(slots[word])) ? 1u << 30 : 0;
    };
    if (fits_inline(slots))
      table[op] = {bit(0), bit(1)};
    else
      table[op] = {~0u, ~0u};
  }
  return table;
}();

/// The entry of a table beside one of the module's, which grows.
template <class T>
T& entry(std::vector<T>& table, std::uint32_t i) {
  if (i >= table.size()) table.resize(std::max<std::size_t>(i + 1, table.size() * 2));
  return table[i];
}

// What is shown to people

std::string Expander::shown(Value symbol) const {
  constexpr std::size_t Longest = 80;
  std::string name = symbol.is_function() ? m_.full_name(symbol.function()) : m_.full_name(symbol.data());
  if (name.size() > Longest) {
    name.resize(Longest);
    name += "...";
  }
  return "'@" + name + "'";
}

/// Who asked, the last one first; the middle of a long chain is left out.
std::string Expander::chain() const {
  constexpr std::size_t Last = 4;
  std::string text;
  for (std::size_t i = 0; i < stack_.size(); ++i) {
    if (i == Last && stack_.size() > Last + 1) {
      text += ", and so on, " + std::to_string(stack_.size() - Last - 1) + " more";
      i = stack_.size() - 1;
    }
    text += ", asked for by " + shown(stack_[stack_.size() - 1 - i].symbol);
  }
  return text;
}

Error Expander::refused(ErrorKind kind, Value symbol, std::string message) const {
  const Location location =
      symbol.is_function() ? m_.functions[symbol.function()].location : m_.data[symbol.data()].location;
  return Error(kind, shown(symbol) + chain() + ": " + std::move(message), m_.place(location));
}

// Instances

Value Expander::generic_of(Value symbol) const {
  if (symbol.is_function()) {
    const FunctionId generic = m_.functions[symbol.function()].generic;
    return generic ? Value(generic) : Value();
  }
  const DataId generic = m_.data[symbol.data()].generic;
  return generic ? Value(generic) : Value();
}

std::size_t& Expander::latest(Value generic) {
  return generic.is_function() ? entry(latest_functions_, generic.function().value)
                               : entry(latest_data_, generic.data().value);
}

Value Expander::canonical(Value symbol) {
  const Value generic = generic_of(symbol);
  if (!generic) return symbol;
  const bool function = symbol.is_function();
  const Value known =
      function ? entry(canonical_functions_, symbol.function().value) : entry(canonical_data_, symbol.data().value);
  if (known) return known;
  const bool shared = function && (m_.functions[generic.function()].flags & FunctionShared) != 0;
  const ExtraId list = function ? m_.functions[symbol.function()].arguments : m_.data[symbol.data()].arguments;
  std::vector<GenericArgument> arguments;
  const std::span<const std::uint32_t> words = m_.list(list);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!is_type_argument(words[i]))
      arguments.emplace_back(folded(m_, Value::of_bits(words[i])));
    else
      arguments.emplace_back(shared ? shape_of(m_, TypeId{words[i]}) : TypeId{words[i]});
  }
  const Value result =
      function ? Value(m_.instance(generic.function(), arguments)) : Value(m_.instance(generic.data(), arguments));
  return (function ? entry(canonical_functions_, symbol.function().value)
                   : entry(canonical_data_, symbol.data().value)) = result;
}

/// Where a symbol stands among those that asked for each other.
Result<Expander::Frame> Expander::frame_of(Value symbol) {
  Frame frame;
  frame.symbol = symbol;
  frame.chain = stack_.size();
  const Value generic = generic_of(symbol);
  if (!generic) return frame;
  if (!stack_.empty() && generic_of(stack_.back().symbol)) frame.chain = stack_.back().chain;
  frame.before = latest(generic);
  const bool again = frame.before > frame.chain;
  frame.depth = again ? stack_[frame.before - 1].depth + 1 : 1;
  if (frame.depth > limits_.depth)
    return refused(ErrorKind::InvalidProgram, symbol,
                   "there seems to be no end to instances that ask for instances of the same generic, " +
                       std::to_string(limits_.depth) + " of them so far; let the arguments come to an end");
  return frame;
}

Result<void> Expander::make_instance(Value symbol) {
  const Value generic = generic_of(symbol);
  if (++instances_ > limits_.instances)
    return refused(ErrorKind::InvalidProgram, symbol,
                   "the program asks for more than " + std::to_string(limits_.instances) +
                       " instances of generics; let it ask for fewer, or allow more");
  if (symbol.is_data()) {
    if (m_.data[symbol.data()].flags & DataDefined) return {};
    if (!(m_.data[generic.data()].flags & DataGeneric))
      return refused(ErrorKind::InvalidProgram, symbol, "no table of that name has parameters; declare one");
    give_entries(m_, substitution_, symbol.data());
    return {};
  }
  if (m_.functions[symbol.function()].flags & (FunctionDefined | FunctionAssembly)) return {};
  const Function& pattern = m_.functions[generic.function()];
  if (!(pattern.flags & FunctionGeneric) || !(pattern.flags & (FunctionDefined | FunctionAssembly)))
    return refused(ErrorKind::InvalidProgram, symbol, "no function of that name has parameters and a body; define one");
  for (std::uint32_t i = 0; i < m_.list(m_.functions[symbol.function()].arguments).size(); ++i) {
    const std::uint32_t word = m_.list(m_.functions[symbol.function()].arguments)[i];
    const bool dependent =
        is_type_argument(word) ? m_.is_dependent(TypeId{word}) : mentions_parameters(m_, Value::of_bits(word));
    if (dependent)
      return refused(ErrorKind::InvalidProgram, symbol,
                     "its arguments are parameters themselves; use it in a generic, or with types that are known");
  }
  if (auto made = give_body(m_, substitution_, symbol.function()); !made)
    return refused(made.error().kind(), symbol, made.error().message());
  made_.push_back(symbol.function());
  made_for_.push_back(stack_.empty() ? Value() : stack_.back().symbol);
  return {};
}

Result<void> Expander::verify_instances() {
  if (made_.empty()) return {};
  auto result = verify(m_, made_);
  if (result) return {};
  // Which one it is does not matter often enough to ask one by one: by halves.
  std::size_t good = 0, bad = made_.size();
  while (bad - good > 1) {
    const std::size_t middle = good + (bad - good) / 2;
    auto half = verify(m_, std::span(made_).subspan(good, middle - good));
    if (half) {
      good = middle;
    } else {
      bad = middle;
      result = std::move(half);
    }
  }
  const Value asker = made_for_[good];
  return std::move(result).error().with_note("in " + shown(made_[good]) +
                                             (asker ? ", asked for by " + shown(asker) : std::string()));
}

// The walk

Result<void> Expander::check(FunctionId id) const {
  const Function& f = m_.functions[id];
  if (f.flags & FunctionGeneric)
    return refused(ErrorKind::InvalidProgram, id, "a generic has no code; name its arguments");
  if (!(f.flags & (FunctionDefined | FunctionAssembly | FunctionExtern)))
    return refused(ErrorKind::InvalidProgram, id, "it has no body; define it, or declare it with 'extern'");
  return {};
}

Result<void> Expander::check(DataId id) const {
  const Data& d = m_.data[id];
  if (d.flags & DataGeneric)
    return refused(ErrorKind::InvalidProgram, id, "a generic table has no place; name its arguments");
  if (!(d.flags & (DataDefined | DataExtern)))
    return refused(ErrorKind::InvalidProgram, id, "nothing says what it holds; define it, or declare it with 'extern'");
  return {};
}

Result<void> Expander::enter(Value symbol) {
  INLAY_TRY(const Frame frame, frame_of(symbol));
  const Value generic = generic_of(symbol);
  if (generic) INLAY_TRY_VOID(make_instance(symbol));
  if (symbol.is_function()) {
    INLAY_TRY_VOID(check(symbol.function()));
    INLAY_TRY_VOID(scan(symbol.function()));
  } else {
    INLAY_TRY_VOID(check(symbol.data()));
    scan(symbol.data());
  }
  if (m_.error()) return *m_.error();
  if (generic) latest(generic) = stack_.size() + 1;
  stack_.push_back(frame);
  return {};
}

void Expander::leave() {
  const Frame& frame = stack_.back();
  if (const Value generic = generic_of(frame.symbol)) latest(generic) = frame.before;
  stack_.pop_back();
}

Result<void> Expander::walk(Value root) {
  if (references_.known(root)) return {};
  INLAY_TRY_VOID(enter(root));
  while (!stack_.empty()) {
    Frame& frame = stack_.back();
    const std::span<const Value> mentioned = references_.of(frame.symbol);
    if (frame.next == mentioned.size()) {
      leave();
      continue;
    }
    const Value next = mentioned[frame.next++];
    if (!references_.known(next)) INLAY_TRY_VOID(enter(next));
  }
  return {};
}

// What functions and data mention

void Expander::mention(Value symbol) {
  std::uint32_t& seen = symbol.is_function() ? entry(mentioned_functions_, symbol.function().value)
                                             : entry(mentioned_data_, symbol.data().value);
  if (std::exchange(seen, scan_) != scan_) mentioned_.push_back(symbol);
}

Value Expander::record(TypeId type) {
  const DataId data = type_record_data(m_, type);
  if (!data)
    m_.fail(Error(ErrorKind::InvalidProgram,
                  "typeof(" + m_.to_string(type) + ") is asked for, but the type cannot lie in memory"));
  return data;
}

/// Sizes as numbers, type records as data, lanes alike; any other constant as it is.
Value Expander::resolved(Value value) {
  const ConstId id = value.constant();
  if (const Value known = entry(resolved_, id.value)) return known;
  const Const c = m_.consts[id];
  Value result = value;
  if (c.kind == ConstKind::SizeOf || c.kind == ConstKind::AlignOf) {
    result = folded(m_, value);
    if (result == value)
      m_.fail(Error(ErrorKind::InvalidProgram, "the size of '" +
                                                   m_.to_string(TypeId{static_cast<std::uint32_t>(c.bits)}) +
                                                   "' is asked for, but the type cannot lie in memory"));
  } else if (c.kind == ConstKind::TypeRecord) {
    result = record(TypeId{static_cast<std::uint32_t>(c.bits)});
  } else if (c.kind == ConstKind::Lanes) {
    std::vector<Value> lanes;
    bool changed = false;
    for (std::uint32_t word : m_.words(ExtraId{static_cast<std::uint32_t>(c.bits)}, m_.types[c.type].count)) {
      lanes.push_back(folded(m_, Value::of_bits(word)));
      changed |= lanes.back().bits != word;
    }
    if (changed) result = m_.lanes(c.type, lanes);
  }
  return entry(resolved_, id.value) = result;
}

/// Rewrites an operand, once and for all, as what it stands for.
std::uint32_t& Expander::resolve(Slot slot, std::uint32_t& word) {
  const Value value = Value::of_bits(word);
  if (value.is_const()) {
    Value result = resolved(value);
    if (slot == Slot::Other) result = with_type(m_, result, m_.consts[value.constant()].type);
    if (result != value) word = result.bits;
  } else if (value.is_symbol()) {
    const Value result = canonical(value);
    if (result != value) word = result.bits;
  }
  return word;
}

Result<void> Expander::scan(FunctionId id) {
  mentioned_.clear();
  ++scan_;
  const Function f = m_.functions[id];
  for (BlockId block = f.first_block; block != f.end_block; ++block.value) {
    for (InstId at = m_.blocks[block].first; at; at = m_.insts[at].next) {
      const MentionBits& bits = Mentions[static_cast<std::size_t>(m_.insts[at].op())];
      if (((m_.insts[at].a & bits.a) | (m_.insts[at].b & bits.b)) == 0) continue;
      visit_words(m_, m_.insts[at], [&](Slot slot, std::uint32_t& word) {
        if (!is_value(slot) && slot != Slot::Args && slot != Slot::Cases) return;
        if (const Value value = Value::of_bits(word); !value.is_inst() && !value.is_number()) {
          const Value now = Value::of_bits(resolve(slot, word));
          if (now.is_symbol()) mention(now);
        }
      });
    }
  }
  references_.add(id, mentioned_);
  if (!m_.error()) return {};
  // As a rule, what such a chain says of its types is of no use.
  constexpr std::uint32_t Deep = 8;
  const Error& said = *m_.error();
  const Place place = m_.place(m_.functions[id].location);
  if (!stack_.empty() && stack_.back().depth >= Deep)
    return Error(said.kind(),
                 "the types of instances lie within each other too deep: " + shown(generic_of(stack_.back().symbol)) +
                     " was asked for by itself " + std::to_string(stack_.back().depth) +
                     " times, each time with larger ones; let the arguments come to an end",
                 place);
  if (said.place().known()) return std::move(Error(said)).with_note("in " + shown(id) + chain());
  return Error(said.kind(), said.message(), place).with_note("in " + shown(id) + chain());
}

void Expander::scan(DataId id) {
  mentioned_.clear();
  ++scan_;
  const ExtraId relocations = m_.data[id].relocations;
  const std::uint32_t count = relocations ? m_.extra[relocations] : 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t& word = (&m_.extra[relocations])[1 + 3 * i + 1];
    const Value symbol = Value::of_bits(resolve(Slot::Pointer, word));
    if (symbol.is_symbol()) mention(symbol);
  }
  references_.add(id, mentioned_);
}

/// All that is exported, functions first.
std::vector<Value> exported(const Module& m) {
  std::vector<Value> roots;
  for (std::uint32_t i = 1; i < m.functions.count(); ++i) {
    const std::uint32_t flags = m.functions[FunctionId{i}].flags;
    const bool here = (flags & (FunctionDefined | FunctionAssembly)) != 0;
    if (flags & FunctionExported && !(flags & FunctionGeneric) && here) roots.emplace_back(FunctionId{i});
  }
  for (std::uint32_t i = 1; i < m.data.count(); ++i) {
    const std::uint32_t flags = m.data[DataId{i}].flags;
    if (flags & DataExported && flags & DataDefined && !(flags & DataGeneric)) roots.emplace_back(DataId{i});
  }
  return roots;
}

}  // namespace

Result<Reach> expand(Module& module, std::span<const Value> roots, const ExpandLimits& limits) {
  if (module.error()) return *module.error();
  std::vector<Value> from(roots.begin(), roots.end());
  if (roots.empty()) from = exported(module);
  Expander expander(module, limits);
  for (Value& root : from) {
    const bool good = root.is_function() ? module.functions.contains(root.function())
                                         : root.is_data() && module.data.contains(root.data());
    if (!good)
      return Error(ErrorKind::InvalidArgument, "a root is neither a function nor data of the module; give one that is");
    root = expander.canonical(root);
    INLAY_TRY_VOID(expander.walk(root));
  }
  if (module.error()) return *module.error();
  INLAY_TRY_VOID(expander.verify_instances());
  return in_order(module, expander.references(), from);
}

}  // namespace inlay::ir
