// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A treap whose nodes never change: adding and removing make new nodes for the path from the root, some twenty of them
// among thousands of functions, and then let readers see the new root. What the old root led to is given back when no
// reader is inside. A reader counts itself before it looks at the root; a writer looks at that count after it changed
// the root. So who comes in later than that look sees the new root.
#include "jit/observe/code_table.h"

#include <atomic>
#include <cstring>
#include <mutex>

namespace inlay {

namespace jit {

namespace {

struct Node {
  std::shared_ptr<const CodeFunction> function;
  std::uint64_t priority = 0;
  const Node* left = nullptr;
  const Node* right = nullptr;

  std::uintptr_t begin() const { return function->begin; }
};

std::atomic<const Node*> root = nullptr;
std::atomic<unsigned> readers = 0;
static_assert(std::atomic<const Node*>::is_always_lock_free && std::atomic<unsigned>::is_always_lock_free);

/// What only writers use.
struct Writing {
  std::mutex mutex;
  std::vector<const Node*> replaced;  // nodes that no new reader finds
  std::size_t count = 0;
};
Writing& writing() {
  static auto& shared = *new Writing;  // code may be dropped while the program's statics are destroyed
  return shared;
}

/// Spreads addresses, so that the tree is as shallow as a random one.
std::uint64_t priority_of(std::uintptr_t begin) {
  std::uint64_t x = begin;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
  x = (x ^ x >> 27) * 0x94d049bb133111eb;
  return x ^ x >> 31;
}

const Node* with_children(const Node* node, const Node* left, const Node* right) {
  writing().replaced.push_back(node);
  return new Node{node->function, node->priority, left, right};
}

/// What begins before `at`, and the rest.
std::pair<const Node*, const Node*> split(const Node* node, std::uintptr_t at) {
  if (!node) return {nullptr, nullptr};
  if (node->begin() < at) {
    auto [left, right] = split(node->right, at);
    return {with_children(node, node->left, left), right};
  }
  auto [left, right] = split(node->left, at);
  return {left, with_children(node, right, node->right)};
}

/// All of `left` begins before all of `right`.
const Node* join(const Node* left, const Node* right) {
  if (!left) return right;
  if (!right) return left;
  if (left->priority > right->priority) return with_children(left, left->left, join(left->right, right));
  return with_children(right, join(left, right->left), right->right);
}

const Node* insert(const Node* node, const Node& added) {
  if (!node || added.priority > node->priority) {
    auto [left, right] = split(node, added.begin());
    return new Node{added.function, added.priority, left, right};
  }
  if (added.begin() < node->begin()) return with_children(node, insert(node->left, added), node->right);
  return with_children(node, node->left, insert(node->right, added));
}

const Node* find(const Node* node, std::uintptr_t begin) {
  while (node && node->begin() != begin) node = begin < node->begin() ? node->left : node->right;
  return node;
}

/// There must be one that begins there.
const Node* erase(const Node* node, std::uintptr_t begin) {
  if (node->begin() == begin) {
    writing().replaced.push_back(node);
    return join(node->left, node->right);
  }
  if (begin < node->begin()) return with_children(node, erase(node->left, begin), node->right);
  return with_children(node, node->left, erase(node->right, begin));
}

/// Gives back what no reader can see any more.
void collect() {
  if (readers.load() != 0) return;
  for (const Node* node : writing().replaced) delete node;
  writing().replaced.clear();
}

const CodeFunction* find_code(std::uintptr_t address) {
  const CodeFunction* found = nullptr;
  for (const Node* node = root.load(); node;) {
    if (node->begin() <= address) {
      found = node->function.get();
      node = node->right;
    } else {
      node = node->left;
    }
  }
  return found && address - found->begin < found->size ? found : nullptr;
}

void copy_text(const std::string& from, char (&into)[256]) {
  const std::size_t size = from.size() < sizeof into - 1 ? from.size() : sizeof into - 1;
  std::memcpy(into, from.data(), size);
  into[size] = 0;
}

bool describe(const CodeFunction& function, std::size_t offset, unsigned level, CodeFrame& frame) {
  std::uint32_t at = frame_at(function, static_cast<std::uint32_t>(offset));
  for (; at != 0 && level > 0; --level) at = function.lines->frames[at - 1].around;
  if (at == 0 && level > 0) return false;
  const CodeLines::Frame* inlined = at != 0 ? &function.lines->frames[at - 1] : nullptr;
  frame.kind = inlined ? inlined->kind : CodeFrame::Kind::Compiled;
  frame.line = inlined ? inlined->line : 0;
  frame.offset = inlined ? 0 : offset;
  copy_text(inlined ? inlined->function : function.name, frame.function);
  if (inlined)
    copy_text(inlined->file, frame.file);
  else
    frame.file[0] = 0;
  return true;
}

}  // namespace

std::uint32_t frame_at(const CodeFunction& function, std::uint32_t offset) {
  std::size_t first = 0, last = function.rows.size();  // the row before the first that begins behind the offset
  while (first < last) {
    const std::size_t middle = first + (last - first) / 2;
    if (function.rows[middle].offset <= offset)
      first = middle + 1;
    else
      last = middle;
  }
  return first == 0 ? 0 : function.rows[first - 1].frame;
}

void add_to_code_table(std::vector<CodeFunction> functions) {
  std::lock_guard lock(writing().mutex);
  for (CodeFunction& function : functions) {
    if (find(root.load(), function.begin)) continue;  // two names of one function
    const std::uint64_t priority = priority_of(function.begin);
    root.store(insert(root.load(), {std::make_shared<CodeFunction>(std::move(function)), priority}));
    ++writing().count;
  }
  collect();
}

void remove_from_code_table(const std::vector<std::uintptr_t>& begins) {
  std::lock_guard lock(writing().mutex);
  for (std::uintptr_t begin : begins) {
    if (!find(root.load(), begin)) continue;
    root.store(erase(root.load(), begin));
    --writing().count;
  }
  collect();
}

std::size_t size_of_code_table() {
  std::lock_guard lock(writing().mutex);
  return writing().count;
}

}  // namespace jit

bool describe_code(const void* address, unsigned level, CodeFrame& frame) noexcept {
  jit::readers.fetch_add(1);
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  const jit::CodeFunction* function = jit::find_code(at);
  const bool found = function && jit::describe(*function, at - function->begin, level, frame);
  jit::readers.fetch_sub(1);
  return found;
}

}  // namespace inlay
