// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Bodies of functions: blocks and instructions in the order of the text. What stands below its use is filled in at the
// end.
#include <cstring>
#include <utility>

#include "inlay/ir/walk.h"

#include "base/messages.h"
#include "ir/text/near.h"
#include "ir/text/parser.h"

namespace inlay::ir {

namespace {

std::string shown(std::string_view text) { return std::string(text.substr(0, 200)); }

constexpr std::uint64_t MostLines = (1u << 20) - 1;

}  // namespace

Location Parser::location_behind(std::uint32_t line) {
  if (scanner_.next() != '!') return location(line);
  const std::size_t at = scanner_.offset();
  scanner_.advance();
  if (!is(scanner_.here(), CharDigit)) {
    fail(at, "a line, or file and line as in '!2:12', should stand behind '!'");
    return {};
  }
  std::uint32_t file = 1;
  auto number = plain_number("a line", MostLines);
  if (number && scanner_.here() == ':') {
    scanner_.advance();
    file = *number;
    number = plain_number("a line", MostLines);
  }
  if (failed()) return {};
  FileId id;
  if (numbers_are_files_)
    id = module_.path(FileId{file}).data() ? FileId{file} : FileId{};
  else if (file < files_.size())
    id = files_[file];
  if (!id)
    fail(at, "there is no file " + std::to_string(file) + "; declare it: file " + std::to_string(file) + " \"path\"");
  return {id, *number};
}

bool Parser::body(Pending& pending, Function& into) {
  const std::size_t open = scanner_.offset();
  if (!expect('{', "the body of the function, in '{' and '}',")) return false;
  into.location = location_behind(pending.first_line);
  values_.clear();
  blocks_.clear();
  value_fixups_.clear();
  block_fixups_.clear();
  later_.clear();
  into.flags |= FunctionDefined;
  into.first = InstId{module_.insts.count()};
  into.first_block = BlockId{module_.blocks.count()};
  block_ = module_.blocks.add({});
  const Location begin = location(pending.line);
  for (std::uint32_t i = 0; i < pending.parameters.size() && block_; ++i) {
    words_.assign(1, i);
    const InstId id = append(Op::Param, module_.parameter_type(pending.signature, i));
    if (!id) break;
    module_.locations[id] = begin;
    define(pending.parameters[i], id);
  }
  module_.blocks[block_].parameters = static_cast<std::uint32_t>(pending.parameters.size());

  while (check_module(open) && scanner_.next() != '}') {
    Name name;
    if (scanner_.at_end()) {
      fail(open, "this body has no '}' that ends it");
    } else if (at_label(name)) {
      label(name, into);
    } else {
      instruction();
    }
  }
  if (failed() || !end_block(scanner_.offset())) return false;
  scanner_.advance();
  resolve();
  into.end = InstId{module_.insts.count()};
  into.end_block = BlockId{module_.blocks.count()};
  return !failed();
}

bool Parser::at_label(Name& name) {
  const char c = scanner_.next();
  if (c != '"' && !is(c, CharNameStart)) return false;
  const std::size_t at = scanner_.offset();
  const std::uint32_t line = scanner_.line();
  if (!this->name(name, "a block or an instruction")) return false;
  const char behind = scanner_.next();
  if (behind == ':' || behind == '(') return true;
  if (!failed()) scanner_.go_back(at, line);
  return false;
}

bool Parser::end_block(std::size_t at) {
  const InstId last = module_.blocks[block_].last;
  if (last && ends_block(module_.insts[last].op())) return true;
  fail(at, "the block before does not end with a jump, branch, switch, return, return_void or trap");
  return false;
}

void Parser::label(const Name& name, Function& into) {
  const Block& current = module_.blocks[block_];
  const bool entry =
      block_ == into.first_block && !current.name && (!current.last || module_.insts[current.last].op() == Op::Param);
  if (entry && scanner_.here() == '(')
    return fail(scanner_.offset(), "the first block has the function's parameters, and none of its own");
  if (!entry) {
    if (!end_block(name.at)) return;
    block_ = module_.blocks.add({});
    if (!check_module(name.at)) return;
  }
  const bool automatic = !name.quoted && is_automatic_block(name.text);
  NameTable::Entry& known = blocks_[blocks_.find(name.text, automatic, name.at)];
  if (known.id) return fail(name.at, "the block '" + shown(name.text) + "' is defined twice");
  known.id = block_.value;
  // A block that is called as those without names are has a number only, but the first one, whose label would be lost.
  if (!automatic) module_.blocks[block_].name = intern(name.text);
  if (scanner_.take('(')) block_parameters(block_);
  expect(':', "':'");
}

void Parser::block_parameters(BlockId block) {
  std::uint32_t count = 0;
  while (!failed() && scanner_.next() != ')') {
    Name parameter;
    const std::uint32_t line = scanner_.line();
    if (!sigil_name('%', parameter, "a parameter, like '%i: i64',")) return;
    expect(':', "':' and the type of the parameter");
    const TypeId type = this->type();
    if (failed()) return;
    words_.assign(1, count++);
    const InstId id = append(Op::Param, type);
    if (!id) return;
    module_.locations[id] = location(line);
    define(parameter, id);
    if (!scanner_.take(',')) break;
  }
  expect(')', "',' or ')'");
  module_.blocks[block].parameters = count;
}

/// Whether the function ends here, or another block begins.
bool Parser::is_bare() const {
  Scanner ahead = scanner_;
  if (ahead.next() == '}') return true;
  const std::string_view word = ahead.word();
  const char behind = ahead.next();
  return !word.empty() && (behind == ':' || (behind == '(' && word != "fn" && word != "closure"));
}

void Parser::instruction() {
  const std::size_t at = scanner_.offset();
  const std::uint32_t line = scanner_.line();
  Name result;
  const bool named = scanner_.here() == '%';
  if (named && !(sigil_name('%', result, "a value") && expect('=', "'='"))) return;
  scanner_.next();
  const std::size_t op_at = scanner_.offset();
  const std::string_view word = scanner_.word();
  if (word.empty()) return fail_expected(named ? "an operation" : "an instruction");
  const Op op = op_named(word);
  if (op == Op::None) {
    Nearest nearest(word);
    for (const OpInfo& i : OpInfos) nearest.offer(i.text);
    return fail(op_at, "unknown operation '" + shown(word) + "'" + nearest.suggestion());
  }
  if (op == Op::Param) return fail(op_at, "parameters stand behind the name of their block, like 'head(%i: i64):'");
  if (const InstId last = module_.blocks[block_].last; last && ends_block(module_.insts[last].op()))
    return fail(at, "the block has ended above; the next one begins with its name, like 'done:'");

  if (op == Op::Return && is_bare())
    return fail(op_at,
                "'return' stands without a value; write 'return i64 %x', or 'return_void' where there is no result");
  const OpInfo& i = info(op);
  const TypeId type = i.types != TypesNothing ? this->type() : TypeId{};
  words_.clear();
  if (!failed()) operands(op, type);
  const Location location = location_behind(line);
  if (failed()) return;
  const InstId id = append(op, type);
  if (!id) return;
  module_.locations[id] = location;
  if (!named) return;
  if (i.yields == Yields::Nothing || module_.result_type(module_.insts[id]) == Void)
    return fail(at, "this '" + std::string(i.text) + "' yields nothing that could have a name");
  define(result, id);
}

InstId Parser::append(Op op, TypeId type) {
  std::uint32_t b = 0;
  const std::size_t count = words_.size();
  if (count > 1) {
    if (fits_inline(info(op).slots)) {
      b = words_[1];
    } else if (count > 2 || words_[1] != 0) {
      const ExtraId rest = module_.extra.add_uninitialized(static_cast<std::uint32_t>(count - 1));
      if (!rest) {
        check_module(scanner_.offset());
        return {};
      }
      std::memcpy(&module_.extra[rest], &words_[1], (count - 1) * sizeof(std::uint32_t));
      b = rest.value;
    }
  }
  const InstId id = module_.insts.add({Inst::pack(op, type), count > 0 ? words_[0] : 0, b, InstId{}});
  const InstId located = module_.locations.add({});
  if (!id || !located) {
    check_module(scanner_.offset());
    return {};
  }
  Block& block = module_.blocks[block_];
  if (block.last)
    module_.insts[block.last].next = id;
  else
    block.first = id;
  block.last = id;
  return id;
}

void Parser::define(const Name& name, InstId inst) {
  if (name.text.empty() && !name.quoted) return;
  const bool automatic = !name.quoted && is_automatic_value(name.text);
  NameTable::Entry& entry = values_[values_.find(name.text, automatic, name.at)];
  if (entry.id) return fail(name.at, "'%" + shown(name.text) + "' is defined twice");
  entry.id = inst.value;
  if (!automatic) module_.set_name(inst, intern(name.text));
}

std::uint32_t& Parser::word_of(InstId inst, std::uint32_t word) {
  Inst& i = module_.insts[inst];
  if (word == 0) return i.a;
  if (fits_inline(info(i.op()).slots)) return i.b;
  return (&module_.extra[ExtraId{i.b}])[word - 1];
}

void Parser::resolve() {
  const auto unknown = [&](const NameTable& table, const char* kind, const char* sigil) {
    for (const NameTable::Entry& entry : table.entries()) {
      if (entry.id || failed()) continue;
      Nearest nearest(entry.name);
      for (const NameTable::Entry& candidate : table.entries())
        if (candidate.id) nearest.offer(candidate.name);
      fail(entry.first_use,
           "unknown " + std::string(kind) + " '" + sigil + shown(entry.name) + "'" + nearest.suggestion(sigil));
    }
  };
  if (!value_fixups_.empty()) unknown(values_, "value", "%");
  if (!block_fixups_.empty()) unknown(blocks_, "block", "");
  if (failed()) return;
  for (const Fixup& fixup : value_fixups_) word_of(fixup.inst, fixup.word) = values_[fixup.entry].id;
  for (const Fixup& fixup : block_fixups_) word_of(fixup.inst, fixup.word) = blocks_[fixup.entry].id;
  const std::size_t at = scanner_.offset();
  const std::uint32_t line = scanner_.line();
  for (const Later& later : later_) {
    if (failed()) return;
    scanner_.go_back(later.at, line);
    if (later.method) {
      word_of(later.inst, later.word) = method_of(module_.type_of(InstId{values_[later.entry].id}));
      continue;
    }
    const Block& block = module_.blocks[BlockId{blocks_[later.entry].id}];
    if (later.argument >= block.parameters)
      return fail(later.at, "the block '" + shown(blocks_[later.entry].name) + "' has " +
                                base::counted(block.parameters, "parameter"));
    // Parameters of a block stand in a row.
    const InstId parameter{block.first.value + later.argument};
    word_of(later.inst, later.word) = literal(module_.insts[parameter].type()).bits;
  }
  if (!failed()) scanner_.go_back(at, line);
}

}  // namespace inlay::ir
