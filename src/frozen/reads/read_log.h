// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the evaluator asked of constant memory, and what it was told, without an address of this process: so another
// process can ask the same questions of its own memory, and see whether the answers are the same.
//
// A read begins at something that has a number: the bytes that the request binds, a frozen object, or a symbol of a
// runtime. Objects and symbols get their numbers where an answer or question first mentions them. A number says which
// one it is, so two logs can only be equal where also the same pointers lead to the same object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/serial.h"
#include "frozen/registry.h"

namespace inlay::frozen {

/// How bytes are understood. It decides what of them is an address, which must stay a pointer.
enum class ReadKind : std::uint8_t {
  Bytes,    // as they are
  Pointer,  // null, something known, or unknown
  Integer,  // 8 bytes that may have been a pointer: something known, or a number
  Word,     // 8 bytes of a whole object: a number unless it may be an address; then something known, or unknown
  Opaque,   // bound bytes that could not be understood: always unknown
};

/// Whether a word might be an address of this process.
constexpr bool may_be_address(std::uint64_t word) { return word >= 0x10000 && word < (std::uint64_t{1} << 47); }
/// Words up to here are never taken for addresses.
constexpr std::uint64_t LargestSmallInteger = 0xffff;
/// What the address of an object tells about its alignment goes no further than that.
constexpr std::uintptr_t LargestPromisedAlignment = 16;
std::uintptr_t promised_alignment(const void* address);

/// Where a read begins.
struct ReadBase {
  enum class Kind : std::uint8_t { Bound, Object, Symbol };
  Kind kind = Kind::Bound;
  std::uint32_t number = 0;  // of an object
  std::string_view symbol;
};

struct Question {
  ReadBase base;
  std::int64_t offset = 0;
  ReadKind kind = ReadKind::Bytes;
  std::uint32_t size = 0;
};

/// Gives numbers, and writes questions and answers in the one form that they can have.
class Numbering {
 public:
  void write(base::Writer& to, const Question& question);

  void write_null(base::Writer& to) { to.byte('z'); }
  void write_unknown(base::Writer& to) { to.byte('?'); }
  void write_bytes(base::Writer& to, std::span<const std::byte> bytes) {
    to.byte('#');
    to.raw(bytes);
  }
  /// Returns the object's number.
  std::uint32_t write_object(base::Writer& to, const Object& object, std::int64_t delta);
  void write_symbol(base::Writer& to, std::string_view symbol, std::int64_t delta);

  const std::vector<Object>& objects() const { return objects_; }
  const std::vector<std::string>& symbols() const { return symbols_; }

 private:
  void write_symbol_name(base::Writer& to, std::string_view symbol);

  std::vector<Object> objects_;  // by number; holds their regions
  std::map<std::uint32_t, std::uint32_t> object_numbers_;
  std::vector<std::string> symbols_;
  std::map<std::string, std::uint32_t, std::less<>> symbol_numbers_;
};

/// A question as it was written, read again; the symbol is one that `numbering` knows or that stands there.
std::optional<Question> read_question(base::Reader& from, const Numbering& numbering);

/// Reads over an answer to such a question; an answer that is not well-formed fails.
void skip_answer(base::Reader& from, const Question& question);

/// The account of one evaluation, as it is written.
class ReadLog {
 public:
  struct Entry {
    std::uint32_t begin, answer, end;  // in bytes()
  };

  void bytes(const Question& question, std::span<const std::byte> value);
  void null(const Question& question);
  void unknown(const Question& question);
  /// `number` is what the evaluator calls the object; a log that counts otherwise is of no use.
  void object(const Question& question, const Object& object, std::int64_t delta, std::uint32_t number);
  void symbol(const Question& question, std::string_view name, std::int64_t delta);

  /// Something was used that another process cannot be asked for. The first reason counts.
  void refuse(std::string why) {
    if (!refusal_) refusal_ = std::move(why);
  }
  const std::optional<std::string>& refusal() const { return refusal_; }

  const base::Bytes& bytes() const { return bytes_; }
  const std::vector<Entry>& entries() const { return entries_; }
  const Numbering& numbering() const { return numbering_; }

 private:
  template <class WriteAnswer>
  void add(const Question& question, WriteAnswer write_answer);

  Numbering numbering_;
  base::Bytes bytes_;
  std::vector<Entry> entries_;
  std::optional<std::string> refusal_;
};

}  // namespace inlay::frozen
