// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// JITLink links into a buffer, and asks for what it made to be put where it said that it would be.
#include "jit/link/code_memory.h"

#include <atomic>
#include <vector>

#include "jit/link/code_space.h"
#include "runtime/llvm_errors.h"

#include <llvm/ADT/BitmaskEnum.h>
#include <llvm/ExecutionEngine/JITLink/JITLink.h>

namespace inlay::jit {

namespace {

namespace jitlink = llvm::jitlink;
namespace orc = llvm::orc;
LLVM_ENABLE_BITMASK_ENUMS_IN_NAMESPACE();

std::atomic<CodeMemory> wanted = CodeMemory::Packed;

llvm::Error failure(const char* what) {
  return llvm::make_error<llvm::StringError>(what, llvm::inconvertibleErrorCode());
}

/// A part of an object on its way to its place.
struct Segment {
  CodeSpace::Piece piece;
  std::size_t offset;  // in the buffer
};

/// What lives as long as the code does.
struct Placed {
  std::vector<CodeSpace::Piece> pieces;
  std::vector<orc::shared::WrapperFunctionCall> at_end;
};

class InFlight : public jitlink::JITLinkMemoryManager::InFlightAlloc {
 public:
  InFlight(CodeSpace& space, std::vector<Segment> lasting, std::vector<Segment> passing, std::unique_ptr<char[]> buffer,
           orc::shared::AllocActions& actions)
      : space_(space),
        lasting_(std::move(lasting)),
        passing_(std::move(passing)),
        buffer_(std::move(buffer)),
        actions_(actions) {}

  void finalize(OnFinalizedFunction done) override {
    std::vector<CodeSpace::Contents> contents;
    add_contents(lasting_, contents);
    add_contents(passing_, contents);
    const bool written = CodeSpace::write(contents);
    buffer_.reset();
    if (!written) {
      give_back(lasting_);
      give_back(passing_);
      return done(failure("the system does not let this process write its code (/proc/thread-self/mem)"));
    }
    llvm::Expected<std::vector<orc::shared::WrapperFunctionCall>> at_end = orc::shared::runFinalizeActions(actions_);
    give_back(passing_);
    if (!at_end) {
      give_back(lasting_);
      return done(at_end.takeError());
    }
    auto placed = std::make_unique<Placed>();
    for (const Segment& segment : lasting_) placed->pieces.push_back(segment.piece);
    placed->at_end = std::move(*at_end);
    done(jitlink::JITLinkMemoryManager::FinalizedAlloc(orc::ExecutorAddr::fromPtr(placed.release())));
  }

  void abandon(OnAbandonedFunction done) override {
    give_back(lasting_);
    give_back(passing_);
    done(llvm::Error::success());
  }

 private:
  void add_contents(const std::vector<Segment>& segments, std::vector<CodeSpace::Contents>& contents) const {
    for (const Segment& segment : segments) {
      const auto* bytes = reinterpret_cast<const std::byte*>(buffer_.get() + segment.offset);
      contents.push_back({segment.piece.begin, {bytes, segment.piece.size}});
    }
  }

  void give_back(const std::vector<Segment>& segments) {
    std::vector<CodeSpace::Piece> pieces;
    for (const Segment& segment : segments) pieces.push_back(segment.piece);
    space_.release(pieces);
  }

  CodeSpace& space_;
  std::vector<Segment> lasting_, passing_;
  std::unique_ptr<char[]> buffer_;
  orc::shared::AllocActions& actions_;  // of the graph, which lives until this is done
};

class PackedMemory : public jitlink::JITLinkMemoryManager {
 public:
  explicit PackedMemory(std::unique_ptr<CodeSpace> space) : space_(std::move(space)) {}

  using JITLinkMemoryManager::allocate;
  void allocate(const jitlink::JITLinkDylib*, jitlink::LinkGraph& graph, OnAllocatedFunction done) override {
    jitlink::BasicLayout layout(graph);
    std::vector<Segment> segments;
    std::vector<bool> passes;
    std::size_t buffer_size = 0;
    for (auto& [group, segment] : layout.segments()) {
      const bool executed = (group.getMemProt() & orc::MemProt::Exec) != orc::MemProt::None;
      const bool written = (group.getMemProt() & orc::MemProt::Write) != orc::MemProt::None;
      if (executed && written) return done(failure("the object has a section that is both writable and executable"));
      const Area area = executed ? Area::Code : written ? Area::Data : Area::Constants;
      const std::size_t alignment = segment.Alignment.value();
      buffer_size = (buffer_size + alignment - 1) / alignment * alignment;
      segments.push_back(
          {{area, segment.ContentSize + static_cast<std::size_t>(segment.ZeroFillSize), alignment}, buffer_size});
      passes.push_back(group.getMemLifetime() == orc::MemLifetime::Finalize);
      buffer_size += segments.back().piece.size;
    }
    std::vector<CodeSpace::Piece> pieces;
    for (const Segment& segment : segments) pieces.push_back(segment.piece);
    if (!space_->allocate(pieces)) return done(failure("there is no memory left for code"));
    auto buffer = std::make_unique<char[]>(buffer_size);  // zeros, for what the object has none of
    std::vector<Segment> lasting, passing;
    std::size_t index = 0;
    for (auto& [group, segment] : layout.segments()) {
      segments[index].piece = pieces[index];
      segment.WorkingMem = buffer.get() + segments[index].offset;
      segment.Addr = orc::ExecutorAddr::fromPtr(pieces[index].begin);
      (passes[index] ? passing : lasting).push_back(segments[index]);
      ++index;
    }
    if (llvm::Error error = layout.apply()) {
      space_->release(pieces);
      return done(std::move(error));
    }
    done(std::make_unique<InFlight>(*space_, std::move(lasting), std::move(passing), std::move(buffer),
                                    graph.allocActions()));
  }

  using JITLinkMemoryManager::deallocate;
  void deallocate(std::vector<FinalizedAlloc> allocations, OnDeallocatedFunction done) override {
    llvm::Error errors = llvm::Error::success();
    while (!allocations.empty()) {
      const std::unique_ptr<Placed> placed(allocations.back().release().toPtr<Placed*>());
      allocations.pop_back();
      errors = llvm::joinErrors(std::move(errors), orc::shared::runDeallocActions(placed->at_end));
      space_->release(placed->pieces);
    }
    done(std::move(errors));
  }

 private:
  std::unique_ptr<CodeSpace> space_;
};

}  // namespace

void use_code_memory(CodeMemory kind) { wanted = kind; }

Result<std::unique_ptr<llvm::jitlink::JITLinkMemoryManager>> new_code_memory() {
  using Memory = std::unique_ptr<llvm::jitlink::JITLinkMemoryManager>;
  if (wanted == CodeMemory::Packed)
    if (std::unique_ptr<CodeSpace> space = CodeSpace::create())
      return Memory(std::make_unique<PackedMemory>(std::move(space)));
  llvm::Expected<std::unique_ptr<jitlink::InProcessMemoryManager>> pages = jitlink::InProcessMemoryManager::Create();
  if (!pages) return runtime::from_llvm(pages.takeError(), ErrorKind::Codegen);
  return Memory(std::move(*pages));
}

}  // namespace inlay::jit
