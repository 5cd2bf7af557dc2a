// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "aot/pieces/linker.h"

namespace inlay::aot {
namespace {

/// Pieces by hand: functions that call each other and use data, data that points to functions, and zeros.
struct Program {
  static constexpr unsigned Functions = 20;
  Names names;
  std::vector<std::unique_ptr<Piece>> pieces;
  std::mt19937 random;

  explicit Program(unsigned seed) : random(seed) {
    for (unsigned i = 0; i < Functions; ++i) pieces.push_back(function(i));
    pieces.push_back(data());
    pieces.push_back(zeros());
  }

  unsigned up_to(unsigned most) { return random() % (most + 1); }
  SymbolId name(unsigned i) { return names.add("f" + std::to_string(i)); }

  std::unique_ptr<Piece> function(unsigned number) {
    auto piece = std::make_unique<Piece>();
    const std::uint32_t size = 24 + up_to(60);
    piece->bytes.assign(size + 8, static_cast<std::byte>(up_to(255)));
    auto fixup = [&](std::uint32_t offset, FixupKind kind, SymbolId target, std::int64_t addend) {
      piece->fixups.push_back({.offset = offset, .kind = kind, .target = target.value, .addend = addend});
    };
    fixup(1, FixupKind::Call32, name(up_to(Functions - 1)), -4);
    // mov rax, [rip + word] becomes a lea, call [rip + word] a call.
    piece->bytes[6] = std::byte{0x8b};
    fixup(8, FixupKind::GotRexRelaxed, names.add("data"), -4);
    piece->bytes[12] = std::byte{0xff};
    piece->bytes[13] = up_to(1) ? std::byte{0x15} : std::byte{0x25};
    fixup(14, FixupKind::GotRelaxed, name(up_to(Functions - 1)), -4);
    piece->fixups.push_back({.offset = 18, .kind = FixupKind::Signed32, .own = true, .target = 1, .addend = 0});
    piece->blobs.push_back({.kind = BlobKind::Code,
                            .align_log2 = static_cast<std::uint8_t>(number % 7 == 0 ? 6 : 4),
                            .size = size,
                            .end_fixup = 4});
    piece->blobs.push_back({.kind = BlobKind::Constant, .align_log2 = 3, .begin = size, .size = 8});
    piece->definitions.push_back({.name = name(number), .size = size, .exported = number % 2 == 0});
    return piece;
  }

  std::unique_ptr<Piece> data() {
    auto piece = std::make_unique<Piece>();
    piece->bytes.resize(8 * Functions);
    for (unsigned i = 0; i < Functions; ++i)
      piece->fixups.push_back({.offset = 8 * i, .kind = FixupKind::Absolute64, .target = name(i).value});
    piece->blobs.push_back(
        {.kind = BlobKind::Variable, .align_log2 = 5, .size = 8 * Functions, .end_fixup = Functions});
    piece->definitions.push_back({.name = names.add("data"), .size = 8 * Functions});
    return piece;
  }

  std::unique_ptr<Piece> zeros() {
    auto piece = std::make_unique<Piece>();
    piece->blobs.push_back({.kind = BlobKind::Zero, .align_log2 = 5, .size = 100});
    piece->definitions.push_back({.name = names.add("zeros"), .size = 100});
    return piece;
  }

  std::vector<const Piece*> all() const {
    std::vector<const Piece*> pointers;
    for (const std::unique_ptr<Piece>& piece : pieces) pointers.push_back(piece.get());
    return pointers;
  }
};

TEST(Relink, GivesTheFileThatLinkingAnewGives) {
  for (const bool strip : {false, true}) {
    Program program(strip);
    const ExecutableOptions options{.entry = program.name(0), .strip = strip};
    base::Bytes file, anew;
    Linker linker(program.all(), program.names, options, file);
    ASSERT_TRUE(linker.run());
    std::vector<std::unique_ptr<Piece>> gone;
    for (unsigned round = 0; round < 300; ++round) {
      std::vector<Linker::Change> changes;
      for (unsigned k = 0; k <= program.up_to(2); ++k) {
        const unsigned place = (program.up_to(Program::Functions - 1) + k) % Program::Functions;
        gone.push_back(std::exchange(program.pieces[place], program.function(place)));
        std::erase_if(changes, [&](const Linker::Change& change) { return change.place == place; });
        changes.push_back({.place = place, .piece = program.pieces[place].get()});
      }
      ASSERT_TRUE(linker.relink(changes));
      ASSERT_TRUE(link_executable(program.all(), program.names, options, anew));
      ASSERT_TRUE(file == anew) << "round " << round;
    }
  }
}

TEST(Relink, TakesBytesThatChangedInPlace) {
  Program program(1);
  const ExecutableOptions options{.entry = program.name(0)};
  base::Bytes file, anew;
  Linker linker(program.all(), program.names, options, file);
  ASSERT_TRUE(linker.run());
  program.pieces[3]->bytes[22] ^= std::byte{1};
  const Linker::Change change{.place = 3, .piece = program.pieces[3].get()};
  ASSERT_TRUE(linker.relink({&change, 1}));
  ASSERT_TRUE(link_executable(program.all(), program.names, options, anew));
  EXPECT_TRUE(file == anew);
}

TEST(Relink, RefusesWhatIsOfAnotherShape) {
  const auto refused = [](auto&& change) {
    Program program(2);
    base::Bytes file;
    Linker linker(program.all(), program.names, {.entry = program.name(0)}, file);
    EXPECT_TRUE(linker.run());
    const std::unique_ptr<Piece> other = program.function(5);
    change(*other, program.names);
    const Linker::Change one{.place = 5, .piece = other.get()};
    return !linker.relink({&one, 1});
  };
  EXPECT_FALSE(refused([](Piece&, Names&) {}));
  EXPECT_TRUE(refused([](Piece& piece, Names&) { piece.definitions[0].exported ^= true; }));
  EXPECT_TRUE(refused([](Piece& piece, Names&) { piece.definitions.push_back(piece.definitions[0]); }));
  EXPECT_TRUE(refused([](Piece& piece, Names&) { piece.blobs[1].size = 4; }));
  EXPECT_TRUE(refused([](Piece& piece, Names&) { piece.blobs[1].mergeable = true; }));
  EXPECT_TRUE(refused([](Piece& piece, Names&) { piece.blobs[0].align_log2 = 5; }));
  EXPECT_TRUE(refused([](Piece& piece, Names& names) { piece.fixups[0].target = names.add("new").value; }));
  EXPECT_TRUE(refused([](Piece& piece, Names&) { piece.fixups[1].kind = FixupKind::Got32; }));
}

}  // namespace
}  // namespace inlay::aot
