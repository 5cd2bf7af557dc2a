// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "heap.h"

#include "function.h"
#include "vm.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace lox {
namespace {

constexpr std::size_t block_bytes = 64 * 1024;
constexpr std::size_t least_limit_bytes = 8 * 1024 * 1024;
constexpr std::size_t longest_interned = 64;  // of the texts that programs make

std::uint32_t hash_of(std::string_view text) {
  return static_cast<std::uint32_t>(XXH3_64bits(text.data(), text.size()));
}

/// Whether an object has something outside of its cell.
bool needs_destroying(const Object* object) {
  if (object->type == Type::Instance)
    return static_cast<const Instance*>(object)->fields != static_cast<const Instance*>(object)->own;
  return object->type == Type::Class;
}

}  // namespace

/// A block of cells of one size, or one large object. The cells follow.
struct Heap::Block {
  std::size_t bytes;  // with this header
  std::size_t cell_size;
  std::size_t padding[2];  // so that cells begin at a multiple of 16

  char* begin() { return reinterpret_cast<char*>(this + 1); }
  std::size_t cell_count() const { return (bytes - sizeof(Block)) / cell_size; }
  Object* cell(std::size_t i) { return reinterpret_cast<Object*>(begin() + i * cell_size); }
};

Heap::Heap(Vm& vm) : vm_(vm), strings_(1024, nullptr), limit_bytes_(least_limit_bytes) {}

Heap::~Heap() {
  for (auto& blocks : blocks_) {
    for (Block* block : blocks) {
      for (std::size_t i = 0; i < block->cell_count(); ++i)
        if (needs_destroying(block->cell(i))) destroy(block->cell(i));
      std::free(block);
    }
  }
}

Heap::Block* Heap::new_block(std::size_t bytes, std::size_t cell_size) {
  auto* block = static_cast<Block*>(std::malloc(bytes));
  if (!block) throw std::bad_alloc();
  block->bytes = bytes;
  block->cell_size = cell_size;
  block_bytes_ += bytes;
  note_peak();
  return block;
}

Heap::FreeCell* Heap::allocate_slowly(std::size_t size, Roots top) {
  if (stress_ || allocated_bytes_ >= limit_bytes_) collect(top);
  const std::size_t size_class = (size + granule - 1) / granule;
  if (size_class >= class_count) return allocate_large(size);

  // Cells of blocks that the last collection left unswept, then a new block.
  std::vector<Block*>& blocks = blocks_[size_class];
  std::size_t& unswept = unswept_[size_class];
  while (!free_[size_class] && unswept < blocks.size()) sweep(*blocks[unswept++], size_class);
  if (!free_[size_class]) {
    Block* block = new_block(block_bytes, size_class * granule);
    for (std::size_t i = 0; i < block->cell_count(); ++i) {
      block->cell(i)->type = Type::Free;
      block->cell(i)->marked = false;
    }
    blocks.push_back(block);
    unswept = blocks.size();
    sweep(*block, size_class);
  }
  FreeCell* cell = free_[size_class];
  free_[size_class] = stress_ ? nullptr : cell->next;
  return cell;
}

Heap::FreeCell* Heap::allocate_large(std::size_t size) {
  const std::size_t cell_size = (size + granule - 1) / granule * granule;
  Block* block = new_block(sizeof(Block) + cell_size, cell_size);
  allocated_bytes_ += cell_size;
  try {
    blocks_[large].push_back(block);
  } catch (...) {
    block_bytes_ -= block->bytes;
    std::free(block);
    throw;
  }
  block->cell(0)->type = Type::Free;
  return static_cast<FreeCell*>(block->cell(0));
}

/// Puts what is not marked on the free list, in the order of addresses, and takes the marks away.
void Heap::sweep(Block& block, std::size_t size_class) {
  FreeCell** end = &free_[size_class];
  std::size_t freed = 0;
  for (std::size_t i = 0; i < block.cell_count(); ++i) {
    Object* object = block.cell(i);
    if (object->marked) {
      object->marked = false;
      continue;
    }
    if (needs_destroying(object)) destroy(object);
    // Who still uses it is to notice.
    if (stress_) std::memset(static_cast<void*>(object), 0xdb, block.cell_size);
    object->type = Type::Free;
    object->marked = false;
    auto* cell = static_cast<FreeCell*>(object);
    *end = cell;
    end = &cell->next;
    ++freed;
  }
  *end = nullptr;
  allocated_bytes_ += freed * block.cell_size;
}

void Heap::sweep_all() {
  for (std::size_t size_class = 1; size_class < class_count; ++size_class) {
    std::vector<Block*>& blocks = blocks_[size_class];
    // What is free now is swept again, after what the coming collection frees.
    while (unswept_[size_class] < blocks.size()) {
      free_[size_class] = nullptr;
      sweep(*blocks[unswept_[size_class]++], size_class);
    }
    free_[size_class] = nullptr;
    unswept_[size_class] = 0;
  }
}

void Heap::free_large_objects() {
  std::vector<Block*>& blocks = blocks_[large];
  std::erase_if(blocks, [&](Block* block) {
    Object* object = block->cell(0);
    if (object->marked) {
      object->marked = false;
      live_bytes_ += block->bytes;
      return false;
    }
    if (needs_destroying(object)) destroy(object);
    block_bytes_ -= block->bytes;
    std::free(block);
    return true;
  });
}

/// Gives back what an object holds outside of its cell.
void Heap::destroy(Object* object) {
  if (object->type == Type::Instance) {
    auto* instance = static_cast<Instance*>(object);
    std::free(instance->fields);
    count_outside(-static_cast<std::ptrdiff_t>(instance->capacity * sizeof(Value)));
  } else {
    auto* owner = static_cast<Class*>(object);
    vm_.forget_layouts(*owner);
    owner->~Class();
  }
}

