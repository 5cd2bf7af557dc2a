// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frozen/reads/read_log.h"

#include <algorithm>
#include <bit>

namespace inlay::frozen {

namespace {

enum ObjectFlags : unsigned { Open = 1 };

}  // namespace

std::uintptr_t promised_alignment(const void* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  return std::min(LargestPromisedAlignment, at & (~at + 1));
}

void Numbering::write_symbol_name(base::Writer& to, std::string_view symbol) {
  auto known = symbol_numbers_.find(symbol);
  if (known != symbol_numbers_.end()) {
    to.byte('s');
    to.number(known->second);
    return;
  }
  symbol_numbers_.emplace(symbol, static_cast<std::uint32_t>(symbols_.size()));
  symbols_.emplace_back(symbol);
  to.byte('S');
  to.text(symbol);
}

void Numbering::write(base::Writer& to, const Question& question) {
  switch (question.base.kind) {
    case ReadBase::Kind::Bound:
      to.byte('b');
      break;
    case ReadBase::Kind::Object:
      to.byte('o');
      to.number(question.base.number);
      break;
    case ReadBase::Kind::Symbol:
      write_symbol_name(to, question.base.symbol);
      break;
  }
  to.signed_number(question.offset);
  to.byte(static_cast<unsigned>(question.kind));
  to.number(question.size);
}

std::uint32_t Numbering::write_object(base::Writer& to, const Object& object, std::int64_t delta) {
  auto [known, fresh] = object_numbers_.try_emplace(object.id, static_cast<std::uint32_t>(objects_.size()));
  if (fresh) {
    // Everything that LLVM is told of it, and that a reader may base a decision on.
    objects_.push_back(object);
    to.byte('O');
    to.number(object.size);
    to.byte(object.open ? static_cast<unsigned>(Open) : 0);
    to.byte(static_cast<unsigned>(promised_alignment(object.begin)));
  } else {
    to.byte('o');
    to.number(known->second);
  }
  to.signed_number(delta);
  return known->second;
}

void Numbering::write_symbol(base::Writer& to, std::string_view symbol, std::int64_t delta) {
  write_symbol_name(to, symbol);
  to.signed_number(delta);
}

namespace {

/// The name behind its letter.
std::string_view read_symbol_name(base::Reader& from, unsigned letter, const Numbering& numbering) {
  if (letter == 'S') return from.text();
  const std::uint64_t number = from.number();
  if (from.good() && number < numbering.symbols().size()) return numbering.symbols()[number];
  from.fail();
  return {};
}

}  // namespace

std::optional<Question> read_question(base::Reader& from, const Numbering& numbering) {
  Question question;
  switch (const unsigned letter = from.byte()) {
    case 'b':
      break;
    case 'o':
      question.base.kind = ReadBase::Kind::Object;
      question.base.number = static_cast<std::uint32_t>(from.number_up_to(UINT32_MAX));
      if (question.base.number >= numbering.objects().size()) from.fail();
      break;
    case 's':
    case 'S':
      question.base.kind = ReadBase::Kind::Symbol;
      question.base.symbol = read_symbol_name(from, letter, numbering);
      break;
    default:
      from.fail();
  }
  question.offset = from.signed_number();
  const unsigned kind = from.byte();
  if (kind > static_cast<unsigned>(ReadKind::Opaque)) from.fail();
  question.kind = static_cast<ReadKind>(kind);
  question.size = static_cast<std::uint32_t>(from.number_up_to(UINT32_MAX));
  const bool word = question.kind != ReadKind::Bytes && question.kind != ReadKind::Opaque;
  if (word && question.size != sizeof(std::uint64_t)) from.fail();
  if (!from.good()) return std::nullopt;
  return question;
}

void skip_answer(base::Reader& from, const Question& question) {
  switch (from.byte()) {
    case 'z':
    case '?':
      return;
    case '#':
      from.raw(question.size);
      return;
    case 'O':
      from.number();
      from.byte();
      from.byte();
      from.signed_number();
      return;
    case 'S':
      from.text();
      from.signed_number();
      return;
    case 'o':
    case 's':
      from.number();
      from.signed_number();
      return;
    default:
      from.fail();
  }
}

template <class WriteAnswer>
void ReadLog::add(const Question& question, WriteAnswer write_answer) {
  constexpr std::size_t LargestLog = 64u << 20;
  if (bytes_.size() > LargestLog) refuse("more was read than is worth following");
  if (refusal_) return;
  base::Writer to(bytes_);
  Entry entry{};
  entry.begin = static_cast<std::uint32_t>(bytes_.size());
  numbering_.write(to, question);
  entry.answer = static_cast<std::uint32_t>(bytes_.size());
  write_answer(to);
  entry.end = static_cast<std::uint32_t>(bytes_.size());
  entries_.push_back(entry);
}

void ReadLog::bytes(const Question& question, std::span<const std::byte> value) {
  add(question, [&](base::Writer& to) { numbering_.write_bytes(to, value); });
}

void ReadLog::null(const Question& question) {
  add(question, [&](base::Writer& to) { numbering_.write_null(to); });
}

void ReadLog::unknown(const Question& question) {
  add(question, [&](base::Writer& to) { numbering_.write_unknown(to); });
}

void ReadLog::object(const Question& question, const Object& object, std::int64_t delta, std::uint32_t number) {
  if (object.graph) refuse("a graph that is only promised was read, and where it ends is not known");
  add(question, [&](base::Writer& to) {
    if (numbering_.write_object(to, object, delta) != number) refuse("an object was met outside of a read");
  });
}

void ReadLog::symbol(const Question& question, std::string_view name, std::int64_t delta) {
  add(question, [&](base::Writer& to) { numbering_.write_symbol(to, name, delta); });
}

}  // namespace inlay::frozen
