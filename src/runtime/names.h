// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Names in bitcode that rooms agree on: what embedding gives and later rooms look for, and what specializing gives and
// codegen looks for.
#pragma once

namespace inlay::runtime {

// The hints of annotate.h, as functions that have no body.
constexpr const char* ContextOfPointer = "inlay_marker_context_pointer";
constexpr const char* ContextOfWord = "inlay_marker_context_word";
constexpr const char* EntryOfPointer = "inlay_marker_entry_pointer";
constexpr const char* EntryOfWord = "inlay_marker_entry_word";
constexpr const char* VirtualState = "inlay_marker_virtual_state";
constexpr const char* TrackedState = "inlay_marker_tracked_state";
constexpr const char* Expect = "inlay_marker_expect";
constexpr const char* Promote = "inlay_marker_promote";
/// The question of annotate.h whether this is compiled code. Not a hint: it has an answer wherever it stands.
constexpr const char* AmICompiled = "inlay_marker_compiled";

/// Follows the name of a function: the same function, entered at one of its places.
constexpr const char* ResumeSuffix = ".inlay.resume";
/// Follows the name of a function with entry() hints: the variable that says who is to be asked there (entries.h).
constexpr const char* EntriesSuffix = ".inlay.entries";
/// Follows the name of a table of labels: their numbers.
constexpr const char* LabelsSuffix = ".inlay.labels";
/// The operand bundle of a hint that is a place: the place's number, the resume function, and what it takes.
constexpr const char* PlaceBundle = "inlay.place";
/// The operand bundle of an entry(): the function's variable (EntriesSuffix).
constexpr const char* EntriesBundle = "inlay.entries";

/// The name of a debug location scope whose lines are the numbers of guest instructions, and of its file.
constexpr const char* GuestScope = "inlay.guest";
/// A line in that scope: code of no guest instruction. (Line 0 is LLVM's, for what it merged from several.)
constexpr unsigned NoGuest = 0xffffff;
/// The producer of the compile unit whose functions are the guest's, with their own files and lines.
constexpr const char* GuestProducer = "inlay guest";
/// The discriminator of a block in such a function: the guest enters it there.
constexpr unsigned EntryDiscriminator = 1;

// Function attributes.
constexpr const char* NoInlineAttribute = "inlay-noinline";
constexpr const char* InlineAttribute = "inlay-inline";
constexpr const char* OpaqueAttribute = "inlay-opaque";
constexpr const char* ResumeAttribute = "inlay-resume";
/// Of a resume function's parameter that stands for a stack variable which nothing else points to: "size,alignment".
constexpr const char* FrameAttribute = "inlay-frame";
/// Of one that points into such a variable: the variable's number among the parameters.
constexpr const char* IntoFrameAttribute = "inlay-into-frame";
/// Of a function that is entered in the middle: its parameters need not be what was passed at the beginning.
constexpr const char* EnteredAttribute = "inlay-entered";
/// Of such a parameter: it does not lead into what virtual_state() says is the interpreter's own.
constexpr const char* ElsewhereAttribute = "inlay-elsewhere";
constexpr const char* NumberedLabelsAttribute = "inlay-numbered-labels";

}  // namespace inlay::runtime
