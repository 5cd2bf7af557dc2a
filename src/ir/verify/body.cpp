// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/verify/body.h"

#include "base/messages.h"

#include <algorithm>

#include "inlay/ir/walk.h"
#include "ir/substitute.h"
#include "ir/text/printer.h"

namespace inlay::ir {

bool BodyChecker::fail(std::string_view text) {
  const Location location = m_.locations[inst_];
  const Function& f = m_.functions[function_];
  error.emplace(ErrorKind::InvalidProgram,
                "in " + symbol_text(m_, {SymbolKind::Function, function_.value}, f.parameters) + ": " +
                    print(m_, inst_) + ": " + std::string(text),
                m_.place(location ? location : f.location));
  return false;
}

bool BodyChecker::fail_function(std::string_view text) {
  const Function& f = m_.functions[function_];
  error.emplace(
      ErrorKind::InvalidProgram,
      "in " + symbol_text(m_, {SymbolKind::Function, function_.value}, f.parameters) + ": " + std::string(text),
      m_.place(f.location));
  return false;
}

bool BodyChecker::fail_block(std::uint32_t number, std::string_view text) {
  return fail_function("block '" + block_text(number) + "' " + std::string(text));
}

std::string BodyChecker::block_text(std::uint32_t number) const {
  Printer printer(m_, {});
  printer.begin_function(m_.functions[function_]);
  printer.block_name(BlockId{first_block_ + number});
  return printer.take();
}

std::string BodyChecker::value_text(Value value) const {
  if (!value) return "nothing";
  Printer printer(m_, {}, Printer::Length::Short);
  printer.begin_function(m_.functions[function_]);
  printer.operand(value);
  return printer.take();
}

bool BodyChecker::check(FunctionId id) {
  const Function& f = m_.functions[id];
  function_ = id;
  first_ = f.first.value;
  count_ = f.end.value - first_;
  first_block_ = f.first_block.value;
  block_count_ = f.end_block.value - first_block_;
  result_ = m_.types[f.signature].element;
  declared_ = 0;
  if (f.flags & FunctionGeneric) (void)types_.check_parameters(f.parameters, declared_);
  shared_ = declared_ != 0 && (f.flags & FunctionShared);
  if (!link() || !check_entry()) return false;
  // In the order of the table, as the first fault is what people see.
  if (!std::is_sorted(later_.begin(), later_.end())) std::sort(later_.begin(), later_.end());
  const Inst* const insts = &m_.insts[f.first];
  for (std::uint32_t local : later_) {
    block_ = cells_[local].block;
    order_ = cells_[local].order;
    if (are_plain_operands(insts[local])) continue;
    inst_ = InstId{first_ + local};
    if (!check_operands(insts[local])) return false;
  }
  return true;
}

bool BodyChecker::dominates(std::uint32_t block) const {
  if (!dominators_known_) dominators_.compute(starts_, successors_);
  dominators_known_ = true;
  return dominators_.dominates(block, block_);
}

bool BodyChecker::link() {
  if (cells_.size() < count_) cells_.resize(count_ + count_ / 2);
  std::fill_n(cells_.begin(), count_, Cell{});
  starts_.clear();
  successors_.clear();
  later_.clear();
  dominators_known_ = false;
  std::uint32_t order = 0;
  for (std::uint32_t b = 0; b < block_count_; ++b) {
    starts_.push_back(static_cast<std::uint32_t>(successors_.size()));
    if (!link_block(b, order)) return false;
  }
  starts_.push_back(static_cast<std::uint32_t>(successors_.size()));
  return true;
}

inline TypeId BodyChecker::yielded(const Operation& op, const Inst& inst) const {
  if (op.yields == static_cast<std::uint8_t>(Wanted::Typed)) return inst.type();
  if (op.yields == YieldsTruth && inst.type() <= Ptr) return Bool;
  return op.yields < YieldsOther ? TypeId{op.yields} : m_.result_type(inst);
}

/// Of a parameter and of what stands where it may not: which may be the same.
bool BodyChecker::check_place(const Inst& inst, bool last, bool at_head, std::uint32_t& parameters) {
  if (inst.op() == Op::Param) {
    if (!at_head) return fail("a parameter stands behind other instructions");
    if (inst.a != parameters++)
      return fail("it is parameter number " + std::to_string(parameters - 1) + " of its block");
  }
  if ((info(inst.op()).flags & FlagEnds) != 0)
    return (last && !inst.next) || fail("it ends its block, and must be the last in it");
  return (!last && inst.next) ||
         fail("it is the last in its block, where jump, branch, switch, return or trap is wanted");
}

bool BodyChecker::link_block(std::uint32_t number, std::uint32_t& order) {
  const Block& block = m_.blocks[BlockId{first_block_ + number}];
  if (!block.first) return fail_block(number, "is empty, where an instruction that ends it is wanted");
  // Copies: cells are words as well, and could be these.
  const std::uint32_t first = first_, count = count_;
  Cell* const cells = cells_.data();
  const Inst* const insts = &m_.insts[InstId{first}];
  const Location* const locations = &m_.locations[InstId{first}];
  const InstId end = block.last;
  // What a block before this one defines may or may not reach it; what the first one defines does.
  const auto reaches = [number](const Cell& cell) { return cell.block == number || cell.block == 0; };
  std::uint32_t parameters = 0;
  bool at_head = true;
  for (InstId at = block.first;;) {
    const std::uint32_t local = at.value - first;
    if (local >= count) return fail_block(number, "leads to an instruction that is not of this function");
    inst_ = at;
    if (cells[local].block != Nowhere) return fail("it stands in two places");
    const Inst& inst = insts[local];
    const bool last = at == end;
    const std::uint32_t op = inst.op_and_type & 0xff, type = inst.op_and_type >> 8;
    if (op - 1 >= OpCount - 1) return fail("there is no operation " + std::to_string(op));
    const Operation& what = Operations[op];
    const std::uint32_t set = type < types_.type_count() ? types_.set(TypeId{type}) : 0;
    const bool plain_type = (set & what.types) != 0 && (set & TypeFacts::Usable) != 0;
    if (!plain_type && !check_type(inst)) return false;
    if (!symbols_.contains(locations[local])) return fail("it is located in a file that the module does not know");
    const bool in_place = last ? (what.flags & FlagEnds) != 0 && !inst.next : (what.flags & FlagEnds) == 0 && inst.next;
    if (inst.op() == Op::Param || !in_place) {
      if (!check_place(inst, last, at_head, parameters)) return false;
    } else {
      at_head = false;
    }
    if (!what.plain || !has_plain_words(what, inst, reaches)) later_.push_back(local);
    cells[local] = {yielded(what, inst), number, order++};
    if (last) break;
    at = inst.next;
  }
  if (parameters != block.parameters)
    return fail_block(number, "has " + base::counted(parameters, "parameter") + ", where " +
                                  std::to_string(block.parameters) + " are declared");
  return add_edges(m_.insts[block.last]);
}

bool BodyChecker::check_type(const Inst& inst) {
  const OpInfo& what = info(inst.op());
  const TypeId type = inst.type();
  if (what.types == TypesNothing) return !type || fail("it has a type, where none is wanted");
  if (!type || type.value >= types_.type_count()) return fail("it has no type");
  const std::uint32_t set = types_.set(type);
  if (!(set & what.types)) {
    if (m_.types[type].parameters && m_.types[type].kind == TypeKind::Struct)
      return fail('\'' + type_text(type) + "' is generic, and wants arguments");
    return fail("the operation is not for " + type_text(type));
  }
  if (set & TypeFacts::Usable) return true;
  if (!(set & TypeFacts::Dependent)) return types_.make_usable(type) || fail(types_.reason);
  if (!check_scope(types_.scope(type), type_text(type))) return false;
  if (!shared_ || inst.op() == Op::Slot || inst.op() == Op::Offset) return true;
  const TypeId result = m_.result_type(inst);
  for (TypeId used : {type, result}) {
    const TypeKind kind = m_.types[used].kind;
    const bool by_value = kind == TypeKind::TypeParam || kind == TypeKind::Vector;
    if (by_value && (types_.set(used) & TypeFacts::Dependent))
      return fail("a shared generic knows only how large " + type_text(used) +
                  " is; copy it by address, or do not share");
  }
  return true;
}

bool BodyChecker::check_entry() {
  const Function& f = m_.functions[function_];
  const Block& entry = m_.blocks[f.first_block];
  const Type& signature = m_.types[f.signature];
  if (entry.parameters != signature.count)
    return fail_block(0, "has " + base::counted(entry.parameters, "parameter") + ", where the signature has " +
                             std::to_string(signature.count));
  InstId at = entry.first;
  for (std::uint32_t i = 0; i < signature.count; ++i, at = m_.insts[at].next) {
    inst_ = at;
    const TypeId wanted = m_.parameter_type(f.signature, i);
    if (m_.insts[at].type() != wanted) return fail("the signature says " + type_text(wanted));
  }
  if (shared_ && types_.scope(f.signature)) {
    const auto known_by_size = [&](TypeId type) {
      const TypeKind kind = m_.types[type].kind;
      return (kind == TypeKind::TypeParam || kind == TypeKind::Vector) && (types_.set(type) & TypeFacts::Dependent);
    };
    bool good = !known_by_size(signature.element);
    for (std::uint32_t i = 0; i < signature.count; ++i) good &= !known_by_size(m_.parameter_type(f.signature, i));
    if (!good) return fail_function("a shared generic takes and gives values of its type parameters by address only");
  }
  return true;
}

bool BodyChecker::open_words(const Inst& inst) {
  const std::string_view slots = info(inst.op()).slots;
  words_.first = inst.a;
  words_.at_first = true;
  malformed_ = false;
  if (fits_inline(slots)) {
    words_.at = &inst.b;
    words_.end = words_.at + 1;
    return true;
  }
  static constexpr std::uint32_t EmptyList = 0;
  if (inst.b == 0) {  // stands for one empty list
    words_.at = &EmptyList;
    words_.end = words_.at + 1;
    return true;
  }
  if (!m_.extra.contains(ExtraId{inst.b})) return fail_list();
  words_.at = &m_.extra[ExtraId{inst.b}];
  words_.end = words_.at + (m_.extra.count() - inst.b);
  return true;
}

bool BodyChecker::fail_list() { return fail("its operands lie outside of Module::extra"); }

bool BodyChecker::add_edge(std::uint32_t block) {
  const std::uint32_t local = block - first_block_;
  if (local == 0) return fail("where a function begins, nothing leads back to");
  if (local >= block_count_) return fail("it leads to a block that is not of this function");
  successors_.push_back(local);
  return true;
}

/// The blocks that may come next. Their arguments are looked at later.
bool BodyChecker::add_edges(const Inst& inst) {
  if (inst.op() == Op::Jump && inst.b == 0) return add_edge(inst.a);
  const bool leads_on = inst.op() == Op::Jump || inst.op() == Op::Branch || inst.op() == Op::Switch;
  return !leads_on || add_any_edges(inst);
}

bool BodyChecker::add_any_edges(const Inst& inst) {
  const std::string_view slots = info(inst.op()).slots;
  if (!open_words(inst)) return false;
  const std::uint32_t* const begin = words_.at;
  bool good = true;
  const auto target = [&] {
    const std::uint32_t block = next();
    if (malformed_) return;
    good = add_edge(block);
    if (!good) return;
    const std::uint32_t n = next();
    if (n > words_.end - words_.at) {
      malformed_ = true;
      return;
    }
    words_.at += n;
  };
  for (char letter : slots) {
    const auto slot = static_cast<Slot>(letter);
    if (slot == Slot::Target) {
      target();
    } else if (slot == Slot::Cases) {
      for (std::uint32_t n = next(); n > 0 && !malformed_ && good; --n) {
        next();
        target();
      }
    } else {
      next();
    }
    if (!good) return false;
    if (malformed_) return fail_list();
  }
  // Lists that several instructions share would make the work grow without the module growing.
  words_read_ += static_cast<std::uint64_t>(words_.at - begin);
  return words_read_ <= (std::uint64_t{m_.extra.count()} + m_.insts.count()) * 16 ||
         fail("lists of operands overlap in Module::extra");
}

bool BodyChecker::check_scope(Scope used, const std::string& what) {
  if (within(used, declared_)) return true;
  return fail(what + " mentions a parameter that " + (declared_ ? "this generic does not have" : "there is not here"));
}

}  // namespace inlay::ir
