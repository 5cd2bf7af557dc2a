; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Writes to itself: a loop that counts up in one round and down in the next, INX and DEX in the same place.
ROUNDS = 60000

        .export _main
        .segment "ZEROPAGE"
rounds: .res 2
sum:    .res 1
        .segment "CODE"
_main:  lda #0
        sta sum
        lda #<ROUNDS
        sta rounds
        lda #>ROUNDS
        sta rounds+1
        ldx #0
again:  lda count
        eor #$E8^$CA            ; INX, DEX
        sta count
        ldy #40
loop:   txa
        clc
        adc sum
        sta sum
count:  inx
        dey
        bne loop
        lda rounds
        bne :+
        dec rounds+1
:       dec rounds
        lda rounds
        ora rounds+1
        bne again
        lda sum
        ldx #0
        rts
