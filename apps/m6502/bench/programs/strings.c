/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Strings and structures: words are split, counted in a hash table of lists, compared and reversed. */
#include <stdint.h>
#include <string.h>

#define ENTRIES 48
#define BUCKETS 16
#define ROUNDS 500

struct entry {
  char word[12];
  uint16_t count;
  struct entry* next;
};

static const char text[] =
    "the quick brown fox jumps over the lazy dog while the other fox sleeps in the sun and dreams of a quick lunch "
    "with a lazy friend who jumps over the brown fence and sleeps under the moon and the stars";

static struct entry entries[ENTRIES];
static struct entry* buckets[BUCKETS];
static uint8_t used;

static uint8_t hash(const char* word) {
  uint8_t value = 0;
  while (*word) value = (uint8_t)(value * 5 + *word++);
  return value % BUCKETS;
}

static void count(const char* word) {
  uint8_t bucket = hash(word);
  struct entry* entry;
  for (entry = buckets[bucket]; entry; entry = entry->next)
    if (strcmp(entry->word, word) == 0) {
      ++entry->count;
      return;
    }
  entry = &entries[used++];
  strcpy(entry->word, word);
  entry->count = 1;
  entry->next = buckets[bucket];
  buckets[bucket] = entry;
}

static void reverse(char* word) {
  uint8_t i = 0, j = (uint8_t)strlen(word);
  char swap;
  while (i + 1 < j) {
    --j;
    swap = word[i];
    word[i] = word[j];
    word[j] = swap;
    ++i;
  }
}

int main(void) {
  char word[12];
  const char* at;
  uint8_t length, i;
  uint16_t round, sum = 0;
  for (round = 0; round < ROUNDS; ++round) {
    used = 0;
    memset(buckets, 0, sizeof buckets);
    at = text;
    while (*at) {
      length = 0;
      while (*at && *at != ' ') word[length++] = *at++;
      word[length] = 0;
      if (*at) ++at;
      count(word);
      reverse(word);
      sum += word[0];
    }
    for (i = 0; i < used; ++i) sum += entries[i].count * (uint16_t)strlen(entries[i].word);
  }
  return sum & 0x7F;
}