// Marking.

/// Its header is not looked at yet: it is mostly not in a cache, and by the time that it comes up it will be.
void Heap::mark(Object* object) {
  if (object) gray_.push_back(object);
}

void Heap::mark_all() {
  constexpr std::size_t under_way = 8;
  std::array<Object*, under_way> coming = {};
  for (std::size_t i = 0, empty = 0; empty < under_way; i = (i + 1) % under_way) {
    Object* next = nullptr;
    if (!gray_.empty()) {
      next = gray_.back();
      gray_.pop_back();
      __builtin_prefetch(next);
    }
    Object* object = std::exchange(coming[i], next);
    empty = next || object ? 0 : empty + 1;
    if (!object || object->marked) continue;
    object->marked = true;
    mark_children(object);
  }
}

void Heap::mark_children(Object* object) {
  live_bytes_ += object->size_class * granule;
  switch (object->type) {
    case Type::Free:
    case Type::String:
    case Type::Native:
      return;
    case Type::Box:
      return mark(static_cast<Box*>(object)->value);
    case Type::Closure: {
      auto* closure = static_cast<Closure*>(object);
      mark(closure->home);
      for (std::size_t i = 0; i < closure->function->captures.size(); ++i) mark(closure->captured[i]);
      return;
    }
    case Type::Class: {
      auto* owner = static_cast<Class*>(object);
      mark(owner->name);
      mark(owner->superclass);
      mark(owner->initializer);
      for (Closure* method : owner->methods) mark(method);
      for (const auto& [name, index] : owner->method_indices) mark(const_cast<String*>(name));
      for (const auto& layout : owner->layouts) mark(const_cast<String*>(layout->name));
      return;
    }
    case Type::Instance: {
      auto* instance = static_cast<Instance*>(object);
      if (!instance->owner->marked) mark(instance->owner);
      const std::uint32_t count = vm_.layout(instance->shape).count;
      for (std::uint32_t i = 0; i < count; ++i) mark(instance->fields[i]);
      return;
    }
    case Type::BoundMethod: {
      auto* bound = static_cast<BoundMethod*>(object);
      mark(bound->receiver);
      mark(bound->method);
      return;
    }
  }
}

void Heap::mark_roots(Roots top) {
  for (Roots root = vm_.roots_; root < top; ++root) mark(*root);
  for (const Value& value : vm_.globals_) mark(value);
  for (const Value& value : vm_.constants_) mark(value);
}

void Heap::collect(Roots top) {
  const auto began = std::chrono::steady_clock::now();
  sweep_all();
  live_bytes_ = 0;
  mark_roots(top);
  mark_all();
  forget_dead_strings();
  free_large_objects();

  // Frames that begin from now on find roots here that are no objects any more. They must not.
  vm_.clear_roots_from(top);

  allocated_bytes_ = 0;
  limit_bytes_ = std::max(least_limit_bytes, live_bytes_);
  const std::chrono::duration<double, std::milli> pause = std::chrono::steady_clock::now() - began;
  ++statistics_.collections;
  statistics_.longest_pause_ms = std::max(statistics_.longest_pause_ms, pause.count());
  statistics_.total_pause_ms += pause.count();
  statistics_.live_bytes = live_bytes_;
}

// Strings.

String* Heap::find_string(std::string_view text, std::uint32_t hash) const {
  for (std::size_t i = hash & (strings_.size() - 1); strings_[i]; i = (i + 1) & (strings_.size() - 1))
    if (strings_[i]->hash == hash && strings_[i]->text() == text) return strings_[i];
  return nullptr;
}

void Heap::insert_string(String* string) {
  std::size_t i = string->hash & (strings_.size() - 1);
  while (strings_[i]) i = (i + 1) & (strings_.size() - 1);
  strings_[i] = string;
}

/// The table again, with the strings that `keep` says, and of this size.
template <class Keep>
void Heap::rebuild_string_table(std::size_t size, const Keep& keep) {
  std::vector<String*> old(size, nullptr);
  old.swap(strings_);
  string_count_ = 0;
  for (String* string : old) {
    if (!string || !keep(*string)) continue;
    insert_string(string);
    ++string_count_;
  }
}

void Heap::forget_dead_strings() {
  rebuild_string_table(strings_.size(), [](const String& string) { return string.marked; });
}

String* Heap::new_string(std::size_t length, Roots top) {
  if (length > 0xffff'ffff) throw std::bad_alloc();
  auto* string = allocate<String>(sizeof(String) + length, Type::String, string_shape, top);
  string->length = static_cast<std::uint32_t>(length);
  string->hash = 0;
  return string;
}

String* Heap::intern(std::string_view text, Roots top) {
  const std::uint32_t hash = hash_of(text);
  if (String* known = find_string(text, hash)) return known;
  if (string_count_ * 2 >= strings_.size())
    rebuild_string_table(strings_.size() * 2, [](const String&) { return true; });
  String* string = new_string(text.size(), top);
  std::memcpy(string->data, text.data(), text.size());
  string->hash = hash;
  insert_string(string);
  ++string_count_;
  return string;
}

String* Heap::concatenate(String* left, String* right, Roots top) {
  *top++ = left;
  *top++ = right;
  const std::size_t length = std::size_t{left->length} + right->length;
  if (length <= longest_interned) {
    char text[longest_interned];
    std::memcpy(text, left->data, left->length);
    std::memcpy(text + left->length, right->data, right->length);
    return intern({text, length}, top);
  }
  String* string = new_string(length, top);
  std::memcpy(string->data, left->data, left->length);
  std::memcpy(string->data + left->length, right->data, right->length);
  return string;
}

}  // namespace lox
