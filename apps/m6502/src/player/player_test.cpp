// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The player, with functions of this test as regions, so that it is seen which are entered.
#include "player/player.h"

#include <gtest/gtest.h>

#include <memory>

#include "core/step.h"

namespace inlay::m6502 {
namespace {

int first_entered = 0, second_entered = 0;

void first(Bus*, Cpu* cpu) {
  ++first_entered;
  cpu->left -= 5;
}
void second(Bus*, Cpu* cpu) {
  ++second_entered;
  cpu->left -= 5;
}

TEST(Player, a_region_that_is_active_is_entered_where_another_one_has_gone) {
  constexpr std::uint16_t Both = 0x0300, FirstOnly = 0x0310, FirstNeeds = 0x0320, SecondNeeds = 0x0321;
  const std::uint8_t image[] = {0x4C, 0x00, 0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x4C, 0x10, 0x03};
  const std::uint16_t first_entries[] = {FirstOnly, Both}, second_entries[] = {Both};
  const GameByte first_bytes[] = {{FirstNeeds, 1, 0}}, second_bytes[] = {{SecondNeeds, 0, 0}};
  const GameRegion regions[] = {{first, first_entries, first_bytes, 2, 1, 10},
                                {second, second_entries, second_bytes, 1, 1, 10}};
  Game game = {};
  game.image = image;
  game.image_size = sizeof image;
  game.load = game.start = Both;
  game.regions = regions;
  game.region_count = 2;
  game.interpret = m6502_interpret_6502;
  game.interpret_with_heat = m6502_interpret_with_heat_6502;
  game.step = m6502_step_6502;
  const auto player = std::make_unique<Player>(game);

  player->run(1000);
  EXPECT_EQ(first_entered, 0);
  EXPECT_GT(second_entered, 0);

  player->poke(FirstNeeds, 1);
  player->cpu().pc = FirstOnly;
  player->run(2000);
  EXPECT_GT(first_entered, 0);

  player->poke(SecondNeeds, 1);
  player->cpu().pc = Both;
  first_entered = second_entered = 0;
  player->run(3000);
  EXPECT_GT(first_entered, 0);
  EXPECT_EQ(second_entered, 0);
}

}  // namespace
}  // namespace inlay::m6502
