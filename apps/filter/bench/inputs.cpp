// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inputs.h"

namespace bench {

ArrowInput::ArrowInput(const Columns& columns, unsigned nulls) {
  const auto rows = static_cast<std::int64_t>(columns.age.size());
  const Texts* const texts[] = {&columns.first_name, &columns.last_name, &columns.email, &columns.phone,
                                &columns.country};
  const char* const names[Count] = {"first_name", "last_name", "email", "phone", "country", "age", "balance"};
  std::uint64_t random = 1;
  for (std::size_t i = 0; i < Count; ++i) {
    const bool text = i < 5;
    if (nulls != 0) {
      bitmaps_[i].assign(static_cast<std::size_t>(rows) / 8 + 1, 0);
      for (std::int64_t row = 0; row < rows; ++row) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        const bool there = (random >> 40) % 100 >= nulls;
        bitmaps_[i][static_cast<std::size_t>(row) / 8] |= static_cast<std::uint8_t>(there << (row % 8));
      }
      buffers_[i][0] = bitmaps_[i].data();
    }
    if (text) {
      buffers_[i][1] = texts[i]->ends.data();
      buffers_[i][2] = texts[i]->characters.data();
    } else {
      buffers_[i][1] = i == 5 ? static_cast<const void*>(columns.age.data()) : columns.balance.data();
    }
    fields_[i].format = text ? "u" : i == 5 ? "i" : "g";
    fields_[i].name = names[i];
    fields_[i].flags = ARROW_FLAG_NULLABLE;
    // Not ours to release: they are members.
    fields_[i].release = [](ArrowSchema*) {};
    field_addresses_[i] = &fields_[i];
    arrays_[i] = {.length = rows,
                  .null_count = nulls != 0 ? -1 : 0,
                  .offset = 0,
                  .n_buffers = text ? 3 : 2,
                  .n_children = 0,
                  .buffers = buffers_[i].data(),
                  .children = nullptr,
                  .dictionary = nullptr,
                  .release = [](ArrowArray*) {},
                  .private_data = nullptr};
    array_addresses_[i] = &arrays_[i];
  }
  struct_.format = "+s";
  struct_.name = "";
  struct_.n_children = Count;
  struct_.children = field_addresses_.data();
  struct_.release = [](ArrowSchema*) {};
  schema_ = inlay::filter::schema_of(struct_).value();
}

inlay::filter::Batch ArrowInput::batch(std::int64_t first, std::int64_t rows) {
  static const void* no_bitmap[] = {nullptr};
  for (ArrowArray& array : arrays_) {
    array.offset = first;
    array.length = rows;
  }
  const ArrowArray all{.length = rows,
                       .null_count = 0,
                       .offset = 0,
                       .n_buffers = 1,
                       .n_children = Count,
                       .buffers = no_bitmap,
                       .children = array_addresses_.data(),
                       .dictionary = nullptr,
                       .release = [](ArrowArray*) {},
                       .private_data = nullptr};
  last_.clear();
  last_.push_back(inlay::filter::ArrowBatch::of(struct_, all, first).value());
  return last_.back().batch();
}

}  // namespace bench
