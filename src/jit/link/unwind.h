// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tells the unwinder where compiled functions keep what it needs: exceptions, backtraces and debuggers pass through.
//
// The unwinder of GCC before 13 keeps what is registered in a list. The first exception after 20,000 functions were
// registered one by one takes it four seconds, and each later one walks the list. So functions are registered in
// groups, by the stretch of addresses that they begin in. A group changes by registering its successor first and
// removing it then: at any time each function is found. From GCC 13 on there is a tree, in which groups may not overlap
// even for a moment, and which needs none.
#pragma once

#include <memory>

#include <llvm/ExecutionEngine/Orc/LinkGraphLinkingLayer.h>

namespace inlay::jit {

enum class UnwindRegistration : std::uint8_t { Groups, Single };

/// What suits the unwinder of this process.
UnwindRegistration unwind_registration();

/// `frames`, an .eh_frame section with its terminator, describes functions of which the first begins at `code`. To be
/// removed before either is gone. Safe from any thread.
void register_frames(UnwindRegistration how, const void* code, const void* frames);
void remove_frames(UnwindRegistration how, const void* code, const void* frames);

/// Has both done for what is linked.
std::shared_ptr<llvm::orc::LinkGraphLinkingLayer::Plugin> new_unwind_plugin();

}  // namespace inlay::jit
