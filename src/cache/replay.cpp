// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Each step here mirrors one of specialize/symbols.cpp; where the two are in doubt, this one answers differently, which
// costs a compilation and no more.
#include "cache/replay.h"

#include <algorithm>
#include <cstring>

#include "runtime/image.h"

namespace inlay::cache {

using frozen::Question;
using frozen::ReadBase;
using frozen::ReadKind;

/// Of an object of this process, as one piece: it may be memory that changes rarely.
std::optional<std::span<const std::byte>> Replay::copy(const std::byte* address, std::uint32_t size,
                                                       std::uint32_t object) {
  constexpr std::uint32_t LargestRead = 4096;  // nobody reads more at once; a file may say anything
  if (size == 0 || size > LargestRead) return std::nullopt;
  copied_.resize(size);
  std::optional<frozen::Read> read = frozen::copy_constant(address, size, copied_.data());
  if (!read || read->object_id != object) return std::nullopt;
  reads_.push_back(*read);
  return copied_;
}

/// The bytes that are asked for, if they are there and constant.
std::optional<std::span<const std::byte>> Replay::bytes_of(const Question& question) {
  const auto fits = [&](std::uint64_t size) {
    return question.offset >= 0 && static_cast<std::uint64_t>(question.offset) <= size &&
           question.size <= size - static_cast<std::uint64_t>(question.offset);
  };
  if (question.base.kind == ReadBase::Kind::Bound)
    return fits(bound_.size()) ? std::optional(bound_.subspan(static_cast<std::size_t>(question.offset), question.size))
                               : std::nullopt;

  if (question.base.kind == ReadBase::Kind::Object) {
    if (question.base.number >= numbering_.objects().size()) return std::nullopt;
    const frozen::Object& object = numbering_.objects()[question.base.number];
    if (!fits(object.size)) return std::nullopt;
    return copy(object.begin + question.offset, question.size, object.id);
  }

  // A runtime's own variable, in memory that was promised to be constant.
  auto known = addresses_.find(question.base.symbol);
  if (known == addresses_.end()) {
    std::optional<runtime::SymbolRef> found = runtime::find_symbol(question.base.symbol);
    if (!found || found->ambiguous || !found->address) return std::nullopt;
    known = addresses_.emplace(question.base.symbol, static_cast<const std::byte*>(found->address)).first;
  }
  const auto address =
      reinterpret_cast<const std::byte*>(reinterpret_cast<std::uintptr_t>(known->second) +
                                         static_cast<std::uintptr_t>(question.offset));  // unsigned: a file says it
  std::optional<frozen::Object> holder = frozen::find(address);
  if (!holder || holder->graph) return std::nullopt;
  held_.push_back(holder->region);
  return copy(address, question.size, holder->id);
}

/// One place, one name: a runtime's symbol comes before the memory that it lies in. False: nobody may be told.
bool Replay::answer_address(const void* address, base::Writer& to, bool& known) {
  known = true;
  if (std::optional<runtime::SymbolAt> found = runtime::find_named_symbol_at(address)) {
    const std::string_view name = found->symbol.name();
    addresses_.insert_or_assign(std::string(name), static_cast<const std::byte*>(found->symbol.address));
    numbering_.write_symbol(to, name, static_cast<std::int64_t>(found->offset));
    return true;
  }
  std::optional<frozen::Object> object = frozen::find(address);
  if (object && object->graph) return false;
  if (object)
    numbering_.write_object(to, *object, static_cast<const std::byte*>(address) - object->begin);
  else
    known = false;
  return true;
}

bool Replay::answer_word(const Question& question, std::span<const std::byte> bytes, base::Writer& to) {
  std::uint64_t word;
  if (bytes.size() != sizeof word) return false;
  std::memcpy(&word, bytes.data(), sizeof word);
  bool known = false;
  switch (question.kind) {
    case ReadKind::Pointer:
      if (word == 0) {
        numbering_.write_null(to);
        return true;
      }
      if (!answer_address(reinterpret_cast<const void*>(word), to, known)) return false;
      if (!known) numbering_.write_unknown(to);
      return true;
    case ReadKind::Integer:
      if (word > frozen::LargestSmallInteger && !answer_address(reinterpret_cast<const void*>(word), to, known))
        return false;
      if (!known) numbering_.write_bytes(to, bytes);
      return true;
    case ReadKind::Word: {
      const bool maybe = frozen::may_be_address(word);
      if (maybe && !answer_address(reinterpret_cast<const void*>(word), to, known)) return false;
      if (!known && maybe) numbering_.write_unknown(to);
      if (!known && !maybe) numbering_.write_bytes(to, bytes);
      return true;
    }
    default:
      return false;
  }
}

bool Replay::ask(const Question& question, base::Bytes& into) {
  base::Writer to(into);
  if (question.kind == ReadKind::Opaque) {
    if (question.base.kind != ReadBase::Kind::Bound || question.size != 0) return false;
    numbering_.write(to, question);
    numbering_.write_unknown(to);
    opaque_.push_back(static_cast<std::uint64_t>(question.offset));
    return true;
  }
  const std::optional<std::span<const std::byte>> bytes = bytes_of(question);
  if (!bytes) return false;
  numbering_.write(to, question);
  if (question.kind != ReadKind::Bytes) return answer_word(question, *bytes, to);
  numbering_.write_bytes(to, *bytes);
  return true;
}

std::vector<std::shared_ptr<frozen::Region>> Replay::regions() const {
  std::vector<std::shared_ptr<frozen::Region>> regions = held_;
  for (const frozen::Object& object : numbering_.objects()) regions.push_back(object.region);
  std::sort(regions.begin(), regions.end());
  regions.erase(std::unique(regions.begin(), regions.end()), regions.end());
  return regions;
}

}  // namespace inlay::cache
