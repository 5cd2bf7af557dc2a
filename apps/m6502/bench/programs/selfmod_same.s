; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Writes to itself, but what is there already: a routine that sets itself up each time it is called.
ROUNDS = 50000

        .export _main
        .segment "ZEROPAGE"
rounds: .res 2
sum:    .res 1
        .segment "CODE"
work:   lda #$69                ; ADC, and its operand
        sta change
        lda #5
        sta change+1
        ldx #20
loop:   lda sum
        clc
change: adc #0
        sta sum
        dex
        bne loop
        rts

_main:  lda #0
        sta sum
        lda #<ROUNDS
        sta rounds
        lda #>ROUNDS
        sta rounds+1
again:  jsr work
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
