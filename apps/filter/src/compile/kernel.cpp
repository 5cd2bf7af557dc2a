// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The loops around rows.
//
// A straight program may become vector code. For that, what a loop writes must not be what it reads: results go to
// local memory, a block of rows at a time, and are copied from there while they are in the cache.
#include "compile/emit.h"
#include "compile/row.h"

namespace inlay::filter {

using ir::BlockId;
using ir::I32;
using ir::I64;
using ir::I8;
using ir::Ptr;
using ir::TypeId;

namespace {

/// Rows of a straight program whose results are kept until they are copied.
constexpr std::int64_t BlockRows = 1024;
/// How far ahead of a row memory is asked for, where rows are large: Q2 and Q4 of the benchmark take 0.7 of the time.
/// (Straight programs gained nothing: their loads do not wait for tests.)
constexpr std::int64_t RowsAhead = 32;

/// `body(number)` for numbers from 0 up to `count`, in a block of its own that it may leave; it ends in the block that
/// is current afterwards.
template <class Body>
void emit_loop(ir::Builder& b, ir::Value count, Body body) {
  const BlockId head = b.block({I64}), inside = b.block(), after = b.block();
  b.jump(head, {0});
  b.start(head);
  const ir::Value number = b.parameter(head, 0);
  b.branch(b.lt(number, count), inside, after);
  b.start(inside);
  body(number);
  b.jump(head, {b.add(number, 1)});
  b.start(after);
}

/// The same in two loops, of which the inner one runs over at most BlockRows: `body(first, count)` of these.
template <class Body>
void emit_blocks(ir::Builder& b, ir::Value count, Body body) {
  const BlockId head = b.block({I64}), inside = b.block(), after = b.block();
  b.jump(head, {0});
  b.start(head);
  const ir::Value first = b.parameter(head, 0);
  b.branch(b.lt(first, count), inside, after);
  b.start(inside);
  body(first, b.binary(ir::Op::Min, b.sub(count, first), BlockRows));
  b.jump(head, {b.add(first, BlockRows)});
  b.start(after);
}

ir::Value end_byte(ir::Builder& b, ir::Value truth) {
  return truth.is_number() ? truth : b.convert(ir::Op::Zext, I8, truth);
}

/// An address among bytes of which is known that they are there.
ir::Value byte_at(ir::Builder& b, ir::Value at, ir::Value number) { return b.offset(I8, at, number); }

/// A loop's body may leave by a fault, and the kernel answers how far it came.
BlockId emit_fault_exit(ir::Builder& b, ir::Value answer) {
  const BlockId here = b.current(), exit = b.block();
  b.start(exit);
  b.ret(answer);
  b.start(here);
  return exit;
}

void emit_filter_loops(const Program& program, ir::Builder& b, bool bitmaps) {
  ir::Module& m = b.module();
  RowEmitter rows(program, b, bitmaps);
  const ir::Value begin = b.parameter(3), end = b.parameter(4), pass = b.parameter(5);
  rows.begin();
  const ir::Value count = b.sub(end, begin), last = b.sub(end, 1);
  if (!program.straight) {
    const ir::Value bytes = b.make_slice(m.slice(I8), pass, count);
    emit_loop(b, count, [&](ir::Value number) {
      const ir::Value row = b.add(begin, number);
      rows.prefetch(b.binary(ir::Op::Min, b.add(row, RowsAhead), last));
      const Held held = rows.row(row, emit_fault_exit(b, row));
      b.store(I8, end_byte(b, rows.truth(held)), b.elem(bytes, number));
    });
  } else {
    const ir::Value local = b.slot(m.array(I8, BlockRows));
    emit_blocks(b, count, [&](ir::Value first, ir::Value some) {
      emit_loop(b, some, [&](ir::Value number) {
        const ir::Value row = b.add(begin, b.add(first, number));
        const Held held = rows.row(row, emit_fault_exit(b, row));
        b.store(I8, end_byte(b, rows.truth(held)), b.at_index(m.array(I8, BlockRows), local, number));
      });
      b.copy(byte_at(b, pass, first), local, some);
    });
  }
  b.ret(end);
}

/// Booleans are bytes where projections put them.
TypeId stored_type(const RowEmitter& rows, Type type) { return type == Type::Boolean ? I8 : rows.type(type); }

ir::Value stored(RowEmitter& rows, const Held& held, Type type) {
  if (type == Type::Boolean) return end_byte(rows.builder(), rows.truth(held));
  return rows.or_zero(held, type);
}

void emit_projection_loops(const Program& program, ir::Builder& b, bool bitmaps) {
  ir::Module& m = b.module();
  RowEmitter rows(program, b, bitmaps);
  const ir::Value selection = b.parameter(3), first = b.parameter(4), count = b.parameter(5), out = b.parameter(6);
  rows.begin();
  const TypeId out_type = m.named_struct("Out");
  m.define_struct(out_type, {{"values", Ptr}, {"nulls", Ptr}});
  const TypeId type = stored_type(rows, program.type);
  const ir::Value values = b.load(Ptr, b.field(out_type, out, 0)), nulls = b.load(Ptr, b.field(out_type, out, 1));
  const ir::Value value_slice = b.make_slice(m.slice(type), values, count);
  const ir::Value null_slice = b.make_slice(m.slice(I8), nulls, count);
  const ir::Value selected = b.make_slice(m.slice(I32), selection, count);
  const auto null_byte = [&](const Held& held) { return held.null ? end_byte(b, held.null) : m.integer(I8, 0); };

  const auto loops = [&](bool gather) {
    const auto row_of = [&](ir::Value number) -> ir::Value {
      if (!gather) return b.add(first, number);
      return b.convert(ir::Op::Zext, I64, b.load(I32, b.elem(selected, number)));
    };
    if (!program.straight) {
      emit_loop(b, count, [&](ir::Value number) {
        const Held held = rows.row(row_of(number), emit_fault_exit(b, number));
        b.store(type, stored(rows, held, program.type), b.elem(value_slice, number));
        if (program.nullable) b.store(I8, null_byte(held), b.elem(null_slice, number));
      });
      return;
    }
    const TypeId value_array = m.array(type, BlockRows), null_array = m.array(I8, BlockRows);
    const ir::Value local_values = b.slot(value_array);
    const ir::Value local_nulls = program.nullable ? b.slot(null_array) : ir::Value();
    emit_blocks(b, count, [&](ir::Value from, ir::Value some) {
      emit_loop(b, some, [&](ir::Value number) {
        const ir::Value place = b.add(from, number);
        const Held held = rows.row(row_of(place), emit_fault_exit(b, place));
        b.store(type, stored(rows, held, program.type), b.at_index(value_array, local_values, number));
        if (program.nullable) b.store(I8, null_byte(held), b.at_index(null_array, local_nulls, number));
      });
      const auto size = static_cast<std::int64_t>(m.size_of(type));
      b.copy(b.offset(type, values, from), local_values, b.binary(ir::Op::Mul, some, size));
      if (program.nullable) b.copy(byte_at(b, nulls, from), local_nulls, some);
    });
  };

  if (!program.nullable) {
    const BlockId wanted = b.block(), done = b.block();
    b.branch(b.binary(ir::Op::Eq, Ptr, nulls, m.null()), done, wanted);
    b.start(wanted);
    b.fill(nulls, 0, count);
    b.jump(done);
    b.start(done);
  }
  const BlockId gather = b.block(), dense = b.block(), after = b.block();
  b.branch(b.binary(ir::Op::Eq, Ptr, selection, m.null()), dense, gather);
  for (const BlockId way : {dense, gather}) {
    b.start(way);
    loops(way == gather);
    b.jump(after);
  }
  b.start(after);
  b.ret(count);
}

template <class Emit>
Result<ir::Module> emit(std::initializer_list<TypeId> parameters, Emit emit_body) {
  INLAY_TRY(ir::Module module, ir::Module::create());
  const ir::FunctionId kernel = module.function(KernelName, module.signature(parameters, I64), ir::FunctionExported);
  ir::Builder b(module);
  b.begin(kernel);
  emit_body(b);
  b.end();
  if (module.error()) return *module.error();
  return module;
}

}  // namespace

Result<ir::Module> emit_filter(const Program& program, bool bitmaps) {
  if (program.type != Type::Boolean)
    return Error(ErrorKind::InvalidArgument, "a filter's program yields " + std::string(to_string(program.type)));
  return emit({Ptr, Ptr, Ptr, I64, I64, Ptr}, [&](ir::Builder& b) { emit_filter_loops(program, b, bitmaps); });
}

Result<ir::Module> emit_projection(const Program& program, bool bitmaps) {
  return emit({Ptr, Ptr, Ptr, Ptr, I64, I64, Ptr}, [&](ir::Builder& b) { emit_projection_loops(program, b, bitmaps); });
}

}  // namespace inlay::filter
